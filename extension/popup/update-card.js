// SPDX-License-Identifier: MIT
// @ts-check
import { NEEDED_METHODS } from '../shared/config.js';
import { translate } from '../shared/i18n.js';
import { isNewer, knownUpdate, watchUpdate } from '../shared/update.js';
import { button, element, icon } from './dom.js';

/**
 * @typedef {Pick<import('../sdk/ukeybridge.js').Hello, 'host' | 'methods'>}
 *   Program
 * @typedef {import('../shared/update.js').Known} Known
 */

/**
 * Whether the program should be another one, in words.
 * @param {Program} program
 * @param {Known} known
 */
export function updateText({ host, methods }, { version }) {
  if (NEEDED_METHODS.some((method) => !methods.includes(method))) {
    return translate('update_old', [host.version]);
  }
  return version !== undefined && isNewer(version, host.version)
    ? translate('update_new', [version, host.version])
    : undefined;
}

/** The way to a newer one, where a safe one is known. @param {Known} known */
export function updateButton({ url }) {
  return (
    url?.startsWith('https://') &&
    button('secondary', translate('action_get_update'), () =>
      chrome.tabs.create({ url })
    )
  );
}

/** @param {Program} program @param {Known} known */
function updateView(program, known) {
  const text = updateText(program, known);
  return (
    text !== undefined && [
      element(
        'div',
        'site',
        element('p', 'ready', icon('download'), element('span', '', text)),
        element('div', 'site-actions', updateButton(known))
      )
    ]
  );
}

/**
 * Tells that there is a newer program, or that this one is too old.
 * @param {HTMLElement} place
 */
export function updateCard(place) {
  /** @type {Program | undefined} */
  let program;
  const show = async () => {
    const known = await knownUpdate();
    const views = program !== undefined && updateView(program, known);
    place.replaceChildren(...(views || []));
  };
  place.setAttribute('aria-label', translate('update_label'));
  watchUpdate(show);
  return {
    /** @param {Program} hello what the program said of itself */
    async show(hello) {
      program = hello;
      await show();
    }
  };
}
