// SPDX-License-Identifier: MIT
// A renewal cut off at each of its steps, by its browser or by the death of its worker: the next call finishes it.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { issue, refused, scene, screen, theCa, until } from '../lib/scene.mjs';

before(() => screen());

const STEPS = ['write', 'prove', 'commit', 'tidy'];

async function prepared(t, key, options) {
  const stage = await scene(t, options);
  const [old] = await stage.certificates();
  const { token, id: certificate } = old;
  const params = { token, kind: 'renew', certificate, key };
  return { stage, old, params };
}

async function requested(t, key) {
  const { stage, old, params } = await prepared(t, key);
  const { renewal } = await stage.withPin('renewal.begin', params);
  const signing = await issue(renewal, old.pem);
  const chain = [(await theCa()).certificatePem];
  return { stage, old, params: { renewal: renewal.id, signing, chain } };
}

/** Do something at the moment a step is told of. */
function at(wanted, act) {
  return ({ step }) => step === wanted && act();
}

/** Make a call with its PIN and kill its worker at that step; what came of it. */
async function killedAt(stage, step, method, params) {
  const worker = {};
  const call = stage.call(method, params, {
    onProgress: at(step, () => {
      try {
        process.kill(worker.pid, 'SIGKILL');
      } catch {
        /* it was faster */
      }
    })
  });
  await stage.display.dialog();
  const isLogin = ({ command }) => command[1] === 'login';
  worker.pid = stage.processes().find(isLogin).pid;
  await stage.typePin(call);
  return quietly(call);
}

const quietly = (promise) => promise.catch((error) => error);

/** Without those that SoftHSM, killed in a write, leaves without id and value. */
const certificatesOn = (ukey) =>
  ukey.objects().filter(({ type, id }) => type === 'Certificate' && id);

const keys = (ukey) =>
  ukey.objects().filter(({ type }) => type === 'Private Key').length;

test('a browser that leaves while a key is made: the worker finishes alone', async (t) => {
  const { stage, params } = await prepared(t, 'new', {
    pairs: [{ algorithm: 'RSA-3072' }]
  });
  const { broker } = stage;
  await quietly(
    stage.withPin('renewal.begin', params, {
      onProgress: at('generate-key', () => process.kill(broker.pid, 'SIGKILL'))
    })
  );
  await until(() => stage.processes().length === 0);
  const host = stage.host();
  const { renewals } = await stage.call('renewal.list', {}, { host });
  assert.deepEqual(
    renewals.map(({ state }) => state),
    ['requested']
  );
  const again = await stage.withoutDialog('renewal.begin', params, { host });
  assert.equal(again.renewal.id, renewals[0].id);
  assert.equal(keys(stage.ukey), 2);
});

test('host.cancel comes too late while a key is made', async (t) => {
  const { stage, params } = await prepared(t, 'new', {
    pairs: [{ algorithm: 'RSA-3072' }]
  });
  let cancelled;
  const call = stage.call('renewal.begin', params, {
    onProgress: at('generate-key', () => {
      cancelled = stage.call('host.cancel', { id: call.id });
    })
  });
  await stage.typePin(call);
  assert.equal((await call).renewal.state, 'requested');
  assert.deepEqual(await cancelled, { cancelled: false });
});

test('a worker killed while a key is made leaves no key that nobody knows', async (t) => {
  /* an RSA-2048 key is made sooner than a busy machine kills */
  const { stage, params } = await prepared(t, 'new', {
    pairs: [{ algorithm: 'RSA-3072' }]
  });
  const begin = 'renewal.begin';
  const failure = await killedAt(stage, 'generate-key', begin, params);
  assert.equal(failure.reason, 'MODULE_CRASHED');
  const host = stage.host();
  const { renewal } = await stage.withPin('renewal.begin', params, { host });
  assert.equal(renewal.state, 'requested');
  assert.equal(keys(stage.ukey), 2);
  const { renewals } = await stage.call('renewal.list', {}, { host });
  const states = renewals.map(({ state }) => state);
  assert.ok(!states.includes('installing'), states.join());
});

/** The same call again, by a fresh host, ends well; one certificate for each key. */
async function finish(stage, params, count) {
  const host = stage.host();
  const done = await stage.withPin('renewal.install', params, { host });
  assert.equal(done.renewal.state, 'installed');
  const list = await stage.call(
    'certificates.list',
    { token: done.renewal.token },
    { host }
  );
  assert.equal(list.certificates.length, count);
  assert.equal(certificatesOn(stage.ukey).length, count);
  assert.ok(list.certificates.some(({ id }) => id === done.renewal.new[0].id));
}

for (const key of ['same', 'new']) {
  for (const step of STEPS) {
    test(`${key} key: the worker is killed at "${step}"`, async (t) => {
      const { stage, params } = await requested(t, key);
      await killedAt(stage, step, 'renewal.install', params);
      const left = certificatesOn(stage.ukey);
      assert.ok(left.length > 0, 'at every instant there is one');
      await finish(stage, params, key === 'same' ? 1 : 2);
    });
  }

  test(`${key} key: the browser leaves at "write"`, async (t) => {
    const { stage, params } = await requested(t, key);
    const { broker } = stage;
    await quietly(
      stage.withPin('renewal.install', params, {
        onProgress: at('write', () => process.kill(broker.pid, 'SIGKILL'))
      })
    );
    await until(() => stage.processes().length === 0);
    const host = stage.host();
    const id = { renewal: params.renewal };
    const { renewal } = await stage.call('renewal.get', id, { host });
    assert.equal(renewal.state, 'installed');
    const again = await stage.withoutDialog('renewal.install', params, {
      host
    });
    assert.equal(again.renewal.state, 'installed');
  });
}

test('host.cancel comes too late while a certificate is written', async (t) => {
  const { stage, params } = await requested(t, 'same');
  let cancelled;
  const call = stage.call('renewal.install', params, {
    onProgress: at('write', () => {
      cancelled = stage.call('host.cancel', { id: call.id });
    })
  });
  await stage.typePin(call);
  assert.equal((await call).renewal.state, 'installed');
  assert.deepEqual(await cancelled, { cancelled: false });
});

test('host.cancel before the PIN leaves the request as it was', async (t) => {
  const { stage, old, params } = await requested(t, 'same');
  const call = stage.call('renewal.install', params);
  await stage.display.dialog();
  const cancel = stage.call('host.cancel', { id: call.id });
  assert.deepEqual(await cancel, { cancelled: true });
  await refused(call, 'CANCELLED');
  const [still] = await stage.certificates();
  assert.equal(still.id, old.id);
  await finish(stage, params, 1);
});
