// SPDX-License-Identifier: MIT
// @ts-check
/* global document */
import { button, h } from './dom.js';
import { t } from './i18n.js';

/**
 * A question in a modal dialog; Escape is no.
 * @param {{title: string, text: string, yes: string, testid: string}} question
 * @param {...import('./dom.js').Child} more
 * @returns {Promise<boolean>}
 */
export function ask({ title, text, yes, testid }, ...more) {
  const heading = h('h2', { id: 'ask-title' }, title);
  const dialog = h(
    'dialog',
    { 'aria-labelledby': 'ask-title', testid: `${testid}-dialog` },
    heading,
    h('p', {}, text),
    ...more,
    h(
      'div',
      { class: 'buttons' },
      button(yes, `${testid}-confirm`, () => dialog.close('yes')),
      button(
        t('apply.cancel'),
        `${testid}-cancel`,
        () => dialog.close(),
        'quiet'
      )
    )
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
  });
}
