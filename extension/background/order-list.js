// SPDX-License-Identifier: MIT
// @ts-check
import { isSame } from '../shared/orders.js';

/**
 * @typedef {import('../shared/orders.js').Order} Order
 * @typedef {import('./order-params.js').Asked} Asked
 */

/** Of one portal: the newest count. The host takes as many at once. */
const MAX_OF_PORTAL = 16;

/**
 * What is known of an order after its portal was asked.
 * @param {Order | undefined} before
 * @param {Asked} asked
 * @param {any} reply its item of `orders.check`
 * @returns {Order}
 */
export function answered(before, { portal, order, url }, reply) {
  const { state, message, page, certificate, error } = reply;
  const checked = Date.now();
  if (error !== undefined) {
    const known = /** @type {Order} */ (before);
    const failures = known.failures + 1;
    return { ...known, checked, failures, reason: String(error.reason) };
  }
  const isStill = before?.state === state;
  return {
    portal,
    order,
    url,
    state,
    since: isStill ? /** @type {Order} */ (before).since : checked,
    checked,
    failures: 0,
    told: before?.told,
    shown: before?.shown,
    message,
    page,
    certificate
  };
}

/** @param {Order[]} orders @param {Order} order comes to the front */
export function withOrder(orders, order) {
  const others = orders.filter((other) => !isSame(other, order));
  const ofPortal = others.filter(({ portal }) => portal === order.portal);
  const surplus = ofPortal.slice(MAX_OF_PORTAL - 1);
  return [order, ...others.filter((other) => !surplus.includes(other))];
}
