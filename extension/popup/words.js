// SPDX-License-Identifier: MIT
// @ts-check
import { formatDay } from '../shared/dates.js';
import { CODE_OF_REASON, INTERNAL } from '../shared/errors.js';
import { translate, uiLanguage } from '../shared/i18n.js';
import { sentence } from '../shared/sentences.js';

/**
 * @typedef {import('../sdk/ukeybridge.js').Certificate} Certificate
 * @typedef {import('../sdk/ukeybridge.js').Pin} Pin
 * @typedef {import('./dom.js').Shape} Shape
 * @typedef {{ tone: string, shape: Shape, text: string }} Badge
 */

/** @type {Readonly<Record<Pin['state'], [string, Shape, string]>>} */
const PIN_BADGES = Object.freeze({
  ok: ['plain', 'lock', 'pin_ok'],
  low: ['warn', 'warning', 'pin_low'],
  final: ['bad', 'warning', 'pin_final'],
  locked: ['bad', 'lock', 'pin_locked'],
  uninitialised: ['warn', 'lock', 'pin_uninitialised'],
  'must-change': ['warn', 'lock', 'pin_must_change'],
  pad: ['plain', 'lock', 'pin_pad']
});

const ROLE_KEYS = Object.freeze({
  signing: 'role_signing',
  encryption: 'role_encryption',
  both: 'role_both',
  unknown: 'role_unknown'
});

/**
 * @param {number} count
 * @param {string} one key for exactly one
 * @param {string} other key with a placeholder
 */
export function counted(count, one, other) {
  return count === 1 ? translate(one) : translate(other, [String(count)]);
}

/** @param {string} instant */
export function day(instant) {
  return formatDay(instant, uiLanguage());
}

/**
 * @param {Pin} pin
 * @returns {Badge}
 */
export function pinBadge({ state }) {
  const [tone, shape, key] = PIN_BADGES[state] ?? PIN_BADGES.ok;
  return { tone, shape, text: translate(key) };
}

/** @param {Certificate['role']} role */
export function roleName(role) {
  return translate(ROLE_KEYS[role] ?? ROLE_KEYS.unknown);
}

/** A UKey that two drivers show is no fault. */
const SAME_TOKEN = 'SAME_TOKEN';

/** @param {{ reason: string }} problem */
export function isFault({ reason }) {
  return reason !== SAME_TOKEN;
}

/** @param {{ module: string, reason: string }} problem */
export function problemText({ module, reason }) {
  if (reason === SAME_TOKEN) {
    return translate('problem_same_token', [module]);
  }
  const code = CODE_OF_REASON[reason] ?? INTERNAL;
  return sentence({ code, message: '', data: { reason, module } }, translate);
}

/** @param {number} days */
function expiringText(days) {
  return days < 1
    ? translate('state_expiring_today')
    : counted(days, 'state_expiring_one', 'state_expiring_other');
}

/** @param {number} days past */
function expiredText(days) {
  return days < 1
    ? translate('state_expired_today')
    : counted(days, 'state_expired_one', 'state_expired_other');
}

/**
 * @param {Certificate} certificate
 * @returns {Badge}
 */
export function stateBadge(certificate) {
  const badge = currentBadge(certificate);
  return certificate.history ? { ...badge, tone: 'plain' } : badge;
}

/**
 * @param {Certificate} certificate
 * @returns {Badge}
 */
function currentBadge({ state, daysLeft }) {
  switch (state) {
    case 'valid':
      return {
        tone: 'good',
        shape: 'check',
        text: counted(daysLeft, 'state_valid_one', 'state_valid_other')
      };
    case 'expiring':
      return { tone: 'warn', shape: 'clock', text: expiringText(daysLeft) };
    case 'expired':
      return { tone: 'bad', shape: 'cross', text: expiredText(-daysLeft) };
    default:
      return {
        tone: 'info',
        shape: 'pause',
        text: translate('state_not_yet_valid')
      };
  }
}
