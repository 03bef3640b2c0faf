// SPDX-License-Identifier: MIT
// Which parameters renewal.begin, preview and install take; none of the refused calls opens a dialog.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { refused, scene } from '../lib/scene.mjs';

const SUBJECT = [{ type: 'CN', value: '新公司' }];
const UNKNOWN = '0'.repeat(64);

/** What is wrong → [the offending field, parameters beside token, given the old certificate]. */
const BEGIN = {
  'no kind': ['kind', () => ({})],
  'a kind nobody knows': ['kind', () => ({ kind: 'extend' })],
  'renew without a certificate': ['certificate', () => ({ kind: 'renew' })],
  'renew with a subject': [
    'subject',
    ({ id }) => ({ kind: 'renew', certificate: id, subject: SUBJECT })
  ],
  'change without a certificate': [
    'certificate',
    () => ({ kind: 'change', subject: SUBJECT })
  ],
  'change without a subject': [
    'subject',
    ({ id }) => ({ kind: 'change', certificate: id })
  ],
  'replace without a subject': ['subject', () => ({ kind: 'replace' })],
  'replace without certificate and algorithm': [
    'algorithm',
    () => ({ kind: 'replace', subject: SUBJECT })
  ],
  'issue with a certificate': [
    'certificate',
    ({ id }) => ({ kind: 'issue', certificate: id, subject: SUBJECT })
  ],
  'issue without a subject': [
    'subject',
    () => ({ kind: 'issue', algorithm: 'RSA-2048' })
  ],
  'issue without an algorithm': [
    'algorithm',
    () => ({ kind: 'issue', subject: SUBJECT })
  ],
  'issue with the same key': [
    'key',
    () => ({ kind: 'issue', subject: SUBJECT, key: 'same' })
  ],
  'the same key with an algorithm': [
    'algorithm',
    ({ id }) => ({ kind: 'renew', certificate: id, algorithm: 'RSA-2048' })
  ],
  'an algorithm nobody knows': [
    'algorithm',
    ({ id }) => ({
      kind: 'renew',
      certificate: id,
      key: 'new',
      algorithm: 'RSA-1024'
    })
  ],
  'a challenge of 256 bytes': [
    'challenge',
    ({ id }) => ({ kind: 'renew', certificate: id, challenge: 'x'.repeat(256) })
  ],
  'an order of 129 bytes': [
    'order',
    ({ id }) => ({ kind: 'renew', certificate: id, order: 'x'.repeat(129) })
  ],
  'a certificate in capitals': [
    'certificate',
    ({ id }) => ({ kind: 'renew', certificate: id.toUpperCase() })
  ],
  'a subject item with a stranger': [
    'critical',
    ({ id }) => ({
      kind: 'change',
      certificate: id,
      subject: [{ ...SUBJECT[0], critical: true }]
    })
  ],
  'a subject type that is no name': [
    'subject',
    ({ id }) => ({
      kind: 'change',
      certificate: id,
      subject: [{ type: 'Company', value: 'x' }]
    })
  ],
  'a subject of more than 1 KiB': [
    'subject',
    ({ id }) => ({
      kind: 'change',
      certificate: id,
      subject: Array.from({ length: 20 }, () => ({
        type: 'OU',
        value: 'x'.repeat(60)
      }))
    })
  ],
  'a member nobody knows': [
    'pin',
    ({ id }) => ({ kind: 'renew', certificate: id, pin: '111111' })
  ]
};

const INSTALL = {
  'neither renewal nor token': ['renewal', () => ({})],
  'both renewal and token': [
    'token',
    ({ token }) => ({ renewal: 'r', token, signing: 'x' })
  ],
  'a renewal with a certificate': [
    'certificate',
    ({ id }, open) => ({ renewal: open.id, certificate: id, signing: 'x' })
  ],
  'no certificate to write': ['signing', ({ token }) => ({ token })],
  'a chain of nine': [
    'chain',
    ({ token }) => ({ token, signing: 'x', chain: Array(9).fill('x') })
  ]
};

test('renewal.begin names the field that it refuses', async (t) => {
  const stage = await scene(t);
  const [old] = await stage.certificates();
  for (const [name, [field, make]] of Object.entries(BEGIN)) {
    const params = { token: old.token, ...make(old) };
    const call = stage.withoutDialog('renewal.begin', params);
    const error = await refused(call, -32602);
    assert.equal(error.data.field, field, name);
  }
  const { renewals } = await stage.call('renewal.list', {});
  assert.deepEqual(renewals, []);
});

test('preview and install name the field that they refuse', async (t) => {
  const stage = await scene(t);
  const [old] = await stage.certificates();
  const { renewal } = await stage.withPin('renewal.begin', {
    token: old.token,
    kind: 'renew',
    certificate: old.id
  });
  for (const [name, [field, make]] of Object.entries(INSTALL)) {
    for (const method of ['renewal.preview', 'renewal.install']) {
      const call = stage.withoutDialog(method, make(old, renewal));
      const error = await refused(call, -32602);
      assert.equal(error.data.field, field, `${method}: ${name}`);
    }
  }
});

test('begin refuses what no request can come of', async (t) => {
  const stage = await scene(t, {
    pairs: [{}, { id: '02', profile: 'encryption' }]
  });
  const all = await stage.certificates();
  const old = all.find(({ role }) => role === 'signing');
  const encryption = all.find(({ role }) => role === 'encryption');
  const { token } = old;
  for (const [reason, params] of [
    ['UNSUPPORTED', { certificate: old.id, key: 'new', algorithm: 'SM2' }],
    ['WRONG_ROLE', { certificate: encryption.id }],
    ['NO_CERTIFICATE', { certificate: UNKNOWN }],
    ['NO_TOKEN', { certificate: old.id, token: UNKNOWN.slice(32) }]
  ]) {
    const call = stage.withoutDialog('renewal.begin', {
      token,
      kind: 'renew',
      ...params
    });
    await refused(call, reason);
  }
});
