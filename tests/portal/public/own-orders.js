// SPDX-License-Identifier: MIT
// @ts-check
/**
 * The orders that this browser has opened: the UKey's renewals know an order by
 * its number alone, and who knows a number may not go on with the order.
 */

/** @typedef {import('./portal-api.js').Order} Order */

const KEY = 'ukeybridge.orders';
/** The newest count. */
const MAX_ORDERS = 50;

/** @returns {[string, string][]} number and id, the newest first */
function known() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '[]');
  } catch {
    return []; // no storage, or no list of ours
  }
}

/** @param {Order} order */
export function remember({ number, id }) {
  const others = known().filter(([each]) => each !== number);
  const orders = [[number, id], ...others].slice(0, MAX_ORDERS);
  try {
    localStorage.setItem(KEY, JSON.stringify(orders));
  } catch {
    // the order's address still leads back to it
  }
}

/** @param {string} number */
export function idOf(number) {
  return known().find(([each]) => each === number)?.[1];
}
