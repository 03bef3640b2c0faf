// SPDX-License-Identifier: MIT
// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initCa } from '../ca.js';
import { certificateFacts } from '../lib/facts.js';
import { startPortal } from '../server.js';
import * as testkit from '../testkit.js';

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
  assert.equal(order.applicant.name, '示例/供应商+一');
  assert.equal(order.applicant.code, '91320000MA0000000X');
  const path = `/api/orders/${order.id}`;
  assert.equal((await site.post(`${path}/pay`, {})).body.state, 'paid');
  const { challenge } = order;
  const pem = await testkit.makeCsr(dir, privateKey, { challenge });
  const requested = await site.post(`${path}/request`, { pem });
  assert.equal(requested.status, 200);

  const { issued } = await testkit.issuedOrder(site, order.id);
  const [old, signing] = [certificatePem, issued.signing].map(certificateFacts);
  const encryption = certificateFacts(issued.encryption);
  const { notAfter } = certificateFacts(encryptionPem); // made a little later
  const gained = signing.notAfter.getTime() - notAfter.getTime();
  assert.equal(gained / testkit.DAY_MS, 365);
  assert.ok(signing.subject.equals(old.subject));
  assert.ok(encryption.spki.equals(certificateFacts(encryptionPem).spki));
  assert.deepEqual(issued.chain, [ca.certificatePem]);

  const wrong = { certificatePem };
  testkit.assertRefused(
    await site.post(`${path}/installed`, wrong),
    'NOT_THE_NEW_ONE'
  );
  const done = await site.post(`${path}/installed`, {
    certificatePem: issued.signing,
    encryptionPem: issued.encryption
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
  const { order, post, dir, privateKey } = await testkit.ordered(t);
  const path = `/api/orders/${order.id}`;
  const { challenge } = order;
  const pem = await testkit.makeCsr(dir, privateKey, { challenge });
  const early = await post(`${path}/request`, { pem });
  testkit.assertRefused(early, 'WRONG_STATE');
  assert.equal(early.status, 409);
  assert.equal(early.body.error.state, 'created');
  const installed = { certificatePem: 'x' };
  testkit.assertRefused(
    await post(`${path}/installed`, installed),
    'WRONG_STATE'
  );
  assert.equal((await post(`${path}/pay`, {})).status, 200);
  testkit.assertRefused(await post(`${path}/pay`, {}), 'WRONG_STATE');
  const [first, second] = await Promise.all([
    post(`${path}/request`, { pem }),
    post(`${path}/request`, { pem })
  ]);
  assert.deepEqual([first.status, second.status].sort(), [200, 409]);
});

test('an order’s resource names it by its number, and shows its address to nobody', async (t) => {
  const { order, get } = await testkit.ordered(t);
  const { body } = await get(`/api/orders/${order.id}/status`);
  assert.equal(body.order, order.number);
  const { page, ...shown } = body;
  assert.ok(page.endsWith(`/?order=${order.id}`), page);
  assert.ok(!JSON.stringify(shown).includes(order.id));
  const guessed = await get(`/api/orders/${order.number}/status`);
  assert.equal(guessed.status, 404);
});

test('a certificate of another CA of the same name is refused', async (t) => {
  const { post } = await testkit.portal(t);
  const foreign = await initCa(await testkit.scratchDir(t));
  const { publicKey } = testkit.newKey();
  const certificatePem = await testkit.firstCertificate(foreign, publicKey);
  const body = { certificatePem, ukey: testkit.UKEY };
  const reply = await post('/api/orders', body);
  testkit.assertRefused(reply, 'UNKNOWN_CA');
  assert.equal(reply.status, 400);
});

test('orders outlive the server, and a waiting one is issued then', async (t) => {
  const site = await testkit.portal(t, { issueDelayMs: 3_600_000 });
  const { caDir } = site;
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
  const issued = await testkit.issuedOrder({ get }, order.id);
  assert.equal(issued.number, order.number);
});
