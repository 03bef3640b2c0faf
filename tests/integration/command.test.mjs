// SPDX-License-Identifier: MIT
// The command line as a person uses it, and what the program is made of.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync
} from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

import { keepLedger, ledger } from '../lib/ledger.mjs';
import { HOST, makePlace, useBrowser } from '../lib/place.mjs';
import { ADD_ON_ID as ADD_ON } from '../lib/tree.mjs';

const MANIFEST = 'org.ukeybridge.host.json';
const ID = 'abcdefghijklmnopabcdefghijklmnop';
const NOBODY = 65534;
const FOLDERS = {
  chrome: '.config/google-chrome/NativeMessagingHosts',
  chromium: '.config/chromium/NativeMessagingHosts',
  edge: '.config/microsoft-edge/NativeMessagingHosts',
  firefox: '.mozilla/native-messaging-hosts'
};

keepLedger();

function place(t) {
  const made = makePlace();
  t.after(() => made.remove());
  t.after(() => ledger().settle());
  /** Run the program: exit code, stdout, stderr. */
  made.run = (...args) => {
    const env = { ...made.env };
    delete env.XDG_CONFIG_HOME; /* browsers look below HOME */
    const { status, stdout, stderr } = spawnSync(HOST, args, {
      env,
      encoding: 'utf8',
      timeout: 60_000 /* whoever hangs, whatever the machine does besides */
    });
    return { status, stdout, stderr };
  };
  return made;
}

test('no argument and help print what there is', (t) => {
  const { run } = place(t);
  for (const args of [[], ['help'], ['--help'], ['-h']]) {
    const { status, stdout, stderr } = run(...args);
    assert.equal(status, 0);
    assert.equal(stderr, '');
    for (const word of ['describe', 'register', 'unregister', '--version']) {
      assert.ok(stdout.includes(`ukeybridge ${word}`), word);
    }
  }
});

test('every command says how it is used', (t) => {
  const { run, dir } = place(t);
  const listed = run('help').stdout.matchAll(/^ {2}ukeybridge (\S+)/gm);
  const names = [...listed].map(([, name]) => name);
  assert.ok(names.length >= 9);
  for (const name of names) {
    const asked = run(name, '--help');
    assert.equal(asked.status, 0, name);
    assert.equal(asked.stderr, '');
    assert.ok(asked.stdout.startsWith(`Usage: ukeybridge ${name}`), name);
    assert.deepEqual(run(name, '-h'), asked);
    assert.deepEqual(run('help', name), asked);
  }
  const more = run('register', '--manifest-dir', dir, '-h');
  assert.ok(more.stdout.includes('--extension-id ID'));
  assert.ok(!readdirSync(dir).includes(MANIFEST)); /* help does nothing else */
});

test('a slip in a command, or in a method, is understood', (t) => {
  const { run } = place(t);
  for (const [args, meant] of [
    [['token'], 'tokens'],
    [['cert'], 'certificates'],
    [['regsiter'], 'register'],
    [['--versoin'], '--version'],
    [['help', 'renewal'], 'renewals']
  ]) {
    const { status, stderr } = run(...args);
    assert.equal(status, 2);
    assert.ok(stderr.includes(`did you mean ${meant}?`), stderr);
  }
  assert.ok(!run('frobnicate').stderr.includes('did you mean'));
  const call = run('call', 'token.list');
  assert.equal(call.status, 1);
  assert.match(call.stderr, /did you mean tokens\.list\?/);
  assert.ok(!run('call', 'x.y').stderr.includes('did you mean'));
  for (const args of [
    ['tokens', 'more'],
    ['call'],
    ['certificates', '--jsn']
  ]) {
    const { status, stderr } = run(...args);
    assert.equal(status, 2);
    assert.match(stderr, new RegExp(`^usage: ukeybridge ${args[0]}`));
  }
});

test('--version is one line', (t) => {
  const { status, stdout } = place(t).run('--version');
  assert.equal(status, 0);
  assert.match(
    stdout,
    /^ukeybridge \d+\.\d+\.\d+ \((unknown|[0-9a-f]+.*)\)\n$/
  );
});

