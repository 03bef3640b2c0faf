// SPDX-License-Identifier: MIT
// fault - a scene whose UKey is reached through libukb-fault.so, and a ledger of PINs: typed here, spent there.
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

import { BUILD, SOFTHSM } from '../lib/place.mjs';
import { ledger as allPins } from '../lib/ledger.mjs';
import { scene } from '../lib/scene.mjs';

export const FAULT = join(BUILD, 'tests', 'module', 'libukb-fault.so');
export const VENDOR = { name: 'vendor', path: FAULT };

const shared = mkdtempSync(join(tmpdir(), 'ukb-fault-'));
const ledger = {
  typed: 0,
  spent: 0,
  kept: 0,
  onReader: 0,
  fromAfar: 0,
  repeated: 0
};

/** The calls that a PIN is tried by. */
const TRIES = ['C_Login', 'C_SetPIN'];

/** Each such call has its PIN, and each PIN its call or the reason why it must have none. */
function balance({ typed, spent, kept, onReader, fromAfar, repeated }) {
  const due = typed - kept + onReader + fromAfar + repeated;
  assert.equal(spent, due, 'calls that try a PIN');
}

after(() => {
  rmSync(shared, { recursive: true, force: true });
  console.log(`PINs of this file: ${JSON.stringify(ledger)}`);
  balance(ledger);
});

/** The module's log: `{pid, name, n, detail}` for each call. */
function readLog(file) {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' '))
    .map(([pid, name, n, ...detail]) => ({
      pid: Number(pid),
      name,
      n: Number(n),
      detail: detail.join(' ')
    }));
}

/** The tries. A PIN that the token has accepted at a login cannot be wrong in C_SetPIN. */
function triesAmong(calls) {
  const loggedIn = new Set();
  return calls.filter(({ pid, name }) => {
    const isTry = TRIES.includes(name);
    const isSure = name === 'C_SetPIN' && loggedIn.has(pid);
    if (name === 'C_Login') loggedIn.add(pid);
    return isTry && !isSure;
  });
}

class Fault {
  /** PINs that a person typed here, and of those the ones that must not have reached a token. */
  typed = 0;
  kept = 0;
  /** PINs entered on the reader, which nobody types here. */
  onReader = 0;
  /** An administrator's PINs that a portal's server gave. */
  fromAfar = 0;
  /** Further calls that one PIN went to. */
  repeated = 0;

  constructor(stage) {
    this.stage = stage;
    this.dir = mkdtempSync(join(shared, 'scene-'));
    this.log = join(this.dir, 'log');
    this.slotsFile = join(this.dir, 'slots');
    this.#countPins();
  }

  #countPins() {
    const typePin = this.stage.typePin.bind(this.stage);
    this.stage.typePin = async (...args) => {
      const window = await typePin(...args);
      if (window) this.typed += 1;
      return window;
    };
  }

  /** Start a broker whose module follows this script; `counted` over all its workers, `env` is more of its own. */
  host(script = '', { counted = false, env = {} } = {}) {
    const state = mkdtempSync(join(this.dir, 'state-'));
    return this.stage.host({
      UKB_FAULT_MODULE: SOFTHSM,
      UKB_FAULT: script,
      UKB_FAULT_LOG: this.log,
      ...(counted && { UKB_FAULT_STATE: state }),
      ...(existsSync(this.slotsFile) && { UKB_FAULT_SLOTS: this.slotsFile }),
      ...env
    });
  }

  /** Which tokens are in which readers, by label; '' for an empty one. */
  slots(...labels) {
    const text = labels.map((label) => `${label}\n`).join('');
    writeFileSync(`${this.slotsFile}.new`, text);
    renameSync(`${this.slotsFile}.new`, this.slotsFile);
  }

  /** A PIN was entered on the reader. */
  enteredOnReader() {
    this.onReader += 1;
    allPins().typed(undefined);
  }

  /** A portal's server gave the administrator's PIN. */
  givenFromAfar(pin) {
    this.fromAfar += 1;
    allPins().typed(pin);
  }

  /** The calls so far, of one function or of all. */
  calls(name) {
    const all = readLog(this.log);
    return name ? all.filter((call) => call.name === name) : all;
  }

  /** All processes have ended: nobody spent a PIN that nobody typed. */
  settle() {
    const { typed, kept, onReader, fromAfar, repeated } = this;
    const spent = triesAmong(this.calls());
    const own = {
      ...{ typed, kept, onReader, fromAfar, repeated },
      spent: spent.length
    };
    for (const [name, count] of Object.entries(own)) ledger[name] += count;
    balance(own);
  }
}

/** p11-kit knows SoftHSM, too, which shows the same UKeys and fails at nothing. */
const FAULT_ONLY = { systemModules: false, userPortals: true };

/** A scene (tests/lib/scene.mjs) with `stage.fault`. */
export async function faultScene(t, options = {}) {
  const config = { modules: [VENDOR], ...options.config };
  const policy = { ...FAULT_ONLY, ...options.policy };
  const stage = await scene(t, { ...options, config, policy });
  mkdirSync(shared, { recursive: true });
  stage.fault = new Fault(stage);
  t.after(() => stage.fault.settle()); /* behind the scene's own end */
  return stage;
}
