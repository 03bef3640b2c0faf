// SPDX-License-Identifier: MIT
// A new PIN for a UKey whose administrator is elsewhere: what the portal's server authorises, and nothing else.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { before, test } from 'node:test';

import { authorizeReset } from '../portal/reset/authorize.js';
import { loggingPinentry, ProcessWatch } from '../lib/eavesdrop.mjs';
import { BUILD, filesBelow, preloading, setPolicy } from '../lib/place.mjs';
import {
  ORIGIN,
  OTHER_ORIGIN,
  PINENTRY,
  refused,
  screen,
  until
} from '../lib/scene.mjs';
import { PIN, SO_PIN } from '../lib/ukey.mjs';
import { faultScene, VENDOR } from '../module/fault.mjs';

const NEW_PIN = 'r8Lq3vZ6nB1w';
const BEGIN = 'pin.reset.begin';
const FINISH = 'pin.reset.finish';

before(() => screen());

/** A self-signed certificate and its key, as files. */
function makeIdentity(dir, name, { usage = 'digitalSignature' } = {}) {
  const files = {
    certificate: join(dir, `${name}.pem`),
    key: join(dir, `${name}.key`)
  };
  execFileSync(
    'openssl',
    ['req', '-x509', '-nodes', '-days', '30', '-subj', `/CN=${name}`]
      .concat(['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'])
      .concat(['-addext', `keyUsage=critical,${usage}`])
      .concat(['-out', files.certificate, '-keyout', files.key]),
    { stdio: 'pipe' }
  );
  return files;
}

/** A scene whose policy names an authority; `more` adds to the policy. */
async function resetting(t, { identity = false, env = {}, ...options } = {}) {
  const stage = await faultScene(t, options);
  stage.fault.host('', { env });
  const { dir } = stage.place;
  const signer = makeIdentity(dir, 'authority');
  const host = identity ? makeIdentity(dir, 'host') : undefined;
  setPolicy({
    portals: [ORIGIN, OTHER_ORIGIN],
    modules: [VENDOR],
    resetAuthorities: [signer.certificate],
    ...(host && { hostIdentity: host })
  });
  const pinentry = loggingPinentry(dir, PINENTRY);
  stage.place.configure({ pinentry: pinentry.program });
  const { id } = await stage.token();
  return { stage, signer, host, params: { token: id }, said: pinentry.said };
}

const authorized = (reset, signer, more = {}) =>
  authorizeReset({
    recipient: reset.recipient,
    nonce: reset.nonce,
    serial: reset.token.serial,
    origin: ORIGIN,
    soPin: SO_PIN,
    signer,
    ...more
  });

/** That PIN and no other, by pkcs11-tool. */
const assertPin = ({ ukey }, pin) =>
  assert.deepEqual(
    [PIN, NEW_PIN].filter((one) => ukey.takes(one)),
    [pin]
  );

function assertNoTry({ fault }) {
  const names = ['C_Login', 'C_InitPIN', 'C_SetPIN'];
  assert.deepEqual(
    names.map((name) => fault.calls(name).length),
    [0, 0, 0]
  );
}

async function finish(stage, params, { pin = NEW_PIN, soPin = SO_PIN } = {}) {
  const call = stage.call(FINISH, params);
  await stage.typeNewPin(call, undefined, pin);
  stage.fault.kept += 2; /* neither is tried, */
  stage.fault.givenFromAfar(soPin); /* but the administrator's is */
  return call;
}

test('the user chooses a new PIN, and the old one is none any more', async (t) => {
  const { stage, signer, params, said } = await resetting(t);
  const certificates = await stage.certificates();
  const reset = await stage.withoutDialog(BEGIN, params);
  assert.match(reset.reset, new RegExp(`^${params.token}-[0-9a-f]{32}$`));
  assert.match(reset.nonce, /^[0-9a-f]{64}$/);
  assert.equal(reset.token.id, params.token);
  const recipient = new X509Certificate(reset.recipient);
  assert.ok(recipient.verify(recipient.publicKey));
  assert.match(recipient.subject, new RegExp(`serialNumber=${reset.nonce}`));

  const authorization = await authorized(reset, signer);
  const reply = await finish(stage, { reset: reset.reset, authorization });
  assert.deepEqual(reply, {});
  assertPin(stage, NEW_PIN);
  assert.deepEqual(await stage.certificates(), certificates);
  const [text, ...more] = said('SETDESC');
  assert.deepEqual(more, []);
  assert.match(text, /网站：https:\/\/portal\.example\n/);
  assert.match(text, /UKey：“UKey one”，序列号 \S/);
  assert.match(text, /重设 PIN 码。网页不知道管理员 PIN 码/);

  const again = { reset: reset.reset, authorization };
  await refused(stage.withoutDialog(FINISH, again), 'RESET_USED');
  const calls = stage.fault.calls();
  const login = calls.filter(({ name }) => name === 'C_Login');
  assert.equal(login.length, 1);
  await until(() => !existsSync(`/proc/${login[0].pid}`));
});

