// SPDX-License-Identifier: MIT
// A renewal whose journal fails, is lost or is of another day, and one that two hosts or two computers are at: no usable
// pair is lost, and what cannot be explained is left alone and named.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';

import { ledger } from '../lib/ledger.mjs';
import { setPolicy, TOP } from '../lib/place.mjs';
import {
  issue,
  ORIGIN,
  OTHER_ORIGIN,
  refused,
  theCa,
  until
} from '../lib/scene.mjs';
import { Space, spaceMissing } from '../lib/space.mjs';
import { shapeOf, uses } from '../module/look.mjs';
import {
  assertAgreed,
  copyOf,
  hostOf,
  journalOf,
  nameNew,
  outcome,
  policyOf,
  prepare,
  stateHome,
  stateOf
} from '../module/matrix.mjs';

/**
 * What two hosts at once may say. No two log in at once, and none judges what the other is writing; but one may look for
 * the token meanwhile, and SoftHSM writes no file atomically: for a moment the one sees no token, or the writer does not
 * find what it wrote, takes it back, and its renewal waits as before.
 */
const AT_ONCE =
  /^(done|PIN_UI_BUSY|TOKEN_BUSY|BUSY|NO_TOKEN|TOKEN_REMOVED|ROLLED_BACK)$/;

const ALL = Boolean(process.env.UKB_ALL);

const INSTALLS = [
  'install, same key',
  'install, new key',
  'install both, same keys',
  'install both, new keys'
];
/** A disk on which SQLite works, and how much of it is left in turn, KiB; 28 are too few, 32 enough. */
const DISK_KIB = 600;
const LEFT_KIB = ALL ? [0, 4, 8, 12, 16, 20, 24, 28, 32, 40] : [24];
/** The moments between which something on the UKey changes; of each operation one, unless all are wanted. */
const CUTS = {
  'install, same key': [
    'C_CreateObject:1=kill',
    'C_CreateObject:1=kill-after',
    'C_DestroyObject:1=kill-after',
    'C_CreateObject:2=kill-after',
    'C_DestroyObject:2=kill-after'
  ],
  'install, new key': ['C_CreateObject:1=kill', 'C_CreateObject:1=kill-after'],
  'install both, same keys': [
    'C_CreateObject:1=kill-after',
    'C_CreateObject:3=kill',
    'C_CreateObject:3=kill-after',
    'C_DestroyObject:3=kill-after',
    'C_CreateObject:4=kill-after'
  ],
  'install both, new keys': [
    'C_CreateObject:1=kill-after',
    'C_CreateObject:2=kill-after',
    'C_CreateObject:3=kill-after',
    'C_CreateObject:4=kill-after'
  ]
};

before(() => setPolicy(policyOf({})));
after(() => {
  setPolicy(null);
  ledger().settle();
});

/** A copy of a state, closed at the end of its test. */
async function stageOf(t, name) {
  const state = await prepare('SoftHSM', name);
  const stage = await copyOf(state);
  t.after(() => stage.close({ among: true }));
  return { state, stage };
}

const recover = (stage, state, host) =>
  stage.call('renewal.recover', { token: state.id }, { host, origin: 'ui' });

/** Keep the journal; what restores it. */
function keepJournal(stage) {
  const from = stateHome(stage);
  const to = join(stage.place.dir, 'another-day');
  cpSync(from, to, { recursive: true });
  return () => {
    rmSync(from, { recursive: true });
    cpSync(to, from, { recursive: true });
  };
}

/** Do the operation and break it off there; its host has ended. */
async function broken(stage, state, script) {
  const host = hostOf(stage, state, { script });
  const { error } = await outcome(stage.call(...state.call, { host }));
  assert.ok(error, 'no fault happened');
  await host.end();
}

