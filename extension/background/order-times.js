// SPDX-License-Identifier: MIT
// @ts-check
/** When an order's portal is asked again. */

/** @typedef {import('../shared/orders.js').Order} Order */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * Between two questions, by what is waited for; a state that has none is an
 * end. Who pays is at the portal's page, which tells of it by itself.
 * @type {Readonly<Record<string, number>>}
 */
const PERIOD_MS = Object.freeze({
  created: 2 * HOUR_MS,
  paid: 2 * HOUR_MS,
  reviewing: 30 * MINUTE_MS,
  issued: 4 * HOUR_MS
});
/** Where nothing has changed for so long, once a day is enough. */
const STILL_MS = 7 * DAY_MS;
/** Where nothing has changed for so long, nothing will. */
const FORGET_MS = 60 * DAY_MS;

/** @param {Order} order does anything come of it still? */
export function isOpen({ state }) {
  return Object.hasOwn(PERIOD_MS, state);
}

/** @param {Order} order @param {number} nowMs */
export function isForgotten({ since }, nowMs) {
  return nowMs - since > FORGET_MS;
}

/** @param {Order} order an open one @returns {number} ms */
export function dueAt({ state, since, checked, failures }) {
  const isStill = checked - since > STILL_MS;
  const periodMs = isStill ? DAY_MS : PERIOD_MS[state] * 2 ** failures;
  return checked + Math.min(periodMs, DAY_MS);
}
