// SPDX-License-Identifier: MIT
// @ts-check
/** When each certificate may be told of again; survives the service worker. */

const KEY = 'reminded';
/** A certificate that nobody asked about for so long is gone. */
const KEEP_MS = 60 * 24 * 60 * 60_000;

/** @returns {Promise<Record<string, number>>} by the certificate's id */
async function load() {
  const { [KEY]: kept } = await chrome.storage.local.get(KEY);
  return /** @type {Record<string, number> | undefined} */ (kept) ?? {};
}

/** The next day's begin where the user is. */
export function tomorrow() {
  const date = new Date();
  return new Date(
    date.getFullYear(),
    date.getMonth(),
    date.getDate() + 1
  ).getTime();
}

/** @param {string[]} ids of certificates @returns {Promise<string[]>} */
export async function dueOf(ids) {
  const after = await load();
  return ids.filter((id) => (after[id] ?? 0) <= Date.now());
}

/**
 * @param {string[]} ids
 * @param {number} untilMs
 */
export async function putOff(ids, untilMs) {
  const oldest = Date.now() - KEEP_MS;
  const kept = Object.entries(await load()).filter(([, at]) => at > oldest);
  const added = ids.map((id) => [id, untilMs]);
  const next = Object.fromEntries([...kept, ...added]);
  await chrome.storage.local.set({ [KEY]: next });
}
