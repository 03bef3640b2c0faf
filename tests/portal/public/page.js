// SPDX-License-Identifier: MIT
// @ts-check
/* global document, location */
/** The frame around the steps: heading, step bar, notes, announcements. */
import { byId, h } from './dom.js';
import { lang, t } from './i18n.js';

export const STEPS = Object.freeze([
  'read',
  'apply',
  'pay',
  'wait',
  'update',
  'done'
]);

const GUIDE = ['insert', 'early', 'pin', 'unplug', 'bids'];

/** @type {string | null} the first view takes no focus from the browser */
let shown = null;

/** @param {string} name @param {'zh' | 'en'} code */
function languageLink(name, code) {
  const url = new URL(location.href);
  url.searchParams.set('lang', code);
  const current = code === lang ? 'true' : undefined;
  return h(
    'a',
    {
      href: url.href,
      lang: code,
      'aria-current': current,
      testid: `lang-${code}`
    },
    name
  );
}

export function showFrame() {
  document.title = t('title');
  byId('skip').textContent = t('skip');
  byId('brand').textContent = t('brand');
  byId('brand-sub').textContent = t('brandSub');
  byId('foot').textContent = t('footer');
  byId('steps-nav').setAttribute('aria-label', t('steps'));
  byId('guide').replaceChildren(
    h('h2', {}, t('guide.title')),
    h('ul', {}, ...GUIDE.map((name) => h('li', {}, t(`guide.${name}`))))
  );
  showLanguages();
}

/** The links carry the order along. */
export function showLanguages() {
  const links = [languageLink('中文', 'zh'), languageLink('English', 'en')];
  byId('languages').replaceChildren(...links);
}

/** @param {string} current */
function showSteps(current) {
  const at = STEPS.indexOf(current);
  const items = STEPS.map((step, index) => {
    const done = index < at || current === 'done';
    return h(
      'li',
      {
        class: done ? 'past' : index === at ? 'now' : 'next',
        'aria-current': index === at ? 'step' : undefined
      },
      h(
        'span',
        { class: 'dot', 'aria-hidden': 'true' },
        done ? '✓' : `${index + 1}`
      ),
      h('span', { class: 'label' }, t(`step.${step}`))
    );
  });
  byId('steps').replaceChildren(...items);
}

/**
 * Replaces the page's content; the heading of another step takes the focus.
 * @param {string} step
 * @param {string} title
 * @param {...import('./dom.js').Child} content
 */
export function showStep(step, title, ...content) {
  showSteps(step);
  showLanguages();
  const heading = h('h1', { tabindex: '-1', testid: `step-${step}` }, title);
  byId('main').replaceChildren(
    h('div', { class: 'card' }, heading, ...content)
  );
  document.title = `${title} · ${t('title')}`;
  if (shown !== null && shown !== step + title) {
    heading.focus();
  }
  shown = step + title;
}

/** @param {string} text for screen readers */
export function announce(text) {
  byId('live').textContent = text;
}
