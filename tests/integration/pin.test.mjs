// SPDX-License-Identifier: MIT
// What a person can do with the PIN dialog, and what the portal hears of it.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { refused, scene, screen } from '../lib/scene.mjs';

before(() => screen());

/** A scene and the parameters of a renewal that asks for the PIN. */
async function asking(t, options) {
  const stage = await scene(t, options);
  const [old] = await stage.certificates();
  const { token, id: certificate } = old;
  return { stage, params: { token, kind: 'renew', certificate, key: 'new' } };
}

async function nothingDone(stage) {
  assert.equal(stage.ukey.objects().length, 3);
  const { renewals } = await stage.call('renewal.list', {});
  assert.deepEqual(renewals, []);
}

test('the right PIN', async (t) => {
  const { stage, params } = await asking(t);
  const seen = [];
  const { renewal } = await stage.withPin('renewal.begin', params, {
    onProgress: (step) => seen.push(step)
  });
  assert.equal(renewal.state, 'requested');
  assert.deepEqual(
    seen.map(({ step, done, total }) => [step, done, total]),
    [
      ['pin', 0, 3],
      ['generate-key', 1, 3],
      ['sign-request', 2, 3]
    ]
  );
  assert.deepEqual(
    seen.map(({ interruptible }) => interruptible),
    [true, false, false]
  );
});

test('a wrong PIN: one try is spent, and how many are left is not invented', async (t) => {
  const { stage, params } = await asking(t);
  const call = stage.withPin('renewal.begin', params, { pin: '123123' });
  const error = await refused(call, 'PIN_INCORRECT');
  assert.equal(error.code, -32010);
  assert.equal(error.data.retriesLeft, null);
  await nothingDone(stage);
  await stage.withPin('renewal.begin', params);
});

test('a dialog that is closed', async (t) => {
  const { stage, params } = await asking(t);
  const call = stage.call('renewal.begin', params);
  await stage.display.cancelDialog();
  await refused(call, 'PIN_CANCELLED');
  await nothingDone(stage);
});

test('no PIN typed counts as closed', async (t) => {
  const { stage, params } = await asking(t);
  const call = stage.withPin('renewal.begin', params, { pin: '' });
  await refused(call, 'PIN_CANCELLED');
  await nothingDone(stage);
});

test('a PIN shorter than the UKey takes', async (t) => {
  const { stage, params } = await asking(t);
  const call = stage.withPin('renewal.begin', params, { pin: '123' });
  await refused(call, 'PIN_LENGTH');
  await nothingDone(stage);
});

test('PINs may hold spaces, letters and signs', async (t) => {
  const pin = ' aB %25 "x\\ ';
  const { stage, params } = await asking(t, { pin });
  const { renewal } = await stage.withPin('renewal.begin', params, { pin });
  assert.equal(renewal.state, 'requested');
});

test('no screen', async (t) => {
  const { stage, params } = await asking(t);
  const host = stage.host({ DISPLAY: undefined });
  const call = stage.call('renewal.begin', params, { host });
  await refused(call, 'PIN_UI_UNAVAILABLE');
  await nothingDone(stage);
});

for (const [name, pinentry] of [
  ['no such program', '/usr/bin/no-pinentry'],
  ['a file that is no program', '/etc/passwd'],
  ['a program that says nothing', '/bin/true'],
  ['a program that speaks otherwise', '/bin/echo']
]) {
  test(`the configured dialog is ${name}`, async (t) => {
    const { stage, params } = await asking(t, { config: { pinentry } });
    const call = stage.call('renewal.begin', params);
    await refused(call, 'PIN_UI_UNAVAILABLE');
    await nothingDone(stage);
  });
}

test('the PIN is asked for each call anew', async (t) => {
  const { stage, params } = await asking(t);
  const { renewal } = await stage.withPin('renewal.begin', params);
  const call = stage.withPin(
    'renewal.abandon',
    { renewal: renewal.id },
    { pin: '123123' }
  );
  await refused(call, 'PIN_INCORRECT');
});
