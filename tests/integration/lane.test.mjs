// SPDX-License-Identifier: MIT
// Two files of tests never use one build at a time, and a build is free again however its file ended.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

const LANE = new URL('../lib/lane.mjs', import.meta.url).href;
const CLAIM = `
  const { laneOf } = await import('${LANE}');
  console.log(await laneOf(process.argv[1]), process.env.UKEYBRIDGE_BUILD);
  setInterval(() => {}, 1000);`;
const WAITS_MS = 500;

/** A process that claims one of these builds and stays; `claimed` is what it says. */
function claim(t, names) {
  const args = ['--input-type=module', '--eval', CLAIM, names];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit']
  });
  t.after(() => child.kill('SIGKILL'));
  const claimed = once(child.stdout, 'data').then(([text]) => `${text}`.trim());
  return { child, claimed };
}

test('each has a build of its own; who finds none waits until one is given up', async (t) => {
  const [a, b] = ['a', 'b'].map((name) => `/${name}-${process.pid}`);
  const names = `${a}:${b}`;
  const first = claim(t, names);
  const one = await first.claimed;
  const second = claim(t, names);
  const other = await second.claimed;
  assert.deepEqual([one, other].sort(), [`${a} ${a}`, `${b} ${b}`]);
  const third = claim(t, names);
  const early = await Promise.race([third.claimed, sleep(WAITS_MS, 'waits')]);
  assert.equal(early, 'waits');
  first.child.kill('SIGKILL');
  assert.equal(await third.claimed, one);
});

test('a build that is alone is nobody’s', async (t) => {
  const alone = `/alone-${process.pid}`;
  const both = [claim(t, alone), claim(t, alone)];
  for (const { claimed } of both) {
    assert.match(await claimed, new RegExp(`^${alone} `));
  }
});
