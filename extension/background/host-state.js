// SPDX-License-Identifier: MIT
// @ts-check
import { CONFIG } from '../shared/config.js';
import { failure } from '../shared/errors.js';

/**
 * What Chromium says, and Firefox, in English in every language: the reason,
 * and what it says besides. A host whose manifest names a program that is not
 * there is missing, too; one that cannot be run has ended. Firefox says the
 * same of a host that is there for other extensions only.
 * @type {Readonly<Record<string, [string, Record<string, unknown>?]>>}
 */
const REASON_BY_LAST_ERROR = Object.freeze({
  'Specified native messaging host not found.': ['HOST_MISSING'],
  'Failed to start native messaging host.': ['HOST_MISSING'],
  'Access to the specified native messaging host is forbidden.': [
    'HOST_BLOCKED'
  ],
  'Access to the native messaging host was disabled by the system administrator.':
    ['HOST_BLOCKED', { by: 'policy' }],
  [`No such native application ${CONFIG.nativeHostName}`]: ['HOST_MISSING']
});

/**
 * Why the native port ended.
 * @param {string | undefined} lastError the browser's message
 */
export function disconnectFailure(lastError = 'the host ended') {
  const [reason, more] = REASON_BY_LAST_ERROR[lastError] ?? [
    'HOST_DISCONNECTED'
  ];
  return failure(reason, lastError, more);
}

/**
 * @param {any} hello the result of `host.hello`
 * @returns {Set<string>} the methods that this host has
 * @throws {import('../shared/errors.js').CallError} HOST_TOO_OLD
 */
export function checkHello(hello) {
  if (hello?.protocol !== CONFIG.protocol || !Array.isArray(hello?.methods)) {
    const theirs = String(hello?.protocol);
    throw failure(
      'HOST_TOO_OLD',
      `the host speaks protocol ${theirs}, not ${CONFIG.protocol}`
    );
  }
  return new Set(hello.methods);
}
