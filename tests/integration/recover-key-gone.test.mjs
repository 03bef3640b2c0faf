// SPDX-License-Identifier: MIT
// A renewal was cut off and another program has deleted its key since: it is undone, and bars nothing.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { issue, refused, screen, theCa } from '../lib/scene.mjs';
import { faultScene } from '../module/fault.mjs';

before(() => screen());

/** A renewal with a new key, cut off before its certificate is written; then the key goes. */
async function cut(t) {
  const stage = await faultScene(t, { pairs: [{ algorithm: 'EC-P256' }] });
  const host = stage.fault.host();
  const [old] = await stage.certificates();
  const begin = {
    ...{ token: old.token, certificate: old.id },
    ...{ kind: 'renew', key: 'new' }
  };
  const { renewal } = await stage.withPin('renewal.begin', begin, { host });
  const { id } = stage.ukey
    .objects()
    .find((item) => item.type === 'Private Key' && item.id.startsWith('55'));
  const params = {
    renewal: renewal.id,
    signing: await issue(renewal, old.pem),
    chain: [(await theCa()).certificatePem]
  };
  const dying = stage.fault.host('C_CreateObject:1=kill');
  const call = stage.withPin('renewal.install', params, { host: dying });
  await refused(call, 'MODULE_CRASHED');
  for (const type of ['privkey', 'pubkey']) {
    stage.ukey.loggedIn('--delete-object', '--type', type, '--id', id);
  }
  return { stage, host, begin, renewal };
}

test('recovery undoes it', async (t) => {
  const { stage, host, begin, renewal } = await cut(t);
  const { token } = begin;
  const options = { host, origin: 'ui' };
  const found = await stage.withPin('renewal.recover', { token }, options);
  assert.deepEqual(
    found.renewals.map(({ id, state }) => [id, state]),
    [[renewal.id, 'requested']]
  );
  await stage.withPin('renewal.abandon', { renewal: renewal.id }, { host });
});

test('its site may begin another one', async (t) => {
  const { stage, host, begin } = await cut(t);
  const { token } = begin;
  const subject = [{ type: 'CN', value: '江苏新名科技有限公司' }];
  const other = { token, kind: 'replace', subject, algorithm: 'EC-P256' };
  const { renewal } = await stage.withPin('renewal.begin', other, { host });
  assert.equal(renewal.state, 'requested');
});
