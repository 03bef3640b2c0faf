// SPDX-License-Identifier: MIT
// @ts-check
import { BROWSER } from './build.js';

/**
 * What browsers do in their own ways, where it cannot be seen by asking.
 *
 * @typedef {{ matchesPorts: boolean, tellsLifecycle: boolean,
 *   hasButtons: boolean, hasSilence: boolean }} Ways
 *   `matchesPorts`: a match pattern with a port matches that port; without
 *   this it matches nothing. `tellsLifecycle`: a sender's document is said to
 *   be active; without this none is prerendered, and ports of cached ones end.
 *   `hasButtons`: a notification may have some; without this it is refused.
 *   `hasSilence`: it may come without a sound; likewise
 */
export const WAYS = Object.freeze({
  chromium: {
    matchesPorts: true,
    tellsLifecycle: true,
    hasButtons: true,
    hasSilence: true
  },
  firefox: {
    matchesPorts: false,
    tellsLifecycle: false,
    hasButtons: false,
    hasSilence: false
  }
});

/** @type {Ways} of the browser that this build is for */
export const OURS = WAYS[BROWSER];
