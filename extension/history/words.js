// SPDX-License-Identifier: MIT
// @ts-check
import { translate, uiLanguage } from '../shared/i18n.js';

/**
 * @typedef {import('../sdk/ukeybridge.js').Renewal} Renewal
 * @typedef {import('../popup/words.js').Badge} Badge
 * @typedef {import('../popup/dom.js').Shape} Shape
 * @typedef {import('../shared/orders.js').Order} Order
 */

/** @type {Readonly<Record<Renewal['state'], [string, Shape, string]>>} */
const STATES = Object.freeze({
  requested: ['info', 'clock', 'renewal_requested'],
  installing: ['warn', 'warning', 'renewal_installing'],
  installed: ['good', 'check', 'renewal_installed'],
  abandoned: ['plain', 'cross', 'renewal_abandoned'],
  'rolled-back': ['warn', 'cross', 'renewal_rolled_back'],
  'needs-attention': ['bad', 'warning', 'renewal_attention']
});

/** @type {Readonly<Record<Order['state'], [string, Shape, string]>>} */
const ORDER_STATES = Object.freeze({
  created: ['plain', 'clock', 'order_created'],
  paid: ['info', 'clock', 'order_paid'],
  reviewing: ['info', 'clock', 'order_reviewing'],
  issued: ['good', 'check', 'order_issued'],
  installed: ['good', 'check', 'order_installed'],
  rejected: ['bad', 'cross', 'order_rejected']
});

const KINDS = Object.freeze({
  renew: 'kind_renew',
  issue: 'kind_issue',
  change: 'kind_change',
  replace: 'kind_replace'
});

const STEPS = Object.freeze({
  'generate-key': 'done_generate_key',
  'sign-request': 'done_sign_request',
  confirm: 'done_confirm',
  'import-key': 'done_import_key',
  write: 'done_write',
  prove: 'done_prove',
  commit: 'done_commit',
  tidy: 'done_tidy',
  'retire-old': 'done_retire_old',
  'roll-back': 'done_roll_back',
  'found-installed': 'done_found_installed',
  abandon: 'done_abandon'
});

/** @param {Renewal} renewal @returns {Badge} */
export function stateOf({ state }) {
  const [tone, shape, key] = STATES[state] ?? STATES['needs-attention'];
  return { tone, shape, text: translate(key) };
}

/** @param {Order} order @returns {Badge} */
export function orderStateOf({ state }) {
  const [tone, shape, key] = ORDER_STATES[state];
  return { tone, shape, text: translate(key) };
}

/** @param {Renewal} renewal */
export function kindOf({ kind }) {
  return translate(KINDS[kind] ?? KINDS.renew);
}

/** @param {string} name a step of the host, maybe a newer one's */
export function stepOf(name) {
  const known = /** @type {Record<string, string>} */ (STEPS);
  return Object.hasOwn(known, name) ? translate(known[name]) : name;
}

/** @param {Renewal} renewal */
export function ownerOf(renewal) {
  const [certificate] = [...renewal.new, ...renewal.old];
  const { commonName, organization, dn } = certificate?.subject ?? {};
  return commonName ?? organization ?? dn ?? '';
}

/** @param {string | number} instant RFC 3339, or ms */
export function moment(instant) {
  return new Intl.DateTimeFormat(uiLanguage(), {
    dateStyle: 'medium',
    timeStyle: 'medium'
  }).format(new Date(instant));
}
