// SPDX-License-Identifier: MIT
// Who watches is told at once what PC/SC announces. The worker here looks at its slots once an hour: what it tells
// sooner it was told.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { cardMissing, cardScene } from '../lib/card.mjs';
import { BUILD } from '../lib/place.mjs';
import { scene, screen, until } from '../lib/scene.mjs';

const PATIENT = { program: join(BUILD, 'tests', 'patient', 'ukeybridge') };
const TOLD_MS = 10_000;
const UNTOLD_MS = 2_500;
/** So long after a change the readers' word is taken for all that happens. */
const SETTLED_MS = 6_000;
/** A service that comes back is found within two seconds; OpenSC needs a look more to find it, too. */
const FOUND_MS = 3_000;

const skip = cardMissing() ?? false;

if (!skip) before(() => screen());

/** The listing worker of a module. */
const workerOf = (stage, module) =>
  stage
    .processes()
    .find(
      ({ command: [program, , name] }) =>
        program.endsWith('ukeybridge-worker') && name === module
    );

const threadsOf = ({ pid }) => readdirSync(`/proc/${pid}/task`).length;

/** Watch with the patient worker; resolves with `told()`: the kind of the next change. */
async function watched(stage) {
  const host = stage.host({}, PATIENT);
  const call = (enabled) => stage.call('tokens.watch', { enabled }, { host });
  await call(true);
  const told = async () => {
    const start = Date.now();
    const frame = await until(() => host.frames.shift(), {
      timeoutMs: TOLD_MS,
      message: 'nobody told'
    });
    assert.equal(frame.message.method, 'tokens.changed');
    return [frame.message.params.kind, Date.now() - start];
  };
  return { host, call, told };
}

test('a card that comes and goes is told at once', { skip }, async (t) => {
  const stage = await cardScene(t);
  const { told } = await watched(stage);
  for (const [order, wanted] of [
    ['pull', 'removed'],
    ['insert', 'inserted'],
    ['pull', 'removed'],
    ['insert', 'inserted']
  ]) {
    await stage.card.order(order);
    const [kind, ms] = await told();
    assert.equal(kind, wanted);
    t.diagnostic(`${kind} after ${ms} ms`);
  }
});

test('a UKey that nobody announces waits for the look', async (t) => {
  const stage = await scene(t, { screen: false });
  const { host } = await watched(stage);
  stage.ukey.pull();
  await sleep(UNTOLD_MS);
  assert.deepEqual(host.frames, []);
  const threads = threadsOf(workerOf(stage, 'softhsm'));
  assert.equal(threads, 2, 'a thread for nothing');
});

test(
  'a service that dies and one that comes back are told',
  { skip },
  async (t) => {
    const stage = await cardScene(t);
    const { told } = await watched(stage);
    await stage.card.stopService();
    assert.equal((await told())[0], 'removed');
    await stage.card.startService();
    await sleep(FOUND_MS);
    await stage.card.plug();
    assert.equal((await told())[0], 'inserted');
  }
);

test('a service that is not there yet is found', { skip }, async (t) => {
  const stage = await cardScene(t);
  await stage.card.stopService();
  const { told, host } = await watched(stage);
  await sleep(UNTOLD_MS);
  assert.deepEqual(host.frames, []);
  await stage.card.startService();
  await sleep(FOUND_MS);
  await stage.card.plug();
  assert.equal((await told())[0], 'inserted');
});

test('what is announced is not looked for', { skip }, async (t) => {
  const stage = await cardScene(t);
  await stage.call('tokens.watch', { enabled: true });
  const commands = async (ms) => {
    const { count } = await stage.card.order('status');
    await sleep(ms);
    return (await stage.card.order('status')).count - count;
  };
  assert.ok((await commands(2_000)) > 0, 'no look');
  await sleep(SETTLED_MS);
  assert.equal(await commands(3_000), 0);
  await stage.card.pull();
  const { params } = await stage.broker.next();
  assert.equal(params.kind, 'removed');
});

test('nobody is told who does not watch any more', { skip }, async (t) => {
  const stage = await cardScene(t);
  const { host, call, told } = await watched(stage);
  const worker = workerOf(stage, 'opensc');
  const watching = threadsOf(worker);
  for (let i = 0; i < 20; i++) {
    await call(false);
    await until(() => threadsOf(worker) === watching - 1);
    await call(true);
    await until(() => threadsOf(worker) === watching);
  }
  await call(false);
  await stage.card.pull();
  await sleep(UNTOLD_MS);
  assert.deepEqual(host.frames, []);
  await call(true);
  await stage.card.plug();
  assert.equal((await told())[0], 'inserted');
});
