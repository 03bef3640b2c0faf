// SPDX-License-Identifier: MIT
// @ts-check
/** JSON bodies by table: name, kind, limit, required. Anything else is refused. */
import { ApiError } from './api-error.js';

/**
 * @typedef {object} Field
 * @property {number} [max] characters of a string
 * @property {string[]} [oneOf]
 * @property {Record<string, Field>} [members] an object
 * @property {boolean} [optional]
 */

/** @param {string} path @param {string} why @returns {never} */
function refuse(path, why) {
  throw new ApiError('BAD_FIELD', `${path}: ${why}`, { field: path });
}

/** @param {string} path @param {unknown} value @param {Field} field */
function checkField(path, value, field) {
  if (field.members) {
    checkFields(value, field.members, `${path}.`);
  } else if (typeof value !== 'string') {
    refuse(path, 'not a string');
  } else if (field.oneOf && !field.oneOf.includes(value)) {
    refuse(path, `one of ${field.oneOf.join(', ')}`);
  } else if (field.max && value.length > field.max) {
    refuse(path, `${field.max} characters at most`);
  }
}

/**
 * @param {unknown} body
 * @param {Record<string, Field>} fields
 * @param {string} [prefix]
 * @throws {ApiError}
 */
export function checkFields(body, fields, prefix = '') {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    refuse(prefix.slice(0, -1) || 'body', 'not an object');
  }
  const given = /** @type {Record<string, unknown>} */ (body);
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(fields, name)) refuse(prefix + name, 'unknown');
  }
  for (const [name, field] of Object.entries(fields)) {
    const value = given[name];
    if (value !== undefined) checkField(prefix + name, value, field);
    else if (!field.optional) refuse(prefix + name, 'missing');
  }
}
