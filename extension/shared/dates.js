// SPDX-License-Identifier: MIT
// @ts-check

/** Making one takes longer than using it. @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/** @param {string} lang */
function formatOf(lang) {
  const dateStyle = lang.startsWith('zh') ? 'long' : 'medium';
  const format =
    formats.get(lang) ?? new Intl.DateTimeFormat(lang, { dateStyle });
  formats.set(lang, format);
  return format;
}

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
  return formatOf(lang).format(date);
}
