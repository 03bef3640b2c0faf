// SPDX-License-Identifier: MIT
// stage - what a test in a browser starts with: a UKey, the demo portal, the browser with the extension, a screen.
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { Browser } from '../lib/browser.mjs';
import { Display } from '../lib/display.mjs';
import { Firefox } from '../lib/firefox.mjs';
import { killIfThere, processesWith } from '../lib/host.mjs';
import { keepLedger, ledger } from '../lib/ledger.mjs';
import { PINENTRY, SOFTHSM, makePlace, setPolicy } from '../lib/place.mjs';
import { RenewalPage } from '../lib/renewal-page.mjs';
import { UKey, makeCa } from '../lib/ukey.mjs';
import { startPortal } from '../portal/server.js';

export const LABEL = '示例UKey';
/** A PIN that is in no file by chance. */
export const PIN = '73918462';
/** Still 20 when a slow machine counts the whole days that are left. */
export const DAYS_LEFT = 20 + 1 / 24;
/** Whatever is left is found, however slow the machine; how soon it must be gone tests/integration/ends.test.mjs says. */
const GONE_MS = 10_000;
const PROGRAMS = { chromium: Browser, firefox: Firefox };

keepLedger();

let display;
const stocks = new Map();

after(() => {
  display?.stop();
  for (const { place } of stocks.values()) place.remove();
});

/** A CA and a UKey with these pairs (UKey.addPair), made once for the tests of a file. */
function theStock(pairs) {
  const name = JSON.stringify(pairs);
  if (!stocks.has(name)) {
    const place = makePlace();
    const caDir = makeCa(place);
    const ukey = new UKey(place, LABEL, { pin: PIN });
    for (const pair of pairs) ukey.addPair(caDir, { days: DAYS_LEFT, ...pair });
    stocks.set(name, { place, caDir });
  }
  return stocks.get(name);
}

/** Wait until `what()` is true. */
export async function until(what, { timeoutMs = 60000 } = {}) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const seen = await what();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`not in ${timeoutMs} ms: ${what}`);
    await sleep(50);
  }
}

/** All of them. */
export const EACH = Object.keys(PROGRAMS);

/**
 * One test in some browsers.
 * @param {string[]} programs
 * @param {string} title
 * @param {(t: object, browser: {program: string}) => Promise<void>} run `browser` goes to stage(), with more
 */
export function testIn(programs, title, run) {
  for (const program of programs) {
    test(`${title}, in ${program}`, (t) => run(t, { program }));
  }
}

export class Stage {
  /** A UKey in this place; `copied` from the stock. */
  insert() {
    const { place } = this.stock;
    cpSync(place.tokens, this.place.tokens, { recursive: true });
    return new UKey(this.place, LABEL, { pin: PIN, copied: true });
  }

  /** Start a browser, of the same name as before or `program`; see Browser.start. */
  async browse({ program = this.program ?? 'chromium', ...options } = {}) {
    this.program = program;
    this.browser = await PROGRAMS[program].start({
      place: this.place,
      portals: [this.portal.url],
      display: this.display,
      ...options
    });
    this.page = this.browser.page;
    this.renewal = new RenewalPage(this.page, this.portal.url);
    return this.browser;
  }

  /** The administrator's policy: this portal is allowed, unless `more` says otherwise. */
  allow(more = {}) {
    setPolicy({
      portals: [this.portal.url],
      allowLoopback: true,
      systemModules: false,
      userModules: false,
      modules: [{ name: 'softhsm', path: SOFTHSM }],
      ...more
    });
  }

  /** The host's processes: `{pid, parent, name}`. */
  processes() {
    const { XDG_RUNTIME_DIR } = this.place.env;
    return processesWith('XDG_RUNTIME_DIR', XDG_RUNTIME_DIR)
      .map(({ pid, parent, command }) => {
        const name = basename(command[0]);
        return { pid, parent, name };
      })
      .filter(({ name }) => /^(ukeybridge|pinentry)/.test(name));
  }

  /** Kill the broker, as the system does when memory is short. */
  killHost() {
    const all = this.processes().filter(({ name }) => name === 'ukeybridge');
    /* a child of it is a worker that has not begun yet */
    const isChild = ({ parent }) => all.some(({ pid }) => pid === parent);
    const hosts = all.filter((one) => !isChild(one));
    assert.equal(hosts.length, 1, 'one broker');
    process.kill(hosts[0].pid, 'SIGKILL');
  }

  /** End the extension's background, as the browser does at any time. */
  stopServiceWorkers() {
    return this.browser.endBackground();
  }

  async close() {
    await this.browser?.close();
    await this.portal.close();
    const left = await until(() => this.processes().length === 0, {
      timeoutMs: GONE_MS
    }).then(
      () => [],
      () => this.processes()
    );
    for (const { pid } of left) killIfThere(pid);
    setPolicy(null);
    this.place.remove();
    assert.deepEqual(left, [], 'processes left behind');
    ledger().settle();
  }
}

/**
 * Set the stage for one test.
 * @param {object} t
 * @param {object} [options]
 * @param {boolean} [options.ukey] plug one in
 * @param {object[]} [options.pairs] what is on it, see UKey.addPair; a signing pair
 * @param {object} [options.portal] see startPortal
 * @param {object} [options.policy] see Stage.allow
 * @param {object | false} [options.browser] see Stage.browse; false: start none
 */
export async function stage(t, options = {}) {
  const { ukey = true, pairs = [{}], policy, browser } = options;
  const made = new Stage();
  display ??= await Display.start();
  made.display = display;
  made.place = makePlace();
  made.place.configure({ pinentry: PINENTRY });
  made.stock = theStock(pairs);
  made.caDir = join(made.place.dir, 'ca');
  cpSync(made.stock.caDir, made.caDir, { recursive: true });
  made.portal = await startPortal({
    caDir: made.caDir,
    issueDelayMs: 0,
    ...options.portal
  });
  t.after(() => made.close());
  made.allow(policy);
  if (ukey) made.ukey = made.insert();
  if (browser !== false) await made.browse(browser);
  return made;
}
