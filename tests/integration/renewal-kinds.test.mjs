// SPDX-License-Identifier: MIT
// The four kinds of renewal, the parameters each takes, and installations that no request of this computer preceded.
import assert from 'node:assert/strict';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { openssl, withScratch } from '../portal/lib/openssl.js';
import { requestFacts } from '../portal/lib/facts.js';
import { issue, refused, scene, theCa } from '../lib/scene.mjs';
import { writeFile } from 'node:fs/promises';

const SUBJECT = [
  { type: 'C', value: 'CN' },
  { type: 'O', value: '江苏新名科技有限公司' },
  { type: 'CN', value: '江苏新名科技有限公司' }
];
const DAY_MS = 86_400_000;

async function chain() {
  return [(await theCa()).certificatePem];
}

/** The policy that a first certificate needs: whom to trust. */
async function trusting() {
  const { dir } = await theCa();
  return {
    portals: ['https://portal.example'],
    trustAnchors: [join(dir, 'ca.crt')]
  };
}

const keyIds = (ukey) =>
  ukey
    .objects()
    .filter(({ type }) => type === 'Private Key')
    .map(({ id }) => id);

async function subjectOf(pem) {
  return withScratch(async (dir) => {
    await writeFile(join(dir, 'request.pem'), pem);
    const args = ['-in', 'request.pem', '-noout', '-subject', '-nameopt'];
    const { stdout } = await openssl(
      ['req', ...args, 'utf8,sep_comma_plus'],
      dir
    );
    return stdout.trim();
  });
}

/** A certificate for a key on the UKey, by the CA's word alone. */
async function issueForKey(publicKey, options) {
  const { issueForKey: sign } = await theCa();
  const notBefore = new Date(Date.now() - 60_000);
  const notAfter = new Date(notBefore.getTime() + 400 * DAY_MS);
  const profile = 'signing';
  return sign({ publicKey, profile, notBefore, notAfter, ...options });
}

for (const kind of ['change', 'replace']) {
  test(`${kind}: a new subject and a new key beside the old pair`, async (t) => {
    const stage = await scene(t);
    const [old] = await stage.certificates();
    const { renewal } = await stage.withPin('renewal.begin', {
      token: old.token,
      kind,
      certificate: old.id,
      subject: SUBJECT
    });
    assert.equal(renewal.kind, kind);
    assert.match(
      await subjectOf(renewal.requests[0].pem),
      /C ?= ?CN, ?O ?= ?江苏新名科技有限公司, ?CN ?= ?江苏新名科技有限公司$/
    );
    const signing = await issue(renewal);
    const params = { renewal: renewal.id, signing, chain: await chain() };
    const done = await stage.withPin('renewal.install', params);
    assert.equal(done.renewal.state, 'installed');
    assert.equal((await stage.certificates()).length, 2);
    assert.equal(keyIds(stage.ukey).length, 2);
  });
}

test('change keeps the key when asked to', async (t) => {
  const stage = await scene(t, { pairs: [{ algorithm: 'EC-P256' }] });
  const [old] = await stage.certificates();
  const { renewal } = await stage.withPin('renewal.begin', {
    token: old.token,
    kind: 'change',
    certificate: old.id,
    key: 'same',
    subject: SUBJECT
  });
  const signing = await issue(renewal);
  const params = { renewal: renewal.id, signing, chain: await chain() };
  await stage.withPin('renewal.install', params);
  const [now, ...more] = await stage.certificates();
  assert.equal(now.subject.commonName, '江苏新名科技有限公司');
  assert.deepEqual(more, []);
});

test('replace needs no old certificate', async (t) => {
  const stage = await scene(t, { policy: await trusting() });
  const token = (await stage.token()).id;
  const { renewal } = await stage.withPin('renewal.begin', {
    token,
    kind: 'replace',
    subject: SUBJECT,
    algorithm: 'EC-P256'
  });
  const signing = await issue(renewal);
  await stage.withPin('renewal.install', { renewal: renewal.id, signing });
  assert.equal((await stage.certificates()).length, 2);
});

test('issue on an empty UKey: only trust anchors vouch for it', async (t) => {
  const stage = await scene(t, { pairs: [], policy: await trusting() });
  const token = (await stage.token()).id;
  const { renewal } = await stage.withPin('renewal.begin', {
    token,
    kind: 'issue',
    subject: SUBJECT,
    algorithm: 'RSA-2048'
  });
  const signing = await issue(renewal);
  const params = { renewal: renewal.id, signing };
  const preview = await stage.call('renewal.preview', params);
  assert.deepEqual(
    preview.changes.map(({ role, action }) => [role, action]),
    [['signing', 'add']]
  );
  await stage.withPin('renewal.install', params);
  const [only] = await stage.certificates();
  assert.equal(only.hasPrivateKey !== false, true);
  assert.deepEqual(
    stage.ukey.read('cert', keyIds(stage.ukey)[0]),
    new X509Certificate(signing).raw
  );
});

test('issue without trust anchors is refused', async (t) => {
  const stage = await scene(t, { pairs: [] });
  const token = (await stage.token()).id;
  const { renewal } = await stage.withPin('renewal.begin', {
    token,
    kind: 'issue',
    subject: SUBJECT,
    algorithm: 'EC-P256'
  });
  const signing = await issue(renewal);
  const params = { renewal: renewal.id, signing, chain: await chain() };
  const call = stage.withoutDialog('renewal.install', params);
  await refused(call, 'UNTRUSTED_ISSUER');
});

test('a certificate for the old key is installed without a request', async (t) => {
  const stage = await scene(t);
  const [old] = await stage.certificates();
  const { publicKey } = new X509Certificate(old.pem);
  const signing = await issueForKey(publicKey, { sameSubjectAs: old.pem });
  const params = {
    token: old.token,
    certificate: old.id,
    signing,
    chain: await chain()
  };
  const preview = await stage.call('renewal.preview', params);
  assert.deepEqual(preview.changes.map(({ action }) => action).sort(), [
    'add',
    'remove'
  ]);
  const { renewal } = await stage.withPin('renewal.install', params);
  assert.equal(renewal.state, 'installed');
  assert.deepEqual(renewal.requests, []);
  const [now, ...more] = await stage.certificates();
  assert.deepEqual(more, []);
  assert.equal(now.pem, signing.replace(/[^]*?-----BEGIN/, '-----BEGIN'));
  const again = await stage.withoutDialog('renewal.install', params);
  assert.equal(again.renewal.id, renewal.id);
});

test('a request made elsewhere is installed here, by token', async (t) => {
  const stage = await scene(t, { policy: await trusting() });
  const [old] = await stage.certificates();
  const { renewal } = await stage.withPin('renewal.begin', {
    token: old.token,
    kind: 'renew',
    certificate: old.id,
    key: 'new'
  });
  await stage.broker.end();
  rmSync(join(stage.place.env.XDG_STATE_HOME), { recursive: true });
  const host = stage.host();
  const signing = await issue(renewal, old.pem);
  const params = { token: old.token, signing };
  const done = await stage.withPin('renewal.install', params, { host });
  assert.equal(done.renewal.state, 'installed');
  const key = createPublicKey({
    key: requestFacts(renewal.requests[0].pem).spki,
    format: 'der',
    type: 'spki'
  });
  const id = keyIds(stage.ukey).find((one) => one !== '01');
  const installed = new X509Certificate(stage.ukey.read('cert', id));
  assert.ok(installed.publicKey.equals(key));
});
