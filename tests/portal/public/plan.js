// SPDX-License-Identifier: MIT
// @ts-check
/** What an order does to the keys and certificates; no page is needed for it. */

/** @typedef {import('./portal-api.js').Order} Order */
/** @typedef {Pick<Order, 'key' | 'encryption'>} Keys */
/** @typedef {{notBefore: string, notAfter: string}} Validity */
/**
 * @typedef {object} Row
 * @property {'signing' | 'encryption'} role
 * @property {Validity} [before] none: a first certificate
 * @property {Validity} after
 * @property {boolean} sameKey
 */

/**
 * @param {Order} order
 * @param {{signing?: Validity, encryption?: Validity}} after
 * @returns {Row[]}
 */
export function rowsOf({ old, key, encryption }, after) {
  /** @type {(Omit<Row, 'after'> & {after?: Validity})[]} */
  const rows = [
    {
      role: 'signing',
      before: old.signing,
      after: after.signing,
      sameKey: key === 'same'
    },
    {
      role: 'encryption',
      before: old.encryption,
      after: after.encryption,
      sameKey: encryption === 'keep'
    }
  ];
  return rows.flatMap((row) => (row.after ? [/** @type {Row} */ (row)] : []));
}

/**
 * What becomes of the encryption key. The server decides the same by itself.
 * @param {{pair: boolean, key: Keys['key'], added: boolean}} choice `pair`: the
 *   UKey has an encryption certificate; `added`: the user wants a first one
 * @returns {Keys['encryption']}
 */
export function planEncryption({ pair, key, added }) {
  if (pair) {
    return key === 'new' ? 'replace' : 'keep';
  }
  return key === 'new' && added ? 'add' : 'none';
}
