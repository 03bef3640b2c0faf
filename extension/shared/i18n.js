// SPDX-License-Identifier: MIT
// @ts-check
import { settings } from './settings.js';

/**
 * @typedef {{ message: string,
 *   placeholders?: Record<string, { content: string }> }} Message
 */

const FOLDERS = Object.freeze({ 'zh-CN': 'zh_CN', en: 'en' });

/** Where the user chose a language: which, and its messages. */
let chosen = '';
/** @type {Record<string, Message> | undefined} */
let messages;

/**
 * Speak the language of the settings; without a call, the browser's.
 * @param {() => Promise<import('./settings.js').Settings>} [read]
 */
export async function useLanguage(read = settings) {
  const { language } = await read();
  if (language === 'auto') {
    chosen = '';
    messages = undefined;
  } else if (language !== chosen) {
    const path = `_locales/${FOLDERS[language]}/messages.json`;
    messages = await (await fetch(chrome.runtime.getURL(path))).json();
    chosen = language;
  }
}

/**
 * @param {Message} message
 * @param {string[]} values
 */
function filled({ message, placeholders = {} }, values) {
  return message.replace(/\$(\w+)\$/g, (_, name) => {
    const { content } = placeholders[name.toLowerCase()];
    return values[Number(content.slice(1)) - 1] ?? '';
  });
}

/**
 * @param {string} key of `_locales`
 * @param {string[]} [values] for its placeholders, in order
 */
export function translate(key, values = []) {
  const message = messages?.[key];
  return message === undefined
    ? chrome.i18n.getMessage(key, values) || key
    : filled(message, values);
}

/** The UI language as the host and the SDK name it. */
export function uiLanguage() {
  const language = chosen || chrome.i18n.getUILanguage();
  return language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}
