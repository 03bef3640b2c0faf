// SPDX-License-Identifier: MIT
// @ts-check
/** @typedef {import('../sdk/ukeybridge.js').Renewal} Renewal */

/** A spreadsheet would run a cell that begins so. */
const FORMULA = /^[=+\-@\t\r]/;
/** Without it Excel takes Chinese for another encoding. */
const BYTE_ORDER_MARK = '\ufeff';

/** @type {ReadonlyArray<[string, (renewal: Renewal) => string | undefined]>} */
const COLUMNS = Object.freeze([
  ['id', ({ id }) => id],
  ['kind', ({ kind }) => kind],
  ['state', ({ state }) => state],
  ['portal', ({ origin }) => origin],
  ['order', ({ order }) => order],
  ['token', ({ token }) => token],
  ['created', ({ created }) => created],
  ['updated', ({ updated }) => updated],
  ['old serial', (renewal) => serials(renewal.old)],
  ['new serial', (renewal) => serials(renewal.new)],
  ['error', ({ error }) => error?.reason],
  [
    'steps',
    ({ steps }) =>
      steps
        .map(({ name, at, outcome }) => `${at} ${name} ${outcome}`)
        .join('\n')
  ]
]);

/** @param {Renewal['old']} certificates */
function serials(certificates) {
  return certificates.map(({ serial }) => serial).join(' ');
}

/** @param {string} [text] */
function cell(text = '') {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * RFC 4180, in the names and times of the protocol, for support and records.
 * @param {Renewal[]} renewals
 */
export function toCsv(renewals) {
  const head = COLUMNS.map(([name]) => cell(name));
  const rows = renewals.map((renewal) =>
    COLUMNS.map(([, valueOf]) => cell(valueOf(renewal)))
  );
  const lines = [head, ...rows].map((cells) => `${cells.join(',')}\r\n`);
  return BYTE_ORDER_MARK + lines.join('');
}
