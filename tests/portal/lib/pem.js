// SPDX-License-Identifier: MIT
// @ts-check
/** PEM (RFC 7468): one block, in and out. */
import { DerError } from './der.js';

/**
 * @param {string} text exactly one PEM block
 * @param {RegExp} label
 * @returns {Buffer}
 */
export function pemToDer(text, label) {
  const match =
    /^\s*-----BEGIN ([A-Z0-9 ]+)-----\s([A-Za-z0-9+/=\s]+)-----END \1-----\s*$/.exec(
      text
    );
  if (!match || !label.test(match[1])) throw new DerError('not this PEM');
  return Buffer.from(match[2], 'base64');
}

/** @param {Buffer} der @param {string} label */
export function derToPem(der, label) {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return [
    `-----BEGIN ${label}-----`,
    ...lines,
    `-----END ${label}-----`,
    ''
  ].join('\n');
}