test('ten minutes later a reset has expired', async (t) => {
  const clock = join(mkdtempSync(join(tmpdir(), 'ukb-clock-')), 'ahead');
  t.after(() => rmSync(dirname(clock), { recursive: true }));
  const preload = join(BUILD, 'tests', 'module', 'libukb-clock.so');
  const env = { ...preloading(preload), UKB_CLOCK_FILE: clock };
  const { stage, signer, params } = await resetting(t, { env });
  const late = await stage.call(BEGIN, params);
  const authorization = await authorized(late, signer);
  const call = { reset: late.reset, authorization };
  writeFileSync(clock, '600');
  await refused(stage.withoutDialog(FINISH, call), 'RESET_EXPIRED');
  assertNoTry(stage);
  assertPin(stage, PIN);

  const early = await stage.call(BEGIN, params);
  const good = await authorized(early, signer);
  writeFileSync(clock, '1190');
  const params2 = { reset: early.reset, authorization: good };
  assert.deepEqual(await finish(stage, params2), {});
});

test('a host with an identity signs its key, and the server sees that', async (t) => {
  const { stage, signer, host, params } = await resetting(t, {
    identity: true
  });
  const reset = await stage.call(BEGIN, params);
  const hostIdentity = readFileSync(host.certificate, 'utf8');
  const authorization = await authorized(reset, signer, { hostIdentity });
  assert.deepEqual(
    await finish(stage, { reset: reset.reset, authorization }),
    {}
  );
  assertPin(stage, NEW_PIN);

  const next = await stage.call(BEGIN, params);
  const other = { hostIdentity: readFileSync(signer.certificate, 'utf8') };
  await assert.rejects(authorized(next, signer, other), /not signed by this/);
  const swapped = { hostIdentity, nonce: reset.nonce };
  await assert.rejects(authorized(next, signer, swapped), /another reset/);
});

test('each authorization that is not for this reset is refused, and nothing changes', async (t) => {
  const { stage, signer, params } = await resetting(t);
  const stranger = makeIdentity(stage.place.dir, 'stranger');
  const earlier = await stage.call(BEGIN, params);
  const spoilt = (text, at) => {
    const bytes = Buffer.from(text, 'base64');
    bytes[Math.floor(bytes.length * at)] ^= 1;
    return bytes.toString('base64');
  };
  const plain = async (reset) => {
    const args = ['cms', '-sign', '-binary', '-nodetach', '-outform', 'DER'];
    const by = ['-signer', signer.certificate, '-inkey', signer.key];
    const { nonce, token } = reset;
    const words = { token: token.serial, origin: ORIGIN, nonce, soPin: SO_PIN };
    const input = JSON.stringify(words);
    return execFileSync('openssl', [...args, ...by], { input }).toString(
      'base64'
    );
  };
  const rows = {
    'another signer': (reset) => authorized(reset, stranger),
    'another UKey': (reset) => authorized(reset, signer, { serial: '0123' }),
    'another site': (reset) =>
      authorized(reset, signer, { origin: OTHER_ORIGIN }),
    'another nonce': (reset) =>
      authorized(reset, signer, { nonce: earlier.nonce }),
    'another recipient': (reset) =>
      authorized(reset, signer, { recipient: earlier.recipient }),
    'an earlier one': () => authorized(earlier, signer),
    'a spoilt envelope': async (reset) =>
      spoilt(await authorized(reset, signer), 0.3),
    'a spoilt signature': async (reset) =>
      spoilt(await authorized(reset, signer), 0.99),
    'one without an envelope': plain,
    'no CMS': async () => 'AAAA',
    'no base64': async () => 'not base64!',
    'an empty PIN': (reset) => authorized(reset, signer, { soPin: '' })
  };
  for (const [what, make] of Object.entries(rows)) {
    const reset = await stage.call(BEGIN, params);
    const authorization = await make(reset);
    const call = { reset: reset.reset, authorization };
    const reply = stage.withoutDialog(FINISH, call);
    const error = await refused(reply, 'RESET_UNAUTHORISED', what);
    assert.equal(error.code, -32040);
    const good = { ...call, authorization: await authorized(reset, signer) };
    await refused(stage.withoutDialog(FINISH, good), 'RESET_USED', what);
  }
  assertNoTry(stage);
  assertPin(stage, PIN);
});

test('a reset belongs to the site that began it', async (t) => {
  const { stage, signer, params } = await resetting(t);
  const reset = await stage.call(BEGIN, params);
  const authorization = await authorized(reset, signer);
  const call = { reset: reset.reset, authorization };
  const origin = OTHER_ORIGIN;
  await refused(stage.withoutDialog(FINISH, call, { origin }), 'NOT_YOURS');
  assert.deepEqual(await finish(stage, call), {});
});

