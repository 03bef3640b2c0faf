// SPDX-License-Identifier: MIT
// @ts-check
/** What bounds the notifications that portals bring about by their orders. */

const KEY = 'orderNotices';
/** Of one portal, whatever it says of how many orders. */
const MAX_AN_HOUR = 4;
const HOUR_MS = 60 * 60_000;

/** What breaks lines, or turns the direction of words that are not its own. */
const UNFIT =
  /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** @returns {Promise<Record<string, number[]>>} by portal: when, ms */
async function lastHour() {
  const { [KEY]: kept } = await chrome.storage.local.get(KEY);
  const now = Date.now();
  const all = /** @type {Record<string, number[]>} */ (kept ?? {});
  return Object.fromEntries(
    Object.entries(all)
      .map(([portal, times]) => [
        portal,
        times.filter((at) => Math.abs(now - at) < HOUR_MS)
      ])
      .filter(([, times]) => times.length > 0)
  );
}

/**
 * May the user be told of something of this portal now? Who may has done so.
 * @param {string} portal
 */
export async function takeTurn(portal) {
  const all = await lastHour();
  const times = all[portal] ?? [];
  if (times.length >= MAX_AN_HOUR) {
    return false;
  }
  all[portal] = [...times, Date.now()];
  await chrome.storage.local.set({ [KEY]: all });
  return true;
}

/** One line of a page's or a portal's words. @param {string} text */
export function plain(text) {
  return text.replaceAll(UNFIT, ' ').trim();
}
