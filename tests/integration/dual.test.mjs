// SPDX-License-Identifier: MIT
// Both certificates of a UKey in one call: with the keys that are there, or a new signing and a delivered encryption key.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { before, test } from 'node:test';

import {
  dualPairs,
  installDual,
  issueEncryption,
  requestDual,
  roleOf
} from '../lib/dual.mjs';
import { issue, scene, screen, theCa } from '../lib/scene.mjs';

before(() => screen());

const shaOf = (pem) =>
  new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();

const brief = ({ role, action, certificate }) => [
  role,
  action,
  certificate.sha256
];

for (const algorithm of ['RSA-2048', 'EC-P256', 'EC-P384']) {
  test(`${algorithm}: new keys; the old pairs stay, the old encryption pair as history`, async (t) => {
    const stage = await scene(t, { pairs: dualPairs(algorithm) });
    const { old, oldEncryption, params } = await requestDual(stage);
    const preview = await stage.call('renewal.preview', params);
    assert.deepEqual(preview.changes.map(brief), [
      ['signing', 'keep', old.sha256],
      ['signing', 'add', shaOf(params.signing)],
      ['encryption', 'keep', oldEncryption.sha256],
      ['encryption', 'add', shaOf(params.encryption)]
    ]);
    assert.deepEqual(preview.warnings, [{ reason: 'OLD_FILES_NEED_OLD_KEY' }]);
    const steps = [];
    const { renewal } = await installDual(stage, params, {
      warnings: 1,
      onProgress: ({ step, done, total }) => steps.push([step, done, total])
    });
    assert.equal(renewal.state, 'installed');
    assert.deepEqual(steps, [
      ['check', 0, 7],
      ['pin', 1, 7],
      ['import-key', 2, 7],
      ['write', 3, 7],
      ['prove', 4, 7],
      ['commit', 5, 7],
      ['tidy', 6, 7]
    ]);
    const all = await stage.certificates();
    assert.equal(all.length, 4);
    assert.equal(roleOf(all, 'signing').sha256, shaOf(params.signing));
    assert.equal(roleOf(all, 'encryption').sha256, shaOf(params.encryption));
    const past = all.find(({ id }) => id === oldEncryption.id);
    assert.equal(past.history, true);
    const again = await stage.withoutDialog('renewal.install', params);
    assert.deepEqual(again.renewal, renewal);
  });

  test(`${algorithm}: the same keys; the old encryption certificate stays beside the new one`, async (t) => {
    const stage = await scene(t, { pairs: dualPairs(algorithm) });
    const { old, oldEncryption, params } = await requestDual(stage, {
      key: 'same'
    });
    const preview = await stage.call('renewal.preview', params);
    assert.deepEqual(preview.changes.map(brief), [
      ['signing', 'remove', old.sha256],
      ['signing', 'add', shaOf(params.signing)],
      ['encryption', 'keep', oldEncryption.sha256],
      ['encryption', 'add', shaOf(params.encryption)]
    ]);
    assert.deepEqual(preview.warnings, []);
    const { renewal } = await installDual(stage, params);
    assert.equal(renewal.state, 'installed');
    const all = await stage.certificates();
    assert.deepEqual(
      all.map(({ sha256, history }) => [sha256, history]).sort(),
      [
        [shaOf(params.signing), false],
        [shaOf(params.encryption), false],
        [oldEncryption.sha256, true]
      ].sort()
    );
    const keys = stage.ukey
      .objects()
      .filter(({ type }) => type === 'Private Key');
    assert.equal(keys.length, 2);
  });
}

test('a UKey without an encryption certificate: the key comes to that of the request', async (t) => {
  const stage = await scene(t);
  const [old] = await stage.certificates();
  const { renewal } = await stage.withPin('renewal.begin', {
    token: old.token,
    kind: 'renew',
    certificate: old.id,
    key: 'new',
    dual: true
  });
  const signing = await issue(renewal, old.pem);
  const params = {
    renewal: renewal.id,
    signing,
    ...(await issueEncryption(old, { recipient: signing })),
    chain: [(await theCa()).certificatePem]
  };
  const done = await installDual(stage, params);
  assert.equal(done.renewal.state, 'installed');
  const all = await stage.certificates();
  assert.equal(roleOf(all, 'encryption').sha256, shaOf(params.encryption));
});
