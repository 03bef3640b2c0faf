// SPDX-License-Identifier: MIT
// Another PIN for a UKey: by its user, who must sometimes, and by its administrator.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { loggingPinentry } from '../lib/eavesdrop.mjs';
import { PINENTRY, refused, scene, screen } from '../lib/scene.mjs';
import { PIN, SO_PIN } from '../lib/ukey.mjs';

const NEW_PIN = '246810';
const WRONG_PIN = '123123';
const CHANGE = 'pin.change';
const UNBLOCK = 'pin.unblock';

before(() => screen());

/** A scene whose dialog is listened to. */
async function changing(t, options) {
  const stage = await scene(t, options);
  const pinentry = loggingPinentry(stage.place.dir, PINENTRY);
  stage.place.configure({ ...stage.config, pinentry: pinentry.program });
  const { id } = await stage.token();
  return { stage, params: { token: id }, said: pinentry.said };
}

/** A call that is answered with both PINs. */
async function withPins(stage, method, params, { present }) {
  const origin = method === UNBLOCK ? 'ui' : undefined;
  const call = stage.call(method, params, { origin });
  const first = await stage.typePin(call, present);
  await stage.typeNewPin(call, first, NEW_PIN);
  return call;
}

/** That PIN and no other, by pkcs11-tool. */
const assertPin = ({ ukey }, pin) =>
  assert.deepEqual(
    [PIN, NEW_PIN].filter((one) => ukey.takes(one)),
    [pin]
  );

test('the new PIN is in force, and nothing else has changed', async (t) => {
  const { stage, params, said } = await changing(t);
  const before = await stage.certificates();
  const reply = await withPins(stage, CHANGE, params, { present: PIN });
  assert.deepEqual(reply, {});
  assertPin(stage, NEW_PIN);
  assert.deepEqual(await stage.certificates(), before);
  assert.equal((await stage.token()).pin.state, 'ok');
  const [old, fresh, ...more] = said('SETDESC');
  assert.deepEqual(more, []);
  for (const text of [old, fresh]) {
    assert.match(text, /网站：https:\/\/portal\.example\n/);
    assert.match(text, /UKey：“UKey one”，序列号 \S/);
    assert.match(text, /操作：修改此 UKey 的 PIN 码/);
  }
  assert.match(old, /PIN 码多次输错会锁定 UKey。/);
  assert.match(fresh, /不要写下来/);
  const prompts = said('SETPROMPT');
  assert.match(prompts[0], /^当前 PIN 码（4 至 255 位）：$/);
  assert.match(prompts[1], /^新 PIN 码（4 至 255 位）：$/);
  assert.deepEqual(said('SETREPEAT'), ['再次输入新 PIN 码：']);
  assert.deepEqual(said('SETERROR'), []);

  const params2 = { token: before[0].token, kind: 'renew' };
  const renew = { ...params2, certificate: before[0].id };
  const options = { pin: NEW_PIN };
  const { renewal } = await stage.withPin('renewal.begin', renew, options);
  assert.equal(renewal.state, 'requested');
});

test('a wrong present PIN', async (t) => {
  const { stage, params } = await changing(t);
  const call = withPins(stage, CHANGE, params, { present: WRONG_PIN });
  const error = await refused(call, 'PIN_INCORRECT');
  assert.equal(error.data.retriesLeft, null);
  assertPin(stage, PIN);
});

test('a present PIN shorter than the UKey takes: the new one is not asked for', async (t) => {
  const { stage, params, said } = await changing(t);
  const call = stage.withPin(CHANGE, params, { pin: '123' });
  await refused(call, 'PIN_LENGTH');
  assert.equal(said('SETPROMPT').length, 1);
  assertPin(stage, PIN);
});

test('a repetition that differs is said at once, and typed again', async (t) => {
  const { stage, params, said } = await changing(t);
  const call = stage.call(CHANGE, params);
  const first = await stage.typePin(call, PIN);
  const window = await stage.typeNewPin(call, first, NEW_PIN, '246811');
  assert.equal(await stage.display.dialog(), window, 'the dialog stays');
  assert.deepEqual(said('SETREPEATERROR'), ['两次输入的新 PIN 码不一致。']);
  assertPin(stage, PIN);
  await stage.typePin(call, NEW_PIN); /* what it replaces is selected */
  await stage.display.key('ctrl+a');
  await stage.typePin(call, NEW_PIN);
  assert.deepEqual(await call, {});
  assertPin(stage, NEW_PIN);
});

test('a new PIN that cannot be taken is asked for again, and no try is spent', async (t) => {
  const { stage, params, said } = await changing(t);
  const call = stage.call(CHANGE, params);
  let window = await stage.typePin(call, PIN);
  window = await stage.typeNewPin(call, window, '123');
  window = await stage.typeNewPin(call, window, PIN);
  await stage.typeNewPin(call, window, NEW_PIN);
  assert.deepEqual(await call, {});
  assert.deepEqual(said('SETERROR'), [
    '新 PIN 码太短：至少需要 4 位。',
    '新 PIN 码与当前 PIN 码相同，请另设一个。'
  ]);
  assertPin(stage, NEW_PIN);
});

