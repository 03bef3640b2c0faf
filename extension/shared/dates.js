// SPDX-License-Identifier: MIT
// @ts-check

/**
 * A day in the reader's own time zone, as people write it.
 * @param {string} instant RFC 3339
 * @param {string} lang BCP 47
 */
export function formatDay(instant, lang) {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) {
    return '–';
  }
  const dateStyle = lang.startsWith('zh') ? 'long' : 'medium';
  return new Intl.DateTimeFormat(lang, { dateStyle }).format(date);
}