/** One current certificate for each role, whose key works. */
async function assertUsable(stage, state, host) {
  const { certificates } = await stage.call(
    'certificates.list',
    { token: state.id, pem: true },
    { host }
  );
  for (const role of state.operation.dual
    ? ['signing', 'encryption']
    : ['signing']) {
    const current = certificates.filter(
      (one) => one.role === role && !one.history
    );
    assert.equal(current.length, 1, `current ${role} certificates`);
    await uses(stage, current[0].pem, role, { anywhere: true });
  }
}

/** The same call by a computer whose journal knows nothing of it. */
function elsewhere({ call: [method, params], old }) {
  const files = { ...params, token: old.token, certificate: old.id };
  delete files.renewal;
  return [method, files];
}

/** The journal on a small disk; `order` fills, locks or frees it, `where` runs a host that sees it. */
async function smallDisk(t, stage) {
  const script = join(TOP, 'tests/module/full.sh');
  const space = new Space(script, stateHome(stage), String(DISK_KIB));
  t.after(() => space.stop());
  const lines = createInterface({ input: space.process.stdout });
  const answers = lines[Symbol.asyncIterator]();
  await answers.next();
  const order = (line) => {
    space.process.stdin.write(`${line}\n`);
    return answers.next();
  };
  return { order, where: space.inside() };
}

/** With room on the disk again: recovered, and installed when it is repeated. */
async function assertMended(stage, state, where) {
  const host = hostOf(stage, state, {}, where);
  await recover(stage, state, host);
  await assertAgreed(stage, state, host, await journalOf(stage, host));
  const { renewal } = await stage.call(...state.call, { host });
  assert.equal(renewal.state, 'installed');
  await assertAgreed(stage, state, host, await journalOf(stage, host));
  await host.end();
}

/** Whatever two hosts came to beside each other: the renewal is installed, or the next call installs it. */
async function assertInstalled(t, { state, stage, host, ends }) {
  for (const { reply } of ends) assert.match(reply, AT_ONCE);
  t.diagnostic(ends.map(({ reply }) => reply).join());
  const { renewal } = await stage.call(...state.call, { host });
  assert.equal(renewal.state, 'installed');
  await assertAgreed(stage, state, host, await journalOf(stage, host));
}

const skip = spaceMissing([]) ?? false;

