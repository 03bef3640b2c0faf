// SPDX-License-Identifier: MIT
// @ts-check
import assert from 'node:assert/strict';
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync
} from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { initCa } from '../ca.js';
import { certificateFacts } from '../lib/facts.js';
import { algorithmOf, deliverKey } from '../lib/kmc.js';
import { openssl } from '../lib/openssl.js';
import * as testkit from '../testkit.js';

/** @typedef {import('node:crypto').KeyObject} KeyObject */

/**
 * The envelope opens with `key` to the private half of the certificate.
 * @param {string} dir
 * @param {{encryption: string, encryptionKey: string}} issued
 * @param {string} recipientPem
 * @param {KeyObject} key
 */
async function assertDelivered(dir, issued, recipientPem, key) {
  const { encryptionKey: envelope, encryption } = issued;
  const der = await testkit.openEnvelope(dir, envelope, recipientPem, key);
  const opened = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  assert.ok(createPublicKey(opened).equals(createPublicKey(encryption)));
}

/** @param {string} dir @param {string} envelope @returns {Promise<string>} */
async function printed(dir, envelope) {
  const file = join(dir, 'print.cms');
  await writeFile(file, Buffer.from(envelope, 'base64'));
  const args = ['-cmsout', '-print', '-noout', '-inform', 'DER', '-in', file];
  return (await openssl(['cms', ...args])).stdout;
}

test('the same keys: two certificates, no key is delivered', async (t) => {
  const on = await testkit.orderedDual(t, {});
  assert.equal(on.order.encryption, 'keep');
  const { issued } = await testkit.issued(on);
  const [before, after] = [on.encryptionPem, issued.encryption].map(
    certificateFacts
  );
  assert.ok(after.spki.equals(before.spki));
  assert.ok(after.subject.equals(before.subject));
  assert.equal(after.role, 'encryption');
  assert.equal(issued.encryptionKey, undefined);
  const signing = certificateFacts(issued.signing);
  assert.equal(+after.notAfter, +signing.notAfter);
});

test('both end a year after the one that lasted longer', async (t) => {
  const caDir = await testkit.scratchDir(t);
  const ca = await initCa(caDir);
  const lasting = new Date(Date.now() + 50 * testkit.DAY_MS);
  lasting.setMilliseconds(0);
  const encryptionPem = await ca.issueForKey({
    publicKey: testkit.newKey().publicKey,
    subject: testkit.SUBJECT,
    profile: 'encryption',
    notAfter: lasting
  });
  const on = await testkit.ordered(t, { encryptionPem }, { caDir });
  const { issued } = await testkit.issued(on);
  const year = 365 * testkit.DAY_MS;
  for (const pem of [issued.signing, issued.encryption]) {
    const gained = +certificateFacts(pem).notAfter - +lasting;
    assert.equal(gained, year);
  }
});

/** @type {[string, () => any, string | undefined, RegExp][]} */
const RECIPIENTS = [
  ['EC', testkit.newKey, undefined, /dhSinglePass-stdDH-sha256kdf-scheme/],
  ['RSA with OAEP', testkit.newRsaKey, undefined, /rsaesOaep/],
  ['RSA with PKCS#1', testkit.newRsaKey, 'pkcs1', /rsaEncryption/]
];

for (const [name, pair, rsaTransport, scheme] of RECIPIENTS) {
  test(`new keys: one is delivered to the old one, ${name}`, async (t) => {
    const terms = { rsaTransport };
    const on = await testkit.orderedDual(t, { key: 'new' }, terms, pair());
    assert.equal(on.order.encryption, 'replace');
    const { issued } = await testkit.issued(on, testkit.newKey().privateKey);
    const [before, after] = [on.encryptionPem, issued.encryption].map(
      certificateFacts
    );
    assert.ok(!after.spki.equals(before.spki));
    const kind = createPublicKey(issued.encryption);
    assert.equal(algorithmOf(kind), algorithmOf(createPublicKey(before.pem)));
    assert.ok(after.subject.equals(before.subject));
    const { dir, encryptionPem, encryptionKey } = on;
    await assertDelivered(dir, issued, encryptionPem, encryptionKey);
    const cms = await printed(dir, issued.encryptionKey);
    assert.match(cms, scheme);
    assert.match(cms, /algorithm: aes-256-cbc/);
  });
}

test('a first encryption key is delivered to the key of the request', async (t) => {
  const facts = { key: 'new', encryption: 'add' };
  const on = await testkit.ordered(t, facts);
  assert.equal(on.order.encryption, 'add');
  const { privateKey } = testkit.newKey();
  const { issued } = await testkit.issued(on, privateKey);
  const [signing, encryption] = [issued.signing, issued.encryption].map(
    certificateFacts
  );
  assert.ok(encryption.subject.equals(signing.subject));
  assert.ok(!encryption.spki.equals(signing.spki));
  assert.equal(encryption.role, 'encryption');
  await assertDelivered(on.dir, issued, issued.signing, privateKey);
});

