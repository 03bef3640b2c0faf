// SPDX-License-Identifier: MIT
// What may not be installed: each check has its reason, opens no dialog and changes nothing.
import assert from 'node:assert/strict';
import {
  createPublicKey,
  generateKeyPairSync,
  X509Certificate
} from 'node:crypto';
import { join } from 'node:path';
import { before, test } from 'node:test';

import { initCa } from '../portal/ca.js';
import { requestFacts } from '../portal/lib/facts.js';
import { unitCodeExtension } from '../portal/lib/profiles.js';
import { breakSignature } from '../portal/testkit.js';
import { issue, refused, scene, screen, theCa } from '../lib/scene.mjs';

const DAY_MS = 86_400_000;
const NAME = '江苏示例科技有限公司';
const LIVE = {
  notBefore: new Date(Date.now() - 60_000),
  notAfter: new Date(Date.now() + 400 * DAY_MS)
};
const TOMORROW = new Date(Date.now() + DAY_MS);

const keyOf = ({ requests }) =>
  createPublicKey({
    key: requestFacts(requests[0].pem).spki,
    format: 'der',
    type: 'spki'
  });

async function issueForKey(publicKey, options) {
  const ca = await theCa();
  return ca.issueForKey({ publicKey, profile: 'signing', ...LIVE, ...options });
}

/** Another CA of the same name, as somebody would make who wants to pass for the first. */
async function impostor(stage) {
  return initCa(join(stage.place.dir, 'impostor'));
}

/** name → [reason, what the portal delivers, its chain] */
const REFUSALS = {
  'the key is another one of the same kind': [
    'KEY_MISMATCH',
    (_, old) => {
      const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      return issueForKey(publicKey, { sameSubjectAs: old.pem });
    }
  ],
  'the key is of another kind': [
    'KEY_MISMATCH',
    (_, old) => {
      const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      return issueForKey(publicKey, { sameSubjectAs: old.pem });
    }
  ],
  'it is an encryption certificate': [
    'WRONG_ROLE',
    (renewal, old) => issue(renewal, old.pem, { profile: 'encryption' })
  ],
  'it is a CA certificate': [
    'WRONG_ROLE',
    (renewal, old) => issue(renewal, old.pem, { profile: 'root' })
  ],
  'it ends no later than the old one': [
    'NOT_NEWER',
    (renewal, old) =>
      issue(renewal, old.pem, { notAfter: new Date(old.notAfter) })
  ],
  'it has ended': [
    'NOT_NEWER',
    (renewal, old) =>
      issue(renewal, old.pem, {
        notBefore: new Date(Date.now() - 2 * DAY_MS),
        notAfter: new Date(Date.now() - DAY_MS)
      })
  ],
  'it is the old one': ['NOT_NEWER', (_, old) => old.pem],
  'the common name differs': [
    'SUBJECT_CHANGED',
    (renewal) =>
      issueForKey(keyOf(renewal), {
        subject: [
          ['C', 'CN'],
          ['O', NAME],
          ['CN', `${NAME}分公司`]
        ]
      })
  ],
  'the organisation differs': [
    'SUBJECT_CHANGED',
    (renewal) =>
      issueForKey(keyOf(renewal), {
        subject: [
          ['C', 'CN'],
          ['O', '另一家公司'],
          ['CN', NAME]
        ]
      })
  ],
  'the unit code differs': [
    'SUBJECT_CHANGED',
    (renewal) =>
      issueForKey(keyOf(renewal), {
        subject: [
          ['C', 'CN'],
          ['O', NAME],
          ['CN', NAME]
        ],
        extensions: [unitCodeExtension('91320000MA0000000X')]
      })
  ],
  'another CA of the same name signed it': [
    'UNTRUSTED_ISSUER',
    async (renewal, old, stage) =>
      (await impostor(stage)).issue({
        csrPem: renewal.requests[0].pem,
        sameSubjectAs: old.pem,
        profile: 'signing',
        ...LIVE
      }),
    async (stage) => [(await impostor(stage)).certificatePem]
  ],
  'nothing shows its issuer': [
    'UNTRUSTED_ISSUER',
    (renewal, old) => issue(renewal, old.pem),
    () => []
  ],
  'its signature is broken': [
    'UNTRUSTED_ISSUER',
    async (renewal, old) => breakSignature(await issue(renewal, old.pem))
  ],
  'it is text': ['BAD_CERTIFICATE', () => 'a certificate'],
  'its DER is cut': [
    'BAD_CERTIFICATE',
    () => '-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n'
  ],
  'it is a request': ['BAD_CERTIFICATE', (renewal) => renewal.requests[0].pem],
  'there are two': [
    'BAD_CERTIFICATE',
    async (renewal, old) => (await issue(renewal, old.pem)) + old.pem
  ],
  'the chain is no certificate': [
    'BAD_CERTIFICATE',
    (renewal, old) => issue(renewal, old.pem),
    () => ['-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n']
  ]
};

