// SPDX-License-Identifier: MIT
// The UKey pulled at each moment, and a journal that cannot be written: nothing is done, and the same call works later.
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';

import { issue, refused, scene, screen, theCa } from '../lib/scene.mjs';

before(() => screen());

async function prepared(t, key = 'same') {
  const stage = await scene(t);
  const [old] = await stage.certificates();
  const { token, id: certificate } = old;
  const params = { token, kind: 'renew', certificate, key };
  return { stage, old, params };
}

async function installParams(renewal, old) {
  const signing = await issue(renewal, old.pem);
  const chain = [(await theCa()).certificatePem];
  return { renewal: renewal.id, signing, chain };
}

/** Rejects with one of the two reasons that say the UKey is not there. */
async function gone(promise) {
  const error = await promise.then(
    () => assert.fail('the UKey was not there'),
    (failure) => failure
  );
  const reasons = ['NO_TOKEN', 'TOKEN_REMOVED'];
  assert.ok(reasons.includes(error.reason), error.message);
}

test('pulled before begin', async (t) => {
  const { stage, params } = await prepared(t);
  stage.ukey.pull();
  await gone(stage.withoutDialog('renewal.begin', params));
  await gone(stage.call('certificates.list', { token: params.token }));
  assert.deepEqual(await stage.tokens(), []);
  stage.ukey.plug();
  const { renewal } = await stage.withPin('renewal.begin', params);
  assert.equal(renewal.state, 'requested');
});

for (const key of ['same', 'new']) {
  test(`pulled between begin and install, ${key} key`, async (t) => {
    const { stage, old, params } = await prepared(t, key);
    const { renewal } = await stage.withPin('renewal.begin', params);
    const install = await installParams(renewal, old);
    stage.ukey.pull();
    await gone(stage.withoutDialog('renewal.preview', install));
    await gone(stage.withoutDialog('renewal.install', install));
    stage.ukey.plug();
    const done = await stage.withPin('renewal.install', install);
    assert.equal(done.renewal.state, 'installed');
  });
}

test('pulled while the PIN of begin is asked for', async (t) => {
  const { stage, params } = await prepared(t, 'new');
  const call = stage.call('renewal.begin', params);
  await stage.display.dialog();
  stage.ukey.pull();
  await stage.typePin(call);
  await gone(call);
  stage.ukey.plug();
  assert.equal(stage.ukey.objects().length, 3);
  const { renewal } = await stage.withPin('renewal.begin', params);
  assert.equal(renewal.state, 'requested');
  assert.equal(stage.ukey.objects().length, 5);
});

test('pulled while the PIN of install is asked for', async (t) => {
  const { stage, old, params } = await prepared(t);
  const { renewal } = await stage.withPin('renewal.begin', params);
  const install = await installParams(renewal, old);
  const call = stage.call('renewal.install', install);
  await stage.display.dialog();
  stage.ukey.pull();
  await stage.typePin(call);
  await gone(call);
  stage.ukey.plug();
  const [still] = await stage.certificates();
  assert.equal(still.id, old.id);
  const done = await stage.withPin('renewal.install', install);
  assert.equal(done.renewal.state, 'installed');
});

test('swapped while the PIN is asked for: the other UKey gets no PIN', async (t) => {
  const { stage, params } = await prepared(t);
  const call = stage.call('renewal.begin', params);
  await stage.display.dialog();
  stage.ukey.pull();
  await stage.insert({ label: 'UKey two' });
  await stage.typePin(call);
  await gone(call);
  const host = stage.host();
  const { tokens } = await stage.call('tokens.list', undefined, { host });
  assert.deepEqual(
    tokens.map(({ label }) => label),
    ['UKey two']
  );
});

const journalIn = ({ place }) => join(place.env.XDG_STATE_HOME, 'ukeybridge');

/** What stands where the journal should be. */
const OBSTACLES = {
  'the state folder is a file': (stage) =>
    writeFileSync(stage.place.env.XDG_STATE_HOME, ''),
  'the journal is a folder': (stage) =>
    mkdirSync(join(journalIn(stage), 'state.sqlite3'), { recursive: true }),
  'the journal is no database': (stage) => {
    mkdirSync(journalIn(stage), { recursive: true, mode: 0o700 });
    writeFileSync(
      join(journalIn(stage), 'state.sqlite3'),
      'not a database, but long enough to be taken for one '.repeat(99),
      { mode: 0o600 }
    );
  }
};

for (const [name, obstruct] of Object.entries(OBSTACLES)) {
  test(`no journal, no deed: ${name}`, async (t) => {
    const { stage, params } = await prepared(t, 'new');
    obstruct(stage);
    const call = stage.withoutDialog('renewal.begin', params);
    assert.equal((await refused(call, 'JOURNAL_UNAVAILABLE')).code, -32022);
    await refused(stage.call('renewal.list', {}), 'JOURNAL_UNAVAILABLE');
    assert.equal(stage.ukey.objects().length, 3);
    assert.equal((await stage.certificates()).length, 1);
    rmSync(stage.place.env.XDG_STATE_HOME, { recursive: true });
    const { renewal } = await stage.withPin('renewal.begin', params);
    assert.equal(renewal.state, 'requested');
  });
}

test('the journal is for its owner only', async (t) => {
  const { stage, params } = await prepared(t);
  await stage.withPin('renewal.begin', params);
  for (const path of [
    journalIn(stage),
    join(journalIn(stage), 'state.sqlite3'),
    join(stage.place.env.XDG_RUNTIME_DIR, 'ukeybridge')
  ]) {
    assert.equal(statSync(path).mode & 0o077, 0, path);
  }
});
