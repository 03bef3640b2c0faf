// SPDX-License-Identifier: MIT
// UKeys that come, go and move between readers, as a module tells it: lists follow, and who watches is told.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { until } from '../lib/scene.mjs';
import { faultScene } from '../module/fault.mjs';

const ONE = 'UKey one';
const TWO = 'UKey two';
const SOON = { timeoutMs: 1000 };

/** Two UKeys in these readers, and a host. */
async function readers(t, slots, { script = '', env } = {}) {
  const stage = await faultScene(t, { screen: false });
  await stage.insert({ label: TWO, pairs: [] });
  stage.fault.slots(...slots);
  const host = stage.fault.host(script, { counted: true, env });
  const list = async () => {
    const { tokens } = await stage.call('tokens.list', undefined, { host });
    return tokens.map(({ label, reader }) => [label, reader]);
  };
  return { stage, host, list };
}

test('lists follow what is in the readers', async (t) => {
  const { stage, list } = await readers(t, ['', ONE]);
  assert.deepEqual(await list(), [[ONE, 'Reader 1']]);
  stage.fault.slots('', '');
  assert.deepEqual(await list(), []);
  stage.fault.slots(ONE);
  assert.deepEqual(await list(), [[ONE, 'Reader 0']]);
  stage.fault.slots(ONE, TWO);
  assert.deepEqual(await list(), [
    [ONE, 'Reader 0'],
    [TWO, 'Reader 1']
  ]);
  stage.fault.slots(TWO);
  assert.deepEqual(await list(), [[TWO, 'Reader 0']]);
});

test('a UKey in another reader is the same UKey', async (t) => {
  const { stage, host } = await readers(t, ['', ONE]);
  const ask = async () => {
    const { tokens } = await stage.call('tokens.list', undefined, { host });
    const token = tokens[0].id;
    const listed = await stage.call('certificates.list', { token }, { host });
    return [token, listed.certificates.map(({ id }) => id)];
  };
  const before = await ask();
  stage.fault.slots(ONE, '');
  const [token] = before;
  const direct = await stage.call('certificates.list', { token }, { host });
  assert.equal(direct.certificates.length, 1);
  assert.deepEqual(await ask(), before);
});

test('an insertion that only a new start of the module shows', async (t) => {
  const env = { UKB_FAULT_SLOTS_SEEN: 'initialize' };
  const { stage, list } = await readers(t, [''], { env });
  assert.deepEqual(await list(), []);
  stage.fault.slots(ONE);
  assert.deepEqual(await list(), [[ONE, 'Reader 0']]);
});

/** Watch; resolves with `told()`: the next change, as [kind, label, present]; it may have to come within some time. */
async function watched(stage, host) {
  await stage.call('tokens.watch', { enabled: true }, { host });
  return async (limit) => {
    const { message } = await until(() => host.frames.shift(), limit);
    assert.equal(message.method, 'tokens.changed');
    const { kind, token } = message.params;
    return [kind, token.label, token.present];
  };
}

test('who watches is told of each insertion and removal within a second', async (t) => {
  const { stage, host, list } = await readers(t, ['']);
  const told = await watched(stage, host);
  stage.fault.slots(ONE);
  assert.deepEqual(await told(SOON), ['inserted', ONE, true]);
  stage.fault.slots(ONE, TWO);
  assert.deepEqual(await told(SOON), ['inserted', TWO, true]);
  stage.fault.slots('', TWO);
  assert.deepEqual(await told(SOON), ['removed', ONE, false]);
  await stage.call('tokens.watch', { enabled: false }, { host });
  stage.fault.slots('');
  assert.deepEqual(await list(), []);
  assert.deepEqual(host.frames, []);
});

test('a module that crashes while it is watched is watched again', async (t) => {
  const script = 'C_GetSlotList:7=crash';
  const { stage, host } = await readers(t, [''], { script });
  const told = await watched(stage, host);
  const loaded = () => stage.fault.calls('C_GetFunctionList').length;
  await until(() => loaded() === 2);
  stage.fault.slots(ONE);
  assert.deepEqual(await told(), ['inserted', ONE, true]);
});

test('a module that hangs while it is watched is found out by the next list', async (t) => {
  const script = 'C_GetSlotList:7=hang';
  const { stage, host, list } = await readers(t, [''], { script });
  const told = await watched(stage, host);
  await until(() => stage.fault.calls('C_GetSlotList').length === 7);
  assert.deepEqual(await list(), []);
  stage.fault.slots(ONE);
  assert.deepEqual(await told(), ['inserted', ONE, true]);
});
