// SPDX-License-Identifier: MIT
// @ts-check
/**
 * @typedef {{ reminders: boolean, language: 'auto' | 'zh-CN' | 'en' }} Settings
 */

const KEY = 'settings';
/** @type {Readonly<Settings>} */
const DEFAULTS = Object.freeze({ reminders: true, language: 'auto' });

/** @returns {Promise<Settings>} */
export async function settings() {
  const { [KEY]: kept } = await chrome.storage.local.get(KEY);
  return { ...DEFAULTS, .../** @type {object | undefined} */ (kept) };
}

/** @param {Partial<Settings>} change */
export async function changeSettings(change) {
  const next = { ...(await settings()), ...change };
  await chrome.storage.local.set({ [KEY]: next });
}

/** @param {() => void} onChange */
export function watchSettings(onChange) {
  chrome.storage.local.onChanged.addListener((changes) => {
    if (changes[KEY] !== undefined) {
      onChange();
    }
  });
}
