// SPDX-License-Identifier: MIT
// tests/lib/skips.mjs: what tests/run learns of tests that did not run.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { TOP } from '../lib/place.mjs';

/** What the reporter says of files with these lines in them. */
function reported(t, files) {
  const dir = mkdtempSync(join(tmpdir(), 'ukb-skips-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const paths = Object.entries(files).map(([name, lines]) => {
    const path = join(dir, name);
    writeFileSync(path, `import { test } from 'node:test';\n${lines}\n`);
    return path;
  });
  const reporter = `--test-reporter=${join(TOP, 'tests/lib/skips.mjs')}`;
  const env = { ...process.env };
  delete env.NODE_TEST_CONTEXT; /* that run is none of this one */
  const { stdout } = spawnSync(
    process.execPath,
    ['--test', reporter, ...paths],
    {
      env,
      encoding: 'utf8'
    }
  );
  return stdout.split('\n').filter(Boolean).sort();
}

test('each skipped test is named with its reason, the inner ones too', (t) => {
  const lines = reported(t, {
    'some.test.mjs': `
      test('runs', () => {});
      test('one', { skip: 'no such token' }, () => {});
      test('outer', (t) => t.test('inner', (s) => s.skip('not here')));
      test('two', { skip: true }, () => {});`
  });
  assert.deepEqual(lines, [
    'skipped some.test.mjs: inner: not here',
    'skipped some.test.mjs: one: no such token',
    'skipped some.test.mjs: two: no reason given'
  ]);
});

test('a file of which nothing ran is named; one that failed did run', (t) => {
  const lines = reported(t, {
    'all.test.mjs': `test('one', { skip: 'no card' }, () => {});`,
    'fails.test.mjs': `test('one', () => { throw new Error('no'); });`,
    'runs.test.mjs': `test('one', () => {});`
  });
  assert.deepEqual(lines, [
    'nothing ran all.test.mjs',
    'skipped all.test.mjs: one: no card'
  ]);
});
