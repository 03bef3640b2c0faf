// SPDX-License-Identifier: MIT
// One dialog at a time for one user, one more waiting for one site, and each can be called off.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { OTHER_ORIGIN, refused, scene, screen, until } from '../lib/scene.mjs';

const WAIT_MS = 400; /* for what must not happen */

before(() => screen());

async function asking(t, options) {
  const stage = await scene(t, options);
  const [old] = await stage.certificates();
  const { token, id: certificate } = old;
  return { stage, params: { token, kind: 'renew', certificate } };
}

/** Start a call; resolves when it has come to the PIN. */
async function atPin(stage, params, options) {
  let call;
  await new Promise((resolve) => {
    const onProgress = ({ step }) => step === 'pin' && resolve();
    call = stage.call('renewal.begin', params, { ...options, onProgress });
    call.catch(resolve);
  });
  return { call };
}

function windows(display) {
  const args = ['search', '--onlyvisible', '--class', 'pinentry'];
  const { env } = display;
  const text = execFileSync('xdotool', args, { env, encoding: 'utf8' });
  return text.trim().split('\n');
}

const pinentries = (stage) =>
  stage.processes().filter(({ command }) => /pinentry/.test(command[0]));

const cancel = (stage, id) => stage.call('host.cancel', { id });

test('the dialog of a second browser waits for the first', async (t) => {
  const { stage, params } = await asking(t);
  const { call: first } = await atPin(stage, params);
  const window = await stage.display.dialog();
  const origin = OTHER_ORIGIN;
  const { call: second } = await atPin(stage, params, {
    origin,
    host: stage.host()
  });
  await until(() => pinentries(stage).length === 2);
  await sleep(WAIT_MS);
  assert.deepEqual(windows(stage.display), [window]);

  await stage.typePin(first);
  assert.equal((await first).renewal.origin, 'https://portal.example');
  await stage.typePin(second, undefined, { not: window });
  assert.equal((await second).renewal.origin, origin);
});

test('a browser that is killed with its dialog lets the next one have it', async (t) => {
  const { stage, params } = await asking(t);
  const { call: first } = await atPin(stage, params);
  const window = await stage.display.dialog();
  const host = stage.host();
  const { call: second } = await atPin(stage, params, { host });
  process.kill(stage.broker.pid, 'SIGKILL');
  await stage.typePin(second, undefined, { not: window });
  assert.equal((await second).renewal.state, 'requested');
  await assert.rejects(first, /the host ended/);
});

test('one dialog of a site, one waiting, no third', async (t) => {
  const { stage, params } = await asking(t);
  const { call: first } = await atPin(stage, params);
  const window = await stage.display.dialog();
  const { call: second } = await atPin(stage, params);
  const third = stage.call('renewal.begin', params);
  assert.equal((await refused(third, 'BUSY')).code, -32002);
  const lists = await stage.tokens(); /* what asks nothing goes on */
  assert.equal(lists.length, 1);
  const origin = OTHER_ORIGIN;
  const { call: theirs } = await atPin(stage, params, { origin });

  await stage.typePin(first);
  const { renewal } = await first;
  await stage.display.dialog({ not: window });
  await cancel(stage, second.id);
  await cancel(stage, theirs.id);
  await refused(second, 'CANCELLED');
  await refused(theirs, 'CANCELLED');
  const again = await stage.withoutDialog('renewal.begin', params);
  assert.equal(again.renewal.id, renewal.id);
});

test('a call whose twin was faster returns its renewal', async (t) => {
  const { stage, params } = await asking(t);
  const { call: first } = await atPin(stage, params);
  const window = await stage.display.dialog();
  const { call: second } = await atPin(stage, params);
  await stage.typePin(first);
  await stage.typePin(second, undefined, { not: window });
  assert.equal((await second).renewal.id, (await first).renewal.id);
});

test('host.cancel closes the dialog', async (t) => {
  const { stage, params } = await asking(t);
  const { call } = await atPin(stage, params);
  await stage.display.dialog();
  assert.equal(pinentries(stage).length, 1);
  assert.deepEqual(await cancel(stage, call.id), { cancelled: true });
  assert.equal((await refused(call, 'CANCELLED')).code, -32099);
  await until(() => pinentries(stage).length === 0);
  await stage.display.dialogGone();
  const { renewals } = await stage.call('renewal.list', {});
  assert.deepEqual(renewals, []);
  const { renewal } = await stage.withPin('renewal.begin', params);
  assert.equal(renewal.state, 'requested');
});

test('host.cancel of a dialog that waits leaves the one that is open', async (t) => {
  const { stage, params } = await asking(t);
  const { call: first } = await atPin(stage, params);
  await stage.display.dialog();
  const { call: second } = await atPin(stage, params);
  assert.deepEqual(await cancel(stage, second.id), { cancelled: true });
  await refused(second, 'CANCELLED');
  await stage.typePin(first);
  assert.equal((await first).renewal.state, 'requested');
});

test('host.cancel of nothing, and of what is over', async (t) => {
  const { stage, params } = await asking(t);
  const none = { cancelled: false };
  assert.deepEqual(await cancel(stage, 4711), none);
  assert.deepEqual(await cancel(stage, 'x'), none);
  const call = stage.call('renewal.begin', params);
  await stage.typePin(call);
  await call;
  assert.deepEqual(await cancel(stage, call.id), none);
});
