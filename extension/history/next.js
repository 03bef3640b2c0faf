// SPDX-License-Identifier: MIT
// @ts-check
import { day } from '../popup/words.js';
import { translate } from '../shared/i18n.js';
import { pageOf } from '../shared/orders.js';
import { isAmong } from '../shared/origins.js';

/**
 * @typedef {import('./records.js').Entry} Entry
 * @typedef {{ text: string, values?: string[], recover?: boolean,
 *   abandon?: boolean, site?: boolean, drop?: boolean }} Next what to do about
 *   an entry, and which buttons do it
 */

/** While the host waits for the certificate, and for an order alone. */
const ORDERED = Object.freeze({
  created: { text: 'next_created', site: true },
  paid: { text: 'next_paid', site: true },
  reviewing: { text: 'next_reviewing', site: true },
  issued: { text: 'next_issued', site: true },
  installed: { text: 'next_installed_elsewhere' },
  rejected: { text: 'next_rejected', site: true }
});

/** @type {Readonly<Record<string, Next>>} */
const RENEWED = Object.freeze({
  installing: { text: 'next_installing', recover: true },
  installed: { text: 'next_installed' },
  abandoned: { text: 'next_abandoned' },
  'rolled-back': { text: 'next_rolled_back', site: true },
  'needs-attention': { text: 'error_NEEDS_ATTENTION', recover: true }
});
/** @type {Next} */
const REQUESTED = Object.freeze({ text: 'next_requested', site: true });
/** Of a newer host: to look at the UKey is never wrong. */
const UNKNOWN = RENEWED['needs-attention'];

/** @param {import('./records.js').Renewal} renewal */
function installed(renewal) {
  const [latest] = renewal.new.map(({ notAfter }) => notAfter).sort();
  return latest === undefined
    ? RENEWED.installed
    : { text: 'next_installed_until', values: [day(latest)] };
}

/** @param {Entry} entry @returns {Next} */
export function nextOf({ renewal, order }) {
  const ordered = order && ORDERED[order.state];
  if (renewal === undefined) {
    return { ...(ordered ?? REQUESTED), drop: true };
  }
  const { state } = renewal;
  if (state === 'requested') {
    return { ...(ordered ?? REQUESTED), abandon: true };
  }
  if (state === 'installed') {
    return installed(renewal);
  }
  return Object.hasOwn(RENEWED, state) ? RENEWED[state] : UNKNOWN;
}

/**
 * Where its user goes on, if that site is allowed still.
 * @param {Entry} entry
 * @param {string[]} portals allowed ones, maybe patterns
 */
export function addressOf({ renewal, order }, portals) {
  const origin = order?.portal ?? renewal?.origin;
  if (!isAmong(portals, origin)) {
    return undefined;
  }
  return order ? pageOf(order) : `${origin}/`;
}

/** What to do, in words. @param {Entry} entry */
export function nextText(entry) {
  const { text, values } = nextOf(entry);
  return translate(text, values);
}