test('a later reset of the same UKey takes the place of an earlier one', async (t) => {
  const { stage, signer, params } = await resetting(t);
  const first = await stage.call(BEGIN, params);
  const second = await stage.call(BEGIN, params);
  const authorization = await authorized(first, signer);
  const call = { reset: first.reset, authorization };
  await refused(stage.withoutDialog(FINISH, call), 'RESET_EXPIRED');
  const good = await authorized(second, signer);
  const params2 = { reset: second.reset, authorization: good };
  assert.deepEqual(await finish(stage, params2), {});
  const unknown = { ...call, reset: `${params.token}-${'0'.repeat(32)}` };
  await refused(stage.withoutDialog(FINISH, unknown), 'RESET_EXPIRED');
});

test('a user who closes the dialog has used the reset, and keeps the PIN', async (t) => {
  const { stage, signer, params } = await resetting(t);
  const reset = await stage.call(BEGIN, params);
  const authorization = await authorized(reset, signer);
  const call = stage.call(FINISH, { reset: reset.reset, authorization });
  await stage.display.cancelDialog();
  await refused(call, 'PIN_CANCELLED');
  await stage.display.dialogGone();
  assertNoTry(stage);
  assertPin(stage, PIN);
});

test('a wrong administrator PIN is said to be one', async (t) => {
  const { stage, signer, params } = await resetting(t);
  const reset = await stage.call(BEGIN, params);
  const soPin = 'wrongwrong';
  const authorization = await authorized(reset, signer, { soPin });
  const params2 = { reset: reset.reset, authorization };
  const call = finish(stage, params2, { soPin });
  assert.match((await refused(call, 'PIN_INCORRECT')).message, /administrator/);
  assertPin(stage, PIN);
});

test('without authorities, and for the popup, there is no reset', async (t) => {
  const stage = await faultScene(t);
  stage.fault.host();
  const params = { token: (await stage.token()).id };
  await refused(stage.withoutDialog(BEGIN, params), 'UNSUPPORTED');
  const other = await resetting(t);
  const ui = { origin: 'ui' };
  await refused(
    other.stage.withoutDialog(BEGIN, other.params, ui),
    'UNSUPPORTED'
  );
  const nowhere = { token: '0'.repeat(32) };
  await refused(other.stage.withoutDialog(BEGIN, nowhere), 'NO_TOKEN');
});

test('an authority that cannot be read is the policy’s fault', async (t) => {
  const { stage, signer, params } = await resetting(t);
  execFileSync('chmod', ['666', signer.certificate]);
  const error = await refused(stage.call(BEGIN, params), 'POLICY_INVALID');
  assert.ok(
    !error.message.includes('/'),
    error.message
  ); /* no path for a page */
  const { broker } = stage;
  await until(() => broker.stderr.includes(signer.certificate));
  assert.match(broker.stderr, /POLICY_INVALID: .*resetAuthorities/);
});

test('an open reset goes with the browser', async (t) => {
  const { stage, params } = await resetting(t);
  await stage.call(BEGIN, params);
  assert.ok(stage.processes().length >= 2);
  await stage.broker.end();
  await until(() => stage.processes().length === 0);
});

test('neither the administrator PIN nor the new one is anywhere', async (t) => {
  const { stage, signer, params } = await resetting(t);
  const soPin = 'h5Pt8mJ3kD6s';
  stage.ukey.tool(
    ...['--login', '--login-type', 'so', '--so-pin', SO_PIN],
    ...['--change-pin', '--new-pin', soPin]
  );
  const reset = await stage.call(BEGIN, params);
  const watch = new ProcessWatch();
  t.after(() => watch.stop());
  const authorization = await authorized(reset, signer, { soPin });
  const call = stage.call(FINISH, { reset: reset.reset, authorization });
  await stage.typeNewPin(call, undefined, NEW_PIN);
  stage.fault.kept += 2;
  stage.fault.givenFromAfar(soPin);
  const files = [...filesBelow(stage.place.dir)];
  assert.deepEqual(await call, {});
  await stage.broker.end();
  files.push(...filesBelow(stage.place.dir));
  const places = [
    ['arguments or environment', Buffer.from(watch.stop())],
    ['frames', Buffer.concat(stage.broker.traffic)],
    ['the authorization', Buffer.from(authorization, 'base64')],
    ['the log', Buffer.from(stage.broker.stderr)],
    ...files.map(({ path, bytes }) => [path, bytes])
  ];
  const forms = (pin) => [
    Buffer.from(pin),
    Buffer.from(pin, 'utf16le'),
    Buffer.from(Buffer.from(pin).toString('hex')),
    Buffer.from(Buffer.from(pin).toString('base64'))
  ];
  for (const [where, bytes] of places) {
    for (const form of [soPin, NEW_PIN].flatMap(forms)) {
      assert.equal(bytes.indexOf(form), -1, `a PIN in ${where}`);
    }
  }
  assertPin(stage, NEW_PIN);
});
