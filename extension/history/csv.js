// SPDX-License-Identifier: MIT
// @ts-check
import { translate } from '../shared/i18n.js';
import { nextText } from './next.js';

/** @typedef {import('./records.js').Entry} Entry */
/** @typedef {import('./records.js').Renewal} Renewal */

/** A spreadsheet would run a cell that begins so. */
const FORMULA = /^[=+\-@\t\r]/;
/** Without it Excel takes Chinese for another encoding. */
const BYTE_ORDER_MARK = '\ufeff';

/** Heading and cell. @type {ReadonlyArray<[string, (entry: Entry) => string | undefined]>} */
const COLUMNS = Object.freeze([
  ['history_number', ({ renewal }) => renewal?.id],
  ['csv_kind', ({ renewal }) => renewal?.kind],
  ['csv_state', ({ renewal }) => renewal?.state],
  ['history_portal', ({ renewal, order }) => renewal?.origin ?? order?.portal],
  ['history_order', ({ renewal, order }) => renewal?.order ?? order?.order],
  ['history_order_state', ({ order }) => order?.state],
  ['history_order_checked', ({ order }) => order && instant(order.checked)],
  ['csv_token', ({ renewal }) => renewal?.token],
  ['history_begun', ({ renewal }) => renewal?.created],
  ['history_updated', ({ renewal }) => renewal?.updated],
  ['csv_old_serial', ({ renewal }) => serials(renewal?.old)],
  ['csv_new_serial', ({ renewal }) => serials(renewal?.new)],
  ['csv_error', ({ renewal }) => renewal?.error?.reason],
  ['csv_next', nextText],
  [
    'history_steps',
    ({ renewal }) =>
      renewal?.steps
        .map(({ name, at, outcome }) => `${at} ${name} ${outcome}`)
        .join('\n')
  ]
]);

/** @param {number} ms */
function instant(ms) {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** @param {Renewal['old']} [certificates] */
function serials(certificates = []) {
  return certificates.map(({ serial }) => serial).join(' ');
}

/** @param {string} [text] */
function cell(text = '') {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * RFC 4180. Headings, and what to do next, are for the user, in his language;
 * the rest is in the names and times of the protocol, for support and records.
 * @param {Entry[]} entries
 */
export function toCsv(entries) {
  const head = COLUMNS.map(([key]) => cell(translate(key)));
  const rows = entries.map((entry) =>
    COLUMNS.map(([, valueOf]) => cell(valueOf(entry)))
  );
  const lines = [head, ...rows].map((cells) => `${cells.join(',')}\r\n`);
  return BYTE_ORDER_MARK + lines.join('');
}
