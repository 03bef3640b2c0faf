// SPDX-License-Identifier: MIT
// @ts-check
/**
 * @typedef {import('../sdk/ukeybridge.js').Renewal} Renewal
 * @typedef {import('../shared/orders.js').Order} Order
 * @typedef {{ renewal?: Renewal, order?: Order }} Entry a renewal, what its
 *   portal says of its order, or an order that has no renewal here
 */

/** @param {Entry} entry @returns {number} when it changed last, ms */
function changedAt({ renewal, order }) {
  const renewed = renewal === undefined ? 0 : Date.parse(renewal.updated);
  return Math.max(renewed, order?.since ?? 0);
}

/**
 * Everything that was begun, what changed last first. An order may have several
 * renewals: one that is over, and the next.
 * @param {Renewal[]} renewals
 * @param {Order[]} orders
 * @returns {Entry[]}
 */
export function recordsOf(renewals, orders) {
  /** @type {Set<Order>} */
  const used = new Set();
  /** @type {Entry[]} */
  const entries = renewals.map((renewal) => {
    const order = orders.find(
      (each) => each.portal === renewal.origin && each.order === renewal.order
    );
    if (order !== undefined) {
      used.add(order);
    }
    return { renewal, order };
  });
  const others = orders.filter((order) => !used.has(order));
  return [...entries, ...others.map((order) => ({ order }))].sort(
    (a, b) => changedAt(b) - changedAt(a)
  );
}
