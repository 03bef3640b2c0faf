// SPDX-License-Identifier: MIT
// PINs of either kind as UKeys flag them: what is asked before they are changed, and what reaches the UKey.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { loggingPinentry } from '../lib/eavesdrop.mjs';
import { PINENTRY, refused, screen, until } from '../lib/scene.mjs';
import { PIN, SO_PIN } from '../lib/ukey.mjs';
import { faultScene } from '../module/fault.mjs';

const NEW_PIN = '246810';
const WRONG_PIN = '123123';
const CHANGE = 'pin.change';
const UNBLOCK = 'pin.unblock';
const FLAGS = 'C_GetTokenInfo';

before(() => screen());

/** A host that follows the script, and a dialog that is listened to. */
async function flagged(t, script) {
  const stage = await faultScene(t, { pairs: [] });
  const pinentry = loggingPinentry(stage.place.dir, PINENTRY);
  stage.place.configure({ ...stage.config, pinentry: pinentry.program });
  const host = stage.fault.host(script);
  const { tokens } = await stage.call('tokens.list', undefined, { host });
  const [{ id: token, pin }] = tokens;
  const start = (method) =>
    stage.call(method, { token }, optionsOf(method, host));
  const quiet = (method) =>
    stage.withoutDialog(method, { token }, optionsOf(method, host));
  return { stage, pin, start, quiet, asked: () => pinentry.said('SETDESC') };
}

const optionsOf = (method, host) => ({
  host,
  origin: method === UNBLOCK ? 'ui' : undefined
});

/** Type the present PIN, then the new one twice; of these only the first may spend a try. */
async function typeAll(stage, call, present, { not } = {}) {
  const first = await stage.typePin(call, present, { not });
  await stage.typeNewPin(call, first, NEW_PIN);
  stage.fault.kept += 2;
}

const count = (stage, name) => stage.fault.calls(name).length;

function assertUntouched(stage) {
  const names = ['C_SetPIN', 'C_InitPIN', 'C_Login'];
  const calls = names.map((name) => count(stage, name));
  assert.deepEqual(calls, [0, 0, 0]);
}

test('an initial PIN must be changed, and the dialog says so', async (t) => {
  const script = `${FLAGS}=set(TO_BE_CHANGED)`;
  const { stage, pin, start, asked } = await flagged(t, script);
  assert.equal(pin.state, 'must-change');
  const call = start(CHANGE);
  await typeAll(stage, call, PIN);
  assert.deepEqual(await call, {});
  assert.equal(asked().length, 2);
  for (const text of asked()) assert.match(text, /修改此 UKey 的初始 PIN 码/);
  assert.equal(count(stage, 'C_SetPIN'), 1);
  assert.equal(count(stage, 'C_Login'), 0);
  assert.ok(stage.ukey.takes(NEW_PIN));
});

test('a PIN that was mistyped before', async (t) => {
  const { stage, start, asked } = await flagged(t, `${FLAGS}=set(LOW)`);
  const call = start(CHANGE);
  await typeAll(stage, call, WRONG_PIN);
  await refused(call, 'PIN_INCORRECT');
  assert.match(asked()[0], /此前输错过 PIN 码/);
  assert.equal(count(stage, 'C_Login'), 1);
  assert.equal(count(stage, 'C_SetPIN'), 0);
});

test('the last try of an initial PIN: only after a yes', async (t) => {
  const script = `${FLAGS}=set(TO_BE_CHANGED|FINAL_TRY)`;
  const { stage, start, asked } = await flagged(t, script);
  const declined = start(CHANGE);
  await stage.display.cancelDialog();
  await refused(declined, 'PIN_FINAL_TRY');
  assertUntouched(stage);
  await stage.display.dialogGone();

  const call = start(CHANGE);
  const not = await stage.display.agree();
  await typeAll(stage, call, PIN, { not });
  assert.deepEqual(await call, {});
  assert.match(asked()[2], /这是最后一次机会/);
  assert.ok(stage.ukey.takes(NEW_PIN));
});

