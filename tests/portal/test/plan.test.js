// SPDX-License-Identifier: MIT
// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planEncryption, rowsOf } from '../public/plan.js';
import { strings } from '../public/strings.js';
import * as testkit from '../testkit.js';

test('page and server have the same plan for each choice', async (t) => {
  const { ca, post } = await testkit.portal(t);
  const { publicKey } = testkit.newKey();
  const certificatePem = await testkit.firstCertificate(ca, publicKey);
  const encryptionPem = await testkit.firstCertificate(
    ca,
    testkit.newKey().publicKey,
    'encryption'
  );
  const seen = new Set();
  for (const pair of [false, true]) {
    for (const key of /** @type {const} */ (['same', 'new'])) {
      for (const added of [false, true]) {
        const plan = planEncryption({ pair, key, added });
        const { body: order } = await post('/api/orders', {
          certificatePem,
          encryptionPem: pair ? encryptionPem : undefined,
          key,
          encryption: plan === 'add' ? plan : undefined,
          ukey: testkit.UKEY
        });
        assert.equal(order.encryption, plan);
        for (const lang of /** @type {const} */ (['zh', 'en'])) {
          assert.ok(strings[lang][`keys.${key}-${plan}`], `${key}-${plan}`);
        }
        seen.add(plan);
      }
    }
  }
  assert.deepEqual([...seen].sort(), ['add', 'keep', 'none', 'replace']);
});

/** @type {any} */
const validity = { notBefore: '2026-01-01T00:00:00Z', notAfter: '2027' };

test('a row for each new certificate, with its own old one', () => {
  const old = { signing: { ...validity, serial: 's' } };
  const pair = { ...old, encryption: { ...validity, serial: 'e' } };
  /** @param {object} order @param {object} after */
  const rows = (order, after) => rowsOf(/** @type {any} */ (order), after);
  const both = { signing: validity, encryption: validity };
  const kept = rows({ old: pair, key: 'same', encryption: 'keep' }, both);
  assert.deepEqual(
    kept.map(({ role, sameKey }) => [role, sameKey]),
    [
      ['signing', true],
      ['encryption', true]
    ]
  );
  assert.equal(kept[1].before, pair.encryption);
  const replaced = rows({ old: pair, key: 'new', encryption: 'replace' }, both);
  assert.ok(replaced.every(({ sameKey }) => !sameKey));
  const [, first] = rows({ old, key: 'new', encryption: 'add' }, both);
  assert.equal(first.before, undefined, 'the signing one is not its old one');
  const single = { old, key: 'same', encryption: 'none' };
  assert.equal(rows(single, { signing: validity }).length, 1);
});
