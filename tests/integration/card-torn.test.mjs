// SPDX-License-Identifier: MIT
// A card that was pulled out in the middle of one call of OpenSC: its directories are put back, whoever comes first, even
// when it is pulled out again meanwhile; and one that nobody can explain is left as it is.
//
// faults.test.mjs cuts at every command of a renewal; here the mending itself is cut, and looked at.
import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { after, test } from 'node:test';

import { cardMissing, wounds } from '../lib/card.mjs';
import { ledger } from '../lib/ledger.mjs';
import { setPolicy } from '../lib/place.mjs';
import { refused } from '../lib/scene.mjs';
import {
  assertAgreed,
  copyOf,
  hostOf,
  journalOf,
  OPERATIONS,
  outcome,
  policyOf,
  prepare,
  stateHome,
  suffer
} from '../module/matrix.mjs';

const ALL = process.env.UKB_ALL === '1';
const AT_ONCE = Number(process.env.UKB_JOBS ?? 4);
const skip = cardMissing() ?? false;

after(() => {
  setPolicy(null);
  ledger().settle();
});

/** Within which calls of OpenSC: a key is made, a certificate is written, one is deleted; the n-th such command. */
const TEARS = [
  ['begin, new key', 'GENERATE', 1],
  ['install, new key', 'CREATE FILE', 1],
  ['install, same key', 'DELETE FILE', 1],
  ['install, same key', 'DELETE FILE', 2],
  ['install both, same keys', 'DELETE FILE', 3],
  ['install both, new keys, RSA', 'PUT DATA', 1]
];

const pointOf = ({ commands }, what, n) => {
  const call = commands.find((one) => one.what === what && one.n === n);
  assert.ok(call, `no ${what}:${n}`);
  return { call, fault: 'pulled after', pull: [call.at, 'after'] };
};

/** A card that is torn there, and the journal that goes with it. */
async function tear(state, what, n) {
  const stage = await copyOf(state);
  const host = hostOf(stage, state);
  await stage.card.pullAt(...pointOf(state, what, n).pull);
  await refused(stage.call(...state.call, { host }), 'TOKEN_REMOVED');
  await host.end();
  await stage.card.plug();
  assert.notDeepEqual(await wounds(stage.card), [], 'it is not torn');
  return stage;
}

const recover = (stage, state, host) =>
  stage.call('renewal.recover', { token: state.id }, { host, origin: 'ui' });

async function each(items, work) {
  const queue = [...items];
  const one = async () => {
    for (let item; (item = queue.shift()) !== undefined;) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

/** Commands that the recovery of that tear takes. */
async function countOfRecovery(state, what, n) {
  const stage = await tear(state, what, n);
  try {
    const host = hostOf(stage, state);
    const { count } = await stage.card.order('status');
    await recover(stage, state, host);
    return (await stage.card.order('status')).count - count;
  } finally {
    await stage.close({ among: true });
  }
}

/** Recover, pulled out at that command of it; and once more. */
async function recoverTwice(state, what, n, at) {
  const stage = await tear(state, what, n);
  try {
    const first = hostOf(stage, state);
    await stage.card.pullAt(at, at % 2 === 0 ? 'before' : 'after');
    await outcome(recover(stage, state, first));
    await first.end();
    await stage.card.order('keep'); /* where it took fewer commands this time */
    if (!(await stage.card.order('status')).in) await stage.card.plug();
    const host = hostOf(stage, state);
    await recover(stage, state, host);
    assert.deepEqual(await wounds(stage.card), []);
    await assertAgreed(stage, state, host, await journalOf(stage, host));
  } catch (error) {
    error.message = `pulled at command ${at} of the recovery: ${error.message}`;
    throw error;
  } finally {
    await stage.close({ among: true });
  }
}

for (const [place, [name, what, n]] of TEARS.entries()) {
  test(
    `${name}, torn at ${what}:${n}, pulled out while it is mended`,
    { skip },
    async (t) => {
      setPolicy(policyOf(OPERATIONS[name]));
      const state = await prepare('card', name);
      const count = await countOfRecovery(state, what, n);
      const oneIn = ALL ? 1 : 37;
      const points = Array.from({ length: count }, (_, i) => i + 1).filter(
        (at) => at % oneIn === place % oneIn
      );
      t.diagnostic(`${points.length} of ${count} commands`);
      assert.ok(points.length > 0);
      await each(points, (at) => recoverTwice(state, what, n, at));
    }
  );

  test(
    `${name}, torn at ${what}:${n}, repeated by its site`,
    { skip },
    async () => {
      setPolicy(policyOf(OPERATIONS[name]));
      const state = await prepare('card', name);
      const came = await suffer(state, pointOf(state, what, n), {
        by: 'repetition'
      });
      assert.match(came.left, /, torn$/);
      assert.match(came.recovered, /^(installed|rolled-back, requested)$/);
    }
  );
}

test(
  'a torn card that the journal does not explain is left as it is',
  { skip },
  async () => {
    setPolicy(policyOf({}));
    const state = await prepare('card', 'install, same key');
    const stage = await tear(state, 'DELETE FILE', 1);
    try {
      rmSync(stateHome(stage), { recursive: true });
      const before = readFileSync(stage.card.state, 'utf8');
      const host = hostOf(stage, state);
      assert.deepEqual(await recover(stage, state, host), { renewals: [] });
      const { certificates } = await stage.call(
        'certificates.list',
        { token: state.id },
        { host }
      );
      assert.deepEqual(certificates, []); /* OpenSC shows none: there was one */
      assert.equal(readFileSync(stage.card.state, 'utf8'), before);
    } finally {
      await stage.close({ among: true });
    }
  }
);