test('new PINs that cannot be taken come to an end', async (t) => {
  const { stage, params, said } = await changing(t);
  const call = stage.call(CHANGE, params);
  let window = await stage.typePin(call, PIN);
  for (let round = 0; round < 5; round++) {
    window = await stage.typeNewPin(call, window, '12');
  }
  await refused(call, 'PIN_LENGTH');
  assert.equal(said('SETERROR').length, 4);
  assertPin(stage, PIN);
});

test('each dialog can be closed', async (t) => {
  const { stage, params } = await changing(t);
  const first = stage.call(CHANGE, params);
  await stage.display.cancelDialog();
  await refused(first, 'PIN_CANCELLED');
  await stage.display.dialogGone();

  const second = stage.call(CHANGE, params);
  const window = await stage.typePin(second, PIN);
  await stage.display.cancelDialog({ not: window });
  await refused(second, 'PIN_CANCELLED');
  assertPin(stage, PIN);
});

test('a change is called off with its dialog', async (t) => {
  const stage = await scene(t);
  const params = { token: (await stage.token()).id };
  const call = stage.call(CHANGE, params);
  const window = await stage.typePin(call, PIN);
  await stage.display.dialog({ not: window });
  const cancelled = await stage.call('host.cancel', { id: call.id });
  assert.deepEqual(cancelled, { cancelled: true });
  await refused(call, 'CANCELLED');
  await stage.display.dialogGone();
  assertPin(stage, PIN);
});

test('no such UKey, and parameters that are none', async (t) => {
  const { stage } = await changing(t);
  const nowhere = { token: '0'.repeat(32) };
  await refused(stage.withoutDialog(CHANGE, nowhere), 'NO_TOKEN');
  const pins = { ...nowhere, old: PIN };
  const error = await refused(stage.call(CHANGE, pins), -32602);
  assert.equal(error.data.field, 'old');
  await refused(stage.call(CHANGE, {}), -32602);
});

test('the administrator gives a UKey a new PIN', async (t) => {
  const { stage, params, said } = await changing(t);
  const reply = await withPins(stage, UNBLOCK, params, { present: SO_PIN });
  assert.deepEqual(reply, {});
  assertPin(stage, NEW_PIN);
  const [admin, fresh] = said('SETDESC');
  for (const text of [admin, fresh]) {
    assert.match(text, /^From: the window of UKey Bridge\n/);
    assert.match(text, /Action: unlock this UKey/);
  }
  assert.match(admin, /wrong administrator PINs lock the UKey for good/);
  assert.deepEqual(said('SETPROMPT'), [
    'Administrator PIN (PUK):',
    'New PIN (4 to 255 characters):'
  ]);
  assert.equal((await stage.certificates()).length, 1);
});

test('a wrong administrator PIN', async (t) => {
  const { stage, params } = await changing(t);
  const call = withPins(stage, UNBLOCK, params, { present: PIN });
  const error = await refused(call, 'PIN_INCORRECT');
  assert.match(error.message, /administrator/);
  assertPin(stage, PIN);
});

test('the administrator PIN is no PIN for a user', async (t) => {
  const { stage, params, said } = await changing(t);
  const call = stage.call(UNBLOCK, params, { origin: 'ui' });
  let window = await stage.typePin(call, SO_PIN);
  window = await stage.typeNewPin(call, window, SO_PIN);
  await stage.typeNewPin(call, window, NEW_PIN);
  assert.deepEqual(await call, {});
  assert.deepEqual(said('SETERROR'), [
    'The new PIN must not be the administrator PIN. Choose another.'
  ]);
  assertPin(stage, NEW_PIN);
});

test('each dialog of the administrator can be closed', async (t) => {
  const { stage, params } = await changing(t);
  const origin = 'ui';
  const first = stage.call(UNBLOCK, params, { origin });
  await stage.display.cancelDialog();
  await refused(first, 'PIN_CANCELLED');
  await stage.display.dialogGone();
  const second = stage.call(UNBLOCK, params, { origin });
  const window = await stage.typePin(second, SO_PIN);
  await stage.display.cancelDialog({ not: window });
  await refused(second, 'PIN_CANCELLED');
  assertPin(stage, PIN);
});

test('a page unblocks nothing', async (t) => {
  const { stage, params } = await changing(t);
  const call = stage.withoutDialog(UNBLOCK, params);
  assert.equal((await refused(call, 'UI_ONLY')).code, -32001);
  await refused(stage.withoutDialog(UNBLOCK, { nonsense: 1 }), 'UI_ONLY');
});

test('a page whose changes are turned away is silenced, the popup is not', async (t) => {
  const { stage, params } = await changing(t);
  for (let times = 0; times < 3; times++) {
    const call = stage.call(CHANGE, params);
    await stage.display.cancelDialog();
    await refused(call, 'PIN_CANCELLED');
    await stage.display.dialogGone();
  }
  const error = await refused(
    stage.withoutDialog(CHANGE, params),
    'RATE_LIMITED'
  );
  assert.ok(error.data.retryAfter > 50 && error.data.retryAfter <= 60);
  const call = stage.call(CHANGE, params, { origin: 'ui' });
  const first = await stage.typePin(call, PIN);
  await stage.typeNewPin(call, first, NEW_PIN);
  assert.deepEqual(await call, {});
  const still = stage.withoutDialog(CHANGE, params);
  await refused(still, 'RATE_LIMITED');
});
