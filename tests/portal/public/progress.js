// SPDX-License-Identifier: MIT
// @ts-check
/* global addEventListener, removeEventListener */
/** What a running call is at, step by step, and whether it can be stopped. */
import { button, h } from './dom.js';
import { has, t } from './i18n.js';
import { announce } from './page.js';

/** @typedef {import('/sdk/ukeybridge.js').Progress} Progress */

/** @param {Event} event the browser asks before the page goes */
const holdPage = (event) => event.preventDefault();

/** While the UKey is written the browser asks before it leaves the page. */
export function releasePage() {
  removeEventListener('beforeunload', holdPage);
}

/** The steps so far: those done with a tick, the one that runs at the end. */
function stepList() {
  const list = h('ol', { class: 'doing', testid: 'progress-steps' });
  /** @param {string} name */
  const tell = (name) => {
    if (list.lastElementChild?.getAttribute('data-step') === name) {
      return;
    }
    list.lastElementChild?.setAttribute('class', 'past');
    const key = `doing.${name}`;
    const text = t(has(key) ? key : 'doing.other');
    list.append(h('li', { class: 'now', 'data-step': name }, text));
    announce(text);
  };
  return { list, tell };
}

/**
 * @param {string} busy
 * @param {boolean} dialog the user will be asked for the PIN
 */
export function progressPanel(busy, dialog) {
  const abort = new AbortController();
  const bar = h('progress', { 'aria-label': busy });
  const headline = h('p', { testid: 'progress-step' }, busy);
  const note = h('p', { class: 'note' }, t('progress.pin'));
  const { list, tell } = stepList();
  const cancel = button(
    t('progress.cancel'),
    'cancel',
    () => abort.abort(),
    'quiet'
  );
  const panel = h(
    'section',
    { class: 'panel busy', testid: 'progress' },
    bar,
    headline,
    list,
    dialog ? note : null,
    dialog ? cancel : null
  );

  /** @param {Progress} progress */
  const onProgress = ({ step, done, total, interruptible }) => {
    bar.max = total;
    bar.value = done;
    const at = { done: Math.min(done + 1, total), total };
    headline.textContent = `${busy} ${t('progress.step', at)}`;
    tell(step);
    cancel.hidden = !interruptible;
    note.textContent = t(interruptible ? 'progress.pin' : 'progress.writing');
    note.classList.toggle('strong', !interruptible);
    releasePage();
    if (!interruptible) {
      addEventListener('beforeunload', holdPage);
    }
  };
  return { panel, options: { signal: abort.signal, onProgress } };
}
