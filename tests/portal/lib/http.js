// SPDX-License-Identifier: MIT
// @ts-check
/** HTTP in and out: limits, headers, JSON. */
import { ApiError } from './api-error.js';

const MAX_BODY_BYTES = 64 * 1024;

export const SERVER_LIMITS = Object.freeze({
  maxHeaderSize: 16 * 1024,
  requestTimeout: 15_000,
  headersTimeout: 10_000
});

const SECURITY_HEADERS = Object.freeze({
  'Content-Security-Policy': [
    "default-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
    "require-trusted-types-for 'script'"
  ].join('; '),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Cache-Control': 'no-store'
});

/** @typedef {import('node:http').IncomingMessage} Request */
/** @typedef {import('node:http').ServerResponse} Response */

/**
 * @param {Response} response
 * @param {number} status
 * @param {string} type
 * @param {string | Buffer} body
 * @param {Record<string, string>} [headers]
 */
export function send(response, status, type, body, headers = {}) {
  const length = Buffer.byteLength(body);
  response.writeHead(status, {
    ...SECURITY_HEADERS,
    'Content-Type': type,
    'Content-Length': length,
    ...headers
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

/**
 * @param {Response} response
 * @param {number} status
 * @param {unknown} value
 * @param {Record<string, string>} [headers]
 */
export function sendJson(response, status, value, headers) {
  const type = 'application/json; charset=utf-8';
  send(response, status, type, `${JSON.stringify(value)}\n`, headers);
}

/** @param {Response} response @param {unknown} error */
export function sendError(response, error) {
  if (!(error instanceof ApiError)) {
    console.error(error);
    const body = { code: 'INTERNAL', message: 'the portal has a fault' };
    sendJson(response, 500, { error: body });
    return;
  }
  const { status, code, message, data } = error;
  /** @type {Record<string, string>} */
  const headers = {};
  if (code === 'METHOD_NOT_ALLOWED') headers.Allow = String(data.allow);
  // What is left of an oversized body is not read: close.
  if (code === 'TOO_LARGE') headers.Connection = 'close';
  sendJson(response, status, { error: { code, message, ...data } }, headers);
}

/** @param {Request} request a page of another site may not use this API */
export function checkOrigin(request) {
  const { origin, host } = request.headers;
  if (origin === undefined) return;
  if (origin === `http://${host}` || origin === `https://${host}`) return;
  throw new ApiError('FOREIGN_ORIGIN', 'another site may not ask this');
}

/**
 * @param {Request} request
 * @returns {Promise<Record<string, unknown>>}
 */
export async function readJson(request) {
  const type = (request.headers['content-type'] ?? '').split(';')[0].trim();
  if (type !== 'application/json') {
    throw new ApiError('UNSUPPORTED_TYPE', 'send application/json');
  }
  const tooLarge = new ApiError('TOO_LARGE', `${MAX_BODY_BYTES} bytes at most`);
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) {
    throw tooLarge;
  }
  const chunks = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw tooLarge;
    chunks.push(chunk);
  }
  return parseObject(Buffer.concat(chunks));
}

/** @param {Buffer} body @returns {Record<string, unknown>} */
function parseObject(body) {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    const value = JSON.parse(text);
    if (typeof value === 'object' && value && !Array.isArray(value)) {
      return value;
    }
  } catch {
    // answered below
  }
  throw new ApiError('BAD_JSON', 'send one JSON object');
}
