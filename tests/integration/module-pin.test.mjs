// SPDX-License-Identifier: MIT
// PINs as UKeys flag them: what the dialog says, what is asked for, and which PIN reaches which UKey.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { loggingPinentry } from '../lib/eavesdrop.mjs';
import { PINENTRY, refused, screen } from '../lib/scene.mjs';
import { faultScene } from '../module/fault.mjs';

const FLAGS = 'C_GetTokenInfo';
const ONE = 'UKey one';
const TWO = 'UKey two';

before(() => screen());

/** A scene whose dialog is listened to, and a host that follows the script, with the parameters of a renewal. */
async function flagged(t, script, { slots, listened = true } = {}) {
  const stage = await faultScene(t, { pairs: [{ algorithm: 'EC-P256' }] });
  const pinentry = loggingPinentry(stage.place.dir, PINENTRY);
  if (listened) {
    stage.place.configure({ ...stage.config, pinentry: pinentry.program });
  }
  if (slots) stage.fault.slots(...slots);
  const [{ token, id: certificate }] = await certificates(stage);
  const host = stage.fault.host(script);
  const params = { token, kind: 'renew', certificate };
  const begin = () => stage.call('renewal.begin', params, { host });
  const asked = () => pinentry.said('SETDESC');
  return { stage, host, params, begin, asked };
}

/** The certificates of UKey one, read by a host without faults. */
async function certificates(stage) {
  const host = stage.fault.host();
  const { tokens } = await stage.call('tokens.list', undefined, { host });
  const { id: token } = tokens.find(({ label }) => label === ONE);
  const listed = await stage.call('certificates.list', { token }, { host });
  await host.end();
  return listed.certificates;
}

const logins = (stage) => stage.fault.calls('C_Login');

async function pinState(stage, host) {
  const { tokens } = await stage.call('tokens.list', undefined, { host });
  const { state, retriesLeft } = tokens[0].pin;
  return [state, retriesLeft];
}

/**
 * How often a login worker reads the flags before its dialog: from the next time on is "while the user types". And the
 * same before its login.
 */
async function readsOfFlags(t) {
  const { stage, begin } = await flagged(t, '');
  const call = begin();
  await stage.display.dialog();
  const reads = (pid) =>
    stage.fault.calls(FLAGS).filter((one) => one.pid === pid).length;
  const pid = stage.fault.calls().at(-1).pid;
  const atDialog = reads(pid);
  await stage.typePin(call);
  await call;
  assert.equal(logins(stage)[0].pid, pid);
  const all = stage.fault.calls().filter((one) => one.pid === pid);
  const login = all.findIndex(({ name }) => name === 'C_Login');
  const before = all.slice(0, login).filter(({ name }) => name === FLAGS);
  return { atDialog, atLogin: before.length };
}

test('a UKey whose PIN was mistyped before', async (t) => {
  const { stage, host, begin, asked } = await flagged(t, `${FLAGS}=set(LOW)`);
  assert.deepEqual(await pinState(stage, host), ['low', null]);
  const call = begin();
  await stage.typePin(call);
  assert.equal((await call).renewal.state, 'requested');
  assert.equal(asked().length, 1);
  assert.match(asked()[0], /此前输错过 PIN 码/);
});

test('the last try: only after a yes, and the dialog says so again', async (t) => {
  const script = `${FLAGS}=set(LOW|FINAL_TRY)`;
  const { stage, host, begin, asked } = await flagged(t, script);
  assert.deepEqual(await pinState(stage, host), ['final', 1]);
  const call = begin();
  const question = await stage.display.agree();
  await stage.typePin(call, undefined, { not: question });
  assert.equal((await call).renewal.state, 'requested');
  assert.equal(asked().length, 2);
  assert.match(asked()[0], /最后一次.*吗？$/s);
  assert.match(asked()[1], /最后一次机会/);
  assert.equal(logins(stage).length, 1);
});

test('the last try, declined', async (t) => {
  const { stage, begin, asked } = await flagged(t, `${FLAGS}=set(FINAL_TRY)`);
  const call = begin();
  await stage.display.cancelDialog();
  await refused(call, 'PIN_FINAL_TRY');
  assert.equal(asked().length, 1);
  assert.deepEqual(logins(stage), []);
});

test('the last try, mistyped', async (t) => {
  const { stage, begin } = await flagged(t, `${FLAGS}=set(FINAL_TRY)`);
  const call = begin();
  const question = await stage.display.agree();
  await stage.typePin(call, '123123', { not: question });
  const error = await refused(call, 'PIN_INCORRECT');
  assert.equal(error.data.retriesLeft, 1); /* as the flags say, still */
});

for (const [flags, state, left, reason] of [
  ['set(LOCKED)', 'locked', 0, 'PIN_LOCKED'],
  ['set(LOCKED|FINAL_TRY|LOW)', 'locked', 0, 'PIN_LOCKED'],
  ['set(TO_BE_CHANGED)', 'must-change', null, 'PIN_MUST_CHANGE'],
  ['clear(INITIALIZED)', 'uninitialised', null, 'PIN_MUST_CHANGE']
]) {
  test(`${flags}: ${reason}, and nobody is asked`, async (t) => {
    const script = `${FLAGS}=${flags}`;
    const { stage, host, params, asked } = await flagged(t, script);
    assert.deepEqual(await pinState(stage, host), [state, left]);
    const call = stage.withoutDialog('renewal.begin', params, { host });
    const error = await refused(call, reason);
    assert.equal(error.data.retriesLeft, left === 0 ? 0 : undefined);
    assert.deepEqual(asked(), []);
    assert.deepEqual(logins(stage), []);
  });
}

