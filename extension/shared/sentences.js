// SPDX-License-Identifier: MIT
// @ts-check
import { CODE_OF_REASON, INTERNAL } from './errors.js';

/** @typedef {import('./errors.js').WireError} WireError */
/** @typedef {(key: string, values?: string[]) => string} Translate */

/** Values that a reason's sentence shows, in the order of its placeholders. */
const VALUES = Object.freeze({
  RATE_LIMITED: ['retryAfter'],
  TOKEN_ERROR: ['ckr'],
  MODULE_CRASHED: ['module'],
  MODULE_HUNG: ['module'],
  MODULE_MISSING: ['module'],
  HTTP_STATUS: ['status']
});

/** Shown where the host had no value to give. */
const DEFAULTS = Object.freeze({
  retryAfter: '60',
  ckr: '–',
  module: '–',
  status: '–'
});

/**
 * The user's sentence for an error: what happened, and what to do next.
 * @param {WireError} error
 * @param {Translate} translate
 */
export function sentence(error, translate) {
  const data = error.data ?? {};
  const reason = String(data.reason ?? '');
  if (!Object.hasOwn(CODE_OF_REASON, reason)) {
    return error.code === INTERNAL
      ? translate('error_INTERNAL', [String(data.incident ?? '–')])
      : translate('error_REQUEST', [String(error.code)]);
  }
  if (reason === 'PIN_INCORRECT' && data.retriesLeft === 1) {
    return translate('error_PIN_INCORRECT_ONE_LEFT');
  }
  const names = VALUES[/** @type {keyof typeof VALUES} */ (reason)] ?? [];
  const values = names.map((name) =>
    String(data[name] ?? DEFAULTS[/** @type {keyof typeof DEFAULTS} */ (name)])
  );
  return translate(`error_${reason}`, values);
}

/**
 * @param {WireError} error
 * @param {Translate} translate
 * @returns {WireError} the same with `data.text`
 */
export function withText(error, translate) {
  const text = sentence(error, translate);
  return { ...error, data: { ...error.data, text } };
}