for (const [flags, reason, left] of [
  ['set(LOCKED)', 'PIN_LOCKED', 0],
  ['set(LOCKED|TO_BE_CHANGED)', 'PIN_LOCKED', 0],
  ['clear(INITIALIZED)', 'UNSUPPORTED']
]) {
  test(`${flags}: no change, and nobody is asked`, async (t) => {
    const { stage, quiet } = await flagged(t, `${FLAGS}=${flags}`);
    const error = await refused(quiet(CHANGE), reason);
    assert.equal(error.data.retriesLeft, left);
    assertUntouched(stage);
  });
}

for (const flags of [
  'set(LOCKED)',
  'set(FINAL_TRY)',
  'set(TO_BE_CHANGED)',
  'clear(INITIALIZED)',
  'set(SO_TO_BE_CHANGED)'
]) {
  test(`${flags}: the administrator may set a new PIN`, async (t) => {
    const { stage, start, asked } = await flagged(t, `${FLAGS}=${flags}`);
    const call = start(UNBLOCK);
    await typeAll(stage, call, SO_PIN);
    assert.deepEqual(await call, {});
    assert.equal(asked().length, 2);
    assert.equal(count(stage, 'C_InitPIN'), 1);
    assert.equal(count(stage, 'C_Logout'), 1);
    assert.ok(stage.ukey.takes(NEW_PIN));
  });
}

test('an administrator PIN that was mistyped before', async (t) => {
  const { stage, start, asked } = await flagged(t, `${FLAGS}=set(SO_LOW)`);
  const call = start(UNBLOCK);
  await typeAll(stage, call, WRONG_PIN);
  await refused(call, 'PIN_INCORRECT');
  assert.match(asked()[0], /A wrong administrator PIN was entered before/);
  const [{ detail }] = stage.fault.calls('C_Login');
  assert.equal(detail, 'user=so pin=given');
  assert.equal(count(stage, 'C_InitPIN'), 0);
});

test('the last try of the administrator: only after a yes', async (t) => {
  const script = `${FLAGS}=set(SO_FINAL_TRY)`;
  const { stage, start, asked } = await flagged(t, script);
  const declined = start(UNBLOCK);
  await stage.display.cancelDialog();
  await refused(declined, 'PIN_FINAL_TRY');
  assert.match(asked()[0], /for good, and nobody can unlock it/);
  assertUntouched(stage);
  await stage.display.dialogGone();

  const call = start(UNBLOCK);
  const not = await stage.display.agree();
  await typeAll(stage, call, WRONG_PIN, { not });
  const error = await refused(call, 'PIN_INCORRECT');
  assert.equal(error.data.retriesLeft, 1);
});

test('an administrator PIN that is locked', async (t) => {
  const { stage, quiet } = await flagged(t, `${FLAGS}=set(SO_LOCKED)`);
  const error = await refused(quiet(UNBLOCK), 'PIN_LOCKED');
  assert.match(error.message, /administrator/);
  assertUntouched(stage);
});

for (const method of [CHANGE, UNBLOCK]) {
  test(`${method} on a PIN pad: the dialog says so, and no PIN is typed`, async (t) => {
    const script = `${FLAGS}=set(PROTECTED_AUTHENTICATION_PATH)`;
    const { stage, start, asked } = await flagged(t, script);
    const unready = start(method);
    await stage.display.cancelDialog();
    await refused(unready, 'PIN_CANCELLED');
    assertUntouched(stage);
    await stage.display.dialogGone();

    const call = start(method);
    await stage.display.agree();
    await assert.rejects(call); /* this module has no pad */
    assert.equal(asked().length, 2);
    assert.match(asked()[0], /自带的键盘或读卡器|on its own keypad or reader/);
    const [set, , login] = ['C_SetPIN', 'C_InitPIN', 'C_Login'].map((name) =>
      count(stage, name)
    );
    assert.deepEqual([set, login], method === CHANGE ? [1, 0] : [0, 1]);
    stage.fault.enteredOnReader();
  });
}

