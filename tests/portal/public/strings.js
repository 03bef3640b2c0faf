// SPDX-License-Identifier: MIT
// @ts-check
import { en } from './strings-en.js';
import { zh } from './strings-zh.js';
import { troubleEn } from './trouble-en.js';
import { troubleZh } from './trouble-zh.js';

/** @type {Readonly<Record<'zh' | 'en', Record<string, string>>>} */
export const strings = Object.freeze({
  zh: { ...zh, ...troubleZh },
  en: { ...en, ...troubleEn }
});
