// SPDX-License-Identifier: MIT
// Modules that crash or hang, and more requests than are good: others go on, and every request is answered.
import assert from 'node:assert/strict';
import { copyFileSync, cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { CONTRACT } from '../lib/contract.mjs';
import { SOFTHSM } from '../lib/place.mjs';
import { ORIGIN, refused, scene, until } from '../lib/scene.mjs';
import { FIRST_PAUSE_MS, untilStartedAgain } from '../module/pause.mjs';

const SOFT = { name: 'softhsm', path: SOFTHSM };
const { maxInFlight, maxInFlightPerOrigin } = CONTRACT.limits;
const SLACK_MS = 1500;

const limitOf = (method) =>
  CONTRACT.methods.find(({ name }) => name === method).timeLimitMs;

const quiet = (t, options) => scene(t, { screen: false, ...options });

/** The listing worker of a module. */
const listing = (stage, module = 'softhsm') =>
  stage
    .processes()
    .find(({ command }) => command[1] === 'listing' && command[2] === module);

function stop(stage, module) {
  const { pid } = listing(stage, module);
  process.kill(pid, 'SIGSTOP');
  return pid;
}

/** A second module: the same library under another name, which sees the same UKey. */
async function withSecond(t) {
  const stage = await quiet(t);
  const path = join(stage.place.dir, 'second.so');
  copyFileSync(SOFTHSM, path);
  const modules = [{ name: 'second', path }, SOFT];
  stage.place.configure({ ...stage.config, modules });
  await stage.tokens();
  return stage;
}

test('a worker that is killed in a list', async (t) => {
  const stage = await quiet(t);
  await stage.certificates();
  const pid = stop(stage);
  const list = stage.call('tokens.list');
  await stage.call('host.ping'); /* by now the worker has it */
  const earliest = performance.now();
  process.kill(pid, 'SIGKILL');
  const assertTold = ({ tokens, problems }) => {
    assert.deepEqual(tokens, []);
    const problem = { module: 'softhsm', reason: 'MODULE_CRASHED' };
    assert.deepEqual(problems, [problem]);
  };
  assertTold(await list);
  await untilStartedAgain({
    failed: [earliest, performance.now()],
    pauseMs: FIRST_PAUSE_MS,
    ask: () => stage.call('tokens.list'),
    isStarted: ({ tokens }) => tokens.length === 1,
    assertTold
  });
});

test('a worker that is killed in a call', async (t) => {
  const stage = await quiet(t);
  const { id: token } = await stage.token();
  const pid = stop(stage);
  const call = stage.call('certificates.list', { token });
  await stage.call('host.ping');
  process.kill(pid, 'SIGKILL');
  const error = await refused(call, 'MODULE_CRASHED');
  assert.equal(error.code, -32004);
  assert.equal(error.data.module, 'softhsm');
  const again = () =>
    stage.call('certificates.list', { token }).catch(() => undefined);
  const { certificates } = await until(again);
  assert.equal(certificates.length, 1);
});

test('a module that aborts the process it is loaded into', async (t) => {
  const stage = await quiet(t);
  const { tokens: dir } = stage.place;
  const [name] = readdirSync(dir);
  const twin = name.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
  cpSync(join(dir, name), join(dir, twin), { recursive: true });
  const { problems } = await stage.call('tokens.list');
  assert.deepEqual(problems, [{ module: 'softhsm', reason: 'MODULE_CRASHED' }]);
});

test('a module that hangs holds up no other', async (t) => {
  const stage = await withSecond(t);
  stop(stage, 'second');
  const from = Date.now();
  const { tokens, problems } = await stage.call('tokens.list');
  const took = Date.now() - from;
  assert.ok(took < limitOf('tokens.list') + SLACK_MS, `${took} ms`);
  assert.deepEqual(
    tokens.map(({ module }) => module.id),
    ['softhsm']
  );
  assert.deepEqual(problems, [{ module: 'second', reason: 'MODULE_HUNG' }]);
  assert.equal(listing(stage, 'second'), undefined);
  /* Both show the same UKey: with the first one back, it counts again. */
  await until(async () => (await stage.tokens())[0].module.id === 'second');
});

test('a module that hangs ends with the broker', async (t) => {
  const stage = await quiet(t);
  await stage.tokens();
  stop(stage);
  const call = stage.call('tokens.list');
  const { pid } = listing(stage);
  await stage.broker.end();
  await assert.rejects(call);
  process.kill(pid, 'SIGCONT'); /* a stopped process can only note it */
  await until(() => stage.processes().length === 0);
});

/** Calls that stay unanswered while the worker is stopped. */
function flood(stage, count, origin) {
  return Array.from({ length: count }, () =>
    stage.call('tokens.list', {}, { origin })
  );
}

test('too many requests of one site', async (t) => {
  const stage = await quiet(t);
  await stage.tokens();
  const pid = stop(stage);
  const taken = flood(stage, maxInFlightPerOrigin, ORIGIN);
  const [busy] = flood(stage, 1, ORIGIN);
  assert.equal((await refused(busy, 'BUSY')).code, -32002);
  assert.deepEqual(await stage.call('host.ping'), {});
  const others = flood(stage, 1, 'ui');
  process.kill(pid, 'SIGCONT');
  for (const call of [...taken, ...others]) {
    assert.equal((await call).tokens.length, 1);
  }
  assert.equal((await stage.tokens()).length, 1);
});

test('too many requests of all', async (t) => {
  const origins = Array.from({ length: 5 }, (_, i) => `https://p${i}.example`);
  const stage = await quiet(t, { config: { portals: origins } });
  await stage.tokens({ origin: 'ui' });
  const pid = stop(stage);
  const all = origins.slice(0, 4);
  const taken = all.flatMap((origin) =>
    flood(stage, maxInFlight / all.length, origin)
  );
  const [busy] = flood(stage, 1, origins[4]);
  await refused(busy, 'BUSY');
  const origin = origins[4];
  for (let i = 0; i < 50; i++) {
    assert.deepEqual(await stage.call('host.ping', {}, { origin }), {});
  }
  await stage.call('host.cancel', { id: taken[0].id });
  await refused(taken[0], 'CANCELLED');
  const [room] = flood(stage, 1, origins[4]);
  process.kill(pid, 'SIGCONT');
  for (const call of [...taken.slice(1), room]) {
    assert.equal((await call).tokens.length, 1);
  }
});