test('a PIN that becomes locked, or the last try, while the user types', async (t) => {
  const { atDialog, atLogin } = await readsOfFlags(t);
  assert.ok(atLogin > atDialog, 'the flags are read after the dialog too');
  const from = `${FLAGS}:${atDialog + 1}+`;

  const locked = await flagged(t, `${from}=set(LOCKED)`);
  const call = locked.begin();
  await locked.stage.typePin(call);
  await refused(call, 'PIN_LOCKED');
  locked.stage.fault.kept = 1;

  const final = await flagged(t, `${from}=set(FINAL_TRY)`);
  const declined = final.begin();
  const window = await final.stage.typePin(declined);
  await final.stage.display.cancelDialog({ not: window });
  await refused(declined, 'PIN_FINAL_TRY');
  final.stage.fault.kept = 1;
});

test('a PIN that its wrong entry has locked', async (t) => {
  const { atLogin } = await readsOfFlags(t);
  const script = `${FLAGS}:${atLogin + 1}+=set(LOCKED)`;
  const { stage, begin } = await flagged(t, script);
  const call = begin();
  await stage.typePin(call, '123123');
  const error = await refused(call, 'PIN_LOCKED');
  assert.equal(error.data.retriesLeft, 0);
});

test('a PIN pad: the module is given no PIN', async (t) => {
  const script = `${FLAGS}=set(PROTECTED_AUTHENTICATION_PATH)`;
  const { stage, host, begin } = await flagged(t, script);
  assert.deepEqual(await pinState(stage, host), ['pad', null]);
  const call = begin();
  const ended = new AbortController();
  const stop = () => ended.abort();
  call.then(stop, stop);
  /* A word of what to do on the device may be asked for before. */
  await stage.display.agree({ signal: ended.signal }).catch(() => {});
  await assert.rejects(call); /* this module has no pad */
  assert.deepEqual(
    logins(stage).map(({ detail }) => detail),
    ['user=user pin=null']
  );
  stage.fault.enteredOnReader();
});

for (const [answer, reason] of [
  ['CKR_PIN_INCORRECT', 'PIN_INCORRECT'],
  ['CKR_PIN_LEN_RANGE', 'PIN_LENGTH'],
  ['CKR_PIN_LOCKED', 'PIN_LOCKED'],
  ['CKR_PIN_EXPIRED', 'PIN_MUST_CHANGE'],
  ['CKR_FUNCTION_CANCELED', 'PIN_CANCELLED'],
  ['CKR_USER_ALREADY_LOGGED_IN', 'TOKEN_BUSY'],
  ['CKR_GENERAL_ERROR', 'TOKEN_ERROR'],
  ['0x80000001', 'TOKEN_ERROR']
]) {
  test(`a login answered by ${answer} is not tried again`, async (t) => {
    const { stage, begin } = await flagged(t, `C_Login=${answer}`);
    const call = begin();
    await stage.typePin(call);
    await refused(call, reason);
    assert.equal(logins(stage).length, 1);
  });
}

/** While the dialog is open the reader comes to hold this. */
for (const [what, ...slots] of [
  ['swapped for another', TWO],
  ['moved to another reader, and another put in', TWO, ONE],
  ['pulled', '']
]) {
  test(`a UKey that is ${what} while the user types gets no PIN`, async (t) => {
    const { stage, begin } = await flagged(t, '', { slots: [ONE] });
    await stage.insert({ label: TWO, pairs: [{ algorithm: 'EC-P256' }] });
    const call = begin();
    await stage.display.dialog();
    stage.fault.slots(...slots);
    await stage.typePin(call);
    await refused(call, 'TOKEN_REMOVED');
    assert.deepEqual(logins(stage), []);
    stage.fault.kept = 1;
  });
}

test('a UKey that answers to another name while the user types gets no PIN', async (t) => {
  const { atDialog } = await readsOfFlags(t);
  const script = `${FLAGS}:${atDialog + 1}+=serial(0000000000000000)`;
  const { stage, begin } = await flagged(t, script);
  const call = begin();
  await stage.typePin(call);
  await refused(call, 'TOKEN_REMOVED');
  stage.fault.kept = 1;
});

test('a dialog that is called off spends nothing', async (t) => {
  /* Not listened to: the listener between would outlive the dialog. */
  const { stage, host, begin } = await flagged(t, '', { listened: false });
  const call = begin();
  await stage.display.dialog();
  const cancel = stage.call('host.cancel', { id: call.id }, { host });
  assert.deepEqual(await cancel, { cancelled: true });
  await refused(call, 'CANCELLED');
  await stage.display.dialogGone();
  assert.deepEqual(logins(stage), []);
});
