// SPDX-License-Identifier: MIT
// Certificates that were on the UKey before a call brings them: they are not brought, and no undo takes them away.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { dualPairs, installDual, requestDual, roleOf } from '../lib/dual.mjs';
import { issue, refused, scene, screen, theCa } from '../lib/scene.mjs';

before(() => screen());

const chain = async () => [(await theCa()).certificatePem];

/** What is on the UKey: the certificates that a page sees, and all objects. */
async function seen(stage) {
  const ids = (await stage.certificates()).map(({ id }) => id);
  const objects = stage.ukey.objects().map(({ type, id }) => `${type} ${id}`);
  return [...ids, ...objects].sort();
}

test('a half that is on the UKey already is not brought, and so never taken away', async (t) => {
  const stage = await scene(t, {
    pairs: [...dualPairs(), { id: '03', profile: 'encryption', days: 300 }]
  });
  const all = await stage.certificates();
  const { params } = await requestDual(stage);
  const encryption = all
    .filter(({ role }) => role === 'encryption')
    .sort((a, b) => a.daysLeft - b.daysLeft)
    .at(-1).pem;
  delete params.encryptionKey;
  const twice = { ...params, encryption };
  const was = await seen(stage);
  await refused(stage.call('renewal.preview', twice), 'NOT_NEWER', 'preview');
  const install = stage.withoutDialog('renewal.install', twice);
  await refused(install, 'NOT_NEWER', 'install');
  assert.deepEqual(await seen(stage), was);
});

test('what another computer brought stays when its proof fails here', async (t) => {
  const strange = { algorithm: 'EC-P256', id: '02', profile: 'encryption' };
  const stage = await scene(t, {
    pairs: [
      {},
      { ...strange, days: 300, use: 'signing' }
    ] /* it opens nothing */
  });
  const all = await stage.certificates();
  const [old, encryption] = ['signing', 'encryption'].map((role) =>
    roleOf(all, role)
  );
  const { renewal } = await stage.withPin('renewal.begin', {
    token: old.token,
    kind: 'renew',
    certificate: old.id,
    key: 'new'
  });
  const signing = await issue(renewal, old.pem);
  const id = stage.ukey
    .objects()
    .find((item) => item.type === 'Private Key' && item.id.startsWith('55')).id;
  stage.ukey.write(signing, id);
  const was = await seen(stage);
  const params = { renewal: renewal.id, signing, encryption: encryption.pem };
  const call = installDual(stage, { ...params, chain: await chain() });
  const { cause } = (await refused(call, 'ROLLED_BACK')).data;
  assert.equal(cause, 'UNSUPPORTED');
  assert.deepEqual(await seen(stage), was);
});
