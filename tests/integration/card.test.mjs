// SPDX-License-Identifier: MIT
// Renewals on a smart card through OpenSC's own module; judged by pkcs11-tool, openssl and the card itself.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';

import {
  assertHeld,
  cardMissing,
  cardScene,
  PUK,
  wounds
} from '../lib/card.mjs';
import { TOP } from '../lib/place.mjs';
import { issue, refused, screen, theCa, until } from '../lib/scene.mjs';
import { PIN } from '../lib/ukey.mjs';

const ALGORITHMS = ['RSA-2048', 'RSA-3072', 'EC-P256', 'EC-P384'];
const WRONG_PIN = '999999';
/** How long the virtual reader itself may take to notice. */
const READER_POLL_MS = 500;
/** How many of the places where a write can be cut off are tried; "all" of them takes minutes. */
const PULLS = process.env.UKEYBRIDGE_CARD_PULLS ?? '8';

const skip = cardMissing() ?? false;

if (!skip) before(() => screen());

/** What a renewal of the card's first certificate asks for. */
async function renewing(stage, key) {
  const [old] = await stage.certificates();
  const { token, id: certificate } = old;
  return { old, params: { token, kind: 'renew', certificate, key } };
}

/** A renewal that waits for the certificate that is in `params` now. */
async function requested(stage, key) {
  const { old, params: wish } = await renewing(stage, key);
  const { renewal } = await stage.withPin('renewal.begin', wish);
  const signing = await issue(renewal, old.pem);
  const chain = [(await theCa()).certificatePem];
  return { old, params: { renewal: renewal.id, signing, chain } };
}

const objectsOf = (stage, wanted) =>
  stage.card.objects().filter(({ type }) => type === wanted);

const sameBytes = (der, pem) =>
  assert.deepEqual(der, new X509Certificate(pem).raw);

/** Does the certificate verify what the key of that id signs? */
function proves(card, id, algorithm) {
  const file = (name) => join(card.place.dir, name);
  const openssl = (...args) =>
    execFileSync('openssl', args, { encoding: 'utf8' });
  writeFileSync(file('message'), 'the bid of this company');
  writeFileSync(file('certificate'), card.read('cert', id));
  openssl(
    ...['dgst', '-sha256', '-binary', '-out', file('digest')],
    file('message')
  );
  const how = algorithm.startsWith('RSA')
    ? ['--mechanism', 'SHA256-RSA-PKCS', '--input-file', file('message')]
    : [
        ...['--mechanism', 'ECDSA', '--signature-format', 'openssl'],
        ...['--input-file', file('digest')]
      ];
  const output = ['--output-file', file('signature')];
  card.loggedIn('--sign', '--id', id, ...how, ...output);
  openssl(
    ...['x509', '-inform', 'DER', '-in', file('certificate')],
    ...['-pubkey', '-noout', '-out', file('key')]
  );
  const verified = openssl(
    ...['dgst', '-sha256', '-verify', file('key')],
    ...['-signature', file('signature'), file('message')]
  );
  assert.match(verified, /Verified OK/);
}

/** The certificate is the only current one, and its id and key go together. */
async function assertInstalled(stage, key, { signing }, algorithm) {
  const current = (await stage.certificates()).filter((one) => !one.history);
  assert.equal(current.length, 1, 'one current certificate');
  sameBytes(new X509Certificate(current[0].pem).raw, signing);
  const certificates = objectsOf(stage, 'Certificate');
  assert.equal(certificates.length, key === 'same' ? 1 : 2);
  const { id } = certificates.find((one) => key === 'same' || one.id !== '01');
  sameBytes(stage.card.read('cert', id), signing);
  proves(stage.card, id, algorithm);
  return id;
}

test("the card's own rules", { skip }, () => {
  const where = { cwd: join(TOP, 'tests/card'), stdio: 'pipe' };
  execFileSync('/usr/bin/python3', ['-B', 'test_applet.py'], where);
});

