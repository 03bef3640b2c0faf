// SPDX-License-Identifier: MIT
// @ts-check

/** JSON-RPC 2.0's own codes. */
export const INVALID_REQUEST = -32600;
export const UNKNOWN_METHOD = -32601;
export const INVALID_PARAMS = -32602;
export const INTERNAL = -32603;

/** Code of each reason. The same table as the host's. */
const REASONS_BY_CODE = Object.freeze({
  '-32001': [
    'BAD_ORIGIN',
    'ORIGIN_NOT_ALLOWED',
    'UI_ONLY',
    'DENIED_BY_USER',
    'NOT_YOURS',
    'POLICY_INVALID'
  ],
  '-32002': ['TOO_LARGE', 'REPLY_TOO_LARGE', 'BUSY', 'RATE_LIMITED', 'TIMEOUT'],
  '-32003': [
    'NO_TOKEN',
    'TOKEN_REMOVED',
    'TOKEN_READ_ONLY',
    'TOKEN_FULL',
    'TOKEN_BUSY',
    'TOKEN_AMBIGUOUS',
    'TOKEN_ERROR',
    'UNSUPPORTED'
  ],
  '-32004': ['MODULE_CRASHED', 'MODULE_HUNG', 'MODULE_MISSING'],
  '-32010': [
    'PIN_INCORRECT',
    'PIN_LOCKED',
    'PIN_FINAL_TRY',
    'PIN_CANCELLED',
    'PIN_TIMEOUT',
    'PIN_LENGTH',
    'PIN_UI_UNAVAILABLE',
    'PIN_MUST_CHANGE'
  ],
  '-32020': [
    'NO_CERTIFICATE',
    'KEY_MISMATCH',
    'NOT_NEWER',
    'WRONG_ROLE',
    'SUBJECT_CHANGED',
    'UNTRUSTED_ISSUER',
    'BAD_CERTIFICATE',
    'BAD_ENVELOPE',
    'NOT_YET_VALID'
  ],
  '-32021': [
    'NO_RENEWAL',
    'WRONG_STATE',
    'RENEWAL_PENDING',
    'ROLLED_BACK',
    'PROOF_FAILED',
    'NEEDS_ATTENTION'
  ],
  '-32022': ['JOURNAL_UNAVAILABLE', 'DISK_FULL'],
  '-32030': ['NETWORK', 'TLS', 'HTTP_STATUS', 'BAD_REPLY'],
  '-32040': ['RESET_UNAUTHORISED', 'RESET_EXPIRED', 'RESET_USED'],
  '-32050': [
    'EXTENSION_UNREACHABLE',
    'HOST_MISSING',
    'HOST_BLOCKED',
    'HOST_TOO_OLD',
    'HOST_DISCONNECTED'
  ],
  '-32099': ['CANCELLED', 'SHUTTING_DOWN']
});

/** @type {Readonly<Record<string, number>>} */
export const CODE_OF_REASON = Object.freeze(
  Object.fromEntries(
    Object.entries(REASONS_BY_CODE).flatMap(([code, reasons]) =>
      reasons.map((reason) => [reason, Number(code)])
    )
  )
);

/**
 * @typedef {{ code: number, message: string,
 *   data?: Record<string, unknown> }} WireError the `error` of a reply
 */

/** A failure that a caller sees as a JSON-RPC error. */
export class CallError extends Error {
  /** @param {WireError} wire */
  constructor(wire) {
    super(wire.message);
    this.name = 'CallError';
    this.wire = wire;
  }
}

/**
 * @param {string} reason one of CODE_OF_REASON
 * @param {string} message one English sentence for developers
 * @param {Record<string, unknown>} [more] what the reason says besides
 */
export function failure(reason, message, more) {
  const code = CODE_OF_REASON[reason];
  return new CallError({ code, message, data: { reason, ...more } });
}

/** @param {string} message what is wrong with the request, for developers */
export function invalidRequest(message) {
  return new CallError({ code: INVALID_REQUEST, message });
}

/**
 * @param {string} field the first parameter that is wrong
 * @param {string} message what is wrong with it, for developers
 */
export function invalidParams(field, message) {
  const code = INVALID_PARAMS;
  const data = { field };
  return new CallError({ code, message: `${field}: ${message}`, data });
}

/**
 * Map whatever was thrown to a reply's error.
 * @param {unknown} thrown
 * @returns {WireError}
 */
export function toWireError(thrown) {
  if (thrown instanceof CallError) {
    return thrown.wire;
  }
  return { code: INTERNAL, message: String(thrown) };
}
