// SPDX-License-Identifier: MIT
// However a browser leaves, nothing of the host stays behind; only a write that has begun is finished first.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { ORIGIN, scene, screen, until } from '../lib/scene.mjs';

const GONE_MS = 1000;
/** SoftHSM's worker alone: OpenSC's would idle beside it. */
const ONE_MODULE = { portals: [ORIGIN], systemModules: false };

before(() => screen());

/** A scene with its dialog open, the listing and the plain worker idle. */
async function asking(t, options) {
  const stage = await scene(t, options);
  const [old] = await stage.certificates();
  await stage.call('renewal.list', {});
  const params = {
    token: old.token,
    kind: 'renew',
    certificate: old.id,
    key: 'new'
  };
  const call = stage.call('renewal.begin', params);
  await stage.display.dialog();
  const roles = stage.processes().map(({ command }) => command[1]);
  for (const role of ['listing', 'plain', 'login']) {
    assert.ok(roles.includes(role), `${role} in ${roles}`);
  }
  return { stage, params, call };
}

async function allGone(stage) {
  await until(() => stage.processes().length === 0, {
    timeoutMs: GONE_MS,
    message: 'processes were left behind'
  });
  await stage.display.dialogGone();
}

test('the browser closes the pipe while a dialog is open', async (t) => {
  const { stage, call } = await asking(t);
  const from = Date.now();
  assert.deepEqual(await stage.broker.end(), { code: 0, signal: null });
  assert.ok(Date.now() - from < GONE_MS);
  await allGone(stage);
  await assert.rejects(call);
  assert.equal(stage.ukey.objects().length, 3);
});

test('the broker is killed while a dialog is open', async (t) => {
  const { stage, call } = await asking(t);
  process.kill(stage.broker.pid, 'SIGKILL');
  await allGone(stage);
  await assert.rejects(call);
  assert.equal(stage.ukey.objects().length, 3);
});

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
  test(`${signal} while a dialog is open`, async (t) => {
    const { stage, call } = await asking(t);
    process.kill(stage.broker.pid, signal);
    await allGone(stage);
    await assert.rejects(call);
  });
}

test('the browser closes the pipe while workers are idle', async (t) => {
  const stage = await scene(t, { policy: ONE_MODULE });
  await stage.certificates();
  await stage.call('renewal.list', {});
  assert.equal(stage.processes().length, 3);
  const from = Date.now();
  assert.deepEqual(await stage.broker.end(), { code: 0, signal: null });
  assert.ok(Date.now() - from < GONE_MS);
  await allGone(stage);
});

test('the broker is killed while workers are idle', async (t) => {
  const stage = await scene(t);
  await stage.certificates();
  await stage.call('renewal.list', {});
  process.kill(stage.broker.pid, 'SIGKILL');
  await allGone(stage);
});

test('the worker of a dialog is killed', async (t) => {
  const { stage, params, call } = await asking(t);
  const login = stage.processes().find(({ command }) => command[1] === 'login');
  process.kill(login.pid, 'SIGKILL');
  const error = await call.catch((failure) => failure);
  assert.equal(error.reason, 'MODULE_CRASHED');
  assert.equal(error.data.module, 'softhsm');
  await stage.display.dialogGone();
  const { renewal } = await until(() =>
    stage.withPin('renewal.begin', params).catch(() => null)
  );
  assert.equal(renewal.state, 'requested');
});

test('the dialog is killed', async (t) => {
  const { stage, call } = await asking(t);
  const dialog = stage
    .processes()
    .find(({ command }) => /pinentry/.test(command[0]));
  process.kill(dialog.pid, 'SIGKILL');
  const error = await call.catch((failure) => failure);
  assert.equal(error.reason, 'PIN_UI_UNAVAILABLE');
  assert.equal(stage.ukey.objects().length, 3);
});
