// SPDX-License-Identifier: MIT
// A renewal that cannot lose the key: broken off at every call to the token, in every way, it is finished or undone by
// the next start of the host; the UKey works, nothing of ours is left over, and the journal says so.
//
// Dialogs are answered by tests/module/person.mjs. Whole with UKB_ALL=1 (tests/run --all), else a sample, each point of
// which must end as the table in host/docs/renewal.md says.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { cardMissing } from '../lib/card.mjs';
import { ledger } from '../lib/ledger.mjs';
import { setPolicy } from '../lib/place.mjs';
import {
  changesOf,
  OPERATIONS,
  policyOf,
  prepare,
  suffer
} from '../module/matrix.mjs';
import { labelOf, read, textOf, write } from '../module/outcomes.mjs';

const ALL = process.env.UKB_ALL === '1';
const WRITE = process.env.UKB_WRITE_TABLE === '1';
const AT_ONCE = Number(process.env.UKB_JOBS ?? 4);

/** Calls that change the UKey: a module that fails in one may have done it. */
const CHANGING = ['C_GenerateKeyPair', 'C_CreateObject', 'C_DestroyObject'];

const ONLY_OF_CHANGES = 'done, but general error';
const PULLED = 'pulled';

/** Column of the table → what the module does. */
const FAULTS = {
  'killed before': 'kill',
  'killed after': 'kill-after',
  [PULLED]: 'pull',
  'general error': 'CKR_GENERAL_ERROR',
  [ONLY_OF_CHANGES]: 'CKR_GENERAL_ERROR-after'
};

/** All points of an operation at calls of the module. */
const pointsOf = (calls) =>
  calls.flatMap((call) =>
    Object.entries(FAULTS)
      .filter(
        ([fault]) => fault !== ONLY_OF_CHANGES || CHANGING.includes(call.what)
      )
      .map(([fault, action]) => ({
        call,
        fault,
        script: `${labelOf(call)}=${action}`
      }))
  );

/** The same through OpenSC on a card, but for pulling it: that is done at each of its commands. */
const openscPointsOf = (calls) =>
  pointsOf(calls).filter(({ fault }) => fault !== PULLED);

/** The card is pulled before each command; and after it, when it writes: else that is the same. */
const cardPointsOf = (commands) =>
  commands.flatMap((call) =>
    (call.writes ? ['before', 'after'] : ['before']).map((when) => ({
      call,
      fault: `pulled ${when}`,
      pull: [call.at, when]
    }))
  );

/** The power fails before each change of a file. */
const cutsOf = (changes) =>
  changes.map((call) => ({ call, fault: 'killed before', cut: labelOf(call) }));

