// SPDX-License-Identifier: MIT
// The policy kit on a computer: what it writes, takes back, and leaves alone.
import assert from 'node:assert/strict';
import {
  existsSync,
  readFileSync,
  rmSync,
  statSync,
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
  load,
  filesOf,
  put,
  apply
} from '../lib/kit.mjs';
import { EXTENSION_ID, TOP } from '../lib/tree.mjs';

test('apply, change, apply again, remove: no trace', (t) => {
  const root = makeRoot(t);
  put(root, '/etc/chromium/kept', '');
  apply(root, SETTINGS);
  const first = filesOf(root);
  assert.ok(first.includes(CHROME) && first.includes(FIREFOX));
  assert.equal(statSync(join(root, POLICY)).mode & 0o777, 0o644);
  assert.equal(statSync(dirname(join(root, CHROME))).mode & 0o777, 0o755);
  apply(root, SETTINGS);
  assert.deepEqual(filesOf(root), first, 'again changes nothing');
  const said = apply(root, { ...SETTINGS, browser: ['chrome'] });
  assert.match(said, /^removed \/etc\/firefox\/policies\/policies.json$/m);
  assert.ok(!existsSync(join(root, '/etc/firefox')), 'its folder goes, too');
  const done = run('--remove', '--root', root);
  assert.equal(done.status, 0, done.stderr);
  assert.deepEqual(filesOf(root), ['/etc/chromium/kept', CONF]);
  assert.ok(!existsSync(join(root, 'etc/opt')));
  assert.ok(!existsSync(join(root, 'etc/chromium/policies')));
});

test('a file that sets nothing takes back what was set', (t) => {
  const root = makeRoot(t);
  apply(root, SETTINGS);
  put(root, CONF, run('--example').stdout);
  const done = run('--apply', '--root', root);
  assert.equal(done.status, 0, done.stderr);
  assert.match(done.stdout, /nothing is set/);
  assert.deepEqual(filesOf(root), [CONF]);
});

test('files of others are neither written over nor removed', (t) => {
  const root = makeRoot(t);
  put(root, POLICY, '{ "portals": [] }\n');
  put(root, CONF, asFile(SETTINGS));
  const before = filesOf(root);
  const refused = run('--apply', '--root', root);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /\/etc\/ukeybridge\/policy.json is there/);
  assert.match(refused.stderr, /Nothing was changed/);
  assert.deepEqual(filesOf(root), before);

  rmSync(join(root, POLICY));
  apply(root, SETTINGS);
  writeFileSync(join(root, CHROME), '{}\n');
  assert.equal(run('--apply', '--root', root).status, 1, 'changed since');
  const removed = run('--remove', '--root', root);
  assert.match(removed.stderr, /changed since and is left/);
  assert.deepEqual(filesOf(root), [CHROME, CONF]);
});

test('files that somebody spoilt are named, and nothing is done', (t) => {
  const root = makeRoot(t);
  const own = { 'extension-id': ['abcdefghijklmnopabcdefghijklmnop'] };
  const settings = { ...SETTINGS, ...own, browser: ['chromium'] };
  const manifest =
    '/etc/chromium/native-messaging-hosts/org.ukeybridge.host.json';
  put(root, CONF, asFile(settings));
  const spoilt = [
    [manifest, '{'],
    [manifest, '[]'],
    [manifest, '{ "allowed_origins": "all" }'],
    [manifest, '{ "allowed_origins": {} }'],
    [manifest, '['.repeat(100_000)],
    [STATE, '{ "files": {} }'],
    [STATE, '\0'],
    [STATE, '{ "files": [], "folders": [], "manifests": {} }'],
    [STATE, '{ "files": {}, "folders": {}, "manifests": {} }'],
    [STATE, '{ "files": {}, "folders": [], "manifests": [] }'],
    [STATE, `{ "files": { "${POLICY}": 1 }, "folders": [], "manifests": {} }`],
    [STATE, '{ "files": {}, "folders": [[]], "manifests": {} }'],
    ...['""', '{}', '{ "was": 1, "digest": "" }', '{ "was": "" }'].map(
      (known) => [
        STATE,
        `{ "files": {}, "folders": [], "manifests": { "${manifest}": ${known} } }`
      ]
    ),
    [
      STATE,
      `{ "files": {}, "folders": [], "manifests":
         { "${manifest}": { "was": "\\ud800", "digest": "" } } }`
    ]
  ];
  for (const [path, text] of spoilt) {
    put(root, path, text);
    const before = filesOf(root);
    const refused = run('--apply', '--root', root);
    assert.equal(refused.status, 1, text);
    assert.match(
      refused.stderr,
      /^ukeybridge-policy: \S+\.json (is|lacks|has) /
    );
    assert.ok(refused.stderr.includes(path), refused.stderr);
    assert.deepEqual(filesOf(root), before, text);
    rmSync(join(root, path));
  }
  put(root, POLICY, Buffer.from([0xff]));
  assert.match(run('--apply', '--root', root).stderr, /policy.json is there/);
});