async function requested(t, options) {
  const stage = await scene(t, options);
  const [old] = await stage.certificates();
  const { renewal } = await stage.withPin('renewal.begin', {
    token: old.token,
    kind: 'renew',
    certificate: old.id
  });
  return { stage, old, renewal };
}

const contents = (ukey) => [ukey.objects(), ukey.read('cert', '01')];

before(() => screen());

for (const [name, [reason, deliver, chain]] of Object.entries(REFUSALS)) {
  test(`refused: ${name}`, async (t) => {
    const { stage, old, renewal } = await requested(t);
    const params = {
      renewal: renewal.id,
      signing: await deliver(renewal, old, stage),
      chain: (await chain?.(stage)) ?? [(await theCa()).certificatePem]
    };
    const before = contents(stage.ukey);
    await refused(stage.withoutDialog('renewal.preview', params), reason);
    await refused(stage.withoutDialog('renewal.install', params), reason);
    assert.deepEqual(contents(stage.ukey), before);
    const after = await stage.call('renewal.get', { renewal: renewal.id });
    assert.deepEqual(after.renewal, renewal);
  });
}

/** A delivery that begins tomorrow: a warning, which needs a yes of its own. */
async function early(t) {
  const { stage, old, renewal } = await requested(t);
  const params = {
    renewal: renewal.id,
    signing: await issue(renewal, old.pem, { notBefore: TOMORROW }),
    chain: [(await theCa()).certificatePem]
  };
  const { warnings } = await stage.call('renewal.preview', params);
  assert.deepEqual(warnings, [{ reason: 'NOT_YET_VALID' }]);
  return { stage, old, params };
}

test('not yet valid: after a yes and the PIN it is installed', async (t) => {
  const { stage, params } = await early(t);
  const call = stage.call('renewal.install', params);
  const question = await stage.display.agree();
  await stage.typePin(call, undefined, { not: question });
  assert.equal((await call).renewal.state, 'installed');
  const [now] = await stage.certificates();
  assert.equal(now.state, 'not-yet-valid');
});

test('not yet valid: after a no nothing is done', async (t) => {
  const { stage, params, old } = await early(t);
  const call = stage.call('renewal.install', params);
  await stage.display.cancelDialog();
  await refused(call, 'DENIED_BY_USER');
  const [still] = await stage.certificates();
  assert.equal(still.id, old.id);
  const { renewal } = await stage.call('renewal.get', {
    renewal: params.renewal
  });
  assert.equal(renewal.state, 'requested');
});

test('a certificate for a key that is not on the UKey', async (t) => {
  const stage = await scene(t);
  const [old] = await stage.certificates();
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const params = {
    token: old.token,
    certificate: old.id,
    signing: await issueForKey(publicKey, { sameSubjectAs: old.pem }),
    chain: [(await theCa()).certificatePem]
  };
  const before = contents(stage.ukey);
  await refused(stage.withPin('renewal.install', params), 'KEY_MISMATCH');
  assert.deepEqual(contents(stage.ukey), before);
  const { renewals } = await stage.call('renewal.list', {});
  assert.deepEqual(renewals, []);
});

test('the certificate to be replaced is not on the UKey', async (t) => {
  const stage = await scene(t);
  const [old] = await stage.certificates();
  const { publicKey } = new X509Certificate(old.pem);
  const params = {
    token: old.token,
    certificate: '0'.repeat(64),
    signing: await issueForKey(publicKey, { sameSubjectAs: old.pem }),
    chain: [(await theCa()).certificatePem]
  };
  const call = stage.withoutDialog('renewal.install', params);
  await refused(call, 'NO_CERTIFICATE');
});
