// SPDX-License-Identifier: MIT
// A certificate renewed from request to proof, for every kind of key; judged by pkcs11-tool and openssl.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { issue, scene, theCa } from '../lib/scene.mjs';
import { requestFacts } from '../portal/lib/facts.js';

const ALGORITHMS = ['RSA-2048', 'RSA-3072', 'EC-P256', 'EC-P384'];
const STEPS = ['pin', 'write', 'prove', 'commit', 'tidy'];

/** Does the certificate that pkcs11-tool reads verify what pkcs11-tool signs with the key of that id? */
function proves(ukey, id, algorithm) {
  const file = (name) => join(ukey.place.dir, name);
  const isRsa = algorithm.startsWith('RSA');
  writeFileSync(file('message'), 'the bid of this company');
  writeFileSync(file('certificate.der'), ukey.read('cert', id));
  const digest = execFileSync('openssl', [
    'dgst',
    '-sha256',
    '-binary',
    file('message')
  ]);
  writeFileSync(file('digest'), digest);
  const mechanism = isRsa
    ? ['--mechanism', 'SHA256-RSA-PKCS', '--input-file', file('message')]
    : [
        ...['--mechanism', 'ECDSA', '--signature-format', 'openssl'],
        ...['--input-file', file('digest')]
      ];
  const output = ['--id', id, '--output-file', file('signature')];
  ukey.loggedIn('--sign', ...mechanism, ...output);
  const x509 = ['x509', '-inform', 'DER', '-in', file('certificate.der')];
  execFileSync('openssl', [...x509, '-pubkey', '-noout', '-out', file('key')]);
  const verified = execFileSync(
    'openssl',
    [
      ...['dgst', '-sha256', '-verify', file('key')],
      ...['-signature', file('signature'), file('message')]
    ],
    { encoding: 'utf8' }
  );
  assert.match(verified, /Verified OK/);
}

/** What pkcs11-tool says of a private key. */
const privateKey = (ukey, id) =>
  ukey
    .loggedIn('--list-objects', '--type', 'privkey')
    .split('Private Key Object')
    .find((text) => text.includes(id));

const sameBytes = (der, pem) =>
  assert.deepEqual(der, new X509Certificate(pem).raw);

const certificatesOn = (ukey) =>
  ukey.objects().filter(({ type }) => type === 'Certificate');

async function renew(stage, key) {
  const [old] = await stage.certificates();
  const { renewal } = await stage.withPin('renewal.begin', {
    token: old.token,
    kind: 'renew',
    certificate: old.id,
    key,
    challenge: 'nonce-1',
    order: 'order-1'
  });
  assert.equal(requestFacts(renewal.requests[0].pem).challenge, 'nonce-1');
  const signing = await issue(
    renewal,
    old.pem
  ); /* verifies the request, compares the subject */
  const chain = [(await theCa()).certificatePem];
  const params = { renewal: renewal.id, signing, chain };
  const preview = await stage.withoutDialog('renewal.preview', params);
  const seen = [];
  const installed = await stage.withPin('renewal.install', params, {
    onProgress: ({ step }) => seen.push(step)
  });
  return { old, renewal, signing, preview, installed, seen };
}

const actions = ({ changes }) =>
  changes.map(({ action, certificate }) => [action, certificate.id]).sort();

for (const algorithm of ALGORITHMS) {
  test(`${algorithm}: a renewal keeps the key`, async (t) => {
    const stage = await scene(t, { pairs: [{ algorithm, label: 'my bids' }] });
    const { old, renewal, signing, preview, installed, seen } = await renew(
      stage,
      'same'
    );

    assert.equal(renewal.state, 'requested');
    assert.deepEqual(preview.warnings, []);
    const [now] = await stage.certificates();
    assert.deepEqual(
      actions(preview),
      [
        ['add', now.id],
        ['remove', old.id]
      ].sort()
    );
    assert.deepEqual(seen, ['check', ...STEPS]);
    assert.equal(installed.renewal.state, 'installed');
    assert.deepEqual(
      installed.renewal.new.map(({ id }) => id),
      [now.id]
    );
    assert.deepEqual(
      installed.renewal.old.map(({ id }) => id),
      [old.id]
    );
    assert.deepEqual(certificatesOn(stage.ukey), [
      { type: 'Certificate', label: 'my bids', id: '01' }
    ]);
    sameBytes(stage.ukey.read('cert', '01'), signing);
    proves(stage.ukey, '01', algorithm);
  });

  test(`${algorithm}: a renewal makes a new key`, async (t) => {
    const stage = await scene(t, { pairs: [{ algorithm }] });
    const { old, signing, preview, installed } = await renew(stage, 'new');

    const all = await stage.certificates();
    const now = all.find(({ id }) => id !== old.id);
    assert.deepEqual(
      actions(preview),
      [
        ['add', now.id],
        ['keep', old.id]
      ].sort()
    );
    assert.equal(installed.renewal.state, 'installed');
    assert.deepEqual(
      all.map(({ id, history }) => [id, history]).sort(),
      [
        [old.id, true],
        [now.id, false]
      ].sort()
    );
    const id = certificatesOn(stage.ukey).find((one) => one.id !== '01').id;
    assert.match(id, /^554b4231[0-9a-f]{24}$/); /* UKB1… */
    sameBytes(stage.ukey.read('cert', id), signing);
    sameBytes(stage.ukey.read('cert', '01'), old.pem);
    proves(stage.ukey, id, algorithm);
    proves(stage.ukey, '01', algorithm);
    assert.match(
      privateKey(stage.ukey, id),
      /Access:.*always sensitive, never extractable, local/
    );
    const forFiles = algorithm.startsWith('RSA') ? /decrypt/ : /derive/;
    assert.doesNotMatch(privateKey(stage.ukey, id), forFiles);
  });
}
