// SPDX-License-Identifier: MIT
// @ts-check
import { failure, invalidParams } from '../shared/errors.js';

/**
 * @typedef {{ portal: string, order: string, url: string }} Asked an order as
 *   `orders.check` takes it
 */

/** The host's limits (`ukeybridge describe`). */
const MAX_CHARS = Object.freeze({ order: 128, url: 2048 });

/**
 * @param {string | undefined} origin the page's
 * @param {Record<string, unknown>} [params] of `orders.watch`
 * @returns {Asked}
 * @throws {import('../shared/errors.js').CallError} BAD_ORIGIN, -32602
 */
export function checkWatch(origin, params = {}) {
  if (origin === undefined) {
    throw failure('BAD_ORIGIN', "the extension's own pages are no portal");
  }
  const names = Object.keys(MAX_CHARS);
  const stranger = Object.keys(params).find((name) => !names.includes(name));
  if (stranger !== undefined) {
    throw invalidParams(stranger, 'no such parameter');
  }
  for (const [name, max] of Object.entries(MAX_CHARS)) {
    const value = params[name];
    if (typeof value !== 'string' || value === '' || value.length > max) {
      throw invalidParams(name, `text of 1 to ${max} characters is needed`);
    }
  }
  const { order, url } = /** @type {Record<string, string>} */ (params);
  if (!url.startsWith(`${origin}/`)) {
    throw failure('BAD_ORIGIN', "the address is not one of the page's origin");
  }
  return { portal: origin, order, url };
}
