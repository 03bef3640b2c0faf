// SPDX-License-Identifier: MIT
// @ts-check
import { open } from '../popup/connection.js';
import { button, element } from '../popup/dom.js';
import { PORTALS } from '../shared/build.js';
import { translate, uiLanguage, useLanguage } from '../shared/i18n.js';
import { knownOrders, watchOrders } from '../shared/orders.js';
import { allowedSites } from '../shared/sites.js';
import { toCsv } from './csv.js';
import { entryView } from './entry-view.js';
import { recordsOf } from './records.js';

/**
 * @typedef {import('./records.js').Entry} Entry
 * @typedef {import('./records.js').Renewal} Renewal
 */

const MAX_PAGES = 100;
const told = { onChange() {}, onPending() {}, onLost() {} };

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const main = byId('main');

/** @type {Entry[]} */
let entries = [];

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

/** @returns {Promise<Renewal[]>} */
async function readRenewals() {
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
  return all;
}

/**
 * The sites that are allowed: what the host says, and what it may have
 * forgotten since; where it is gone, what the extension knows by itself.
 * @param {any[]} [told] of `portals.list`
 * @returns {Promise<string[]>}
 */
async function portalsOf(told) {
  const sites = await allowedSites();
  const mine = sites.filter(({ once }) => once || told === undefined);
  return [
    ...(told?.map(({ origin }) => origin) ?? PORTALS),
    ...mine.map(({ origin }) => origin)
  ];
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

/** What can be operated, in its order. */
const controls = () =>
  /** @type {HTMLElement[]} */ ([...main.querySelectorAll('button, summary')]);
const lists = () => [...main.querySelectorAll('details')];

/** When an order's news come: the focus, and what is open, stay. */
async function showAgain() {
  const focused = /** @type {HTMLElement} */ (document.activeElement);
  const at = controls().indexOf(focused);
  const focusVisible = focused.matches(':focus-visible');
  const open = lists().map((list) => list.open);
  await show();
  lists().forEach((list, i) => {
    list.open = open[i] === true;
  });
  controls()[at]?.focus(/** @type {FocusOptions} */ ({ focusVisible }));
}

/** What is known of orders is shown even where the host is gone. */
async function show() {
  const views = [];
  const orders = await knownOrders();
  let told = undefined;
  try {
    const [renewals, { portals }] = await Promise.all([
      readRenewals(),
      call('portals.list', {})
    ]);
    told = portals;
    entries = recordsOf(renewals, orders);
  } catch (error) {
    entries = recordsOf([], orders);
    views.push(failed(error, show));
  }
  const allowed = await portalsOf(told);
  views.push(...entries.map((entry) => entryView(entry, act, allowed)));
  const none = note(translate('history_none'));
  main.replaceChildren(...(views.length > 0 ? views : [none]));
  main.setAttribute('aria-busy', 'false');
  byId('export').hidden = entries.length === 0;
}

/** @type {Readonly<Record<string, (entry: Entry) => Promise<unknown>>>} */
const ACTS = Object.freeze({
  recover: ({ renewal }) => call('renewal.recover', { token: renewal?.token }),
  abandon: ({ renewal }) => call('renewal.abandon', { renewal: renewal?.id }),
  drop: ({ order }) => {
    const { portal, order: number } = order ?? {};
    return chrome.runtime.sendMessage({ dropOrder: { portal, order: number } });
  }
});

/** @type {import('./entry-view.js').Act} */
async function act(what, entry) {
  try {
    await ACTS[what](entry);
    await show();
    say(translate('history_changed'));
  } catch (error) {
    await show();
    main.prepend(failed(error, show));
  }
}

function save() {
  const blob = new Blob([toCsv(entries)], { type: 'text/csv' });
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
watchOrders(showAgain);
await chrome.runtime.sendMessage({ refreshOrders: true });
