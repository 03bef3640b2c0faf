// SPDX-License-Identifier: MIT
// Modules that hang, crash, print or are no modules: they harm nobody but themselves.
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';

import { CONTRACT } from '../lib/contract.mjs';
import { SOFTHSM } from '../lib/place.mjs';
import { issue, refused, screen, theCa, until } from '../lib/scene.mjs';
import { FAULT, faultScene, VENDOR } from '../module/fault.mjs';
import { FIRST_PAUSE_MS, untilStartedAgain } from '../module/pause.mjs';

const GOOD = { name: 'good', path: SOFTHSM };
const BOTH = { config: { modules: [VENDOR, GOOD] }, screen: false };
const LIST_LIMIT_MS = CONTRACT.methods.find(
  ({ name }) => name === 'tokens.list'
).timeLimitMs;
const SAMPLES = 40;
const ROUNDS = 8;
const MOST_RATIO = 1.2;

before(() => screen());

async function timed(what) {
  const start = performance.now();
  const result = await what();
  return { result, ms: performance.now() - start };
}

const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];

const list = (stage, host) => stage.call('tokens.list', undefined, { host });

const labels = ({ tokens }) => tokens.map(({ label }) => label);

const problem = (reason, { name } = VENDOR) => ({ module: name, reason });

/** The processes that loaded the module. */
const loaded = (stage) => stage.fault.calls('C_GetFunctionList').length;

for (const name of [
  'C_GetFunctionList',
  'C_Initialize',
  'C_GetSlotList',
  'C_GetTokenInfo'
]) {
  test(`a module that hangs in ${name} delays the list by its limit and is named`, async (t) => {
    const stage = await faultScene(t, BOTH);
    const host = stage.fault.host(`${name}=hang`);
    const { result, ms } = await timed(() => list(stage, host));
    assert.deepEqual(labels(result), ['UKey one']);
    assert.deepEqual(result.problems, [problem('MODULE_HUNG')]);
    assert.ok(ms >= LIST_LIMIT_MS - 50 && ms < 5000, `${ms} ms`);
    const again = await timed(() => list(stage, host));
    assert.deepEqual(again.result.problems, [problem('MODULE_HUNG')]);
    const isPaused = loaded(stage) === 1;
    const sinceLimit = ms + again.ms - LIST_LIMIT_MS;
    assert.ok(
      isPaused ? again.ms < LIST_LIMIT_MS / 2 : sinceLimit >= FIRST_PAUSE_MS,
      `${again.ms} ms, ${isPaused ? 'inside' : 'behind'} the pause`
    );
  });
}

test('beside a hanging module certificates are listed as fast as without', async (t) => {
  const stage = await faultScene(t, BOTH);
  const alone = await faultScene(t, {
    ...BOTH,
    config: { modules: [GOOD] }
  });
  const { id: token } = await alone.token();
  const sample = async (on, to) =>
    (
      await timed(() =>
        on.call('certificates.list', { token, pem: true }, { host: to })
      )
    ).ms;
  const times = { alone: [], beside: [] };
  const ratio = () => median(times.beside) / median(times.alone);
  /* whatever else the machine does evens out in the end */
  for (let round = 0; round < ROUNDS; round++) {
    const host = stage.fault.host('C_GetSlotList=hang');
    const hung = list(stage, host);
    let isOver = false;
    hung.then(() => (isOver = true));
    await sample(stage, host); /* not yet known: looked up */
    for (let i = 0; i < SAMPLES; i++) {
      const pair = [
        await sample(alone, alone.broker),
        await sample(stage, host)
      ];
      if (isOver) break;
      times.alone.push(pair[0]);
      times.beside.push(pair[1]);
    }
    const { problems } = await hung;
    assert.deepEqual(problems, [problem('MODULE_HUNG')]);
    await host.end();
    const { length } = times.alone;
    t.diagnostic(`ratio ${ratio().toFixed(2)} of ${length} pairs`);
    if (length >= SAMPLES && ratio() <= MOST_RATIO) return;
  }
  assert.fail(`ratio ${ratio()} of ${times.alone.length} pairs`);
});

