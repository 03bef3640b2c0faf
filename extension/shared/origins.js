// SPDX-License-Identifier: MIT
// @ts-check
import { OURS } from './ways.js';

/** Origins of sites, and the match patterns that let us serve these. */

const LOOPBACK = Object.freeze(['localhost', '127.0.0.1', '[::1]']);
const DEFAULT_PORTS = Object.freeze({ 'https:': '443', 'http:': '80' });

/**
 * @param {string | undefined} url of a tab
 * @returns {string | undefined} the origin, where it may be a portal's at all
 */
export function portalOrigin(url) {
  if (url === undefined || !URL.canParse(url)) {
    return undefined;
  }
  const { protocol, hostname, origin } = new URL(url);
  const isLoopback = protocol === 'http:' && LOOPBACK.includes(hostname);
  return protocol === 'https:' || isLoopback ? origin : undefined;
}

/**
 * A pattern without a port matches every port of the host. Where there is none
 * with a port, the service worker alone tells the host's origins apart.
 * @param {string} origin
 */
export function matchPattern(origin, { matchesPorts } = OURS) {
  const { protocol, hostname, port } = new URL(origin);
  if (!matchesPorts) {
    return `${protocol}//${hostname}/*`;
  }
  const known = /** @type {Record<string, string>} */ (DEFAULT_PORTS);
  return `${protocol}//${hostname}:${port || known[protocol]}/*`;
}

/**
 * @param {string} portal of the host's list, maybe `https://*.example.cn`
 * @param {string} origin
 */
export function isOf(portal, origin) {
  const [scheme, domain] = portal.split('*.');
  return domain === undefined
    ? portal === origin
    : origin.startsWith(scheme) && origin.endsWith(`.${domain}`);
}

/** @param {string[]} portals @param {string | undefined} origin */
export function isAmong(portals, origin) {
  return origin !== undefined && portals.some((each) => isOf(each, origin));
}
