// SPDX-License-Identifier: MIT
// @ts-check
import { CONFIG } from '../shared/config.js';
import { failure } from '../shared/errors.js';

/**
 * What Chromium says, and Firefox, in English in every language. Firefox says
 * the same of a host that is there for other extensions only.
 */
const REASON_BY_LAST_ERROR = Object.freeze({
  'Specified native messaging host not found.': 'HOST_MISSING',
  'Access to the specified native messaging host is forbidden.': 'HOST_BLOCKED',
  [`No such native application ${CONFIG.nativeHostName}`]: 'HOST_MISSING'
});

/**
 * Why the native port ended.
 * @param {string | undefined} lastError the browser's message
 */
export function disconnectFailure(lastError = 'the host ended') {
  const known = /** @type {Record<string, string>} */ (REASON_BY_LAST_ERROR);
  return failure(known[lastError] ?? 'HOST_DISCONNECTED', lastError);
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