test('a token is found by its id without waiting for a module that hangs', async (t) => {
  const stage = await faultScene(t, BOTH);
  const [{ id: token }] = (await list(stage, stage.fault.host())).tokens;
  const host = stage.fault.host('C_GetSlotList=hang');
  const { result, ms } = await timed(() =>
    stage.call('certificates.list', { token }, { host })
  );
  assert.equal(result.certificates.length, 1);
  assert.ok(ms < 1000, `${ms} ms`);
  const { problems } = await list(stage, host);
  assert.deepEqual(problems, [problem('MODULE_HUNG')]);
});

test('a module that hangs is gone when the browser ends', async (t) => {
  const stage = await faultScene(t, BOTH);
  const host = stage.fault.host('C_GetSlotList=hang');
  list(stage, host);
  await until(() => loaded(stage) === 1);
  const { code } = await host.end();
  assert.equal(code, 0); /* the scene's end finds processes that stayed */
});

test('a module that hangs when it is let go keeps no process', async (t) => {
  const stage = await faultScene(t, { pairs: [{ algorithm: 'EC-P256' }] });
  const host = stage.fault.host('C_Finalize=hang');
  const [{ id: token }] = (await list(stage, host)).tokens;
  const [{ id: certificate }] = (
    await stage.call('certificates.list', { token }, { host })
  ).certificates;
  const params = { token, kind: 'renew', certificate };
  await stage.withPin('renewal.begin', params, { host });
  await until(() => stage.processes().length === 1); /* the broker */
  assert.deepEqual(labels(await list(stage, host)), ['UKey one']);
});

test('a login that hangs can be called off, and lists go on', async (t) => {
  const stage = await faultScene(t);
  const host = stage.fault.host('C_Login=hang');
  const [{ id: token }] = (await list(stage, host)).tokens;
  const [{ id: certificate }] = (
    await stage.call('certificates.list', { token }, { host })
  ).certificates;
  const params = { token, kind: 'renew', certificate };
  const call = stage.call('renewal.begin', params, { host });
  await stage.typePin(call);
  await until(() => stage.fault.calls('C_Login').length === 1);
  assert.deepEqual(labels(await list(stage, host)), ['UKey one']);
  const cancel = stage.call('host.cancel', { id: call.id }, { host });
  assert.deepEqual(await cancel, { cancelled: true });
  await refused(call, 'CANCELLED');
});

test('a module that crashes is started again after a pause', async (t) => {
  const stage = await faultScene(t, { screen: false });
  const host = stage.fault.host('C_FindObjectsInit:1=crash', { counted: true });
  const [{ id: token }] = (await list(stage, host)).tokens;
  const ask = () => stage.call('certificates.list', { token }, { host });
  const earliest = performance.now();
  const first = await refused(ask(), 'MODULE_CRASHED');
  assert.deepEqual(first.data, problem('MODULE_CRASHED'));
  assert.equal(loaded(stage), 1);
  const { answer } = await untilStartedAgain({
    failed: [earliest, performance.now()],
    pauseMs: FIRST_PAUSE_MS,
    ask: () => ask().catch((error) => error),
    isStarted: () => loaded(stage) === 2,
    assertTold: (error) => {
      assert.equal(error.reason, 'MODULE_CRASHED');
      assert.deepEqual(error.data, first.data);
    }
  });
  assert.equal(answer.certificates?.length, 1);
});

test('a module that crashes again and again is left alone longer and longer', async (t) => {
  const stage = await faultScene(t, { ...BOTH });
  const host = stage.fault.host('C_Initialize=crash');
  const assertTold = (result) => {
    assert.deepEqual(labels(result), ['UKey one']);
    assert.deepEqual(result.problems, [problem('MODULE_CRASHED')]);
  };
  let asked = performance.now();
  assertTold(await list(stage, host));
  for (const pauseMs of [FIRST_PAUSE_MS, 2 * FIRST_PAUSE_MS]) {
    const before = loaded(stage);
    const next = await untilStartedAgain({
      failed: [asked, performance.now()],
      pauseMs,
      ask: () => list(stage, host),
      isStarted: () => loaded(stage) > before,
      assertTold
    });
    assertTold(next.answer);
    assert.equal(loaded(stage), before + 1);
    asked = next.asked;
  }
});

