// SPDX-License-Identifier: MIT
// Each call to a module fails once, in each thing that the host does with a UKey: the reply names a sane reason, what was
// there stays usable, and the same call again succeeds. Without UKB_ALL=1 a sample of the thousands.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { screen } from '../lib/scene.mjs';
import { again, countCalls, OPERATIONS } from '../module/operations.mjs';

const ALL = process.env.UKB_ALL === '1';
const ANSWERS = ['CKR_DEVICE_REMOVED', 'CKR_GENERAL_ERROR'];

/** Calls that change something, or spend something: none of them is left out, and none may fail unnoticed. */
const WEIGHTY = [
  ...['C_Login', 'C_GenerateKeyPair', 'C_CreateObject', 'C_DestroyObject'],
  ...['C_SignInit', 'C_Sign']
];
const CHANGING = WEIGHTY.slice(1, 4);

/** Of the others one in so many. */
const ONE_IN = 61;

const SANE = ['TOKEN_ERROR', 'TOKEN_REMOVED', 'NO_TOKEN', 'MODULE_MISSING'];

before(() => screen());

function isSane(name, { reason, error }) {
  if (reason === undefined) return !WEIGHTY.includes(name);
  if (reason === 'ROLLED_BACK') {
    return isSane(name, { reason: error.data.cause });
  }
  /* A token that tells no mechanism is taken to have none. */
  if (reason === 'UNSUPPORTED') return name === 'C_GetMechanismInfo';
  return SANE.includes(reason);
}

/** Every failure of every call: `[name, n, answer]`. */
function* failures(counts) {
  for (const [name, count] of Object.entries(counts)) {
    for (let n = 1; n <= count; n++) {
      for (const answer of ANSWERS) yield [name, n, answer];
      if (CHANGING.includes(name)) {
        for (const answer of ANSWERS) yield [name, n, `${answer}-after`];
      }
    }
  }
}

const sampled = (all) =>
  ALL
    ? all
    : all.filter(
        ([name], index) => WEIGHTY.includes(name) || index % ONE_IN === 0
      );

for (const operation of Object.keys(OPERATIONS)) {
  test(`${operation}: any call to the module may fail`, async (t) => {
    const all = [...failures(await countCalls(t, operation))];
    const some = sampled(all);
    const reasons = {};
    for (const [name, n, answer] of some) {
      const script = `${name}:${n}=${answer}`;
      await t.test(script, async (point) => {
        const [first] = await again(point, operation, script);
        assert.ok(isSane(name, first), `${script}: ${first.error}`);
        const reason = first.reason ?? 'no failure';
        reasons[reason] = (reasons[reason] ?? 0) + 1;
      });
    }
    t.diagnostic(`${some.length} of ${all.length}: ${JSON.stringify(reasons)}`);
  });
}

/** What makes `begin` take its new key away again. */
const NO_SIGNATURE = 'C_Sign=CKR_GENERAL_ERROR-after';

/** A UKey that stays broken from some call on, until it is put in again. */
for (const [operation, from, also] of [
  ['begin, new key', 'C_GenerateKeyPair:1'],
  ['begin, new key', 'C_SignInit:1'],
  ['begin, new key', 'C_DestroyObject:1', NO_SIGNATURE],
  ['begin, new key', 'C_DestroyObject:2', NO_SIGNATURE],
  ['install, new key', 'C_CreateObject:1'],
  ['install, new key', 'C_SignInit:1'],
  ['install, same key', 'C_CreateObject:1'],
  ['install, same key', 'C_CreateObject:2'],
  ['install, same key', 'C_DestroyObject:1'],
  ['install, same key', 'C_DestroyObject:2'],
  ['install, same key', 'C_SignInit:1']
]) {
  test(`${operation}: it fails from ${from} on`, async (t) => {
    const rules = [`${from}+=CKR_GENERAL_ERROR`, ...(also ? [also] : [])];
    const script = rules.join(';');
    const [first] = await again(t, operation, script, { fresh: true });
    assert.ok(isSane(from.split(':')[0], first), `${first.error}`);
  });
}
