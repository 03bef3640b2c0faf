// SPDX-License-Identifier: MIT
// Calls that come twice, renewals that are looked up, given up, or another site's.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { issue, OTHER_ORIGIN, refused, scene, theCa } from '../lib/scene.mjs';

const PAGE_ITEMS = 8;

/** A scene with an open renewal. */
async function opened(t, key = 'same', options = {}) {
  const stage = await scene(t, options);
  const [old] = await stage.certificates();
  const params = {
    token: old.token,
    kind: 'renew',
    certificate: old.id,
    key,
    order: 'A-17'
  };
  const { renewal } = await stage.withPin('renewal.begin', params);
  return { stage, old, params, renewal };
}

async function installParams({ old, renewal }) {
  const signing = await issue(renewal, old.pem);
  const chain = [(await theCa()).certificatePem];
  return { renewal: renewal.id, signing, chain };
}

const kinds = (ukey) => ukey.objects().map(({ type }) => type);

test('begin again returns the open renewal and asks nothing', async (t) => {
  for (const key of ['same', 'new']) {
    const { stage, params, renewal } = await opened(t, key);
    const before = kinds(stage.ukey);
    const again = await stage.withoutDialog('renewal.begin', params);
    assert.deepEqual(again.renewal, renewal);
    assert.deepEqual(kinds(stage.ukey), before);
    const other = { ...params, key: key === 'same' ? 'new' : 'same' };
    const call = stage.withoutDialog('renewal.begin', other);
    const error = await refused(call, 'RENEWAL_PENDING');
    assert.equal(error.data.renewal, renewal.id);
  }
});

test('begin again by another broker returns the same renewal', async (t) => {
  const { stage, params, renewal } = await opened(t);
  const host = stage.host();
  const again = await stage.withoutDialog('renewal.begin', params, { host });
  assert.equal(again.renewal.id, renewal.id);
});

test('another site opens a renewal of its own', async (t) => {
  const { stage, params, renewal } = await opened(t);
  const origin = OTHER_ORIGIN;
  const theirs = await stage.withPin('renewal.begin', params, { origin });
  assert.notEqual(theirs.renewal.id, renewal.id);
  assert.equal(theirs.renewal.origin, origin);
});

test('install again returns the result and asks nothing', async (t) => {
  const open = await opened(t);
  const { stage } = open;
  const params = await installParams(open);
  const { renewal } = await stage.withPin('renewal.install', params);
  const before = stage.ukey.read('cert', '01');
  const again = await stage.withoutDialog('renewal.install', params);
  assert.deepEqual(again.renewal, renewal);
  const preview = await stage.call('renewal.preview', params);
  const added = preview.changes.filter(({ action }) => action === 'add');
  assert.deepEqual(added, []);
  assert.deepEqual(stage.ukey.read('cert', '01'), before);

  const another = await installParams(open);
  const call = stage.withoutDialog('renewal.install', another);
  assert.equal((await refused(call, 'WRONG_STATE')).data.state, 'installed');
});

test('get and list tell the order, the steps and the certificates', async (t) => {
  const open = await opened(t, 'new');
  const { stage, old, renewal } = open;
  const got = await stage.call('renewal.get', { renewal: renewal.id });
  assert.deepEqual(got.renewal, renewal);
  assert.equal(got.renewal.order, 'A-17');
  assert.equal(got.renewal.origin, 'https://portal.example');
  assert.deepEqual(
    got.renewal.old.map(({ id }) => id),
    [old.id]
  );
  assert.deepEqual(got.renewal.new, []);
  const { renewals } = await stage.call('renewal.list', {});
  assert.deepEqual(
    renewals.map(({ id }) => id),
    [renewal.id]
  );

  await stage.withPin('renewal.install', await installParams(open));
  const after = await stage.call('renewal.get', { renewal: renewal.id });
  assert.equal(after.renewal.state, 'installed');
  assert.equal(after.renewal.new.length, 1);
  const names = after.renewal.steps.map(({ name }) => name);
  for (const name of ['generate-key', 'sign-request', 'confirm', 'commit']) {
    assert.ok(names.includes(name), `${name} in ${names}`);
  }
  const other = { token: '0'.repeat(32) };
  assert.deepEqual(await stage.call('renewal.list', other), { renewals: [] });
});

