// SPDX-License-Identifier: MIT
// @ts-check

/**
 * @param {string} key of `_locales`
 * @param {string[]} [values] for its placeholders, in order
 */
export function translate(key, values = []) {
  return chrome.i18n.getMessage(key, values) || key;
}

/** The UI language as the host and the SDK name it. */
export function uiLanguage() {
  return chrome.i18n.getUILanguage().toLowerCase().startsWith('zh')
    ? 'zh-CN'
    : 'en';
}
