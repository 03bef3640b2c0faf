// SPDX-License-Identifier: MIT
// A module that hangs: every method has its own time, as `describe` tells, and afterwards the module gets another chance.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { CONTRACT } from '../lib/contract.mjs';
import { SOFTHSM } from '../lib/place.mjs';
import { ORIGIN, refused, screen } from '../lib/scene.mjs';
import { faultScene, VENDOR } from '../module/fault.mjs';
import { FIRST_PAUSE_MS, untilStartedAgain } from '../module/pause.mjs';

const GOOD = { name: 'good', path: SOFTHSM };
const SLACK_MS = 2500;
const PROBLEM = { module: VENDOR.name, reason: 'MODULE_HUNG' };

before(() => screen());

const limitOf = (method) =>
  CONTRACT.methods.find(({ name }) => name === method).timeLimitMs;

const list = (stage, host) => stage.call('tokens.list', undefined, { host });

test('every method that runs in a worker has a limit of its own', () => {
  const limits = CONTRACT.methods
    .filter(({ runsIn }) => runsIn !== 'broker')
    .map(({ timeLimitMs }) => timeLimitMs);
  assert.ok(limits.every((limit) => limit > 0));
  assert.ok(new Set(limits).size > 3);
});

/** Method → where the module hangs in it. */
const HANGS = {
  'certificates.list': 'C_FindObjectsInit',
  'renewal.preview': 'C_FindObjectsInit'
};

for (const [method, call] of Object.entries(HANGS)) {
  test(`${method} ends by its own limit, and lists go on meanwhile`, async (t) => {
    const stage = await faultScene(t, { config: { modules: [VENDOR, GOOD] } });
    const clean = stage.fault.host();
    const [{ id: token }] = (await list(stage, clean)).tokens;
    const listed = await stage.call(
      'certificates.list',
      { token, pem: true },
      { host: clean }
    );
    const [{ id: certificate, pem: signing }] = listed.certificates;
    const host = stage.fault.host(`${call}=hang`);
    await list(stage, host);
    const params = {
      'certificates.list': { token },
      'renewal.preview': { token, certificate, signing }
    };
    const start = performance.now();
    const hung = stage.call(method, params[method], { host });
    const other = await stage.call('host.ping', undefined, { host });
    assert.deepEqual(other, {});
    const limit = limitOf(method);
    assert.ok(performance.now() - start < limit / 2, 'the broker waited');
    const { data } = await refused(hung, 'MODULE_HUNG');
    const ms = performance.now() - start;
    assert.ok(ms >= limit - 50 && ms < limit + SLACK_MS, `${ms} of ${limit}`);
    assert.deepEqual(data, PROBLEM);
    const { problems } = await list(stage, host);
    assert.deepEqual(problems, [PROBLEM], 'the next list names it');
  });
}

test('a login that hangs ends by its own limit; the time of the dialog does not count', async (t) => {
  const policy = { portals: [ORIGIN] };
  const stage = await faultScene(t, {
    policy,
    pairs: [{ algorithm: 'EC-P256' }]
  });
  const clean = stage.fault.host();
  const [{ id: token }] = (await list(stage, clean)).tokens;
  const options = { host: clean };
  const listed = await stage.call('certificates.list', { token }, options);
  const [{ id: certificate }] = listed.certificates;
  const wish = { token, kind: 'renew', certificate, key: 'new' };
  const { renewal } = await stage.withPin('renewal.begin', wish, options);
  await clean.end();

  const host = stage.fault.host('C_Login=hang');
  const call = stage.call('renewal.abandon', { renewal: renewal.id }, { host });
  await stage.display.dialog();
  await sleep(3000);
  await stage.typePin(call);
  const start = performance.now();
  assert.equal((await list(stage, host)).tokens.length, 1, 'lists go on');
  const { data } = await refused(call, 'MODULE_HUNG');
  const ms = performance.now() - start;
  const limit = limitOf('renewal.abandon');
  assert.ok(ms > limit - 2000 && ms < limit + SLACK_MS, `${ms} of ${limit}`);
  assert.deepEqual(data, PROBLEM);
});

test('a module that hung is started again, later each time', async (t) => {
  const stage = await faultScene(t, { screen: false });
  const script = 'C_GetSlotList:1-2=hang';
  const host = stage.fault.host(script, { counted: true });
  const loaded = () => stage.fault.calls('C_GetFunctionList').length;
  const assertTold = (result) =>
    assert.deepEqual(result, { tokens: [], problems: [PROBLEM] });
  let asked = performance.now();
  let answer = await list(stage, host);
  for (const pauseMs of [FIRST_PAUSE_MS, 2 * FIRST_PAUSE_MS]) {
    assertTold(answer);
    const before = loaded();
    const limit = limitOf('tokens.list') - 50;
    ({ answer, asked } = await untilStartedAgain({
      failed: [asked + limit, performance.now()],
      pauseMs,
      ask: () => list(stage, host),
      isStarted: () => loaded() > before,
      assertTold
    }));
    assert.equal(loaded(), before + 1);
  }
  const { tokens, problems } = answer;
  assert.deepEqual([tokens.length, problems], [1, []]);
});
