// SPDX-License-Identifier: MIT
// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initCa } from '../ca.js';
import { certificateFacts } from '../lib/facts.js';
import { startPortal } from '../server.js';
import * as testkit from '../testkit.js';

/**
 * A portal, a UKey's key and certificate, and an order for it.
 * @param {import('node:test').TestContext} t
 * @param {object} [facts] more of the order
 */
async function ordered(t, facts = {}) {
  const site = await testkit.portal(t);
  const dir = await testkit.scratchDir(t);
  const { publicKey, privateKey } = testkit.newKey();
  const certificatePem = await testkit.firstCertificate(site.ca, publicKey);
  const body = { certificatePem, ukey: testkit.UKEY, ...facts };
  const { status, body: order } = await site.post('/api/orders', body);
  assert.equal(status, 201);
  return { ...site, dir, privateKey, certificatePem, order };
}

/** @param {{status: number, body: any}} reply @param {string} code */
function assertRefused({ status, body }, code) {
  assert.equal(body.error?.code, code);
  assert.ok(status >= 400 && status < 500);
  assert.ok(body.error.message);
}

/**
 * @param {{get: (path: string) => Promise<{body: any}>}} site
 * @param {string} id
 */
async function issuedOrder(site, id) {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const { body } = await site.get(`/api/orders/${id}`);
    if (body.state === 'issued') return body;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('not issued in 10 s');
}

test('an order goes from created to installed', async (t) => {
  const encryptionKey = testkit.newKey();
  const site = await testkit.portal(t);
  const dir = await testkit.scratchDir(t);
  const { publicKey, privateKey } = testkit.newKey();
  const { ca } = site;
  const certificatePem = await testkit.firstCertificate(ca, publicKey);
  const encryptionPem = await testkit.firstCertificate(
    ca,
    encryptionKey.publicKey,
    'encryption'
  );
  const body = { certificatePem, encryptionPem, ukey: testkit.UKEY };
  const { body: order } = await site.post('/api/orders', body);
  assert.equal(order.state, 'created');
  assert.equal(order.applicant.organization, '示例科技有限公司');
  assert.equal(order.applicant.code, '91320000MA0000000X');
  const path = `/api/orders/${order.id}`;
  assert.equal((await site.post(`${path}/pay`, {})).body.state, 'paid');
  const { challenge } = order;
  const pem = await testkit.makeCsr(dir, privateKey, { challenge });
  const requested = await site.post(`${path}/request`, { pem });
  assert.equal(requested.status, 200);

  const { issued } = await issuedOrder(site, order.id);
  const [old, signing] = [certificatePem, issued.signing].map(certificateFacts);
  const encryption = certificateFacts(issued.encryption);
  const gained = signing.notAfter.getTime() - old.notAfter.getTime();
  assert.equal(gained / testkit.DAY_MS, 365);
  assert.ok(signing.subject.equals(old.subject));
  assert.ok(encryption.spki.equals(certificateFacts(encryptionPem).spki));
  assert.deepEqual(issued.chain, [ca.certificatePem]);

  const wrong = { certificatePem };
  assertRefused(await site.post(`${path}/installed`, wrong), 'NOT_THE_NEW_ONE');
  const done = await site.post(`${path}/installed`, {
    certificatePem: issued.signing
  });
  assert.equal(done.body.state, 'installed');
  assert.deepEqual(Object.keys(done.body.times), [
    'created',
    'paid',
    'requested',
    'issued',
    'installed'
  ]);
});

test('an order takes no step out of turn and none twice', async (t) => {
  const { order, post, dir, privateKey } = await ordered(t);
  const path = `/api/orders/${order.id}`;
  const { challenge } = order;
  const pem = await testkit.makeCsr(dir, privateKey, { challenge });
  const early = await post(`${path}/request`, { pem });
  assertRefused(early, 'WRONG_STATE');
  assert.equal(early.status, 409);
  assert.equal(early.body.error.state, 'created');
  const installed = { certificatePem: 'x' };
  assertRefused(await post(`${path}/installed`, installed), 'WRONG_STATE');
  assert.equal((await post(`${path}/pay`, {})).status, 200);
  assertRefused(await post(`${path}/pay`, {}), 'WRONG_STATE');
  const [first, second] = await Promise.all([
    post(`${path}/request`, { pem }),
    post(`${path}/request`, { pem })
  ]);
  assert.deepEqual([first.status, second.status].sort(), [200, 409]);
});

test('a request must carry the nonce, subject and key of its order', async (t) => {
  const { order, post, dir, privateKey } = await ordered(t);
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
    assertRefused(await post(`${path}/request`, { pem }), code);
  }
  assert.equal((await post(`${path}/request`, { pem: good })).status, 200);
});

test('an order for a new key refuses the old one', async (t) => {
  const { order, post, dir, privateKey } = await ordered(t, { key: 'new' });
  const path = `/api/orders/${order.id}`;
  const { challenge } = order;
  await post(`${path}/pay`, {});
  const oldKey = await testkit.makeCsr(dir, privateKey, { challenge });
  assertRefused(await post(`${path}/request`, { pem: oldKey }), 'WRONG_KEY');
  const key = testkit.newKey().privateKey;
  const newKey = await testkit.makeCsr(dir, key, { challenge });
  assert.equal((await post(`${path}/request`, { pem: newKey })).status, 200);
});

test('a certificate of another CA of the same name is refused', async (t) => {
  const { post } = await testkit.portal(t);
  const foreign = await initCa(await testkit.scratchDir(t));
  const { publicKey } = testkit.newKey();
  const certificatePem = await testkit.firstCertificate(foreign, publicKey);
  const body = { certificatePem, ukey: testkit.UKEY };
  const reply = await post('/api/orders', body);
  assertRefused(reply, 'UNKNOWN_CA');
  assert.equal(reply.status, 400);
});

test('orders outlive the server, and a waiting one is issued then', async (t) => {
  const caDir = await testkit.scratchDir(t);
  const slow = { caDir, issueDelayMs: 3_600_000 };
  const site = await testkit.portal(t, slow);
  const { publicKey, privateKey } = testkit.newKey();
  const certificatePem = await testkit.firstCertificate(site.ca, publicKey);
  const body = { certificatePem, ukey: testkit.UKEY };
  const { body: order } = await site.post('/api/orders', body);
  const path = `/api/orders/${order.id}`;
  await site.post(`${path}/pay`, {});
  const { challenge } = order;
  const pem = await testkit.makeCsr(caDir, privateKey, { challenge });
  await site.post(`${path}/request`, { pem });
  await site.close();
  const again = await startPortal({ caDir, issueDelayMs: 0 });
  t.after(() => again.close());
  /** @param {string} at */
  const get = async (at) => ({
    body: await (await fetch(again.url + at)).json()
  });
  const issued = await issuedOrder({ get }, order.id);
  assert.equal(issued.number, order.number);
});
