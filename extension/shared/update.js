// SPDX-License-Identifier: MIT
// @ts-check
/**
 * The newest version of the program, as the host told it last.
 *
 * @typedef {{ checked: number, version?: string, url?: string }} Known
 */

const KEY = 'update';

/** @returns {Promise<Known>} */
export async function knownUpdate() {
  const { [KEY]: known } = await chrome.storage.local.get(KEY);
  return /** @type {Known | undefined} */ (known) ?? { checked: 0 };
}

/** @param {Known} known */
export function keepUpdate(known) {
  return chrome.storage.local.set({ [KEY]: known });
}

/**
 * @param {string} version numbers between dots, "1.10.2"
 * @param {string} than another, maybe of a build: "1.10.1-3-gabc"
 */
export function isNewer(version, than) {
  const [a, b] = [version, than].map((text) =>
    (/^\d+(\.\d+)*/.exec(text)?.[0] ?? '').split('.').map(Number)
  );
  const places = Math.max(a.length, b.length);
  for (let i = 0; i < places; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) {
      return difference > 0;
    }
  }
  return false;
}

/** @param {() => void} onChange */
export function watchUpdate(onChange) {
  chrome.storage.local.onChanged.addListener((changes) => {
    if (changes[KEY] !== undefined) {
      onChange();
    }
  });
}