test('nobody else opens the envelope', async (t) => {
  const on = await testkit.orderedDual(t, { key: 'new' });
  const { issued } = await testkit.issued(on, testkit.newKey().privateKey);
  const stranger = testkit.newKey().privateKey;
  await assert.rejects(
    assertDelivered(on.dir, issued, on.encryptionPem, stranger),
    { name: 'OpensslError' }
  );
});

test('the centre leaves no key behind, the order no envelope', async (t) => {
  const temporary = await testkit.scratchDir(t);
  const before = process.env.TMPDIR;
  process.env.TMPDIR = temporary;
  t.after(() => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  });
  const on = await testkit.orderedDual(t, { key: 'new' });
  const { issued } = await testkit.issued(on, testkit.newKey().privateKey);
  const left = await readdir(temporary);
  assert.deepEqual(
    left.filter((name) => !name.startsWith('portal-test-')),
    []
  );
  const read = () => readFile(join(on.caDir, 'orders.json'), 'utf8');
  assert.ok((await read()).includes(issued.encryptionKey));
  const done = await on.post(`/api/orders/${on.order.id}/installed`, {
    certificatePem: issued.signing,
    encryptionPem: issued.encryption
  });
  assert.equal(done.status, 200);
  assert.equal(done.body.issued.encryptionKey, undefined);
  assert.ok(!(await read()).includes(issued.encryptionKey));
});

test('an installation of one half does not count', async (t) => {
  const on = await testkit.orderedDual(t, {});
  const { issued } = await testkit.issued(on);
  const path = `/api/orders/${on.order.id}/installed`;
  const certificatePem = issued.signing;
  /** @type {[string, object][]} */
  const cases = [
    ['BAD_FIELD', { certificatePem }],
    ['NOT_THE_NEW_ONE', { certificatePem, encryptionPem: on.encryptionPem }],
    ['NOT_THE_NEW_ONE', { certificatePem, encryptionPem: issued.signing }],
    ['BAD_CERTIFICATE', { certificatePem, encryptionPem: 'x' }]
  ];
  for (const [code, body] of cases) {
    testkit.assertRefused(await on.post(path, body), code);
  }
  const both = { certificatePem, encryptionPem: issued.encryption };
  assert.equal((await on.post(path, both)).body.state, 'installed');
});

test('an encryption certificate that nobody issued is not installed', async (t) => {
  const on = await testkit.ordered(t);
  const { issued } = await testkit.issued(on);
  assert.equal(issued.encryption, undefined);
  const { signing } = issued;
  const body = { certificatePem: signing, encryptionPem: signing };
  const path = `/api/orders/${on.order.id}/installed`;
  testkit.assertRefused(await on.post(path, body), 'BAD_FIELD');
});

test('a first encryption key takes a new signing key and no old one', async (t) => {
  const { ca, post } = await testkit.portal(t);
  const { publicKey } = testkit.newKey();
  const certificatePem = await testkit.firstCertificate(ca, publicKey);
  const encryptionPem = await testkit.firstCertificate(
    ca,
    publicKey,
    'encryption'
  );
  const body = { certificatePem, ukey: testkit.UKEY, encryption: 'add' };
  for (const more of [{}, { key: 'same' }, { key: 'new', encryptionPem }]) {
    const reply = await post('/api/orders', { ...body, ...more });
    testkit.assertRefused(reply, 'BAD_FIELD');
    assert.equal(reply.body.error.field, 'encryption');
  }
});

test('no order for an encryption key that has no successor', async (t) => {
  const { ca, post } = await testkit.portal(t);
  const signing = testkit.newKey().publicKey;
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
  const body = {
    certificatePem: await testkit.firstCertificate(ca, signing),
    encryptionPem: await testkit.firstCertificate(ca, weak, 'encryption'),
    ukey: testkit.UKEY
  };
  const replaced = await post('/api/orders', { ...body, key: 'new' });
  testkit.assertRefused(replaced, 'WEAK_KEY');
  assert.equal((await post('/api/orders', body)).status, 201);
});

test('a key of an odd kind is not made', async (t) => {
  const ca = await testkit.portal(t);
  const { publicKey } = testkit.newKey();
  const recipientPem = await testkit.firstCertificate(ca.ca, publicKey);
  const like = /** @type {KeyObject} */ ({
    asymmetricKeyType: 'ed25519',
    asymmetricKeyDetails: {}
  });
  assert.throws(() => deliverKey({ like, recipientPem }), RangeError);
});
