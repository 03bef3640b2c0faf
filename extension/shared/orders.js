// SPDX-License-Identifier: MIT
// @ts-check
/**
 * The orders whose portals told where to ask how far they are
 * (host/docs/orders.md). Written by the service worker alone.
 *
 * @typedef {'created' | 'paid' | 'reviewing' | 'issued' | 'installed'
 *   | 'rejected'} OrderState
 * @typedef {{ portal: string, order: string, url: string, state: OrderState,
 *   since: number, checked: number, failures: number, told?: OrderState[],
 *   shown?: OrderState, message?: string, page?: string,
 *   certificate?: { notAfter: string }, reason?: string }} Order `since` when
 *   it came to its state, `checked` when its portal was asked last, `failures`
 *   how often in a row it gave no answer and `reason` why; `told` of which
 *   states the user was told, `shown` which of them is on the screen
 */

const KEY = 'orders';

/** @returns {Promise<Order[]>} */
export async function knownOrders() {
  const { [KEY]: orders } = await chrome.storage.local.get(KEY);
  return /** @type {Order[] | undefined} */ (orders) ?? [];
}

/** @param {Order[]} orders */
export function keepOrders(orders) {
  return chrome.storage.local.set({ [KEY]: orders });
}

/**
 * @param {{ portal: string, order: string }} a
 * @param {{ portal: string, order: string }} b
 */
export function isSame(a, b) {
  return a.portal === b.portal && a.order === b.order;
}

/** Where the user goes on: at the portal, always. @param {Order} order */
export function pageOf({ portal, page }) {
  const isTheirs = page === portal || page?.startsWith(`${portal}/`);
  return page !== undefined && isTheirs ? page : `${portal}/`;
}

/** @param {() => void} onChange */
export function watchOrders(onChange) {
  chrome.storage.local.onChanged.addListener((changes) => {
    if (changes[KEY] !== undefined) {
      onChange();
    }
  });
}
