// SPDX-License-Identifier: MIT
// What the packages’ scripts do when a package goes.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import {
  CHROME,
  POLICY,
  CONF,
  STATE,
  SETTINGS,
  makeRoot,
  filesOf,
  put,
  apply
} from '../lib/kit.mjs';
import { TOP } from '../lib/tree.mjs';

/** Run a package's script with the kit's program on a root of ours. */
function runScript(t, script, argument, root) {
  const folder = makeRoot(t);
  const program = `#!/bin/sh\nexec '${join(TOP, 'packaging/policy')}' "$@" --root '${root}'\n`;
  writeFileSync(join(folder, 'ukeybridge-policy'), program, { mode: 0o755 });
  return spawnSync('sh', [join(TOP, 'packaging', script), argument], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${folder}:${process.env.PATH}` }
  });
}

test('the kit’s package goes, whatever became of its record', (t) => {
  for (const [script, argument] of [
    ['deb/kit/prerm', 'remove'],
    ['rpm/kit-preun', '0']
  ]) {
    const root = makeRoot(t);
    apply(root, SETTINGS);
    const record = readFileSync(join(root, STATE));
    put(root, STATE, '{');
    const spoilt = runScript(t, script, argument, root);
    assert.equal(spoilt.status, 0, spoilt.stderr);
    assert.match(spoilt.stderr, /written\.json is not JSON/);
    assert.match(spoilt.stderr, /left; remove them by hand$/m);
    assert.ok(existsSync(join(root, CHROME)));
    put(root, STATE, record);
    const done = runScript(t, script, argument, root);
    assert.equal(done.status, 0, done.stderr);
    assert.equal(done.stderr, '');
    assert.deepEqual(filesOf(root), [CONF]);
  }
});

/** Purge a package by its own script, in a file system whose /etc and /var are those of a root. */
function purge(component, root) {
  const script = join(TOP, `packaging/deb/${component}/postrm`);
  const inside = `mount --bind "$1/etc" /etc && mount --bind "$1/var" /var && exec sh '${script}' purge`;
  mkdirSync(join(root, 'var'), { recursive: true });
  const args = ['--mount', 'sh', '-c', inside, 'sh', root];
  const done = spawnSync('unshare', args, { encoding: 'utf8' });
  assert.equal(done.status, 0, done.stderr);
}

test(
  'to purge the host leaves the kit’s file, whichever goes first',
  { skip: process.getuid() !== 0 && 'only root may mount' },
  (t) => {
    const own = '/etc/ukeybridge/certificates/ca.pem';
    for (const first of ['bridge', 'kit']) {
      const root = makeRoot(t);
      for (const path of [POLICY, own, CONF, STATE]) put(root, path, '');
      purge(first, root);
      const left = first === 'bridge' ? [CONF, STATE] : [own, POLICY];
      assert.deepEqual(filesOf(root), left, first);
      purge(first === 'bridge' ? 'kit' : 'bridge', root);
      assert.deepEqual(readdirSync(join(root, 'etc')), [], first);
      purge('bridge', root);
    }
  }
);
