// SPDX-License-Identifier: MIT
// The request once more, signed by the certificate that it renews; judged by the demonstration portal's CA.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { checkSignedRequest } from '../portal/lib/signed-request.js';
import { ORIGIN, OTHER_ORIGIN, scene } from '../lib/scene.mjs';

const SUBJECT = [
  { type: 'C', value: 'CN' },
  { type: 'CN', value: '江苏新名科技有限公司' }
];

for (const algorithm of ['RSA-2048', 'EC-P256', 'EC-P384']) {
  for (const key of ['same', 'new']) {
    test(`${algorithm}, ${key} key: the old certificate signs for the origin`, async (t) => {
      const stage = await scene(t, { pairs: [{ algorithm }] });
      const [old] = await stage.certificates();
      const { renewal } = await stage.withPin('renewal.begin', {
        token: old.token,
        kind: 'renew',
        certificate: old.id,
        key
      });
      const [{ pem, signedPem }] = renewal.requests;
      assert.match(signedPem, /^-----BEGIN CMS-----\n/);
      await checkSignedRequest(old.pem, pem, signedPem, ORIGIN);
      await assert.rejects(
        checkSignedRequest(old.pem, pem, signedPem, OTHER_ORIGIN),
        { code: 'WRONG_ORIGIN' }
      );
      const again = await stage.call('renewal.get', { renewal: renewal.id });
      assert.deepEqual(again.renewal.requests, renewal.requests);
    });
  }
}

test('a change is signed by the old certificate, a replacement is not', async (t) => {
  const stage = await scene(t);
  const [old] = await stage.certificates();
  const begin = async (kind, origin = ORIGIN) => {
    const wish = { token: old.token, kind, certificate: old.id };
    const { renewal } = await stage.withPin(
      'renewal.begin',
      { ...wish, subject: SUBJECT },
      { origin }
    );
    await stage.withPin('renewal.abandon', { renewal: renewal.id }, { origin });
    return renewal.requests[0];
  };
  const { pem, signedPem } = await begin('change');
  await checkSignedRequest(old.pem, pem, signedPem, ORIGIN);
  assert.equal((await begin('replace')).signedPem, undefined);
  /* The extension's own window is no web site. */
  assert.equal((await begin('change', 'ui')).signedPem, undefined);
});