test('describe prints the contract, the same as host.hello tells', (t) => {
  const { run } = place(t);
  const { status, stdout } = run('describe');
  assert.equal(status, 0);
  const contract = JSON.parse(stdout);
  assert.equal(contract.protocol, 1);
  for (const method of contract.methods) {
    assert.ok(['any', 'portal', 'ui'].includes(method.grant), method.name);
    assert.ok(Array.isArray(method.params) && Array.isArray(method.result));
    assert.ok(method.runsIn === 'broker' || method.timeLimitMs > 0);
  }
  const reasons = contract.errors.map(({ reason }) => reason).filter(Boolean);
  assert.equal(new Set(reasons).size, reasons.length);
});

test('what makes no sense: 2, and a word on stderr', (t) => {
  const { run, dir } = place(t);
  for (const args of [
    ['nothing'],
    ['--nothing'],
    [''],
    ['describe', 'more'],
    ['register', '--browser'],
    ['register', '--browser', 'netscape'],
    ['register', '--manifest-dir'],
    ['register', '--manifest-dir', 'relative'],
    ['register', '--manifest-dir', dir, '--system'],
    ['register', '--manifest-dir', dir].concat(
      ['chrome', 'firefox'].flatMap((name) => ['--browser', name])
    ),
    ['register', '--extension-id', 'short'],
    ['register', '--extension-id', ID.toUpperCase()],
    ['register', '--nothing'],
    ['unregister', '--extension-id', ID]
  ]) {
    const { status, stdout, stderr } = run(...args);
    assert.equal(status, 2, args.join(' '));
    assert.equal(stdout, '', args.join(' '));
    assert.notEqual(stderr, '', args.join(' '));
  }
  assert.ok(!readdirSync(dir).includes(MANIFEST));
});

function assertManifest(file, browser) {
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  assert.equal(manifest.name, 'org.ukeybridge.host');
  assert.equal(manifest.type, 'stdio');
  assert.equal(manifest.path, HOST);
  assert.notEqual(manifest.description, '');
  if (browser === 'firefox') {
    assert.deepEqual(manifest.allowed_extensions, [ADD_ON]);
  } else {
    for (const origin of manifest.allowed_origins) {
      assert.match(origin, /^chrome-extension:\/\/[a-p]{32}\/$/);
    }
  }
  assert.equal(statSync(file).mode & 0o022, 0);
  return manifest;
}

test('register in a folder, again, with an id, and unregister', (t) => {
  const { run, dir } = place(t);
  const folder = join(dir, 'made', 'for it');
  const file = join(folder, MANIFEST);
  const where = ['--manifest-dir', folder];
  for (let i = 0; i < 2; i++) {
    const { status, stdout } = run('register', ...where);
    assert.equal(status, 0);
    assert.equal(stdout, `wrote ${file}\n`);
  }
  const plain = assertManifest(file);
  run('register', ...where, '--extension-id', ID);
  const more = assertManifest(file).allowed_origins;
  assert.deepEqual(more, [
    ...plain.allowed_origins,
    `chrome-extension://${ID}/`
  ]);
  assert.deepEqual(readdirSync(folder), [MANIFEST]); /* nothing half-written */
  for (let i = 0; i < 2; i++) {
    assert.equal(run('unregister', ...where).status, 0);
    assert.ok(!existsSync(file));
  }
});

test('register finds the browsers that were used', (t) => {
  const { run, dir } = place(t);
  const none = run('register');
  assert.equal(none.status, 1);
  assert.match(none.stderr, /no browser/);
  useBrowser(dir, '.config/chromium');
  assert.equal(run('register').status, 0);
  for (const [name, folder] of Object.entries(FOLDERS)) {
    const file = join(dir, folder, MANIFEST);
    assert.equal(existsSync(file), name === 'chromium', name);
  }
  assert.equal(run('unregister').status, 0);
  assert.ok(!existsSync(join(dir, FOLDERS.chromium, MANIFEST)));
});

for (const [name, folder] of Object.entries(FOLDERS)) {
  test(`register for ${name} by name`, (t) => {
    const { run, dir } = place(t);
    assert.equal(run('register', '--browser', name).status, 0);
    assertManifest(join(dir, folder, MANIFEST), name);
    assert.equal(run('unregister', '--browser', name).status, 0);
    assert.ok(!existsSync(dirname(join(dir, folder))), 'a folder was left');
    const { checks } = JSON.parse(run('doctor', '--json').stdout);
    const row = checks.find(({ id }) => id === `manifest-${name}`);
    assert.equal(row.status, 'skipped');
  });
}