/** Do `work` with each item, some at once; the results in their order. */
async function each(items, work) {
  const results = [];
  let next = 0;
  const one = async () => {
    while (next < items.length) {
      const i = next++;
      results[i] = await work(items[i]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return results;
}

const nameOf = ({ call, fault }) => `${labelOf(call)}, ${fault}`;

/** How many pages SQLite writes differs: one change more or less is no point of another run. */
const NOT_REACHED = 'not reached';
const MISSED_MAX = 0.05;

/** What came of each point, and what must not have. */
async function sufferAll(state, points, options) {
  const failures = [];
  const outcomes = await each(points, async (point) => {
    try {
      const came =
        (await suffer(state, point, options)) ??
        (await suffer(state, point, options));
      return came ? textOf(came) : NOT_REACHED;
    } catch (error) {
      failures.push(`${nameOf(point)}: ${error.message}`);
      return `LOST: ${error.message.split('\n')[0]}`;
    }
  });
  return { outcomes, failures };
}

/** One in so many of the points, another one for each operation. */
function sampled(points, seed, oneIn) {
  return points.filter((_, index) => (index + seed) % oneIn === 0);
}

after(() => {
  setPolicy(null);
  ledger().settle();
});

const isLeftOut = ({ algorithm }, token) =>
  !ALL && algorithm !== undefined && token === 'SoftHSM';

const only = process.env.UKB_ONLY?.split(';');
const ON = {
  SoftHSM: {
    token: 'SoftHSM',
    list: ({ calls }) => calls,
    points: pointsOf,
    faults: Object.keys(FAULTS),
    oneIn: 131
  },
  'power cut': {
    token: 'SoftHSM',
    list: changesOf,
    points: cutsOf,
    faults: ['killed before'],
    oneIn: 41
  },
  OpenSC: {
    token: 'card',
    list: ({ calls }) => calls,
    points: openscPointsOf,
    faults: Object.keys(FAULTS).filter((fault) => fault !== PULLED),
    oneIn: 131,
    skip: cardMissing()
  },
  card: {
    token: 'card',
    list: ({ commands }) => commands,
    points: cardPointsOf,
    faults: ['pulled before', 'pulled after'],
    oneIn: 23,
    samples: ({ call }) => call.writes /* the others lead to no other state */,
    skip: cardMissing()
  }
};

for (const [how, on] of Object.entries(ON)) {
  for (const [place, name] of Object.keys(OPERATIONS).entries()) {
    const title = `${how}: ${name}`;
    if (only && !only.includes(title)) continue;
    const not = OPERATIONS[name].not ?? [];
    if (not.includes(how) || not.includes(on.token)) continue;
    /* RSA keys take their time: without UKB_ALL only on the card, which imports no others */
    if (isLeftOut(OPERATIONS[name], on.token)) continue;
    test(title, { skip: on.skip ?? false }, async (t) => {
      setPolicy(policyOf(OPERATIONS[name]));
      const state = await prepare(on.token, name);
      const calls = await on.list(state);
      const all = on.points(calls);
      const some = ALL
        ? all
        : sampled(
            all.filter(on.samples ?? Boolean),
            place * 17,
            Number(process.env.UKB_ONE_IN ?? on.oneIn)
          );
      const { outcomes, failures } = await sufferAll(state, some);
      const missed = some.filter((_, i) => outcomes[i] === NOT_REACHED);
      t.diagnostic(`${some.length} of ${all.length} points`);
      for (const point of missed) t.diagnostic(`${nameOf(point)}: not reached`);
      if (ALL && WRITE) {
        const cells = new Map(calls.map((call) => [call, new Map()]));
        for (const [i, { call, fault }] of some.entries()) {
          if (outcomes[i] === NOT_REACHED) cells.delete(call);
          else cells.get(call).set(fault, outcomes[i]);
        }
        const rows = calls.filter((call) => cells.has(call));
        write(title, rows, on.faults, (call) => cells.get(call));
      }
      assert.deepEqual(failures, []);
      assert.ok(missed.length <= Math.ceil(all.length * MISSED_MAX));
      const expected = read(title, calls);
      for (const [i, point] of some.entries()) {
        if (missed.includes(point)) continue;
        assert.equal(
          outcomes[i],
          expected(point.call, point.fault),
          nameOf(point)
        );
      }
    });
  }
}

/** What the recovery of the extension's window does, the same site's next call does, too. */
for (const [name, operation] of Object.entries(OPERATIONS)) {
  const title = `repeated by its site: ${name}`;
  if (operation.retire || isLeftOut(operation, 'SoftHSM')) continue;
  if (only && !only.includes(title)) continue;
  test(title, async (t) => {
    setPolicy(policyOf(operation));
    const state = await prepare('SoftHSM', name);
    const points = pointsOf(state.calls).filter(
      ({ call, fault }) =>
        CHANGING.includes(call.what) && fault === 'killed after'
    );
    const some = ALL ? points : points.slice(0, 1);
    const by = { by: 'repetition' };
    const { failures } = await sufferAll(state, some, by);
    t.diagnostic(`${some.length} of ${points.length} points`);
    assert.deepEqual(failures, []);
  });
}
