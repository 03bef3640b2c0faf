// SPDX-License-Identifier: MIT
// @ts-check
import { CONFIG } from '../shared/config.js';
import { failure, invalidRequest } from '../shared/errors.js';

/**
 * @typedef {{ jsonrpc: '2.0', id: string | number, method: string,
 *   params?: Record<string, unknown> }} Request as a page writes it
 */

const MEMBERS = Object.freeze(['jsonrpc', 'id', 'method', 'params']);
const encoder = new TextEncoder();

/** @param {unknown} text */
const byteLength = (text) => encoder.encode(String(text)).length;

/** @param {unknown} value */
function isPlainObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * @param {unknown} id
 * @returns {id is string | number}
 */
export function isId(id) {
  return typeof id === 'string'
    ? byteLength(id) <= CONFIG.maxIdBytes
    : Number.isSafeInteger(id);
}

/**
 * @param {any} message whatever a page sent
 * @returns {Request}
 * @throws {CallError} -32600 or TOO_LARGE
 */
export function checkRequest(message) {
  if (!isPlainObject(message)) {
    throw invalidRequest('a request is an object');
  }
  const stranger = Object.keys(message).find((name) => !MEMBERS.includes(name));
  if (stranger !== undefined) {
    throw invalidRequest(`a request has no member ${stranger}`);
  }
  if (message.jsonrpc !== '2.0') {
    throw invalidRequest('jsonrpc must be "2.0"');
  }
  if (!isId(message.id)) {
    throw invalidRequest('id must be an integer or a string of ≤ 64 bytes');
  }
  const { method, params } = message;
  if (typeof method !== 'string' || method.length > CONFIG.maxMethodChars) {
    throw invalidRequest('method must be a string');
  }
  if (params !== undefined && !isPlainObject(params)) {
    throw invalidRequest('params must be an object');
  }
  return message;
}

/**
 * @param {Request} request
 * @param {object} context what the host will see beside the request
 * @throws {CallError} TOO_LARGE
 */
export function checkSize(request, context) {
  const bytes = byteLength(JSON.stringify({ ...request, context }));
  if (bytes > CONFIG.maxRequestBytes) {
    const limit = CONFIG.maxRequestBytes;
    throw failure(
      'TOO_LARGE',
      `a request of ${bytes} bytes, limit is ${limit}`
    );
  }
}
