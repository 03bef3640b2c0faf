// SPDX-License-Identifier: MIT
// @ts-check
import { open } from '../popup/connection.js';
import { button, element } from '../popup/dom.js';
import { translate, uiLanguage, useLanguage } from '../shared/i18n.js';
import { toCsv } from './csv.js';
import { renewalView } from './renewal-view.js';

/** @typedef {import('./words.js').Renewal} Renewal */

const MAX_PAGES = 100;
const told = { onChange() {}, onPending() {}, onLost() {} };

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const main = byId('main');

/** @type {Renewal[]} */
let renewals = [];

/** @param {string} text */
function say(text) {
  byId('status').textContent = text;
}

/** @param {string} method @param {object} params */
async function call(method, params) {
  const { bridge } = await open(told);
  try {
    return await bridge.call(method, params);
  } finally {
    bridge.close();
  }
}

async function readAll() {
  const all = [];
  let params = {};
  for (let page = 0; page < MAX_PAGES; page++) {
    const { renewals: some, next } = await call('renewal.list', params);
    all.push(...some);
    if (next === undefined) {
      break;
    }
    params = { cursor: next };
  }
  return all.sort((a, b) => b.updated.localeCompare(a.updated));
}

/** @param {string} text */
const note = (text) => element('p', 'panel', text);

/** @param {any} error @param {() => void} onRetry */
function failed(error, onRetry) {
  const text = error.text ?? String(error);
  say(text);
  return element(
    'section',
    'panel',
    element('p', '', text),
    button('primary', translate('action_retry'), onRetry)
  );
}

async function show() {
  try {
    renewals = await readAll();
    const views = renewals.map((renewal) => renewalView(renewal, act));
    const none = note(translate('history_none'));
    main.replaceChildren(...(views.length > 0 ? views : [none]));
  } catch (error) {
    main.replaceChildren(failed(error, show));
  }
  main.setAttribute('aria-busy', 'false');
  byId('export').hidden = renewals.length === 0;
}

/** @type {import('./renewal-view.js').Act} */
async function act(method, { id, token }) {
  const isRecover = method === 'renewal.recover';
  try {
    await call(method, isRecover ? { token } : { renewal: id });
    await show();
    say(translate('history_changed'));
  } catch (error) {
    await show();
    main.prepend(failed(error, show));
  }
}

function save() {
  const blob = new Blob([toCsv(renewals)], { type: 'text/csv' });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = 'ukey-renewals.csv';
  link.click();
  URL.revokeObjectURL(link.href);
}

await useLanguage();
document.documentElement.lang = uiLanguage();
document.title = translate('history_title');
byId('title').textContent = translate('history_title');
byId('export').textContent = translate('action_export');
byId('export').addEventListener('click', save);
main.replaceChildren(note(translate('popup_loading')));
await show();