for (const name of INSTALLS) {
  for (const left of LEFT_KIB) {
    test(`${name}: a disk with ${left} KiB left`, { skip }, async (t) => {
      const { state, stage } = await stageOf(t, name);
      const { order, where } = await smallDisk(t, stage);
      await order(`fill ${left}`);
      const host = hostOf(stage, state, {}, where);
      const { reply } = await outcome(stage.call(...state.call, { host }));
      assert.match(reply, /^(done|DISK_FULL)$/);
      t.diagnostic(reply);
      await host.end();
      await order('free');
      await assertMended(stage, state, where);
    });
  }

  /* what the commit writes has its place on the disk since the intent */
  test(
    `${name}: a disk that is full behind the intent holds nothing up`,
    { skip },
    async (t) => {
      const { state, stage } = await stageOf(t, name);
      const { order, where } = await smallDisk(t, stage);
      /* the first certificate, behind a private and a public key that come */
      const first = name === 'install both, new keys' ? 3 : 1;
      const slowly = { script: `C_CreateObject:${first}=delay(1500)` };
      const host = hostOf(stage, state, slowly, where);
      const { reply } = await outcome(
        stage.call(...state.call, {
          host,
          onProgress: ({ step }) => step === 'write' && order('fill 0')
        })
      );
      assert.equal(reply, 'done');
      await host.end();
      const renewals = await journalOf(stage, hostOf(stage, state, {}, where));
      assert.deepEqual(renewals.map(stateOf), ['installed']);
      await order('free');
      await assertMended(stage, state, where);
    }
  );

  test(`${name}: a journal that cannot be written`, { skip }, async (t) => {
    const { state, stage } = await stageOf(t, name);
    const { order, where } = await smallDisk(t, stage);
    await order('lock');
    const host = hostOf(stage, state, {}, where);
    const call = stage.call(...state.call, { host });
    await refused(call, 'JOURNAL_UNAVAILABLE');
    assert.equal(await shapeOf(stage.ukey, state.names), state.before);
    await host.end();
    await order('free');
    await assertMended(stage, state, where);
  });

  for (const cut of ALL ? CUTS[name] : CUTS[name].slice(1, 2)) {
    test(`${name}, cut at ${cut}: the journal is lost`, async (t) => {
      const { state, stage } = await stageOf(t, name);
      await broken(stage, state, cut);
      /* the worker that notes what became of the call may still write */
      await until(() => stage.processes().length === 0);
      rmSync(stateHome(stage), { recursive: true });
      const host = hostOf(stage, state);
      const left = await shapeOf(stage.ukey, state.names);
      assert.deepEqual(await recover(stage, state, host), { renewals: [] });
      assert.equal(await shapeOf(stage.ukey, state.names), left);
      await assertUsable(stage, state, host);
      await refused(stage.call(...state.call, { host }), 'NO_RENEWAL');
      const [method, params] = elsewhere(state);
      const again = await outcome(stage.call(method, params, { host }));
      assert.match(again.reply, /^(done|NOT_NEWER|KEY_MISMATCH)$/);
      t.diagnostic(again.reply);
      await assertUsable(stage, state, host);
    });

    test(`${name}, cut at ${cut}: another computer finishes it`, async (t) => {
      const { state, stage } = await stageOf(t, name);
      await broken(stage, state, cut);
      await until(() => stage.processes().length === 0);
      const back = keepJournal(stage);
      rmSync(stateHome(stage), { recursive: true });
      const other = hostOf(stage, state);
      const [method, params] = elsewhere(state);
      const there = await outcome(stage.call(method, params, { host: other }));
      t.diagnostic(there.reply);
      await other.end();
      rmSync(stateHome(stage), { recursive: true, force: true });
      mkdirSync(stateHome(stage), { recursive: true });
      back();
      const host = hostOf(stage, state);
      await recover(stage, state, host);
      const renewals = await journalOf(stage, host);
      t.diagnostic(renewals.map(stateOf).join());
      await assertUsable(stage, state, host);
      await assertAgreed(stage, state, host, renewals);
    });
  }

  for (const [what, cut] of [['the request'], ['a cut', CUTS[name][1]]]) {
    test(`${name}: the journal of ${what} comes back behind the installation`, async (t) => {
      const { state, stage } = await stageOf(t, name);
      if (cut) await broken(stage, state, cut);
      const back = keepJournal(stage);
      const first = hostOf(stage, state);
      await stage.call(...state.call, { host: first });
      await first.end();
      back();
      const host = hostOf(stage, state);
      await recover(stage, state, host);
      const renewals = await journalOf(stage, host);
      assert.deepEqual(renewals.map(stateOf), ['installed']);
      await assertAgreed(stage, state, host, renewals);
    });
  }

  test(`${name}: two hosts at once`, async (t) => {
    const { state, stage } = await stageOf(t, name);
    const hosts = [hostOf(stage, state), hostOf(stage, state)];
    const ends = await Promise.all(
      hosts.map((host) => outcome(stage.call(...state.call, { host })))
    );
    for (const { result } of ends) {
      if (result) assert.equal(result.renewal.state, 'installed');
    }
    await assertInstalled(t, { state, stage, host: hosts[0], ends });
  });

  /* without that it would be judged, and asked for a PIN, halfway */
  test(`${name}: what one host writes another waits for`, async (t) => {
    const { state, stage } = await stageOf(t, name);
    const slowly = { script: 'C_CreateObject:1=delay(1500)' };
    const hosts = [hostOf(stage, state, slowly), hostOf(stage, state)];
    const [method, params] = state.call;
    const steps = [];
    let others;
    await stage.call(method, params, {
      host: hosts[0],
      onProgress({ step }) {
        if (step !== 'write') return;
        others = Promise.all([
          stage.call('renewal.preview', params, { host: hosts[1] }),
          stage.call(method, params, {
            host: hosts[1],
            onProgress: (progress) => steps.push(progress.step)
          })
        ]);
      }
    });
    const [{ changes }, { renewal }] = await others;
    assert.ok(changes.every(({ action }) => action === 'keep'));
    assert.equal(renewal.state, 'installed');
    assert.ok(!steps.includes('pin'), 'asked for a PIN');
    await assertAgreed(
      stage,
      state,
      hosts[0],
      await journalOf(stage, hosts[0])
    );
  });

  test(`${name}: one host recovers what another repeats`, async (t) => {
    const { state, stage } = await stageOf(t, name);
    await broken(stage, state, CUTS[name].at(-1));
    const hosts = [hostOf(stage, state), hostOf(stage, state)];
    const ends = await Promise.all([
      outcome(stage.call(...state.call, { host: hosts[0] })),
      outcome(recover(stage, state, hosts[1]))
    ]);
    await assertInstalled(t, { state, stage, host: hosts[0], ends });
  });
}