test(
  'the card deciphers, agrees, takes keys and changes its PIN',
  { skip },
  async (t) => {
    const { card } = await cardScene(t);
    const file = (name) => join(card.place.dir, name);
    const openssl = (...args) =>
      execFileSync('openssl', args, { stdio: 'pipe' });

    openssl('genrsa', '-out', file('rsa'), '2048');
    openssl(
      'rsa',
      '-in',
      file('rsa'),
      '-outform',
      'DER',
      '-out',
      file('rsa.der')
    );
    writeFileSync(file('bid'), 'a secret bid');
    openssl(
      ...['pkeyutl', '-encrypt', '-inkey', file('rsa')],
      ...['-in', file('bid'), '-out', file('sealed')]
    );
    card.loggedIn(
      ...['--write-object', file('rsa.der'), '--type', 'privkey'],
      ...['--id', '21', '--label', 'brought', '--usage-decrypt']
    );
    card.loggedIn(
      ...['--decrypt', '--id', '21', '--mechanism', 'RSA-PKCS'],
      ...['--input-file', file('sealed'), '--output-file', file('opened')]
    );
    assert.equal(readFileSync(file('opened'), 'utf8'), 'a secret bid');

    card.loggedIn(
      ...['--keypairgen', '--key-type', 'EC:prime256v1'],
      ...['--id', '22', '--label', 'agrees', '--usage-derive']
    );
    writeFileSync(file('ours.der'), card.publicKey('22'));
    const curve = ['-name', 'prime256v1', '-noout'];
    openssl('ecparam', '-genkey', ...curve, '-out', file('peer'));
    openssl(
      ...['ec', '-in', file('peer'), '-pubout'],
      ...['-outform', 'DER', '-out', file('peer.der')]
    );
    card.loggedIn(
      ...['--derive', '--id', '22', '--mechanism', 'ECDH1-COFACTOR-DERIVE'],
      ...['--input-file', file('peer.der'), '--output-file', file('agreed')]
    );
    openssl(
      ...['pkeyutl', '-derive', '-inkey', file('peer'), '-peerform', 'DER'],
      ...['-peerkey', file('ours.der'), '-out', file('expected')]
    );
    assert.deepEqual(
      readFileSync(file('agreed')),
      readFileSync(file('expected'))
    );

    card.loggedIn('--change-pin', '--new-pin', '222222');
    assert.throws(() => card.objects(), /PIN_INCORRECT/);
    card.pin = '222222';
    assert.ok(card.objects().some(({ label }) => label === 'brought'));
  }
);

test('a card is listed with its certificates', { skip }, async (t) => {
  const stage = await cardScene(t, { pairs: [{ label: 'my bids' }] });
  const { tokens, problems } = await stage.call('tokens.list');
  assert.deepEqual(problems, []);
  assert.equal(tokens.length, 1, 'the empty reader is no UKey');
  const [{ label, module, reader, pin, capabilities }] = tokens;
  assert.equal(label, 'UKey one');
  assert.equal(module.id, 'opensc');
  assert.match(reader, /^Virtual PCD/);
  assert.deepEqual(pin, {
    state: 'ok',
    retriesLeft: null,
    minLength: 4,
    maxLength: 8
  });
  assert.deepEqual(capabilities.algorithms, ALGORITHMS);
  const certificates = await stage.certificates();
  assert.equal(certificates.length, 1);
  sameBytes(stage.card.read('cert', '01'), certificates[0].pem);
});

test('a card that comes and goes', { skip }, async (t) => {
  const stage = await cardScene(t);
  const present = async () => (await stage.tokens()).length;
  const [{ id }] = await stage.tokens();
  await stage.card.pull();
  await until(async () => (await present()) === 0, { message: 'still there' });
  await stage.card.plug();
  await until(async () => (await present()) === 1, { message: 'not seen' });
  assert.equal((await stage.tokens())[0].id, id);
  assert.equal((await stage.certificates()).length, 1);
});

test(
  'whoever watches hears of a card that comes and goes',
  { skip },
  async (t) => {
    const stage = await cardScene(t);
    const [{ id }] = await stage.tokens();
    await stage.call('tokens.watch', { enabled: true });
    for (const [order, kind] of [
      ['pull', 'removed'],
      ['insert', 'inserted']
    ]) {
      const start = Date.now();
      await stage.card.order(order);
      const { method, params } = await stage.broker.next();
      const took = Date.now() - start;
      assert.equal(method, 'tokens.changed');
      assert.deepEqual([params.kind, params.token.id], [kind, id]);
      assert.ok(took < 1000 + READER_POLL_MS, `${kind} after ${took} ms`);
      t.diagnostic(`${kind} after ${took} ms`);
    }
  }
);

