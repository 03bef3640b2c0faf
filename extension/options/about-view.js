// SPDX-License-Identifier: MIT
// @ts-check
import { button, element } from '../popup/dom.js';
import { translate } from '../shared/i18n.js';

/** @param {string} [program] its version; absent: it does not answer */
export function aboutView(program) {
  const { version } = chrome.runtime.getManifest();
  const url = chrome.runtime.getURL('diagnostics/diagnostics.html');
  return element(
    'section',
    'panel row',
    element(
      'div',
      '',
      element('h2', '', translate('doctor_title')),
      element('p', 'hint', translate('doctor_hint')),
      element(
        'p',
        'hint',
        program === undefined
          ? translate('about_extension', [version])
          : translate('about_both', [version, program])
      )
    ),
    button('secondary', translate('action_diagnose'), () =>
      chrome.tabs.create({ url })
    )
  );
}
