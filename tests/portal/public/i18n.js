// SPDX-License-Identifier: MIT
// @ts-check
/* global document, location */
/** The page's language: ?lang=en or ?lang=zh, else the browser's. */
import { strings } from './strings.js';

const wanted = new URLSearchParams(location.search).get('lang');
/** @type {'zh' | 'en'} */
export const lang = /^zh/i.test(wanted ?? navigator.language) ? 'zh' : 'en';
const locale = lang === 'zh' ? 'zh-CN' : 'en-GB';
document.documentElement.lang = locale;

/** @param {string} key */
export const has = (key) => Object.hasOwn(strings[lang], key);

/**
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function t(key, values = {}) {
  const text = strings[lang][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ''));
}

/** @param {string} instant @param {boolean} [withTime] */
export function formatDate(instant, withTime = false) {
  const format = new Intl.DateTimeFormat(locale, {
    dateStyle: 'long',
    timeStyle: withTime ? 'short' : undefined
  });
  return format.format(new Date(instant));
}

/** @param {number} days */
export function formatDays(days) {
  return days < 0 ? t('daysAgo', { n: -days }) : t('days', { n: days });
}