test('two hosts begin at once', async (t) => {
  const { state, stage } = await stageOf(t, 'begin, new key');
  const hosts = [hostOf(stage, state), hostOf(stage, state)];
  const ends = await Promise.all(
    hosts.map((host) => outcome(stage.call(...state.call, { host })))
  );
  for (const { reply } of ends) assert.match(reply, AT_ONCE);
  const last = await stage.call(...state.call, { host: hosts[0] });
  const ids = [...ends.map(({ result }) => result), last]
    .filter(Boolean)
    .map(({ renewal }) => renewal.id);
  assert.equal(new Set(ids).size, 1, 'two requests');
  await assertAgreed(stage, state, hosts[0], await journalOf(stage, hosts[0]));
});

test('a cut journal comes back behind the next renewal: left alone, and named', async (t) => {
  const { state, stage } = await stageOf(t, 'install, same key');
  await broken(stage, state, 'C_DestroyObject:1=kill-after');
  const back = keepJournal(stage);
  const first = hostOf(stage, state);
  await stage.call(...state.call, { host: first });
  const [now] = (
    await stage.call(
      'certificates.list',
      { token: state.id, pem: true },
      { host: first }
    )
  ).certificates;
  const { renewal } = await stage.call(
    'renewal.begin',
    { token: state.id, kind: 'renew', certificate: now.id, key: 'same' },
    { host: first }
  );
  const start = new Date(Date.now() - 30_000);
  const signing = await issue(renewal, now.pem, {
    notBefore: start,
    notAfter: new Date(start.getTime() + 800 * 86_400_000)
  });
  nameNew(state.names, signing);
  const chain = [(await theCa()).certificatePem];
  await stage.call(
    'renewal.install',
    { renewal: renewal.id, signing, chain },
    { host: first }
  );
  await first.end();
  back();
  const shape = await shapeOf(stage.ukey, state.names);
  const host = hostOf(stage, state);
  await recover(stage, state, host);
  const renewals = await journalOf(stage, host);
  assert.deepEqual(renewals.map(stateOf), ['needs-attention']);
  assert.equal(await shapeOf(stage.ukey, state.names), shape);
  await assertUsable(stage, state, host);
  await refused(stage.call(...state.call, { host }), 'NEEDS_ATTENTION');
});

/** The CKA_ID that the journal has for its one renewal's key. */
const journaledId = (stage) =>
  execFileSync(
    'python3',
    [
      '-c',
      'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("SELECT hex(key_id) FROM renewal").fetchone()[0].lower())',
      join(stateHome(stage), 'ukeybridge', 'state.sqlite3')
    ],
    { encoding: 'utf8' }
  ).trim();

