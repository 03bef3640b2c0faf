// SPDX-License-Identifier: MIT
// @ts-check
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { X509Certificate, createPublicKey } from 'node:crypto';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { initCa, openCa } from '../ca.js';
import { certificateFacts, keyIdentifier } from '../lib/facts.js';
import { openssl } from '../lib/openssl.js';
import * as testkit from '../testkit.js';

const CLI = fileURLToPath(new URL('../ca.js', import.meta.url));
const run = promisify(execFile);

/** @param {string} dir @param {string} pem @returns {Promise<string>} */
async function printed(dir, pem) {
  const file = join(dir, 'print.pem');
  await writeFile(file, pem);
  const args = ['-in', file, '-noout', '-text', '-nameopt', 'utf8'];
  return (await openssl(['x509', ...args])).stdout;
}

test('the root is a CA certificate with a Chinese name, its key is private', async (t) => {
  const dir = await testkit.scratchDir(t);
  const ca = await initCa(dir);
  const text = await printed(dir, ca.certificatePem);
  assert.match(
    text,
    /Subject: C=CN, O=示例电子认证服务有限公司, CN=UKey Bridge 演示 CA/
  );
  assert.match(text, /CA:TRUE, pathlen:0/);
  assert.match(text, /Subject Key Identifier/);
  assert.equal((await stat(join(dir, 'ca.key'))).mode & 0o077, 0);
});

test('init twice keeps the CA', async (t) => {
  const dir = await testkit.scratchDir(t);
  const first = await initCa(dir, { algorithm: 'RSA-2048' });
  const second = await initCa(dir);
  assert.equal(second.certificatePem, first.certificatePem);
});

test('a first certificate ends in 20 days and began 345 days ago', async (t) => {
  const dir = await testkit.scratchDir(t);
  const ca = await initCa(dir);
  const { publicKey } = testkit.newKey();
  const pem = await testkit.firstCertificate(ca, publicKey);
  const x509 = new X509Certificate(pem);
  const daysLeft = (Date.parse(x509.validTo) - Date.now()) / testkit.DAY_MS;
  const daysGone = (Date.now() - Date.parse(x509.validFrom)) / testkit.DAY_MS;
  assert.equal(Math.round(daysLeft), 20);
  assert.equal(Math.round(daysGone), 345);
  assert.ok(x509.serialNumber.length >= 32);
  assert.ok(createPublicKey(pem).equals(publicKey));
  assert.ok(await ca.hasIssued(pem));
  const text = await printed(dir, pem);
  assert.match(text, /Digital Signature, Non Repudiation/);
  assert.match(text, /Authority Key Identifier/);
  const identifier = keyIdentifier(certificateFacts(pem).spki);
  const shown = identifier.toUpperCase().replace(/..(?=.)/g, '$&:');
  assert.ok(text.includes(shown));
});

test('renewing keeps the subject byte by byte and the unit code', async (t) => {
  const dir = await testkit.scratchDir(t);
  const ca = await initCa(dir);
  const { publicKey, privateKey } = testkit.newKey();
  const old = await testkit.firstCertificate(ca, publicKey);
  const csrPem = await testkit.makeCsr(dir, privateKey);
  const options = { csrPem, sameSubjectAs: old, days: 400 };
  const pem = await ca.issue({ ...options, profile: 'signing' });
  const [before, after] = [old, pem].map(certificateFacts);
  assert.ok(after.subject.equals(before.subject));
  assert.ok(after.spki.equals(before.spki));
  const code = (/** @type {typeof before} */ facts) =>
    facts.extensions.find(({ oid }) => oid === '1.2.156.10260.4.1.4')?.value;
  assert.deepEqual(code(after), code(before));
  assert.equal(after.role, 'signing');
  assert.notEqual(after.x509.serialNumber, before.x509.serialNumber);
});

test('an encryption key gets a certificate without signing anything', async (t) => {
  const dir = await testkit.scratchDir(t);
  const ca = await initCa(dir);
  const { publicKey } = testkit.newKey();
  const old = await testkit.firstCertificate(ca, publicKey, 'encryption');
  const options = { publicKey, sameSubjectAs: old };
  const pem = await ca.issueForKey({ ...options, profile: 'encryption' });
  const [before, after] = [old, pem].map(certificateFacts);
  assert.ok(after.subject.equals(before.subject));
  assert.equal(after.role, 'encryption');
  assert.match(await printed(dir, pem), /Key Agreement/);
  assert.ok(await ca.hasIssued(pem));
});

test('a request with a broken signature is not signed', async (t) => {
  const dir = await testkit.scratchDir(t);
  const ca = await initCa(dir);
  const { publicKey, privateKey } = testkit.newKey();
  const old = await testkit.firstCertificate(ca, publicKey);
  const good = await testkit.makeCsr(dir, privateKey);
  const csrPem = testkit.breakSignature(good);
  const options = { csrPem, sameSubjectAs: old };
  await assert.rejects(ca.issue({ ...options, profile: 'signing' }), {
    name: 'OpensslError'
  });
  assert.equal((await readdir(join(dir, 'issued'))).length, 1);
});

test('a request for another subject is not signed', async (t) => {
  const dir = await testkit.scratchDir(t);
  const ca = await initCa(dir);
  const { publicKey, privateKey } = testkit.newKey();
  const old = await testkit.firstCertificate(ca, publicKey);
  /** @type {[string, string][]} */
  const subject = [
    ['O', '另一家公司'],
    ['CN', 'x']
  ];
  const csrPem = await testkit.makeCsr(dir, privateKey, { subject });
  const options = { csrPem, sameSubjectAs: old };
  await assert.rejects(
    ca.issue({ ...options, profile: 'signing' }),
    RangeError
  );
});

test('the command line makes a CA and a first certificate in DER', async (t) => {
  const dir = await testkit.scratchDir(t);
  const key = join(dir, 'pub.der');
  const { publicKey } = testkit.newKey();
  await writeFile(key, publicKey.export({ type: 'spki', format: 'der' }));
  const temporary = await testkit.scratchDir(t);
  const options = { env: { ...process.env, TMPDIR: temporary } };
  await run(process.execPath, [CLI, 'init', dir], options);
  const out = join(dir, 'first.der');
  const names = ['--cn', '张三', '--o', '示例公司', '--days', '20'];
  const files = ['--pubkey', key, '--out', out];
  const args = [CLI, 'issue-initial', dir, ...files, ...names];
  await run(process.execPath, args, options);
  assert.deepEqual(await readdir(temporary), [], 'nothing is left behind');
  const x509 = new X509Certificate(await readFile(out));
  assert.match(x509.subject, /O=示例公司\nCN=张三/);
  assert.ok(await (await openCa(dir)).hasIssued(x509.toString()));
  const misuse = run(process.execPath, [CLI, 'issue-initial', dir]);
  await assert.rejects(misuse, { code: 2 });
});
