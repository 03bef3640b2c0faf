// SPDX-License-Identifier: MIT
// A token whose PIN locks, as its flags tell it: openCryptoki's soft token. Renewals on it, and the way to the lock and out.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { before, test } from 'node:test';

import { cryptokiMissing, cryptokiScene } from '../lib/cryptoki.mjs';
import { ledger } from '../lib/ledger.mjs';
import { issue, refused, screen, theCa } from '../lib/scene.mjs';
import { PIN, SO_PIN } from '../lib/ukey.mjs';

const WRONG_PIN = '999999';
const NEW_PIN = '246810';

const skip = cryptokiMissing() ?? false;

if (!skip) before(() => screen());

/** The token's only certificate, and what a renewal of it asks for. */
async function renewing(stage, key) {
  const [old] = await stage.certificates();
  const { token, id: certificate } = old;
  return { old, params: { token, kind: 'renew', certificate, key } };
}

/** What the host says of the PIN. */
async function pin(stage) {
  const { state, retriesLeft } = (await stage.token()).pin;
  return [state, retriesLeft];
}

/** C_Login calls of all workers so far. */
const logins = () => ledger().sum().tries;

test('a token is listed with its certificate', { skip }, async (t) => {
  const stage = await cryptokiScene(t);
  const token = await stage.token();
  assert.equal(token.label, 'UKey one');
  assert.match(token.manufacturer, /IBM/);
  assert.equal(token.module.id, 'opencryptoki');
  assert.deepEqual(await pin(stage), ['ok', null]);
  const [{ pem, key }] = await stage.certificates();
  assert.deepEqual(stage.ukey.read('cert', '01'), new X509Certificate(pem).raw);
  assert.deepEqual(key, { type: 'RSA', bits: 2048 });
});

for (const key of ['same', 'new']) {
  test(`a renewal with the ${key} key`, { skip }, async (t) => {
    const stage = await cryptokiScene(t);
    const { old, params } = await renewing(stage, key);
    const { renewal } = await stage.withPin('renewal.begin', params);
    const signing = await issue(renewal, old.pem);
    const chain = [(await theCa()).certificatePem];
    const install = { renewal: renewal.id, signing, chain };
    const done = await stage.withPin('renewal.install', install);
    assert.equal(done.renewal.state, 'installed');

    const newest = stage.ukey.certificates().at(-1);
    assert.deepEqual(newest.x509.raw, new X509Certificate(signing).raw);
    assert.ok(stage.ukey.signsWith(newest), 'its key is beside it');
    const current = (await stage.certificates()).filter((one) => !one.history);
    assert.equal(current.length, 1);
    const kept = stage.ukey.objects().filter(({ id }) => id === '01');
    assert.deepEqual(kept.map(({ type }) => type).sort(), [
      ...['Certificate', 'Private Key', 'Public Key']
    ]);
  });
}

test('a request that is given up leaves no key', { skip }, async (t) => {
  const stage = await cryptokiScene(t);
  const { params } = await renewing(stage, 'new');
  const { renewal } = await stage.withPin('renewal.begin', params);
  assert.equal(stage.ukey.objects().length, 5);
  await stage.withPin('renewal.abandon', { renewal: renewal.id });
  assert.equal(stage.ukey.objects().length, 3);
});

test('EC keys are not made, and the answer says why', { skip }, async (t) => {
  const stage = await cryptokiScene(t);
  const { params } = await renewing(stage, 'new');
  const wish = { ...params, algorithm: 'EC-P256' };
  await refused(stage.withPin('renewal.begin', wish), 'UNSUPPORTED');
  assert.equal(stage.ukey.objects().length, 3);
});

test(
  'low, final, locked, and unlocked by the administrator',
  { skip },
  async (t) => {
    const stage = await cryptokiScene(t);
    const { params } = await renewing(stage, 'same');
    const token = { token: params.token };
    const wrong = { pin: WRONG_PIN };

    const first = stage.withPin('renewal.begin', params, wrong);
    assert.equal(
      (await refused(first, 'PIN_INCORRECT')).data.retriesLeft,
      null
    );
    assert.deepEqual(await pin(stage), ['low', null]);

    const second = stage.withPin('renewal.begin', params, wrong);
    assert.equal((await refused(second, 'PIN_INCORRECT')).data.retriesLeft, 1);
    assert.deepEqual(await pin(stage), ['final', 1]);

    let before = logins();
    const declined = stage.call('renewal.begin', params);
    await stage.display.cancelDialog();
    await refused(declined, 'PIN_FINAL_TRY');
    assert.equal(logins(), before);
    assert.deepEqual(await pin(stage), ['final', 1]);

    const third = stage.call('renewal.begin', params);
    const question = await stage.display.agree();
    await stage.typePin(third, WRONG_PIN, { not: question });
    assert.equal((await refused(third, 'PIN_LOCKED')).data.retriesLeft, 0);
    assert.deepEqual(await pin(stage), ['locked', 0]);

    before = logins();
    for (const [method, more] of [
      ['renewal.begin', params],
      ['pin.change', token]
    ]) {
      const call = stage.withoutDialog(method, more);
      assert.equal((await refused(call, 'PIN_LOCKED')).data.retriesLeft, 0);
    }
    assert.equal(logins(), before, 'a locked token got a PIN');

    const unblock = stage.call('pin.unblock', token, { origin: 'ui' });
    const window = await stage.typePin(unblock, SO_PIN);
    await stage.typeNewPin(unblock, window, NEW_PIN);
    assert.deepEqual(await unblock, {});
    assert.deepEqual(await pin(stage), ['ok', null]);
    const renewed = stage.withPin('renewal.begin', params, { pin: NEW_PIN });
    assert.equal((await renewed).renewal.state, 'requested');
  }
);

test(
  'the last try with the right PIN makes up for the wrong ones',
  { skip },
  async (t) => {
    const stage = await cryptokiScene(t);
    const { params } = await renewing(stage, 'same');
    for (let i = 0; i < 2; i++) {
      const wrong = { pin: WRONG_PIN };
      const call = stage.withPin('renewal.begin', params, wrong);
      await refused(call, 'PIN_INCORRECT');
    }
    const call = stage.call('renewal.begin', params);
    const question = await stage.display.agree();
    await stage.typePin(call, PIN, { not: question });
    assert.equal((await call).renewal.state, 'requested');
    assert.deepEqual(await pin(stage), ['ok', null]);
  }
);

test('the user takes another PIN', { skip }, async (t) => {
  const stage = await cryptokiScene(t);
  const { id: token } = await stage.token();
  const change = async (present) => {
    const call = stage.call('pin.change', { token });
    const window = await stage.typePin(call, present);
    await stage.typeNewPin(call, window, NEW_PIN);
    return call;
  };
  await refused(change(WRONG_PIN), 'PIN_INCORRECT');
  assert.deepEqual(await pin(stage), ['low', null]);
  assert.deepEqual(await change(PIN), {});
  assert.deepEqual(await pin(stage), ['ok', null]);
  const [{ id: certificate }] = await stage.certificates();
  const params = { token, kind: 'renew', certificate };
  const old = stage.withPin('renewal.begin', params);
  await refused(old, 'PIN_INCORRECT');
  const { renewal } = await stage.withPin('renewal.begin', params, {
    pin: NEW_PIN
  });
  assert.equal(renewal.state, 'requested'); /* its keys are there still */
});