test('list pages: complete, nothing twice', async (t) => {
  const { stage, params, renewal } = await opened(t);
  const ids = [renewal.id];
  while (ids.length < PAGE_ITEMS + 2) {
    await stage.withoutDialog('renewal.abandon', { renewal: ids.at(-1) });
    const { renewal: next } = await stage.withPin('renewal.begin', params);
    ids.push(next.id);
  }
  const first = await stage.call('renewal.list', { token: params.token });
  const second = await stage.call('renewal.list', { cursor: first.next });
  assert.equal(first.renewals.length, PAGE_ITEMS);
  assert.equal(second.next, undefined);
  assert.deepEqual(
    [...first.renewals, ...second.renewals].map(({ id }) => id).sort(),
    ids.sort()
  );
  const bad = stage.call('renewal.list', { cursor: 'no cursor' });
  const error = await refused(bad, -32602);
  assert.equal(error.data.field, 'cursor');
});

test('abandon takes the new key away, after the PIN, and leaves the old pair', async (t) => {
  const { stage, params, renewal } = await opened(t, 'new');
  assert.equal(kinds(stage.ukey).length, 5);
  await stage.withPin('renewal.abandon', { renewal: renewal.id });
  const left = stage.ukey.objects().map(({ type, id }) => `${type} ${id}`);
  assert.deepEqual(left.sort(), [
    'Certificate 01',
    'Private Key 01',
    'Public Key 01'
  ]);
  const { renewal: gone } = await stage.call('renewal.get', {
    renewal: renewal.id
  });
  assert.equal(gone.state, 'abandoned');
  await stage.withoutDialog('renewal.abandon', { renewal: renewal.id });
  const { renewal: next } = await stage.withPin('renewal.begin', params);
  assert.notEqual(next.id, renewal.id);
});

test('abandon with a wrong PIN changes nothing', async (t) => {
  const { stage, renewal } = await opened(t, 'new');
  const call = stage.withPin(
    'renewal.abandon',
    { renewal: renewal.id },
    { pin: '999999' }
  );
  await refused(call, 'PIN_INCORRECT');
  assert.equal(kinds(stage.ukey).length, 5);
  const after = await stage.call('renewal.get', { renewal: renewal.id });
  assert.equal(after.renewal.state, 'requested');
});

test('abandon asks no PIN when no key was made, not even the UKey', async (t) => {
  const { stage, renewal } = await opened(t, 'same');
  stage.ukey.pull();
  await stage.withoutDialog('renewal.abandon', { renewal: renewal.id });
  const after = await stage.call('renewal.get', { renewal: renewal.id });
  assert.equal(after.renewal.state, 'abandoned');
});

test('abandon of a new key needs the UKey', async (t) => {
  const { stage, renewal } = await opened(t, 'new');
  stage.ukey.pull();
  const call = stage.withoutDialog('renewal.abandon', { renewal: renewal.id });
  await refused(call, 'NO_TOKEN');
  stage.ukey.plug();
  await stage.withPin('renewal.abandon', { renewal: renewal.id });
});

test('what is installed cannot be given up', async (t) => {
  const open = await opened(t);
  const { stage, renewal } = open;
  await stage.withPin('renewal.install', await installParams(open));
  const call = stage.withoutDialog('renewal.abandon', { renewal: renewal.id });
  assert.equal((await refused(call, 'WRONG_STATE')).data.state, 'installed');
});

test('another site neither sees nor touches a renewal; the extension sees all', async (t) => {
  const open = await opened(t, 'new');
  const { stage, renewal } = open;
  const origin = OTHER_ORIGIN;
  const params = await installParams(open);
  for (const [method, own] of [
    ['renewal.get', { renewal: renewal.id }],
    ['renewal.abandon', { renewal: renewal.id }],
    ['renewal.preview', params],
    ['renewal.install', params]
  ]) {
    await refused(stage.withoutDialog(method, own, { origin }), 'NOT_YOURS');
  }
  const theirs = await stage.call('renewal.list', {}, { origin });
  assert.deepEqual(theirs.renewals, []);
  const all = await stage.call('renewal.list', {}, { origin: 'ui' });
  assert.deepEqual(
    all.renewals.map(({ id }) => id),
    [renewal.id]
  );
  const { renewal: seen } = await stage.call(
    'renewal.get',
    { renewal: renewal.id },
    { origin: 'ui' }
  );
  assert.deepEqual(seen, renewal);
});

test('an id that no renewal has', async (t) => {
  const { stage, old } = await opened(t);
  for (const renewal of [`${old.token}-${'0'.repeat(32)}`, 'nothing']) {
    for (const method of ['renewal.get', 'renewal.abandon']) {
      await refused(stage.call(method, { renewal }), 'NO_RENEWAL');
    }
    const params = { renewal, signing: old.pem };
    for (const method of ['renewal.preview', 'renewal.install']) {
      await refused(stage.withoutDialog(method, params), 'NO_RENEWAL');
    }
  }
});
