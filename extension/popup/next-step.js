// SPDX-License-Identifier: MIT
// @ts-check

/**
 * @typedef {import('../sdk/ukeybridge.js').Token} Token
 * @typedef {import('../sdk/ukeybridge.js').Certificate} Certificate
 * @typedef {{ text: string, label?: string, values?: string[],
 *   method?: string, url?: string }} Step keys of `_locales`, and what the
 *   button does: call a method about the UKey, or open a site
 */

/** @type {Readonly<Record<string, Step>>} */
const PIN_STEPS = Object.freeze({
  'must-change': {
    text: 'step_change_pin',
    label: 'action_change_initial_pin',
    method: 'pin.change'
  },
  locked: {
    text: 'step_unblock',
    label: 'action_unblock_pin',
    method: 'pin.unblock'
  }
});

/**
 * The one thing to do next about a UKey, if there is any: what was cut off
 * first, then what bars every use, then what will soon.
 * @param {{ token: Token, certificates: Certificate[],
 *   pending?: 'finish' | 'undo', portal?: string }} contents
 * @returns {Step | undefined}
 */
export function nextStep({ token, certificates, pending, portal }) {
  if (pending !== undefined) {
    const label = pending === 'undo' ? 'action_undo' : 'action_continue';
    return { text: 'step_pending', label, method: 'renewal.recover' };
  }
  if (Object.hasOwn(PIN_STEPS, token.pin.state)) {
    return PIN_STEPS[token.pin.state];
  }
  const states = certificates
    .filter(({ history }) => !history)
    .map(({ state }) => state);
  const isExpired = states.includes('expired');
  if (!isExpired && !states.includes('expiring')) {
    return undefined;
  }
  const text = isExpired ? 'advice_repair' : 'advice_renew';
  return portal === undefined
    ? { text }
    : {
        text,
        label: 'action_renew_at',
        values: [new URL(portal).host],
        url: portal
      };
}
