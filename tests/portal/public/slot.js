// SPDX-License-Identifier: MIT
// @ts-check
/* global Node, document, addEventListener, removeEventListener */
/** The place in a step that holds its buttons, then its progress, or what went
 * wrong and how to go on. */
import { button, h } from './dom.js';
import { has, t } from './i18n.js';
import { announce } from './page.js';
import { troublePanel } from './trouble.js';

/** @typedef {import('/sdk/ukeybridge.js').Progress} Progress */
/** @typedef {import('/sdk/ukeybridge.js').CallOptions} CallOptions */

/** @param {Event} event the browser asks before the page goes */
const holdPage = (event) => event.preventDefault();

/**
 * @param {string} busy
 * @param {boolean} dialog the user will be asked for the PIN
 */
function progressPanel(busy, dialog) {
  const abort = new AbortController();
  const bar = h('progress', { 'aria-label': busy });
  const step = h('p', { testid: 'progress-step' }, busy);
  const note = h('p', { class: 'note' }, dialog ? t('progress.pin') : '');
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
    step,
    dialog ? note : null,
    dialog ? cancel : null
  );

  /** @param {Progress} progress */
  const onProgress = (progress) => {
    const key = `doing.${progress.step}`;
    const { done, total } = progress;
    const doing = t(has(key) ? key : 'doing.other');
    bar.max = total;
    bar.value = done;
    step.textContent = `${doing} · ${t('progress.step', { done, total })}`;
    announce(doing);
    cancel.hidden = !progress.interruptible;
    note.textContent = t(
      progress.interruptible ? 'progress.pin' : 'progress.writing'
    );
    note.classList.toggle('strong', !progress.interruptible);
    removeEventListener('beforeunload', holdPage);
    if (!progress.interruptible) {
      addEventListener('beforeunload', holdPage);
    }
  };
  return { panel, options: { signal: abort.signal, onProgress } };
}

export function createSlot() {
  const element = h('div', { class: 'slot', tabindex: '-1' });

  /** @param {...import('./dom.js').Child} nodes */
  function show(...nodes) {
    const focused = element.contains(document.activeElement);
    element.replaceChildren(...nodes.filter((node) => node instanceof Node));
    if (focused) {
      element.focus(); // its button is gone; the keyboard stays here
    }
  }

  /** @param {unknown} error @param {() => void} again */
  function fail(error, again) {
    const panel = troublePanel(error, again);
    show(panel);
    panel.focus();
  }

  /**
   * Runs one action of the step; when it fails the user may run it again.
   * @param {string} busy
   * @param {(options: CallOptions) => Promise<void>} work
   * @param {{dialog?: boolean}} [settings]
   */
  async function run(busy, work, settings = {}) {
    const { panel, options } = progressPanel(busy, settings.dialog ?? false);
    show(panel);
    announce(busy);
    try {
      await work(options);
    } catch (error) {
      fail(error, () => void run(busy, work, settings));
    } finally {
      removeEventListener('beforeunload', holdPage);
    }
  }

  return { element, show, run };
}

/** @param {number} ms */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