for (const algorithm of ALGORITHMS) {
  for (const key of ['same', 'new']) {
    const name = `${algorithm}: a renewal with the ${key} key`;
    test(name, { skip }, async (t) => {
      const pairs = [{ algorithm, label: 'my bids' }];
      const stage = await cardScene(t, { pairs });
      const { old, params } = await requested(stage, key);
      const { renewal } = await stage.withPin('renewal.install', params);
      assert.equal(renewal.state, 'installed');
      const id = await assertInstalled(stage, key, params, algorithm);
      if (key === 'same') {
        const [{ label }] = objectsOf(stage, 'Certificate');
        assert.deepEqual([id, label], ['01', 'my bids']);
      } else {
        assert.match(id, /^554b4231[0-9a-f]{24}$/); /* UKB1… */
        sameBytes(stage.card.read('cert', '01'), old.pem);
        proves(stage.card, '01', algorithm);
      }
    });
  }
}

test('a request that is given up leaves no key', { skip }, async (t) => {
  const stage = await cardScene(t);
  const before = stage.card.objects();
  const { params } = await requested(stage, 'new');
  assert.equal(stage.card.objects().length, before.length + 2);
  const { renewal } = params;
  await stage.withPin('renewal.abandon', { renewal });
  assert.deepEqual(stage.card.objects(), before);
});

/** What the card says of its PIN. */
function pinOf(card) {
  const { pins } = JSON.parse(readFileSync(card.state, 'utf8'));
  return pins['1'].pin;
}

test('wrong PINs, until the card locks', { skip }, async (t) => {
  const stage = await cardScene(t);
  const { params } = await renewing(stage, 'same');
  const state = async () => (await stage.token()).pin.state;

  const wrong = { pin: WRONG_PIN };
  const first = stage.withPin('renewal.begin', params, wrong);
  await refused(first, 'PIN_INCORRECT');
  assert.equal(pinOf(stage.card).left, 2);

  const second = stage.withPin('renewal.begin', params, wrong);
  const { data } = await refused(second, 'PIN_INCORRECT');
  assert.equal(data.retriesLeft, 1);
  assert.equal(pinOf(stage.card).left, 1);
  assert.equal(await state(), 'final');

  const unsure = stage.call('renewal.begin', params);
  await stage.display.cancelDialog();
  await refused(unsure, 'PIN_FINAL_TRY');
  assert.equal(pinOf(stage.card).left, 1);

  const third = stage.call('renewal.begin', params);
  const question = await stage.display.agree();
  await stage.typePin(third, WRONG_PIN, { not: question });
  await refused(third, 'PIN_LOCKED');
  assert.equal(pinOf(stage.card).left, 0);
  assert.equal(await state(), 'locked');

  await stage.card.order('log');
  await refused(stage.withoutDialog('renewal.begin', params), 'PIN_LOCKED');
  const { log } = await stage.card.order('log');
  const tries = log.filter(({ command }) => /^002000..0[1-9a-f]/.test(command));
  assert.deepEqual(tries, [], 'a locked card got a PIN');

  const unblock = ['--unblock-pin', '--auth-id', '01', '--puk', PUK];
  await stage.card.run('pkcs15-tool', ...unblock, '--new-pin', PIN);
  assert.equal(await state(), 'ok');
  const { renewal } = await stage.withPin('renewal.begin', params);
  assert.equal(renewal.state, 'requested');
});

test('the last try with the right PIN', { skip }, async (t) => {
  const stage = await cardScene(t);
  const { params } = await renewing(stage, 'same');
  for (const left of [2, 1]) {
    const wrong = { pin: WRONG_PIN };
    const call = stage.withPin('renewal.begin', params, wrong);
    await refused(call, 'PIN_INCORRECT');
    assert.equal(pinOf(stage.card).left, left);
  }
  const call = stage.call('renewal.begin', params);
  const question = await stage.display.agree();
  await stage.typePin(call, PIN, { not: question });
  assert.equal((await call).renewal.state, 'requested');
  assert.equal(pinOf(stage.card).left, 3);
});

test('a card without room for another certificate', { skip }, async (t) => {
  const stage = await cardScene(t);
  const { old, params } = await requested(stage, 'same');
  const { used } = await stage.card.order('files');
  await stage.card.order('space', used + 500);
  const call = stage.withPin('renewal.install', params);
  const { data } = await refused(call, 'ROLLED_BACK');
  assert.equal(data.cause, 'TOKEN_FULL');
  sameBytes(stage.card.read('cert', '01'), old.pem);
  await stage.card.order('space', used + 5000);
  await stage.withPin('renewal.install', params);
  await assertInstalled(stage, 'same', params, 'RSA-2048');
});

