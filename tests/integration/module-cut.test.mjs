// SPDX-License-Identifier: MIT
// The worker is killed, or the UKey pulled, before and after each call that writes: the same call again finishes.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { screen } from '../lib/scene.mjs';
import { again } from '../module/operations.mjs';

const LABEL = 'UKey one';
/** After a crash the module is left alone for 250 ms. */
const PAUSE_MS = 300;

/** The calls that write, of each operation that does. */
const WRITES = [
  ['begin, new key', 'C_GenerateKeyPair:1'],
  ['install, new key', 'C_CreateObject:1'],
  ['install, same key', 'C_CreateObject:1'],
  ['install, same key', 'C_DestroyObject:1'],
  ['install, same key', 'C_CreateObject:2'],
  ['install, same key', 'C_DestroyObject:2']
];

before(() => screen());

for (const [operation, write] of WRITES) {
  for (const kill of ['kill', 'kill-after']) {
    test(`${operation}: ${kill} at ${write}`, async (t) => {
      const mend = () => sleep(PAUSE_MS);
      const [first] = await again(t, operation, `${write}=${kill}`, { mend });
      assert.equal(first.reason, 'MODULE_CRASHED');
    });
  }

  for (const [how, script, ...slots] of [
    ['before', `${write}=pull`, LABEL],
    ['after', `${write}=pull-after;${write}=CKR_GENERAL_ERROR-after`, LABEL],
    ['in mid-call', `${write}=pull;${write}=CKR_GENERAL_ERROR`, '', LABEL]
  ]) {
    test(`${operation}: pulled ${how} ${write}, put into another reader`, async (t) => {
      const mend = (stage) => stage.fault.slots('', '', LABEL);
      const [first] = await again(t, operation, script, { slots, mend });
      assert.equal(first.reason, 'TOKEN_REMOVED');
    });
  }
}

/** Every write of an installation is cut, one attempt after the other. */
for (const [what, action, options] of [
  [
    'killed after',
    'kill-after',
    /* the pause doubles each time */
    { mend: (_, count) => sleep(PAUSE_MS * 2 ** (count - 1)) }
  ],
  [
    'pulled after',
    'pull-after',
    { slots: [LABEL], mend: (stage) => stage.fault.slots(LABEL) }
  ]
]) {
  for (const operation of ['install, same key', 'install, new key']) {
    test(`${operation}: ${what} each write in turn`, async (t) => {
      const script = ['C_CreateObject:1-9', 'C_DestroyObject:1-9']
        .map((writes) => `${writes}=${action}`)
        .join(';');
      const attempts = await again(t, operation, script, {
        ...options,
        most: 9
      });
      const writes = operation === 'install, same key' ? 4 : 1;
      assert.equal(attempts.length, writes);
    });
  }
}