test('a journal from before a key was made never deletes the key in use', async (t) => {
  const { state, stage } = await stageOf(t, 'begin, new key');
  await broken(stage, state, 'C_GenerateKeyPair:1=kill');
  /* in its later life the journal has seen the key made, and its certificate installed */
  const id = journaledId(stage);
  stage.ukey.addPair((await theCa()).dir, {
    algorithm: 'EC-P256',
    id,
    days: 400
  });
  const shape = await shapeOf(stage.ukey, state.names);
  const host = hostOf(stage, state);
  await recover(stage, state, host);
  const renewals = await journalOf(stage, host);
  assert.deepEqual(renewals.map(stateOf), ['needs-attention']);
  assert.equal(await shapeOf(stage.ukey, state.names), shape);
  await assertUsable(stage, state, host);
});

/** Two sites, each broken off while its key was made. */
async function twoSites(stage, state) {
  for (const origin of [ORIGIN, OTHER_ORIGIN]) {
    const script = 'C_GenerateKeyPair:1=kill-after';
    const host = hostOf(stage, state, { script });
    const { error } = await outcome(
      stage.call(...state.call, { host, origin })
    );
    assert.ok(error, 'no fault happened');
    await host.end();
  }
}

test('one login recovers what two sites have left', async (t) => {
  const { state, stage } = await stageOf(t, 'begin, new key');
  await twoSites(stage, state);
  const host = hostOf(stage, state);
  const { renewals } = await recover(stage, state, host);
  assert.deepEqual(renewals.map(stateOf), ['rolled-back', 'rolled-back']);
  await assertAgreed(stage, state, host, await journalOf(stage, host));
});

test('a recovery that fails at the first of two goes on with the second', async (t) => {
  const { state, stage } = await stageOf(t, 'begin, new key');
  await twoSites(stage, state);
  const script = 'C_DestroyObject:1=CKR_GENERAL_ERROR';
  const first = hostOf(stage, state, { script });
  const done = await recover(stage, state, first);
  assert.deepEqual(done.renewals.map(stateOf), ['rolled-back']);
  await first.end();
  const host = hostOf(stage, state);
  const { renewals: later } = await recover(stage, state, host);
  assert.equal(later.length, 1);
  assert.notEqual(later[0].id, done.renewals[0].id);
  const renewals = await journalOf(stage, host);
  assert.deepEqual(renewals.map(stateOf), ['rolled-back', 'rolled-back']);
  await assertAgreed(stage, state, host, renewals);
});

test('a recovery that is undone at the first of two goes on when it is repeated', async (t) => {
  const { state, stage } = await stageOf(t, 'install, same key');
  await broken(stage, state, 'C_CreateObject:1=kill');
  const begin = {
    token: state.id,
    kind: 'renew',
    certificate: state.old.id,
    key: 'new'
  };
  const script = 'C_GenerateKeyPair:1=kill-after';
  const other = hostOf(stage, state, { script });
  const call = stage.call('renewal.begin', begin, {
    host: other,
    origin: OTHER_ORIGIN
  });
  await refused(call, 'MODULE_CRASHED');
  await other.end();
  const fails = { script: 'C_CreateObject:1=CKR_GENERAL_ERROR' };
  const first = hostOf(stage, state, fails);
  const { renewals } = await recover(stage, state, first);
  assert.deepEqual(renewals.map(stateOf), ['requested']);
  await first.end();
  const host = hostOf(stage, state);
  assert.equal((await recover(stage, state, host)).renewals.length, 1);
  const states = (await journalOf(stage, host)).map(stateOf);
  assert.deepEqual(states, ['requested', 'rolled-back']);
  assert.equal(await shapeOf(stage.ukey, state.names), state.before);
  await stage.call(...state.call, { host });
  assert.equal(await shapeOf(stage.ukey, state.names), state.after);
});
