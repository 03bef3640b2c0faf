// SPDX-License-Identifier: MIT
// Long lists in pages: complete, nothing twice, and no frame that a browser would refuse.
import assert from 'node:assert/strict';
import { randomBytes, randomUUID, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { CONTRACT } from '../lib/contract.mjs';
import { refused, scene, theCa } from '../lib/scene.mjs';

const MANY = 130;
const DAY_MS = 86_400_000;
const BIG_LEN = 4_000; /* pkcs11-tool writes objects of 5,000 bytes */

/** The folder of the only token. */
function folder({ tokens }) {
  const [name] = readdirSync(tokens);
  return join(tokens, name);
}

/** Copy SoftHSM's file of the one certificate, each time with another serial number in all places that hold it. */
function multiply(stage, count) {
  const dir = folder(stage.place);
  const { serialNumber } = new X509Certificate(stage.ukey.read('cert', '01'));
  const serial = Buffer.from(serialNumber, 'hex');
  const template = readdirSync(dir)
    .filter((name) => name.endsWith('.object'))
    .map((name) => readFileSync(join(dir, name)))
    .find((bytes) => bytes.includes(serial));
  for (let i = 0; i < count; i++) {
    const copy = Buffer.from(template);
    const fresh = Buffer.concat([
      serial.subarray(0, 1),
      randomBytes(serial.length - 1)
    ]);
    let at = copy.indexOf(serial);
    while (at >= 0) {
      fresh.copy(copy, at);
      at = copy.indexOf(serial, at + 1);
    }
    const name = join(dir, randomUUID());
    writeFileSync(`${name}.object`, copy);
    writeFileSync(`${name}.lock`, '');
  }
}

async function pages(stage, params, turn = () => {}) {
  const found = [];
  let next;
  do {
    const page = await stage.call('certificates.list', {
      ...params,
      ...(next && { cursor: next })
    });
    assert.ok(page.certificates.length > 0);
    assert.ok(page.certificates.length <= CONTRACT.limits.pageItems);
    found.push(page.certificates);
    next = page.next;
    await turn(found.length);
  } while (next);
  return found;
}

function assertComplete(found, count) {
  const ids = found.flat().map(({ id }) => id);
  assert.equal(ids.length, count);
  assert.equal(new Set(ids).size, count);
}

test(`${MANY} certificates`, async (t) => {
  const stage = await scene(t, {
    screen: false,
    pairs: [{ algorithm: 'EC-P256' }]
  });
  multiply(stage, MANY - 1);
  const { id: token } = await stage.token();
  for (const pem of [undefined, false, true]) {
    const found = await pages(stage, {
      token,
      ...(pem !== undefined && { pem })
    });
    assertComplete(found, MANY);
    assert.equal(found.length, 3);
    for (const one of found.flat()) {
      assert.equal(one.pem !== undefined, pem === true);
    }
  }
  assert.ok(stage.broker.longest < CONTRACT.limits.maxReply);
});

test('a certificate that goes between two pages takes no other with it', async (t) => {
  const stage = await scene(t, {
    screen: false,
    pairs: [{ algorithm: 'EC-P256' }]
  });
  multiply(stage, MANY - 1);
  const { id: token } = await stage.token();
  const found = await pages(stage, { token }, async (page) => {
    const one = ['--delete-object', '--type', 'cert', '--id', '01'];
    if (page === 1) stage.ukey.loggedIn(...one); /* whichever comes first */
  });
  const ids = new Set(found.flat().map(({ id }) => id));
  assert.equal(ids.size, found.flat().length);
  const left = (await pages(stage, { token })).flat();
  assert.equal(left.length, MANY - 1);
  for (const { id } of left) assert.ok(ids.has(id));
});

test('pages of large certificates fit a reply', async (t) => {
  const { issueForKey } = await theCa();
  const stage = await scene(t, {
    screen: false,
    pairs: [{ algorithm: 'EC-P256' }]
  });
  const small = new X509Certificate(stage.ukey.read('cert', '01'));
  const value = Buffer.concat([
    Buffer.of(0x04, 0x82, BIG_LEN >> 8, BIG_LEN & 0xff),
    randomBytes(BIG_LEN)
  ]);
  const big = await issueForKey({
    publicKey: small.publicKey,
    subject: [['CN', 'big']],
    profile: 'signing',
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + DAY_MS),
    extensions: [{ oid: '1.2.156.10260.4.1.99', critical: false, value }]
  });
  const file = join(stage.place.dir, 'big.der');
  writeFileSync(file, new X509Certificate(big).raw);
  stage.ukey.loggedIn('--delete-object', '--type', 'cert', '--id', '01');
  const write = ['--write-object', file, '--type', 'cert', '--id', '01'];
  stage.ukey.loggedIn(...write);
  multiply(stage, MANY - 1);
  const { id: token } = await stage.token();
  const found = await pages(stage, { token, pem: true });
  assertComplete(found, MANY);
  assert.equal(found.length, Math.ceil(MANY / CONTRACT.limits.pageItems));
  assert.ok(stage.broker.longest < CONTRACT.limits.maxReply);
});

test('cursors that nobody gave out', async (t) => {
  const stage = await scene(t, { screen: false });
  const { id: token } = await stage.token();
  for (const cursor of ['x', '-1', 'G'.repeat(64), 'a'.repeat(65), '']) {
    const call = stage.call('certificates.list', { token, cursor });
    const error = await refused(call, -32602, cursor);
    assert.equal(error.data.field, 'cursor');
  }
  const last = { token, cursor: 'f'.repeat(64) };
  const { certificates } = await stage.call('certificates.list', last);
  assert.deepEqual(certificates, []);
});
