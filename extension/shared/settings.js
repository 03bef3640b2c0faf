// SPDX-License-Identifier: MIT
// @ts-check
/**
 * @typedef {{ reminders: boolean, sound: boolean,
 *   language: 'auto' | 'zh-CN' | 'en' }} Settings
 */

const KEY = 'settings';
/** What the policy said last. */
const FIXED = 'fixedSettings';
/** A browser that has just started reads its policies for seconds. */
const PATIENCE_MS = 100;
/** @type {Readonly<Settings>} */
const DEFAULTS = Object.freeze({
  reminders: true,
  sound: true,
  language: 'auto'
});
const NAMES = /** @type {Array<keyof Settings>} */ (Object.keys(DEFAULTS));

/** @returns {Promise<Partial<Settings>>} */
async function lastFixed() {
  const { [FIXED]: last } = await chrome.storage.local.get(FIXED);
  return /** @type {Partial<Settings> | undefined} */ (last) ?? {};
}

/** @returns {Promise<Partial<Settings>>} however long it takes */
async function askPolicy() {
  /** @type {Partial<Settings>} */
  let fixed = {};
  try {
    fixed = await chrome.storage.managed.get(NAMES);
  } catch {
    /* Firefox, where no policy names this extension */
  }
  const last = await lastFixed();
  if (NAMES.some((name) => fixed[name] !== last[name])) {
    await chrome.storage.local.set({ [FIXED]: fixed });
  }
  return fixed;
}

/**
 * What the administrator's policy sets: managed_schema.json. Nobody waits for
 * a browser that is slow to say it: what it said last counts until then.
 * @returns {Promise<Partial<Settings>>}
 */
export async function fixedSettings() {
  /** @type {Promise<undefined>} */
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  return (await Promise.race([askPolicy(), late])) ?? lastFixed();
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

/**
 * The same by what the policy said last, for a first sight: nothing is asked
 * that may take its time.
 * @returns {Promise<Settings>}
 */
export async function lastSettings() {
  const { [KEY]: kept, [FIXED]: fixed } = await chrome.storage.local.get([
    KEY,
    FIXED
  ]);
  return {
    ...DEFAULTS,
    .../** @type {object | undefined} */ (kept),
    .../** @type {object | undefined} */ (fixed)
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
  chrome.storage.local.onChanged.addListener((changes) => {
    if (changes[FIXED] !== undefined) {
      onChange();
    }
  });
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
