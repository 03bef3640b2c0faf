// SPDX-License-Identifier: MIT
// misbehaving - a stage whose module does at a chosen call what pulled plugs and crashing drivers do.
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { BUILD, SOFTHSM } from '../lib/place.mjs';
import { LABEL, stage } from './stage.mjs';

const FAULT = join(BUILD, 'tests', 'module', 'libukb-fault.so');

/**
 * A stage whose module misbehaves by this script (tests/module/README.md), counted over all its processes.
 * `on.plugAgain()` puts the UKey back after the script's `pull`; `on.hasCalled(name)`: some process called that function.
 * @param {object} t
 * @param {string} script
 * @param {object} [options] see stage()
 */
export async function misbehaving(t, script, options = {}) {
  const policy = { modules: [{ name: 'vendor', path: FAULT }] };
  const on = await stage(t, { ...options, policy, browser: false });
  const state = join(on.place.dir, 'fault');
  const slots = join(on.place.dir, 'slots');
  mkdirSync(state);
  on.plugAgain = () => {
    writeFileSync(`${slots}.new`, `${LABEL}\n`);
    renameSync(`${slots}.new`, slots);
  };
  on.plugAgain();
  on.hasCalled = (name) => existsSync(join(state, name));
  Object.assign(on.place.env, {
    UKB_FAULT: script,
    UKB_FAULT_MODULE: SOFTHSM,
    UKB_FAULT_SLOTS: slots,
    UKB_FAULT_STATE: state
  });
  await on.browse(options.browser);
  return on;
}
