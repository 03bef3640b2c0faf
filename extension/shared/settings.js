// SPDX-License-Identifier: MIT
// @ts-check
/**
 * @typedef {{ reminders: boolean, language: 'auto' | 'zh-CN' | 'en' }} Settings
 */

const KEY = 'settings';
/** @type {Readonly<Settings>} */
const DEFAULTS = Object.freeze({ reminders: true, language: 'auto' });
const NAMES = /** @type {Array<keyof Settings>} */ (Object.keys(DEFAULTS));

/** What the administrator's policy sets: managed_schema.json. @returns {Promise<Partial<Settings>>} */
export async function fixedSettings() {
  try {
    return await chrome.storage.managed.get(NAMES);
  } catch {
    return {}; // Firefox, where no policy names this extension
  }
}

/** @returns {Promise<Settings>} */
export async function settings() {
  const { [KEY]: kept } = await chrome.storage.local.get(KEY);
  return {
    ...DEFAULTS,
    .../** @type {object | undefined} */ (kept),
    ...(await fixedSettings())
  };
}

/** @param {Partial<Settings>} change */
export async function changeSettings(change) {
  const { [KEY]: kept } = await chrome.storage.local.get(KEY);
  const next = { .../** @type {object | undefined} */ (kept), ...change };
  await chrome.storage.local.set({ [KEY]: next });
}

/** A browser may read its policies after the extension has begun. @param {() => void} onChange */
export function watchFixedSettings(onChange) {
  chrome.storage.managed?.onChanged?.addListener(onChange);
}

/** @param {() => void} onChange */
export function watchSettings(onChange) {
  chrome.storage.local.onChanged.addListener((changes) => {
    if (changes[KEY] !== undefined) {
      onChange();
    }
  });
  watchFixedSettings(onChange);
}
