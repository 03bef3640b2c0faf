// SPDX-License-Identifier: MIT
// What becomes of a superseded signing pair, by the administrator's word; an encryption pair never goes.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { issue, ORIGIN, refused, scene, screen, theCa } from '../lib/scene.mjs';

before(() => screen());

const CHAIN = async () => [(await theCa()).certificatePem];

/** Renew a certificate with a new key, until `notAfter` where it is told. */
async function renewed(stage, old, options) {
  const { token, id: certificate } = old;
  const { renewal } = await stage.withPin('renewal.begin', {
    token,
    kind: 'renew',
    certificate,
    key: 'new'
  });
  const { renewal: done } = await stage.withPin('renewal.install', {
    renewal: renewal.id,
    signing: await issue(renewal, old.pem, options),
    chain: await CHAIN()
  });
  return done;
}

const counts = (ukey) => {
  const types = ukey.objects().map(({ type }) => type);
  const count = (wanted) => types.filter((type) => type === wanted).length;
  return [count('Certificate'), count('Private Key'), count('Public Key')];
};

const withPolicy = (retireOldSigning) => ({
  policy: { portals: [ORIGIN], userModules: true, retireOldSigning }
});

const dual = (days) => [
  { algorithm: 'EC-P256', days },
  { algorithm: 'EC-P256', id: '02', profile: 'encryption', days }
];

const signingOf = (all) => all.find(({ role }) => role === 'signing');

/** policy, days that the old pair has left, what is on the UKey afterwards */
for (const [retire, days, after] of [
  ['now', 20.5, 2],
  ['now', -1, 2],
  ['expired', 20.5, 3],
  ['expired', -1, 3],
  [undefined, -1, 3],
  ['keep', -1, 3]
]) {
  test(`${retire ?? 'no word'}, ${days < 0 ? 'ended' : 'living'}: ${after} pairs stay`, async (t) => {
    const stage = await scene(t, {
      pairs: dual(days),
      ...(retire && withPolicy(retire))
    });
    const old = signingOf(await stage.certificates());
    const done = await renewed(stage, old);
    assert.equal(done.state, 'installed');
    assert.deepEqual(counts(stage.ukey), [after, after, after]);
    const all = await stage.certificates();
    assert.ok(all.some(({ role }) => role === 'encryption'));
    assert.ok(all.some(({ id }) => id === done.new[0].id));
    assert.equal(
      all.some(({ id }) => id === old.id),
      after === 3
    );
  });
}

test('a pair that has ended goes in a later call, of which it was not said that it stays', async (t) => {
  const stage = await scene(t, { pairs: dual(-1) });
  const first = signingOf(await stage.certificates());
  const second = (await renewed(stage, first)).new[0].id;
  const all = await stage.certificates();
  const living = all.find(({ id }) => id === second);
  const later = new Date(Date.parse(living.notAfter) + 60_000);
  await renewed(stage, living, { notAfter: later });
  const left = await stage.certificates();
  assert.deepEqual(counts(stage.ukey), [3, 3, 3]);
  assert.ok(!left.some(({ id }) => id === first.id));
  assert.ok(left.some(({ id }) => id === second));
});

test('a pair that no renewal of this computer superseded stays', async (t) => {
  const stage = await scene(t, {
    ...withPolicy('now'),
    pairs: [
      { algorithm: 'EC-P256', days: -30 },
      { algorithm: 'EC-P256', id: '02' }
    ]
  });
  const [old, other] = (await stage.certificates()).sort(
    (a, b) => b.daysLeft - a.daysLeft
  );
  await renewed(stage, old);
  const all = await stage.certificates();
  assert.ok(all.some(({ id }) => id === other.id));
  assert.deepEqual(counts(stage.ukey), [2, 2, 2]);
});

test('a trust anchor that cannot be read is the administrator’s mistake', async (t) => {
  const stage = await scene(t, {
    policy: { portals: [ORIGIN], trustAnchors: ['/nowhere/ca.crt'] },
    pairs: [{ algorithm: 'EC-P256' }]
  });
  const [old] = await stage.certificates();
  const { token, id: certificate } = old;
  const begin = { token, kind: 'renew', certificate };
  const { renewal } = await stage.withPin('renewal.begin', begin);
  const params = {
    renewal: renewal.id,
    signing: await issue(renewal, old.pem),
    chain: await CHAIN()
  };
  const call = stage.withoutDialog('renewal.install', params);
  await refused(call, 'POLICY_INVALID');
});
