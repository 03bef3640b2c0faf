// SPDX-License-Identifier: MIT
// @ts-check
import { element } from '../popup/dom.js';
import { translate } from '../shared/i18n.js';

/** @typedef {import('../shared/settings.js').Settings} Settings */

/** Languages by their own names, which everybody finds. */
const LANGUAGES = Object.freeze({ 'zh-CN': '简体中文', en: 'English' });

/** The policy's word is not the user's to change. @param {HTMLElement} control */
function fix(control) {
  /** @type {HTMLInputElement} */ (control).disabled = true;
  const hint = element('p', 'hint', translate('from_policy'));
  hint.id = `${control.id}-fixed`;
  const others = control.getAttribute('aria-describedby');
  const ids = others === null ? hint.id : `${others} ${hint.id}`;
  control.setAttribute('aria-describedby', ids);
  return hint;
}

/**
 * @param {Settings['language']} language
 * @param {boolean} isFixed
 * @param {(language: Settings['language']) => void} onChange
 */
function languageView(language, isFixed, onChange) {
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
  const words = element('div', '', element('h2', '', label));
  words.append(...(isFixed ? [fix(select)] : []));
  return element('section', 'panel row', words, select);
}

/**
 * @param {boolean} isOn
 * @param {boolean} isFixed
 * @param {(isOn: boolean) => void} onChange
 */
function remindersView(isOn, isFixed, onChange) {
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
  words.append(...(isFixed ? [fix(box)] : []));
  return element('section', 'panel row', words, box);
}

/**
 * @param {Settings} settings
 * @param {Partial<Settings>} fixed
 * @param {(change: Partial<Settings>) => void} onChange
 */
export function settingsView({ language, reminders }, fixed, onChange) {
  return [
    languageView(language, fixed.language !== undefined, (value) =>
      onChange({ language: value })
    ),
    remindersView(reminders, fixed.reminders !== undefined, (isOn) =>
      onChange({ reminders: isOn })
    )
  ];
}
