// SPDX-License-Identifier: MIT
// @ts-check
import { translate } from '../shared/i18n.js';
import { button, element, icon } from './dom.js';
import { nextStep } from './next-step.js';
import { outcomeBadge } from './outcome.js';

/**
 * @typedef {import('./token-view.js').Contents} Contents
 * @typedef {(method: string, token: string) => void} Act
 */

/**
 * @param {Contents} contents
 * @param {Act} act
 */
export function stepView(contents, act) {
  const step = nextStep(contents);
  if (step === undefined) {
    return undefined;
  }
  const { text, label, values, method, url } = step;
  const go = () =>
    method === undefined
      ? chrome.tabs.create({ url })
      : act(method, contents.token.id);
  return element(
    'div',
    'advice',
    element('p', '', translate(text)),
    label !== undefined && button('primary', translate(label, values), go)
  );
}

/**
 * How the last thing that was asked for went.
 * @param {Contents} contents
 */
export function outcomeView({ errand }) {
  if (errand === undefined) {
    return undefined;
  }
  const { tone, shape, text } = outcomeBadge(errand);
  return element(
    'p',
    `outcome ${tone}`,
    icon(shape),
    element('span', '', text)
  );
}

/**
 * What can be done with any UKey's PIN.
 * @param {Contents} contents
 * @param {Act} act
 */
export function pinView({ token, pending, errand }, act) {
  const isBusy = errand?.state === 'running';
  /** @param {string} label @param {string} method */
  const action = (label, method) => {
    const node = button('secondary', translate(label), () => {
      if (!isBusy) {
        act(method, token.id);
      }
    });
    if (isBusy) {
      node.setAttribute('aria-disabled', 'true');
    }
    return node;
  };
  const { state } = token.pin;
  const canChange =
    pending === undefined && !['locked', 'uninitialised'].includes(state);
  return element(
    'div',
    'actions',
    canChange && action('action_change_pin', 'pin.change'),
    action('action_unblock_pin', 'pin.unblock')
  );
}
