// SPDX-License-Identifier: MIT
// Signing in: judged as a validator of Web eID's authentication tokens does, by Node's own cryptography.
import assert from 'node:assert/strict';
import { createHash, randomBytes, verify, X509Certificate } from 'node:crypto';
import { before, test } from 'node:test';

import { loggingPinentry } from '../lib/eavesdrop.mjs';
import {
  ORIGIN,
  OTHER_ORIGIN,
  PINENTRY,
  refused,
  scene,
  screen
} from '../lib/scene.mjs';

const HASHES = { RS256: 'sha256', ES256: 'sha256', ES384: 'sha384' };
const ALGORITHMS = {
  'RSA-2048': 'RS256',
  'RSA-3072': 'RS256',
  'EC-P256': 'ES256',
  'EC-P384': 'ES384'
};

before(() => screen());

const freshNonce = (length = 32) => randomBytes(length).toString('base64');

/** Step 7 and 8 of Web eID's validation: the signature over origin and nonce. */
function isSignedFor(token, origin, nonce) {
  const hash = HASHES[token.algorithm];
  const digest = (text) => createHash(hash).update(text).digest();
  const { publicKey } = new X509Certificate(
    Buffer.from(token.unverifiedCertificate, 'base64')
  );
  return verify(
    hash,
    Buffer.concat([digest(origin), digest(nonce)]),
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(token.signature, 'base64')
  );
}

async function wish(stage, more = {}) {
  const [{ token, id: certificate, pem }] = await stage.certificates();
  return { pem, params: { token, certificate, nonce: freshNonce(), ...more } };
}

for (const [algorithm, name] of Object.entries(ALGORITHMS)) {
  test(`${algorithm}: the holder signs in as ${name}`, async (t) => {
    const stage = await scene(t, { pairs: [{ algorithm }] });
    const { pem, params } = await wish(stage);
    const token = await stage.withPin('auth.sign', params);
    assert.deepEqual(Object.keys(token).sort(), [
      'algorithm',
      'appVersion',
      'format',
      'signature',
      'unverifiedCertificate'
    ]);
    assert.equal(token.format, 'web-eid:1.0');
    assert.equal(token.algorithm, name);
    assert.match(new URL(token.appVersion).href, /ukeybridge@\d+\.\d+\.\d+$/);
    assert.equal(
      token.unverifiedCertificate,
      new X509Certificate(pem).raw.toString('base64')
    );
    assert.ok(isSignedFor(token, ORIGIN, params.nonce));
    assert.ok(!isSignedFor(token, OTHER_ORIGIN, params.nonce));
    assert.ok(!isSignedFor(token, ORIGIN, freshNonce()));
  });
}

test('the dialog says "sign in to", where, and with what', async (t) => {
  const stage = await scene(t);
  const pinentry = loggingPinentry(stage.place.dir, PINENTRY);
  stage.place.configure({ ...stage.config, pinentry: pinentry.program });
  const { params } = await wish(stage);
  await stage.withPin('auth.sign', params, { origin: OTHER_ORIGIN });
  const [text, ...more] = pinentry.said('SETDESC');
  assert.deepEqual(more, []);
  const [site, , action, line] = text.split('\n');
  assert.equal(site, `登录网站 ${OTHER_ORIGIN}`);
  assert.match(action, /^操作：向该网站证明您的身份/);
  assert.match(line, /^• 使用“江苏示例科技有限公司”，有效期至 \d{4}-/);
});

test('nonces of 32 to 128 bytes are taken, others are refused without a dialog', async (t) => {
  const stage = await scene(t);
  const { params } = await wish(stage, { nonce: freshNonce(128) });
  const token = await stage.withPin('auth.sign', params);
  assert.ok(isSignedFor(token, ORIGIN, params.nonce));
  const bad = [
    freshNonce(31),
    freshNonce(129),
    `${freshNonce()}\n`,
    freshNonce().replace('=', ''),
    '-'.repeat(44)
  ];
  for (const nonce of bad) {
    await assert.rejects(
      stage.withoutDialog('auth.sign', { ...params, nonce }),
      ({ code, data }) => code === -32602 && data.field === 'nonce'
    );
  }
});

test('a certificate that cannot sign in is refused without a dialog', async (t) => {
  const stage = await scene(t, {
    pairs: [{ profile: 'encryption', algorithm: 'EC-P256' }]
  });
  const { params } = await wish(stage);
  await refused(stage.withoutDialog('auth.sign', params), 'WRONG_ROLE');
  const unknown = { ...params, certificate: '0'.repeat(64) };
  await refused(stage.withoutDialog('auth.sign', unknown), 'NO_CERTIFICATE');
  await refused(
    stage.withoutDialog('auth.sign', params, { origin: 'ui' }),
    'BAD_ORIGIN'
  );
});

test('an expired certificate signs in, one that is not valid yet does not', async (t) => {
  const expired = await scene(t, { pairs: [{ days: -3 }] });
  const { params } = await wish(expired);
  const token = await expired.withPin('auth.sign', params);
  assert.ok(isSignedFor(token, ORIGIN, params.nonce));

  const early = await scene(t, { pairs: [{ days: 400 }] });
  const { params: later } = await wish(early);
  await refused(early.withoutDialog('auth.sign', later), 'NOT_YET_VALID');
});

test('a wrong PIN signs nothing', async (t) => {
  const stage = await scene(t);
  const { params } = await wish(stage);
  await refused(
    stage.withPin('auth.sign', params, { pin: '999999' }),
    'PIN_INCORRECT'
  );
});