test('a folder that cannot be made: 1, and why', (t) => {
  const { run, dir } = place(t);
  const blocked = join(dir, 'file');
  writeFileSync(blocked, '');
  chmodSync(blocked, 0o400);
  for (const folder of [join(blocked, 'below'), '/proc/nowhere']) {
    const { status, stderr } = run('register', '--manifest-dir', folder);
    assert.equal(status, 1, folder);
    assert.match(stderr, /^ukeybridge: .+\n$/);
  }
});

test('--system is for a program that only root can change', (t) => {
  const made = place(t);
  const program = join(made.dir, 'ukeybridge');
  copyFileSync(
    HOST,
    program
  ); /* the checkout may be where root alone comes, as /root is */
  chmodSync(made.dir, 0o755);
  const nobody = process.getuid() === 0 && { uid: NOBODY, gid: NOBODY };
  const { status, stderr } = spawnSync(program, ['register', '--system'], {
    env: { ...made.env, HOME: '/nonexistent', LD_PRELOAD: undefined },
    encoding: 'utf8',
    ...nobody
  });
  assert.equal(status, 1);
  assert.match(stderr, /^ukeybridge: --system .* only root can change.+\n$/);
  assert.ok(stderr.includes(program));
});

/** The libraries that a program asks the loader for. */
const needs = (program) =>
  [
    ...execFileSync('readelf', ['-d', program], {
      encoding: 'utf8'
    }).matchAll(/\(NEEDED\).*\[(.+?)\.so/g)
  ].map(([, name]) => name);

test('the broker needs libuv, cJSON and the C library', () => {
  const allowed = ['libuv', 'libcjson', 'libc'];
  for (const name of needs(HOST)) assert.ok(allowed.includes(name), name);
});

test('only the net worker has the network', () => {
  assert.ok(!needs(`${HOST}-worker`).includes('libcurl'));
  assert.ok(needs(`${HOST}-worker-net`).includes('libcurl'));
});

test('the worker is nobody’s command', () => {
  for (const program of [`${HOST}-worker`, `${HOST}-worker-net`]) {
    const { status, stdout } = spawnSync(program, [], { encoding: 'utf8' });
    assert.equal(status, 2);
    assert.equal(stdout, '');
  }
});

/** Start the host as Firefox does, and ping it. */
function asFirefox({ env }, manifest, addOn) {
  const frame = Buffer.from(
    '\u002b\0\0\0{"jsonrpc":"2.0","id":1,"method":"host.ping"}',
    'latin1'
  );
  frame.writeUInt32LE(frame.length - 4);
  return spawnSync(HOST, [manifest, addOn], { env, input: frame });
}

test('Firefox’s arguments start the host, too', async (t) => {
  const made = place(t);
  made.run('register', '--browser', 'firefox');
  const manifest = join(made.dir, FOLDERS.firefox, MANIFEST);
  const { status, stdout } = asFirefox(made, manifest, ADD_ON);
  assert.equal(status, 0);
  const reply = JSON.parse(stdout.subarray(4));
  assert.deepEqual(reply, { jsonrpc: '2.0', id: 1, result: {} });
});

test('an add-on that the manifest does not name is no one', (t) => {
  const made = place(t);
  made.run('register', '--browser', 'firefox', '--browser', 'chrome');
  const manifest = join(made.dir, FOLDERS.firefox, MANIFEST);
  for (const [file, addOn] of [
    [manifest, `x${ADD_ON}`],
    [manifest, '{0badc0de-0000-4000-8000-000000000000}'],
    [join(made.dir, FOLDERS.chrome, MANIFEST), ADD_ON],
    [`/nonexistent/${MANIFEST}`, ADD_ON]
  ]) {
    const { status, stdout, stderr } = asFirefox(made, file, addOn);
    assert.equal(status, 1);
    assert.equal(stdout.length, 0);
    assert.match(stderr.toString(), /^ukeybridge: .*(add-on|manifest)/);
  }
});
