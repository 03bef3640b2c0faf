// SPDX-License-Identifier: MIT
// @ts-check
import { translate } from '../shared/i18n.js';

/**
 * @typedef {{ id: string, subject?: string, group: string,
 *   status: 'ok' | 'warning' | 'failed' | 'skipped', title: string,
 *   evidence?: string, meaning?: string,
 *   repair: 'none' | 'automatic' | 'manual', instruction?: string,
 *   command?: string }} Check as `doctor.run` tells them
 * @typedef {import('../sdk/ukeybridge.js').UKeyBridgeError} UKeyBridgeError
 */

/**
 * Title, what it means, what to do, and what to type.
 * @type {Readonly<Record<string, [string, string, string, string?]>>}
 */
const FINDINGS = Object.freeze({
  HOST_MISSING: [
    'finding_missing',
    'finding_missing_means',
    'finding_missing_do',
    'ukeybridge register'
  ],
  HOST_BLOCKED: [
    'finding_foreign',
    'finding_foreign_means',
    'finding_foreign_do',
    'ukeybridge register'
  ],
  HOST_TOO_OLD: ['finding_old', 'finding_old_means', 'finding_old_do'],
  HOST_DISCONNECTED: [
    'finding_crashing',
    'finding_crashing_means',
    'finding_crashing_do',
    'ukeybridge tokens'
  ],
  TIMEOUT: ['finding_silent', 'finding_silent_means', 'finding_silent_do']
});
/** Blocked, too, and nothing that its user could mend. */
const BY_POLICY = Object.freeze([
  'finding_policy',
  'finding_policy_means',
  'finding_policy_do'
]);

/**
 * Why the host cannot be asked at all: the extension's own finding.
 * @param {UKeyBridgeError} error
 * @returns {Check}
 */
export function hostFinding({ reason: maybe, data = {}, message, text }) {
  const reason = String(maybe ?? '');
  const known = Object.hasOwn(FINDINGS, reason);
  const words = data.by === 'policy' ? BY_POLICY : FINDINGS[reason];
  const [title, meaning, instruction, command] = known ? words : [];
  return {
    id: 'connection',
    group: 'host',
    status: 'failed',
    title: title ? translate(title) : text,
    evidence: known ? message : `${reason}: ${message}`,
    meaning: meaning && translate(meaning),
    repair: 'manual',
    instruction: instruction && translate(instruction),
    command
  };
}

/**
 * The program is there and greets, and is older than what is asked of it.
 * @param {{ version: string }} host
 * @returns {Check}
 */
export function oldFinding({ version }) {
  return {
    id: 'connection',
    group: 'host',
    status: 'failed',
    title: translate('finding_old'),
    evidence: version,
    meaning: translate('finding_old_means'),
    repair: 'manual',
    instruction: translate('finding_old_do')
  };
}

/**
 * @param {{ version: string, os: string }} host
 * @returns {Check}
 */
export function connected({ version, os }) {
  return {
    id: 'connection',
    group: 'host',
    status: 'ok',
    title: translate('finding_connected'),
    evidence: `${version}, ${os}`,
    repair: 'none'
  };
}
