// SPDX-License-Identifier: MIT
// @ts-check
import { icon } from './dom.js';
import { translate } from '../shared/i18n.js';

/** The buttons of the bar that lead to the extension's other pages. */

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {string} page */
const toPage = (page) => () =>
  chrome.tabs.create({ url: chrome.runtime.getURL(page) });

/** @type {ReadonlyArray<[string, import('./dom.js').Shape, string, () => void]>} */
const LINKS = Object.freeze([
  ['history', 'list', 'history_title', toPage('history/history.html')],
  [
    'diagnostics',
    'pulse',
    'doctor_title',
    toPage('diagnostics/diagnostics.html')
  ],
  ['options', 'gear', 'options_title', () => chrome.runtime.openOptionsPage()]
]);

/**
 * A button of the bar: a picture for eyes, its words for the rest.
 * @param {HTMLElement} node
 * @param {import('./dom.js').Shape} shape
 * @param {string} key of `_locales`
 * @param {() => void} onClick
 */
function barButton(node, shape, key, onClick) {
  node.append(icon(shape));
  node.title = translate(key);
  node.setAttribute('aria-label', translate(key));
  node.addEventListener('click', onClick);
}

/** @param {() => void} onRefresh */
export function fillBar(onRefresh) {
  barButton(byId('refresh'), 'refresh', 'popup_refresh', onRefresh);
  for (const [id, shape, key, onClick] of LINKS) {
    barButton(byId(id), shape, key, onClick);
  }
}
