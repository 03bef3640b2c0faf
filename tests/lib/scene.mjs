// SPDX-License-Identifier: MIT
// scene - what nearly every test of the host starts with: a place, a UKey, the CA, a person at the screen.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { initCa } from '../portal/ca.js';
import { CheckedHost } from './contract.mjs';
import { Display } from './display.mjs';
import { killIfThere, page, processesWith, UI } from './host.mjs';
import { keepLedger, ledger } from './ledger.mjs';
import { makePlace, setPolicy, SOFTHSM } from './place.mjs';
import { PIN, UKey } from './ukey.mjs';

export const ORIGIN = 'https://portal.example';
export const OTHER_ORIGIN = 'https://other.example';
export const PINENTRY = '/usr/bin/pinentry-gtk-2';
const LABEL = 'UKey one';
const DAY_MS = 86_400_000;
/** Whatever is left is found, however slow the machine; how soon it must be gone ends.test.mjs says. */
const END_MS = 10_000;
const DAYS_LEFT = 20.5; /* no test sees the number of days change */

keepLedger();

const shared = mkdtempSync(join(tmpdir(), 'ukb-shared-'));
const stocks = new Map();
let ca;
let display;

after(() => {
  display?.stop();
  for (const { place } of stocks.values()) place.remove();
  rmSync(shared, { recursive: true, force: true });
});

/** The screen of this file's tests. */
export async function screen() {
  display ??= await Display.start();
  return display;
}

/** The CA of this file's tests; its folder is `theCa().dir`. */
export async function theCa() {
  const dir = join(shared, 'ca');
  ca ??= { ...(await initCa(dir)), dir };
  return ca;
}

/** A UKey made once and copied for each test that wants the like: keys take their time. */
async function stock(label, pin, pairs) {
  const key = JSON.stringify([label, pin, pairs]);
  if (!stocks.has(key)) {
    const { dir } = await theCa();
    const place = makePlace();
    const ukey = new UKey(place, label, { pin });
    for (const pair of pairs) ukey.addPair(dir, { days: DAYS_LEFT, ...pair });
    stocks.set(key, { place });
  }
  return stocks.get(key).place.tokens;
}

/** Wait until `what()` is true; the last look is behind the end, however long the one before took. */
export async function until(what, { timeoutMs = 60000, message } = {}) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const isLast = Date.now() >= end;
    const seen = await what();
    if (seen) return seen;
    if (isLast) break;
    await sleep(10);
  }
  throw new Error(message ?? `not within ${timeoutMs} ms: ${what}`);
}

export class Scene {
  hosts = [];

  constructor(place, config) {
    this.place = place;
    this.config = config;
    place.configure(config);
  }

  /** Start a broker. */
  host(env = {}, options) {
    const host = new CheckedHost(
      { ...this.place.env, DISPLAY: this.display?.name, ...env },
      options
    );
    this.hosts.push(host);
    return host;
  }

  /** Put a copy of a UKey with these pairs in. */
  async insert({ label = LABEL, pin = PIN, pairs = [{}] } = {}) {
    cpSync(await stock(label, pin, pairs), this.place.tokens, {
      recursive: true
    });
    return new UKey(this.place, label, { pin, copied: true });
  }

  /** The first broker, started when first asked for. */
  get broker() {
    return this.hosts[0] ?? this.host();
  }

  /** A call of the portal's page. */
  call(
    method,
    params,
    { origin = ORIGIN, host = this.broker, onProgress } = {}
  ) {
    const promise = host.call(
      method,
      params,
      origin === 'ui' ? UI : page(origin),
      { onProgress }
    );
    promise.catch(() => {}); /* awaited later */
    return promise;
  }

  /** A call whose dialog the user answers with the PIN. */
  async withPin(method, params, { pin = PIN, ...options } = {}) {
    const promise = this.call(method, params, options);
    await this.typePin(promise, pin);
    return promise;
  }

  /** Type the PIN into the dialog of a call, unless the call ends without one. */
  async typePin(promise, pin = PIN, options) {
    const ended = new AbortController();
    const stop = () => ended.abort();
    promise.then(stop, stop);
    return this.display
      .typePin(pin, { signal: ended.signal, ...options })
      .catch((error) => {
        if (!ended.signal.aborted) throw error;
      });
  }

