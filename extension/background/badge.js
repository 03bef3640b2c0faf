// SPDX-License-Identifier: MIT
// @ts-check
/** The number on the extension's icon: of all that waits for the user. */

/**
 * @typedef {{ count: number, isBad: boolean }} Part
 * @typedef {'ending' | 'ready'} Of certificates that end, orders that are ready
 */

const KEY = 'badge';
const MAX_SHOWN = 99;
const NONE = Object.freeze({ count: 0, isBad: false });

/** One change after the other: each reads what the others wrote. */
let last = Promise.resolve();

/** @param {Of} of @param {Part} [part] */
export function setBadge(of, part = NONE) {
  const show = () => change(of, part);
  last = last.then(show, show);
  return last;
}

/** @param {Of} of @param {Part} part */
async function change(of, part) {
  const { [KEY]: kept } = await chrome.storage.session.get(KEY);
  const parts = { .../** @type {object | undefined} */ (kept), [of]: part };
  await chrome.storage.session.set({ [KEY]: parts });
  const all = /** @type {Part[]} */ (Object.values(parts));
  const count = all.reduce((sum, each) => sum + each.count, 0);
  const text = count === 0 ? '' : String(Math.min(count, MAX_SHOWN));
  await chrome.action.setBadgeText({ text });
  const color = all.some(({ isBad }) => isBad) ? '#b3201b' : '#8a4b00';
  await chrome.action.setBadgeBackgroundColor({ color });
}
