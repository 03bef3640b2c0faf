// SPDX-License-Identifier: MIT
// @ts-check
import { keepUpdate, knownUpdate } from '../shared/update.js';

/** @typedef {(method: string, params?: object) => Promise<any>} Call */

const PERIOD_MS = 24 * 60 * 60_000;

/** One question at a time. */
let last = Promise.resolve();

/**
 * Ask the host for the newest version, once a day at most, whatever comes of
 * it: one that was told before is kept where it cannot be asked.
 * @param {Call} call
 */
export function checkUpdate(call) {
  last = last.then(() => ask(call)).catch(() => {});
  return last;
}

/** @param {Call} call */
async function ask(call) {
  const known = await knownUpdate();
  const checked = Date.now();
  if (checked - known.checked < PERIOD_MS) {
    return;
  }
  await keepUpdate({ ...known, checked });
  const { version, url } = await call('update.check');
  await keepUpdate({ checked, version, url });
}