/** CREATE FILE, DELETE FILE, UPDATE BINARY, GENERATE: what leaves a trace on the card. */
const isChange = ({ command }) => /^..(e0|e4|d6|46)/.test(command);

/** The places where something was written since `start`, as counts of commands from there; spread over all of them. */
async function pullPoints(stage, start) {
  const { log } = await stage.card.order('log');
  const changes = log.filter(isChange).map(({ n }) => n - start);
  const count = PULLS === 'all' ? changes.length : Number(PULLS);
  const step = Math.max(1, (changes.length - 1) / (count - 1));
  const points = [];
  for (let i = 0; Math.round(i) < changes.length; i += step) {
    points.push(changes[Math.round(i)]);
  }
  return { points, total: changes.length };
}

const countOf = async (stage) => (await stage.card.order('status')).count;

/** Each point twice where all are wanted, else before and after in turn. */
const moments = (points) =>
  points.flatMap((n, index) => {
    const both = ['before', 'after'];
    const whens = PULLS === 'all' ? both : [both[index % 2]];
    return whens.map((when) => ({ n, when }));
  });

/** The call during which the card is pulled. */
async function cutOff(stage, method, params, { n, when }) {
  await stage.card.pullAt(n, when);
  await refused(stage.withPin(method, params), 'TOKEN_REMOVED');
  const { in: isIn } = await stage.card.order('status');
  assert.equal(isIn, false, 'the card was not pulled');
}

/** The same call again, with a PIN for each dialog: one that was cut off within a call of OpenSC is mended first. */
async function again(stage, method, params) {
  await stage.card.plug();
  const isTorn = (await wounds(stage.card)).length > 0;
  const call = stage.call(method, params);
  const window = await stage.typePin(call);
  if (isTorn) await stage.typePin(call, PIN, { not: window });
  return call;
}

/** Finish what was cut off. */
async function finish(stage, key, params) {
  const { renewal } = await again(stage, 'renewal.install', params);
  assert.equal(renewal.state, 'installed');
  await assertInstalled(stage, key, params, 'RSA-2048');
  assert.deepEqual(await wounds(stage.card), []);
}

for (const key of ['same', 'new']) {
  const name = `a card pulled while the certificate for the ${key} key is written`;
  test(name, { skip }, async (t) => {
    const whole = await cardScene(t, { pairs: [{ label: 'my bids' }] });
    const { params: wish } = await requested(whole, key);
    const start = await countOf(whole);
    await whole.card.order('log');
    await whole.withPin('renewal.install', wish);
    const { points, total } = await pullPoints(whole, start);
    t.diagnostic(`${points.length} of ${total} commands that write`);

    for (const moment of moments(points)) {
      const { n, when } = moment;
      await t.test(`${when} command ${n}`, async (t) => {
        const stage = await cardScene(t, { pairs: [{ label: 'my bids' }] });
        const { old, params } = await requested(stage, key);
        await cutOff(stage, 'renewal.install', params, moment);
        const { renewals } = await stage.call('renewal.list', {});
        assert.equal(renewals[0].state, 'installing');
        assertHeld(stage.card, old.pem, params.signing);
        await finish(stage, key, params);
      });
    }
  });
}

test('a card pulled while a key is made', { skip }, async (t) => {
  const whole = await cardScene(t);
  const { params: wish } = await renewing(whole, 'new');
  const start = await countOf(whole);
  await whole.card.order('log');
  await whole.withPin('renewal.begin', wish);
  const { points, total } = await pullPoints(whole, start);
  t.diagnostic(`${points.length} of ${total} commands that write`);

  for (const moment of moments(points)) {
    const { n, when } = moment;
    await t.test(`${when} command ${n}`, async (t) => {
      const stage = await cardScene(t);
      const { params } = await renewing(stage, 'new');
      await cutOff(stage, 'renewal.begin', params, moment);
      const { renewal } = await again(stage, 'renewal.begin', params);
      assert.equal(renewal.state, 'requested');
      const keys = objectsOf(stage, 'Private Key');
      assert.equal(keys.length, 2, JSON.stringify(keys));
      assert.equal(objectsOf(stage, 'Public Key').length, 2);
    });
  }
});
