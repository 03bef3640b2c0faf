// SPDX-License-Identifier: MIT
// The ledger of PINs itself: that it notices what it is there for.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';

import { Ledger, ledger } from '../lib/ledger.mjs';
import { LEDGER_LIBRARY, TOP } from '../lib/place.mjs';
import { refused, scene, screen } from '../lib/scene.mjs';
import { PIN } from '../lib/ukey.mjs';

const WRONG_PIN = '999999';
const PAIRS = [{ algorithm: 'EC-P256' }];

before(() => screen());

/** A ledger of a test's own, and a call that opens a PIN dialog in a host that writes to it. */
async function watched(t) {
  const stage = await scene(t, { pairs: PAIRS });
  const own = new Ledger(join(stage.place.dir, 'ledgers', 'own'));
  mkdirSync(join(stage.place.dir, 'ledgers'));
  const host = stage.host(own.env(LEDGER_LIBRARY));
  const [{ token, id: certificate }] = await stage.certificates();
  const params = { token, kind: 'renew', certificate };
  const begin = () => stage.call('renewal.begin', params, { host });
  return { stage, own, begin };
}

/** The check at the end of tests/run. */
function check(dir) {
  const args = [join(TOP, 'tests/lib/ledger-check.mjs'), dir];
  const { status, stdout } = spawnSync(process.execPath, args, {
    encoding: 'utf8'
  });
  return { status, stdout };
}

test('a login with a PIN that nobody is known to have typed', async (t) => {
  const { stage, own, begin } = await watched(t);
  const call = begin();
  await stage.typePin(call); /* in the ledger of this file, not in that one */
  await call;
  assert.throws(() => own.settle(), /PINs tried that nobody typed/);
  const { tries, typed, unasked } = own.sum();
  assert.deepEqual([tries, typed, unasked.length], [1, 0, 1]);
  assert.match(unasked[0], /^tries \d+ C_Login user [0-9a-f]{16}$/);
  const { status, stdout } = check(join(stage.place.dir, 'ledgers'));
  assert.equal(status, 1);
  assert.match(stdout, /0 typed, 1 tried, 1 of them by nobody/);
});

test('a PIN covers one try, and only of itself', async (t) => {
  const { stage, own, begin } = await watched(t);
  own.typed(WRONG_PIN);
  own.typed(PIN);
  let call = begin();
  await stage.typePin(call, WRONG_PIN);
  await refused(call, 'PIN_INCORRECT');
  assert.deepEqual(own.sum().unasked, []);
  call = begin();
  await stage.typePin(call, WRONG_PIN);
  await refused(call, 'PIN_INCORRECT');
  assert.equal(own.sum().unasked.length, 1);
  call = begin();
  await stage.typePin(call, PIN);
  await call;
  assert.equal(own.sum().unasked.length, 1);
});

test('what was typed in one test covers nothing in the next', async (t) => {
  const { stage, own, begin } = await watched(t);
  own.typed(PIN);
  own.settle();
  const call = begin();
  await stage.typePin(call);
  await call;
  assert.throws(() => own.settle());
});

test('only what a worker does is written down', async (t) => {
  const stage = await scene(t, { pairs: PAIRS });
  const before = ledger().sum().tries;
  stage.ukey.objects(); /* pkcs11-tool logs in, with the same library in it */
  assert.equal(ledger().sum().tries, before);
  const [{ token, id: certificate }] = await stage.certificates();
  const params = { token, kind: 'renew', certificate };
  await stage.withPin('renewal.begin', params);
  assert.equal(ledger().sum().tries, before + 1);
});

test('a suite that wrote down nothing has not been checked', async (t) => {
  const stage = await scene(t, { pairs: null });
  const dir = join(stage.place.dir, 'ledgers');
  mkdirSync(dir);
  assert.equal(check(dir).status, 1);
  const own = new Ledger(join(dir, 'own'));
  own.typed(PIN);
  const { status, stdout } = check(dir);
  assert.equal(status, 1);
  assert.match(stdout, /nothing was written down/);
});
