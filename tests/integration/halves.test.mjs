// SPDX-License-Identifier: MIT
// What a page may not make of two halves: one key for two uses, one UKey for two holders.
import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { join } from 'node:path';
import { before, test } from 'node:test';

import {
  dualPairs,
  installDual,
  issueEncryption,
  requestDual,
  roleOf
} from '../lib/dual.mjs';
import { issue, ORIGIN, refused, scene, screen, theCa } from '../lib/scene.mjs';

before(() => screen());

const DAY_MS = 86_400_000;
const chain = async () => [(await theCa()).certificatePem];

/** A certificate by the CA's word alone, of the holder of another one or of somebody else. */
async function issueForKey(key, profile, options) {
  const { issueForKey: sign } = await theCa();
  const notBefore = new Date(Date.now() - 60_000);
  const notAfter = new Date(notBefore.getTime() + 400 * DAY_MS);
  return sign({
    publicKey: createPublicKey(key),
    profile,
    notBefore,
    notAfter,
    ...options
  });
}

/** What is on the UKey: the certificates that a page sees and the private keys, to see whether it changed. */
async function seen(stage) {
  const ids = (await stage.certificates()).map(({ id }) => id);
  const objects = stage.ukey.objects().map(({ type, id }) => `${type} ${id}`);
  return [...ids, ...objects].sort();
}

/** No dialog opens for it, and the UKey is as it was. */
async function changesNothing(stage, params, reason) {
  const was = await seen(stage);
  await refused(stage.call('renewal.preview', params), reason, 'preview');
  await refused(
    stage.withoutDialog('renewal.install', params),
    reason,
    'install'
  );
  assert.deepEqual(await seen(stage), was);
}

test('an encryption certificate for the signing key', async (t) => {
  const stage = await scene(t, { pairs: dualPairs() });
  const all = await stage.certificates();
  const signing = roleOf(all, 'signing');
  const params = {
    token: signing.token,
    encryption: await issueForKey(signing.pem, 'encryption', {
      sameSubjectAs: signing.pem
    }),
    chain: await chain()
  };
  await changesNothing(stage, params, 'WRONG_ROLE');
});

test('a signing certificate for the encryption key, which a centre knows', async (t) => {
  const stage = await scene(t, { pairs: dualPairs() });
  const all = await stage.certificates();
  const [signing, encryption] = ['signing', 'encryption'].map((role) =>
    roleOf(all, role)
  );
  const params = {
    token: signing.token,
    certificate: signing.id,
    signing: await issueForKey(encryption.pem, 'signing', {
      sameSubjectAs: signing.pem
    }),
    chain: await chain()
  };
  await changesNothing(stage, params, 'WRONG_ROLE');
});

test('one key for both halves, in one certificate and in two', async (t) => {
  const stage = await scene(t);
  const [old] = await stage.certificates();
  const { renewal } = await stage.withPin('renewal.begin', {
    token: old.token,
    kind: 'renew',
    certificate: old.id,
    key: 'new',
    dual: true
  });
  const signing = await issue(renewal, old.pem, { profile: 'both' });
  const encryption = await issueForKey(signing, 'encryption', {
    sameSubjectAs: old.pem
  });
  for (const half of [signing, encryption]) {
    const params = {
      renewal: renewal.id,
      signing,
      encryption: half,
      chain: await chain()
    };
    await changesNothing(stage, params, 'WRONG_ROLE');
  }
});

test('a delivered key, which a centre knows, with a certificate that signs', async (t) => {
  const stage = await scene(t, { pairs: dualPairs() });
  const { params } = await requestDual(stage, { profile: 'both' });
  await changesNothing(stage, params, 'WRONG_ROLE');
});

test('the encryption half of somebody else on a UKey without one', async (t) => {
  const { dir } = await theCa();
  const stage = await scene(t, {
    policy: { portals: [ORIGIN], trustAnchors: [join(dir, 'ca.crt')] }
  });
  const [old] = await stage.certificates();
  const subject = [
    { type: 'O', value: '江苏新名科技有限公司' },
    { type: 'CN', value: '江苏新名科技有限公司' }
  ];
  const { renewal } = await stage.withPin('renewal.begin', {
    token: old.token,
    kind: 'replace',
    subject,
    algorithm: 'RSA-2048',
    dual: true
  });
  const signing = await issue(renewal);
  const strange = await issueEncryption(old, {
    recipient: signing,
    sameSubjectAs: undefined,
    subject: [
      ['O', '别家科技有限公司'],
      ['CN', '别家科技有限公司']
    ]
  });
  const params = { renewal: renewal.id, signing };
  await changesNothing(stage, { ...params, ...strange }, 'SUBJECT_CHANGED');
  const own = await issueEncryption(old, {
    recipient: signing,
    sameSubjectAs: signing
  });
  const done = await installDual(stage, { ...params, ...own });
  assert.equal(done.renewal.state, 'installed');
});
