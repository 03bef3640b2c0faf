// SPDX-License-Identifier: MIT
// @ts-check
/* global Node, document */
/** The place in a step that holds its buttons, then its progress, or what went
 * wrong and how to go on. */
import { h } from './dom.js';
import { announce } from './page.js';
import { progressPanel, releasePage } from './progress.js';
import { troublePanel } from './trouble.js';

/** @typedef {import('/sdk/ukeybridge.js').CallOptions} CallOptions */

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
   * @param {{dialog?: boolean, failed?: (error: any) => void}} [settings]
   */
  async function run(busy, work, settings = {}) {
    const { panel, options } = progressPanel(busy, settings.dialog ?? false);
    show(panel);
    announce(busy);
    try {
      await work(options);
    } catch (error) {
      fail(error, () => void run(busy, work, settings));
      settings.failed?.(error);
    } finally {
      releasePage();
    }
  }

  return { element, show, run };
}

/** @param {number} ms */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
