// SPDX-License-Identifier: MIT
// The policy kit on an image that somebody made: as root, and yet nothing outside of it is touched.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

import {
  CHROME,
  POLICY,
  FIREFOX,
  CONF,
  STATE,
  SETTINGS,
  makeRoot,
  run,
  asFile,
  filesOf,
  put,
  apply
} from '../lib/kit.mjs';

/** An image below a folder, and that folder, which is the rest of the computer. */
function makeImage(t) {
  const computer = makeRoot(t);
  const image = join(computer, 'image');
  mkdirSync(image);
  put(computer, '/outside/file', 'kept\n');
  return { computer, image };
}

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

function assertOutsideIsKept(computer, what) {
  const left = filesOf(join(computer, 'outside'));
  assert.deepEqual(left, ['/file'], what);
  const text = readFileSync(join(computer, 'outside/file'), 'utf8');
  assert.equal(text, 'kept\n', what);
}

test('an image’s own account of what was written names nothing else', (t) => {
  const { computer, image } = makeImage(t);
  const outside = '/../outside/file';
  const digest = sha256('kept\n');
  const empty = { files: {}, folders: [], manifests: {} };
  const accounts = {
    'a file outside': { ...empty, files: { [outside]: digest } },
    'a manifest outside': {
      ...empty,
      manifests: { [outside]: { was: 'spoilt', digest } }
    },
    'a folder outside': { ...empty, folders: ['/../outside'] },
    'the root': { ...empty, folders: ['/'] },
    'a file of others': { ...empty, files: { '/etc/passwd': digest } }
  };
  put(image, '/etc/passwd', 'kept\n');
  put(image, CONF, asFile(SETTINGS));
  for (const [what, account] of Object.entries(accounts)) {
    put(image, STATE, JSON.stringify(account));
    for (const option of ['--apply', '--remove', '--release']) {
      const refused = run(option, '--root', image);
      assert.equal(refused.status, 1, what);
      assert.match(refused.stderr, /written\.json is not as .* names \//, what);
      assertOutsideIsKept(computer, what);
      assert.deepEqual(filesOf(image), ['/etc/passwd', CONF, STATE], what);
    }
  }
});

test('no link of an image leads out of it', (t) => {
  const links = {
    '/etc/ukeybridge': 'outside',
    '/etc/opt': '../../outside',
    '/etc/chromium/policies/managed': '../../../../outside',
    '/var/lib': 'outside',
    [POLICY]: 'outside/file',
    [FIREFOX]: 'outside/none',
    [STATE]: 'outside/file'
  };
  for (const [link, target] of Object.entries(links)) {
    const { computer, image } = makeImage(t);
    const conf = join(computer, 'conf');
    writeFileSync(conf, asFile(SETTINGS));
    mkdirSync(dirname(join(image, link)), { recursive: true });
    const absolute = target.startsWith('.') ? target : join(computer, target);
    symlinkSync(absolute, join(image, link));
    const refused = run('--apply', '--conf', conf, '--root', image);
    assert.equal(refused.status, 1, link);
    assert.match(refused.stderr, /leads out of /, link);
    assertOutsideIsKept(computer, link);
    const [, first] = link.split('/');
    assert.deepEqual(readdirSync(image), [first], link);
    for (const path of [POLICY, CHROME, FIREFOX].filter((it) => it !== link)) {
      assert.ok(!existsSync(join(image, path)), link);
    }
  }
});

test('what lies at the name of a file being written is not followed', (t) => {
  const { computer, image } = makeImage(t);
  mkdirSync(dirname(join(image, POLICY)), { recursive: true });
  symlinkSync(join(computer, 'outside/file'), join(image, `${POLICY}.new`));
  apply(image, SETTINGS);
  assertOutsideIsKept(computer);
  assert.ok(lstatSync(join(image, POLICY)).isFile());
  assert.ok(!filesOf(image).includes(`${POLICY}.new`));
});

test('a link inside of an image is one, and settings come of no other', (t) => {
  const { computer, image } = makeImage(t);
  mkdirSync(join(image, 'srv/chrome'), { recursive: true });
  mkdirSync(join(image, 'etc/opt'), { recursive: true });
  symlinkSync('../../srv/chrome', join(image, 'etc/opt/chrome'));
  apply(image, SETTINGS);
  assert.ok(existsSync(join(image, 'srv/chrome/policies/managed')));
  rmSync(join(image, CONF));
  symlinkSync(join(computer, 'outside/file'), join(image, CONF));
  const refused = run('--apply', '--root', image);
  assert.match(refused.stderr, /policy-kit.conf leads out of /);
  assert.equal(refused.status, 1);
  const none = run('--remove', '--root', join(computer, 'none'));
  assert.match(none.stderr, /is no folder/);
});
