// SPDX-License-Identifier: MIT
// @ts-check
import { element } from '../popup/dom.js';
import { translate } from '../shared/i18n.js';
import { OURS } from '../shared/ways.js';

/** @typedef {import('../shared/settings.js').Settings} Settings */

/** Languages by their own names, which everybody finds. */
const LANGUAGES = Object.freeze({ 'zh-CN': '简体中文', en: 'English' });

/** Settings that are on or off: what they are called, and what that means. */
const SWITCHES = Object.freeze({
  reminders: ['reminders_title', 'reminders_hint'],
  sound: ['sound_title', 'sound_hint']
});

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
 * @param {keyof typeof SWITCHES} name
 * @param {boolean} isOn
 * @param {boolean} isFixed
 * @param {(isOn: boolean) => void} onChange
 */
function switchView(name, isOn, isFixed, onChange) {
  const [title, meaning] = SWITCHES[name];
  const box = /** @type {HTMLInputElement} */ (element('input', 'switch'));
  box.type = 'checkbox';
  box.id = name;
  box.checked = isOn;
  box.setAttribute('aria-describedby', `${name}-hint`);
  box.addEventListener('change', () => onChange(box.checked));
  const label = /** @type {HTMLLabelElement} */ (
    element('label', '', translate(title))
  );
  label.htmlFor = box.id;
  const hint = element('p', 'hint', translate(meaning));
  hint.id = `${name}-hint`;
  const words = element('div', '', element('h2', '', label), hint);
  words.append(...(isFixed ? [fix(box)] : []));
  return element('section', 'panel row', words, box);
}

/**
 * @param {Settings} settings
 * @param {Partial<Settings>} fixed
 * @param {(change: Partial<Settings>) => void} onChange
 */
export function settingsView({ language, reminders, sound }, fixed, onChange) {
  const views = [
    languageView(language, fixed.language !== undefined, (value) =>
      onChange({ language: value })
    ),
    switchView('reminders', reminders, fixed.reminders !== undefined, (isOn) =>
      onChange({ reminders: isOn })
    )
  ];
  if (OURS.hasSilence) {
    const isFixed = fixed.sound !== undefined;
    views.push(
      switchView('sound', sound, isFixed, (isOn) => onChange({ sound: isOn }))
    );
  }
  return views;
}
