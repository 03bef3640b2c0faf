// SPDX-License-Identifier: MIT
// @ts-check
import { translate } from '../shared/i18n.js';
import { button, element, icon } from './dom.js';

/**
 * @typedef {import('./dom.js').Shape} Shape
 * @typedef {import('../sdk/ukeybridge.js').UKeyBridgeError} UKeyBridgeError
 */

/** @type {Readonly<Record<string, [Shape, string]>>} */
const TITLES = Object.freeze({
  HOST_MISSING: ['download', 'missing_title'],
  HOST_BLOCKED: ['lock', 'blocked_title'],
  HOST_TOO_OLD: ['download', 'old_title'],
  POLICY_INVALID: ['pause', 'off_title']
});

/** Trying again mends nothing: an administrator has to. */
const FINAL = Object.freeze(['POLICY_INVALID']);

/** Names the cause and may mend it. */
function diagnoseButton() {
  const url = chrome.runtime.getURL('diagnostics/diagnostics.html');
  return button('secondary', translate('action_diagnose'), () =>
    chrome.tabs.create({ url })
  );
}

/**
 * @param {Shape} shape
 * @param {string} title
 * @param {...import('./dom.js').Child} rest
 */
function notice(shape, title, ...rest) {
  const picture = element('div', 'picture', icon(shape));
  return element('div', 'notice', picture, element('h2', '', title), ...rest);
}

export function loadingView() {
  return element(
    'div',
    'notice',
    element('div', 'spinner'),
    element('p', 'hint', translate('popup_loading'))
  );
}

export function emptyView() {
  return notice(
    'key',
    translate('empty_title'),
    element('p', '', translate('empty_text')),
    element('p', 'hint', translate('empty_help'))
  );
}

/**
 * No UKey was found, but not every driver could look.
 * @param {() => void} onRetry
 */
export function unknownView(onRetry) {
  return notice(
    'warning',
    translate('unknown_title'),
    element('p', '', translate('unknown_text')),
    button('primary', translate('action_retry'), onRetry),
    diagnoseButton()
  );
}

/**
 * @param {UKeyBridgeError} error
 * @param {() => void} onRetry
 * @param {import('./dom.js').Child} [action] another way on
 */
export function failureView(error, onRetry, action) {
  const [shape, title] = TITLES[error.reason ?? ''] ?? [
    'warning',
    'failure_title'
  ];
  const technical = `${error.reason ?? error.code}: ${error.message}`;
  return notice(
    shape,
    translate(title),
    element('p', '', error.text),
    !FINAL.includes(error.reason ?? '') &&
      button('primary', translate('action_retry'), onRetry),
    action,
    diagnoseButton(),
    element(
      'details',
      'technical',
      element('summary', '', translate('popup_support')),
      element('code', '', technical)
    )
  );
}