test('a token that wants its user logged in to change an initial PIN', async (t) => {
  const refusal = 'C_SetPIN:1=CKR_USER_NOT_LOGGED_IN';
  const script = `${FLAGS}=set(TO_BE_CHANGED); ${refusal}`;
  const { stage, start } = await flagged(t, script);
  const call = start(CHANGE);
  await typeAll(stage, call, PIN);
  assert.deepEqual(await call, {});
  const names = stage.fault.calls().map(({ name }) => name);
  const pins = names.filter((name) => /PIN$|Login$/.test(name));
  assert.deepEqual(pins, ['C_SetPIN', 'C_Login', 'C_SetPIN']);
  stage.fault.repeated = 1; /* the first call did not look at it */
  assert.ok(stage.ukey.takes(NEW_PIN));
});

test('a PIN is changed by a user who is logged in, and tried once', async (t) => {
  const { stage, start } = await flagged(t, '');
  const wrong = start(CHANGE);
  await typeAll(stage, wrong, '999999');
  await refused(wrong, 'PIN_INCORRECT');
  assert.deepEqual([count(stage, 'C_Login'), count(stage, 'C_SetPIN')], [1, 0]);
  const call = start(CHANGE);
  await typeAll(stage, call, PIN);
  assert.deepEqual(await call, {});
  assert.deepEqual([count(stage, 'C_Login'), count(stage, 'C_SetPIN')], [2, 1]);
  assert.ok(stage.ukey.takes(NEW_PIN));
});

test('a PIN that only a login finds expired is changed all the same', async (t) => {
  const { stage, start } = await flagged(t, 'C_Login=CKR_PIN_EXPIRED');
  const call = start(CHANGE);
  await typeAll(stage, call, PIN);
  assert.deepEqual(await call, {});
  assert.ok(stage.ukey.takes(NEW_PIN));
});

for (const [answer, reason] of [
  ['CKR_PIN_LEN_RANGE', 'PIN_LENGTH'],
  ['CKR_PIN_INVALID', 'PIN_LENGTH'],
  ['CKR_PIN_LOCKED', 'PIN_LOCKED'],
  ['CKR_FUNCTION_NOT_SUPPORTED', 'UNSUPPORTED'],
  ['CKR_GENERAL_ERROR', 'TOKEN_ERROR']
]) {
  test(`a change answered by ${answer} is not tried again`, async (t) => {
    const { stage, start } = await flagged(t, `C_SetPIN=${answer}`);
    const call = start(CHANGE);
    await typeAll(stage, call, PIN);
    await refused(call, reason);
    assert.equal(count(stage, 'C_SetPIN'), 1);
    assert.equal(count(stage, 'C_Login'), 1);
  });
}

test('a change that has begun is not called off', async (t) => {
  const { stage, start } = await flagged(t, 'C_SetPIN=delay(1500)');
  const call = start(CHANGE);
  await typeAll(stage, call, PIN);
  await until(() => count(stage, 'C_SetPIN') === 1);
  const { id } = call;
  const [host] = stage.hosts;
  const cancel = await stage.call('host.cancel', { id }, { host });
  assert.deepEqual(cancel, { cancelled: false });
  assert.deepEqual(await call, {});
  assert.ok(stage.ukey.takes(NEW_PIN));
});

test('a change outlives its browser', async (t) => {
  const { stage, start } = await flagged(t, 'C_SetPIN=delay(4000)');
  const call = start(CHANGE);
  await typeAll(stage, call, PIN);
  await until(() => count(stage, 'C_SetPIN') === 1);
  process.kill(stage.hosts[0].pid, 'SIGKILL');
  await assert.rejects(call);
  await until(() => stage.processes().length === 0);
  assert.ok(stage.ukey.takes(NEW_PIN));
});
