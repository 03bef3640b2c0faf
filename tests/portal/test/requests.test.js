// SPDX-License-Identifier: MIT
// @ts-check
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import * as testkit from '../testkit.js';
import { signedData } from './signed-data.js';

test('a request must carry the nonce, subject and key of its order', async (t) => {
  const { order, post, dir, privateKey } = await testkit.ordered(t);
  const path = `/api/orders/${order.id}`;
  const { challenge } = order;
  await post(`${path}/pay`, {});
  const stranger = testkit.newKey().privateKey;
  /** @type {[string, string][]} */
  const subject = [...testkit.SUBJECT.slice(0, 2), ['CN', '别人']];
  const good = await testkit.makeCsr(dir, privateKey, { challenge });
  /** @type {[string, string][]} */
  const cases = [
    ['BAD_REQUEST', 'nothing'],
    ['BAD_REQUEST', good + good],
    ['BAD_SIGNATURE', testkit.breakSignature(good)],
    ['WRONG_CHALLENGE', await testkit.makeCsr(dir, privateKey)],
    [
      'WRONG_CHALLENGE',
      await testkit.makeCsr(dir, privateKey, { challenge: 'another-nonce' })
    ],
    [
      'WRONG_SUBJECT',
      await testkit.makeCsr(dir, privateKey, { challenge, subject })
    ],
    ['WRONG_KEY', await testkit.makeCsr(dir, stranger, { challenge })]
  ];
  for (const [code, pem] of cases) {
    testkit.assertRefused(await post(`${path}/request`, { pem }), code);
  }
  assert.equal((await post(`${path}/request`, { pem: good })).status, 200);
});

test('an order for a new key refuses the old one', async (t) => {
  const { order, post, dir, privateKey } = await testkit.ordered(t, {
    key: 'new'
  });
  const path = `/api/orders/${order.id}`;
  const { challenge } = order;
  await post(`${path}/pay`, {});
  const oldKey = await testkit.makeCsr(dir, privateKey, { challenge });
  testkit.assertRefused(
    await post(`${path}/request`, { pem: oldKey }),
    'WRONG_KEY'
  );
  const key = testkit.newKey().privateKey;
  const newKey = await testkit.makeCsr(dir, key, { challenge });
  assert.equal((await post(`${path}/request`, { pem: newKey })).status, 200);
});

test('certificates of the wrong role or of two holders make no order', async (t) => {
  const { ca, post } = await testkit.portal(t);
  const { publicKey } = testkit.newKey();
  const signing = await testkit.firstCertificate(ca, publicKey);
  const encryption = await testkit.firstCertificate(
    ca,
    publicKey,
    'encryption'
  );
  const stranger = await ca.issueForKey({
    publicKey,
    profile: 'encryption',
    subject: [['CN', '别人']]
  });
  /** @type {[string, object][]} */
  const cases = [
    ['WRONG_ROLE', { certificatePem: encryption }],
    ['WRONG_ROLE', { certificatePem: signing, encryptionPem: signing }],
    ['WRONG_SUBJECT', { certificatePem: signing, encryptionPem: stranger }]
  ];
  for (const [code, body] of cases) {
    const reply = await post('/api/orders', { ...body, ukey: testkit.UKEY });
    testkit.assertRefused(reply, code);
  }
});

test('a weak key is refused', async (t) => {
  const { order, post, dir } = await testkit.ordered(t, { key: 'new' });
  const path = `/api/orders/${order.id}`;
  const { challenge } = order;
  await post(`${path}/pay`, {});
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const pem = await testkit.makeCsr(dir, privateKey, { challenge });
  testkit.assertRefused(await post(`${path}/request`, { pem }), 'WEAK_KEY');
});

test('a signed request is by the holder, of this request, for this site', async (t) => {
  const site = await testkit.ordered(t, { key: 'new' });
  const { order, post, dir, privateKey, certificatePem, url } = site;
  const path = `/api/orders/${order.id}`;
  const { challenge } = order;
  await post(`${path}/pay`, {});
  const fresh = testkit.newKey().privateKey;
  const pem = await testkit.makeCsr(dir, fresh, { challenge });
  const another = await testkit.makeCsr(dir, fresh, { challenge: 'another' });
  const stranger = testkit.newKey();
  const strangers = await testkit.firstCertificate(site.ca, stranger.publicKey);
  /** @type {[import('node:crypto').KeyObject, string]} */
  const by = [privateKey, certificatePem];
  /** @type {[string, string][]} */
  const cases = [
    ['BAD_REQUEST', 'nothing'],
    ['BAD_REQUEST', signedData(another, ...by, [url])],
    ['BAD_SIGNATURE', testkit.breakSignature(signedData(pem, ...by, [url]))],
    [
      'BAD_SIGNATURE',
      signedData(pem, stranger.privateKey, certificatePem, [url])
    ],
    ['BAD_SIGNATURE', signedData(pem, stranger.privateKey, strangers, [url])],
    ['WRONG_ORIGIN', signedData(pem, ...by, ['https://portal.example'])],
    ['WRONG_ORIGIN', signedData(pem, ...by, [`${url}/`])],
    ['WRONG_ORIGIN', signedData(pem, ...by, [url, url])],
    ['WRONG_ORIGIN', signedData(pem, ...by, [])]
  ];
  for (const [code, signedPem] of cases) {
    const reply = await post(`${path}/request`, { pem, signedPem });
    testkit.assertRefused(reply, code);
  }
  const signedPem = signedData(pem, ...by, [url]);
  const reply = await post(`${path}/request`, { pem, signedPem });
  assert.equal(reply.status, 200);
});