test('another file that sets the same policy is named', (t) => {
  const root = makeRoot(t);
  const folder = dirname(CHROME);
  const same = '{ "ExtensionInstallForcelist": [], "Other": 1 }';
  put(root, CONF, asFile(SETTINGS));
  for (const name of ['company.json', 'ukeybridge.json.dpkg-old', 'company']) {
    put(root, `${folder}/${name}`, same);
    const before = filesOf(root);
    const refused = run('--apply', '--root', root);
    assert.equal(refused.status, 1, name);
    const why = `/managed/${name} sets ExtensionInstallForcelist, too`;
    assert.ok(refused.stderr.includes(why), refused.stderr);
    assert.deepEqual(filesOf(root), before, name);
    rmSync(join(root, folder, name));
  }
  put(root, `${folder}/company.json`, '{ "Other": 1 }');
  put(root, `${folder}/folder/company.json`, same);
  put(root, `${CHROME}.new`, same); // of a run that was cut off
  apply(root, SETTINGS);
  assert.ok(!existsSync(join(root, `${CHROME}.new`)));
});

test('another file that only a browser may be able to read is named', (t) => {
  const root = makeRoot(t);
  const other = `${dirname(CHROME)}/company.json`;
  put(root, CONF, asFile(SETTINGS));
  for (const text of [
    '{ "ExtensionInstallForcelist": [], }',
    '{ /* ours */ "ExtensionInstallForcelist": [] }',
    '\ufeff{ "ExtensionInstallForcelist": [] }',
    '[]',
    Buffer.from([0xff]),
    ''
  ]) {
    put(root, other, text);
    const refused = run('--apply', '--root', root);
    assert.equal(refused.status, 1, text);
    assert.match(refused.stderr, /managed\/company\.json is not .*JSON/);
    assert.match(refused.stderr, /it may set the same policies/);
    assert.deepEqual(filesOf(root), [CONF, other].sort(), text);
  }
});

test('an extension with a key of one’s own is let in, and out again', (t) => {
  const root = makeRoot(t);
  const own = 'abcdefghijklmnopabcdefghijklmnop';
  const settings = {
    ...SETTINGS,
    'extension-id': [own],
    browser: ['chromium']
  };
  put(root, CONF, asFile(settings));
  const refused = run('--apply', '--root', root);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /Chromium has no manifest .*ukeybridge$/m);
  const path = '/etc/chromium/native-messaging-hosts/org.ukeybridge.host.json';
  const packaged = readFileSync(join(TOP, 'manifests/chromium.json'), 'utf8');
  put(root, path, packaged);
  for (let times = 0; times < 2; times++) {
    apply(root, settings);
    const { allowed_origins: allowed, ...rest } = load(join(root, path));
    assert.deepEqual(allowed, [
      `chrome-extension://${EXTENSION_ID}/`,
      `chrome-extension://${own}/`
    ]);
    assert.equal(rest.name, 'org.ukeybridge.host');
  }
  apply(root, SETTINGS);
  assert.equal(readFileSync(join(root, path), 'utf8'), packaged);
  apply(root, settings);
  run('--remove', '--root', root);
  assert.equal(readFileSync(join(root, path), 'utf8'), packaged);
  apply(root, settings);
  assert.equal(run('--release', '--root', root).status, 0);
  assert.equal(readFileSync(join(root, path), 'utf8'), packaged);
  put(root, path, packaged.replace('lists', 'also lists'));
  apply(root, settings);
  assert.match(load(join(root, path)).description, /also lists/);
  assert.equal(load(join(root, path)).allowed_origins.length, 2);
  put(root, path, '{ "changed": true }');
  run('--remove', '--root', root);
  assert.deepEqual(load(join(root, path)), { changed: true });
});
