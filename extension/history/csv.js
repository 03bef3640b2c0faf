// SPDX-License-Identifier: MIT
// @ts-check
import { nextText } from './next.js';

/** @typedef {import('./records.js').Entry} Entry */
/** @typedef {import('./records.js').Renewal} Renewal */

/** A spreadsheet would run a cell that begins so. */
const FORMULA = /^[=+\-@\t\r]/;
/** Without it Excel takes Chinese for another encoding. */
const BYTE_ORDER_MARK = '\ufeff';

/** @type {ReadonlyArray<[string, (entry: Entry) => string | undefined]>} */
const COLUMNS = Object.freeze([
  ['id', ({ renewal }) => renewal?.id],
  ['kind', ({ renewal }) => renewal?.kind],
  ['state', ({ renewal }) => renewal?.state],
  ['portal', ({ renewal, order }) => renewal?.origin ?? order?.portal],
  ['order', ({ renewal, order }) => renewal?.order ?? order?.order],
  ['order state', ({ order }) => order?.state],
  ['order checked', ({ order }) => order && instant(order.checked)],
  ['token', ({ renewal }) => renewal?.token],
  ['created', ({ renewal }) => renewal?.created],
  ['updated', ({ renewal }) => renewal?.updated],
  ['old serial', ({ renewal }) => serials(renewal?.old)],
  ['new serial', ({ renewal }) => serials(renewal?.new)],
  ['error', ({ renewal }) => renewal?.error?.reason],
  ['next', nextText],
  [
    'steps',
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
 * RFC 4180, in the names and times of the protocol, for support and records;
 * what to do next is for the user, in his language.
 * @param {Entry[]} entries
 */
export function toCsv(entries) {
  const head = COLUMNS.map(([name]) => cell(name));
  const rows = entries.map((entry) =>
    COLUMNS.map(([, valueOf]) => cell(valueOf(entry)))
  );
  const lines = [head, ...rows].map((cells) => `${cells.join(',')}\r\n`);
  return BYTE_ORDER_MARK + lines.join('');
}
