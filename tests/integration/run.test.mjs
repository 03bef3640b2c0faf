// SPDX-License-Identifier: MIT
// tests/run: what it says of itself, before it installs or builds anything.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { TOP } from '../lib/place.mjs';

const PROGRAM = join(TOP, 'tests/run');
const run = (...args) => spawnSync(PROGRAM, args, { encoding: 'utf8' });

test('help names every suite, and ends where the remarks do', () => {
  const { status, stdout } = run('--help');
  assert.equal(status, 0);
  assert.match(stdout, /^Build and test everything: /);
  const source = readFileSync(PROGRAM, 'utf8');
  const suites = [...source.matchAll(/^suite_(\w+)\(\)/gm)];
  assert.ok(suites.length > 5);
  for (const [, name] of suites) {
    assert.match(stdout, new RegExp(`\\b${name}\\b`));
  }
  const [head] = source.split('\nset -uo pipefail');
  assert.ok(head.endsWith(stdout.trimEnd().split('\n').at(-1)));
});

test('an option that is none is usage', () => {
  for (const args of [['--halp'], ['--all', '-x']]) {
    const { status, stdout, stderr } = run(...args);
    assert.equal(status, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /^Build and test everything: /);
  }
});
