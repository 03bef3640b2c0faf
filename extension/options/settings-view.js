// SPDX-License-Identifier: MIT
// @ts-check
import { element } from '../popup/dom.js';
import { translate } from '../shared/i18n.js';

/** @typedef {import('../shared/settings.js').Settings} Settings */

/** Languages by their own names, which everybody finds. */
const LANGUAGES = Object.freeze({ 'zh-CN': '简体中文', en: 'English' });

/**
 * @param {Settings['language']} language
 * @param {(language: Settings['language']) => void} onChange
 */
function languageView(language, onChange) {
  const select = /** @type {HTMLSelectElement} */ (element('select', 'choice'));
  select.id = 'language';
  const names = [['auto', translate('language_auto')]];
  for (const [value, name] of [...names, ...Object.entries(LANGUAGES)]) {
    select.append(new Option(name, value, false, value === language));
  }
  select.addEventListener('change', () => {
    onChange(/** @type {Settings['language']} */ (select.value));
  });
  const label = /** @type {HTMLLabelElement} */ (
    element('label', '', translate('language_title'))
  );
  label.htmlFor = select.id;
  return element('section', 'panel row', element('h2', '', label), select);
}

/**
 * @param {boolean} isOn
 * @param {(isOn: boolean) => void} onChange
 */
function remindersView(isOn, onChange) {
  const box = /** @type {HTMLInputElement} */ (element('input', 'switch'));
  box.type = 'checkbox';
  box.id = 'reminders';
  box.checked = isOn;
  box.setAttribute('aria-describedby', 'reminders-hint');
  box.addEventListener('change', () => onChange(box.checked));
  const label = /** @type {HTMLLabelElement} */ (
    element('label', '', translate('reminders_title'))
  );
  label.htmlFor = box.id;
  const hint = element('p', 'hint', translate('reminders_hint'));
  hint.id = 'reminders-hint';
  const words = element('div', '', element('h2', '', label), hint);
  return element('section', 'panel row', words, box);
}

/**
 * @param {Settings} settings
 * @param {(change: Partial<Settings>) => void} onChange
 */
export function settingsView({ language, reminders }, onChange) {
  return [
    languageView(language, (value) => onChange({ language: value })),
    remindersView(reminders, (isOn) => onChange({ reminders: isOn }))
  ];
}
