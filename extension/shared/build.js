// SPDX-License-Identifier: MIT
// @ts-check
/**
 * What differs between builds. `packaging/extension` writes this file anew.
 *
 * The origins whose pages may reach the service worker, exact in scheme, host
 * and port: a match pattern in the manifest may be wider than an origin.
 * @type {readonly string[]}
 */
export const PORTALS = Object.freeze([]);

/**
 * The browser that the manifest is for.
 * @type {keyof typeof import('./ways.js').WAYS}
 */
export const BROWSER = 'chromium';