test('a crash loses no request of another module, and no other request', async (t) => {
  const stage = await faultScene(t, BOTH);
  const host = stage.fault.host('C_GetSlotList=crash');
  const calls = Array.from({ length: 7 }, () => list(stage, host));
  for (const result of await Promise.all(calls)) {
    assert.deepEqual(labels(result), ['UKey one']);
    assert.deepEqual(result.problems, [problem('MODULE_CRASHED')]);
  }
});

/** Functions of a whole renewal; each prints what looks like a reply, and what looks like a frame's head. */
const PRINTING = [
  ...['C_GetFunctionList', 'C_Initialize', 'C_GetSlotList', 'C_GetTokenInfo'],
  ...['C_OpenSession', 'C_FindObjects', 'C_GetAttributeValue', 'C_Login'],
  ...['C_GenerateKeyPair', 'C_SignInit', 'C_Sign', 'C_CreateObject'],
  ...['C_DestroyObject', 'C_Logout', 'C_CloseSession', 'C_Finalize']
];

test('a module that prints in every call corrupts nothing', async (t) => {
  const stage = await faultScene(t, { pairs: [{ algorithm: 'EC-P256' }] });
  const text = '{"jsonrpc":"2.0","id":1,"result":{}}';
  const script = PRINTING.map((name) => `${name}=print(${text})`).join(';');
  const host = stage.fault.host(script);
  const [{ id: token }] = (await list(stage, host)).tokens;
  const params = { token, pem: true };
  const [old] = (await stage.call('certificates.list', params, { host }))
    .certificates;
  const begin = { token, kind: 'renew', certificate: old.id, key: 'new' };
  const { renewal } = await stage.withPin('renewal.begin', begin, { host });
  const install = {
    renewal: renewal.id,
    signing: await issue(renewal, old.pem),
    chain: [(await theCa()).certificatePem]
  };
  const done = await stage.withPin('renewal.install', install, { host });
  assert.equal(done.renewal.state, 'installed');
  await host.end();
  const message = 'it printed, but elsewhere';
  await until(() => host.stderr.includes(text), { message });
});

/** Files that are no modules for us; each function writes one and returns its path. */
const MISSING = {
  'is not there': (dir) => join(dir, 'libnone.so'),
  'is a text': (dir) => {
    writeFileSync(join(dir, 'libtext.so'), 'no library\n');
    return join(dir, 'libtext.so');
  },
  'is a 32-bit library': (dir) => {
    const bytes = readFileSync(FAULT);
    bytes[4] = 1; /* ELFCLASS32 */
    writeFileSync(join(dir, 'lib32.so'), bytes);
    return join(dir, 'lib32.so');
  },
  'is a library of something else': (dir) => {
    copyFileSync('/usr/lib/x86_64-linux-gnu/libcjson.so.1', join(dir, 'l.so'));
    return join(dir, 'l.so');
  }
};

for (const [what, make] of Object.entries(MISSING)) {
  test(`a module that ${what} is missing, and the list goes on`, async (t) => {
    const stage = await faultScene(t, { ...BOTH });
    const vendor = { name: 'vendor', path: make(stage.place.dir) };
    stage.place.configure({ ...stage.config, modules: [vendor, GOOD] });
    const result = await list(stage, stage.fault.host());
    assert.deepEqual(labels(result), ['UKey one']);
    assert.deepEqual(result.problems, [problem('MODULE_MISSING')]);
  });
}

test('a module that does not start is missing', async (t) => {
  const stage = await faultScene(t, BOTH);
  const host = stage.fault.host('C_Initialize=CKR_GENERAL_ERROR');
  const result = await list(stage, host);
  assert.deepEqual(labels(result), ['UKey one']);
  assert.deepEqual(result.problems, [problem('MODULE_MISSING')]);
});
