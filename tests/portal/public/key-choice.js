// SPDX-License-Identifier: MIT
// @ts-check
/** The form of step 2: what becomes of the keys. */
import { h } from './dom.js';
import { t } from './i18n.js';
import { planEncryption } from './plan.js';

/** @typedef {import('./plan.js').Keys} Keys */

/** @param {Keys} keys what this choice does, in a sentence */
export const keysText = ({ key, encryption }) => t(`keys.${key}-${encryption}`);

/** @param {Keys} keys its name */
export const keysTitle = ({ key }) => t(`keys.${key}`);

/**
 * @param {Record<string, string | boolean | undefined>} input
 * @param {string} title
 * @param {string} text
 */
function option(input, title, text) {
  const box = h('input', input);
  const label = h(
    'label',
    { class: 'option' },
    box,
    h('span', {}, h('b', {}, title), ' ', h('span', {}, text))
  );
  return { box, label };
}

/**
 * @param {boolean} pair the UKey has an encryption certificate, too
 * @param {Keys['key']} initial
 */
export function keyChoice(pair, initial) {
  const [same, fresh] = /** @type {const} */ (['same', 'new']).map((key) => {
    const keys = {
      key,
      encryption: planEncryption({ pair, key, added: false })
    };
    return option(
      {
        type: 'radio',
        name: 'key',
        value: key,
        testid: `key-${key}`,
        checked: key === initial
      },
      keysTitle(keys),
      keysText(keys)
    );
  });
  const add = option(
    { type: 'checkbox', testid: 'add-encryption' },
    t('keys.add'),
    t('keys.addText')
  );
  add.label.classList.add('inner');
  const warning = h(
    'p',
    { class: 'panel warn', testid: 'key-warning' },
    t('keys.warning')
  );
  const element = h(
    'fieldset',
    { class: 'options' },
    h('legend', {}, t('fact.keys')),
    same.label,
    fresh.label,
    pair ? warning : add.label
  );
  const show = () => {
    add.label.hidden = same.box.checked;
    warning.hidden = same.box.checked;
  };
  element.addEventListener('change', show);
  show();

  /** @returns {Keys} */
  const value = () => {
    const key = fresh.box.checked ? 'new' : 'same';
    const added = add.box.checked;
    return { key, encryption: planEncryption({ pair, key, added }) };
  };
  return { element, value };
}