  /** Say yes to the question of a call, in another window than `not`; the window's id. */
  async agree(promise, not) {
    const ended = new AbortController();
    const stop = () => ended.abort();
    promise.then(stop, stop);
    return this.display.agree({ signal: ended.signal, not }).catch((error) => {
      if (!ended.signal.aborted) throw error;
    });
  }

  /** Type a new PIN and its repetition into the dialog behind the window `not`; the window's id. */
  async typeNewPin(promise, not, pin, repeat = pin) {
    const window = await this.typePin(promise, pin, { not });
    await this.typePin(promise, repeat);
    return window;
  }

  /** A call that must need no dialog: one that appears is a failure. */
  async withoutDialog(method, params, options) {
    const promise = this.call(method, params, options);
    const ended = new AbortController();
    const reply = promise.then(
      () => false,
      () => false
    );
    const dialog = this.display.dialog({ signal: ended.signal }).catch(() => 0);
    const opened = await Promise.race([reply, dialog]);
    ended.abort();
    assert.ok(!opened, `${method} opened a dialog`);
    return promise;
  }

  async tokens(options) {
    return (await this.call('tokens.list', undefined, options)).tokens;
  }

  /** The token of that label, or the first one. */
  async token(label) {
    const all = await this.tokens();
    return all.find((token) => !label || token.label === label);
  }

  /** The certificates of a token (of the first one, unless told). */
  async certificates(token) {
    const id = token ?? (await this.token()).id;
    return (await this.call('certificates.list', { token: id, pem: true }))
      .certificates;
  }

  /** All processes of this scene that live. */
  processes() {
    return processesWith('XDG_RUNTIME_DIR', this.place.env.XDG_RUNTIME_DIR);
  }

  /** The end; `among: true` where other scenes of the same test go on, with the same policy and ledger. */
  async close({ among = false } = {}) {
    const faults = this.hosts.flatMap((host) => host.faults);
    for (const host of this.hosts) host.process.stdin.end();
    /* to look for processes is dear: most have ended with their broker */
    await Promise.race([
      Promise.all(this.hosts.map((host) => host.exit)),
      sleep(END_MS, undefined, { ref: false })
    ]);
    const left = await until(() => this.processes().length === 0, {
      timeoutMs: END_MS
    }).then(
      () => [],
      () => this.processes()
    );
    for (const { pid } of left) killIfThere(pid);
    if (!among) setPolicy(null);
    this.place.remove();
    assert.deepEqual(faults, [], 'messages that break the contract');
    assert.deepEqual(left, [], 'processes left behind');
    if (!among) ledger().settle();
  }
}

/**
 * Set a scene for one test: a UKey with one pair (`pairs: null` for none), the portal allowed by the user's own
 * configuration; `policy` is the administrator's file; `config` adds to the configuration.
 */
export async function scene(t, options = {}) {
  const {
    policy = null,
    config = {},
    pairs = [{}],
    screen: seen = true
  } = options;
  const place = makePlace();
  const made = new Scene(place, {
    modules: [{ name: 'softhsm', path: SOFTHSM }],
    pinentry: PINENTRY,
    portals: [ORIGIN, OTHER_ORIGIN],
    ...config
  });
  t.after(() => made.close());
  setPolicy(policy);
  if (seen) made.display = await screen();
  if (pairs) made.ukey = await made.insert({ ...options, pairs });
  return made;
}

/** The error a promise rejects with, when its reason is that one. */
export async function refused(promise, reason, what = '') {
  const error = await promise.then(
    (result) => assert.fail(`${what} no ${reason}: ${JSON.stringify(result)}`),
    (failure) => failure
  );
  const found = error.reason ?? error.code;
  assert.equal(found, reason, `${what} ${error.message}`);
  return error;
}

/** The CA issues what a renewal requests. */
export async function issue(renewal, oldPem, options = {}) {
  const { issue: sign } = await theCa();
  const start = new Date(Date.now() - 60_000);
  return sign({
    csrPem: renewal.requests[0].pem,
    profile: 'signing',
    notBefore: start,
    notAfter: new Date(start.getTime() + 400 * DAY_MS),
    ...(oldPem && { sameSubjectAs: oldPem }),
    ...options
  });
}
