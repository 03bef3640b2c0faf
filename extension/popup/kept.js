// SPDX-License-Identifier: MIT
// @ts-check
/**
 * What was on the UKeys when a popup read them last, for one that has something
 * to show before it has read them anew. In memory, while the browser runs.
 *
 * @typedef {Awaited<ReturnType<typeof import('./reading.js').read>>} Reading
 */

const KEY = 'reading';

/** @returns {Promise<Reading | undefined>} */
export async function keptReading() {
  const { [KEY]: reading } = await chrome.storage.session.get(KEY);
  return /** @type {Reading | undefined} */ (reading);
}

/**
 * How the last errand went is told for some minutes only: it is not kept.
 * @param {Reading} reading
 */
export function keepReading({ contents, problems }) {
  if (contents.length === 0) {
    return forgetReading();
  }
  const kept = contents.map((each) => ({ ...each, errand: undefined }));
  return chrome.storage.session.set({ [KEY]: { contents: kept, problems } });
}

export function forgetReading() {
  return chrome.storage.session.remove(KEY);
}
