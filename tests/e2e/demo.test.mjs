// SPDX-License-Identifier: MIT
// The README's one command, without its installing and building.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { Display } from '../lib/display.mjs';
import { TOP, makePlace } from '../lib/place.mjs';
import { until } from './stage.mjs';

const DEMO = join(TOP, 'tests/lib/demo.mjs');

/** Start the demo in a folder for temporary files of its own: what it leaves there, it forgot. */
function start(t, args, env = {}) {
  const place = makePlace();
  t.after(() => place.remove());
  const demo = spawn(process.execPath, [DEMO, ...args], {
    env: { ...process.env, TMPDIR: place.dir, ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  });
  demo.said = '';
  demo.stdout.on('data', (piece) => (demo.said += piece));
  demo.stderr.on('data', (piece) => (demo.said += piece));
  demo.left = () =>
    readdirSync(place.dir).filter((name) => name.startsWith('ukb-'));
  return demo;
}

test('the demo drives itself and tells the dates', async (t) => {
  const demo = start(t, ['--drive', '--lang', 'en']);
  const [code] = await once(demo, 'close'); /* all is said, too */
  assert.equal(code, 0, demo.said);
  const ends = 'ends \\d{4}-\\d\\d-\\d\\d';
  const both = (when, days) =>
    new RegExp(
      `^${when} +signing ${days} days, ${ends}; encryption ${days} days, ${ends}$`,
      'm'
    );
  assert.match(demo.said, both('before:', '20'));
  assert.match(demo.said, both('after:', '38[56]'));
  assert.deepEqual(demo.left(), []);
});

test('the demo waits for a person, and cleans up when told to end', async (t) => {
  const display = await Display.start();
  t.after(() => display.stop());
  const demo = start(t, [], { DISPLAY: display.name, WAYLAND_DISPLAY: '' });
  await display.dialog({ windowClass: 'chromium' });
  assert.match(demo.said, /PIN 码 111111/);
  assert.match(demo.said, /PIN 111111/);
  demo.kill('SIGINT');
  const [code] = await once(demo, 'close');
  assert.equal(code, 0, demo.said);
  assert.match(demo.said, /^after: {2}signing 20 days.*encryption 20 days/m);
  assert.deepEqual(demo.left(), []);
  await until(async () => {
    const windows = display.dialog({ windowClass: 'chromium', timeoutMs: 1 });
    return windows.then(
      () => false,
      () => true
    );
  });
});
