// SPDX-License-Identifier: MIT
// The packages as packaging/packages makes them: their files, what they need, what lintian and others say of them.
// With UKB_ALL two clones in different folders make the same bytes.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, before, test } from 'node:test';

import { TOP } from '../lib/tree.mjs';

const PROGRAMS = ['ukeybridge', 'ukeybridge-worker', 'ukeybridge-worker-net'];
const LIBEXEC = '/usr/libexec/ukeybridge';
const BROKER = `${LIBEXEC}/ukeybridge`;

let out;
/** The packages' paths: `deb.ukeybridge`, `rpm.ukeybridge-policy` and so on. */
const made = { deb: {}, rpm: {} };
/** Each package unpacked. */
const unpacked = { deb: {}, rpm: {} };

const run = (program, args, options) =>
  execFileSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    ...options
  });
const tool = (program, ...args) =>
  spawnSync(program, args, { encoding: 'utf8' });

function unpack(kind, name) {
  const dir = join(out, `${kind}-${name}`);
  const pipe = {
    deb: 'dpkg-deb -x "$0" "$1"',
    rpm: 'mkdir "$1" && rpm2cpio "$0" | (cd "$1" && cpio -id --quiet)'
  };
  run('sh', ['-ec', pipe[kind], made[kind][name], dir]);
  return dir;
}

/** What is in a folder: `{path: link or undefined}`, folders left out. */
function filesOf(dir) {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.path, entry.name).slice(dir.length))
    .sort();
}

const read = (dir, path) => readFileSync(join(dir, path), 'utf8');
const fields = (deb) => {
  const text = run('dpkg-deb', ['-f', deb]);
  return Object.fromEntries(
    [...text.matchAll(/^([\w-]+): (.*)$/gm)].map(([, key, value]) => [
      key,
      value
    ])
  );
};

before(() => {
  out = mkdtempSync(join(tmpdir(), 'packages-'));
  const said = run(join(TOP, 'packaging/packages'), ['--out', out]);
  for (const path of said.trim().split('\n')) {
    const [, name, kind] = /([a-z-]+?)[_-]\d.*\.(deb|rpm)$/.exec(
      basename(path)
    );
    made[kind][name] = path;
    unpacked[kind][name] = unpack(kind, name);
  }
});
after(() => rmSync(out, { recursive: true }));

test('two packages of each kind', () => {
  for (const kind of ['deb', 'rpm']) {
    const names = Object.keys(made[kind]).sort();
    assert.deepEqual(names, ['ukeybridge', 'ukeybridge-policy'], kind);
  }
});

test('the programs are together, and a person’s is a link to them', () => {
  for (const dir of [unpacked.deb.ukeybridge, unpacked.rpm.ukeybridge]) {
    const files = filesOf(dir);
    for (const name of PROGRAMS) {
      assert.ok(files.includes(`${LIBEXEC}/${name}`));
    }
    const version = run(join(dir, 'usr/bin/ukeybridge'), ['--version']);
    assert.match(version, /^ukeybridge \d/);
    const worker = tool(join(dir, LIBEXEC, 'ukeybridge-worker-net'), 'none');
    assert.doesNotMatch(worker.stderr, /version information|cannot open/);
  }
});

test('each browser finds a manifest where it looks, which leads to the broker', () => {
  const source = readFileSync(
    join(TOP, 'host/platform/posix_browsers.c'),
    'utf8'
  );
  const places = source.match(/"\/[^"]*native-messaging-hosts"/g);
  const dirs = new Set(places.map((place) => place.slice(1, -1)));
  dirs.add('/usr/lib/mozilla/native-messaging-hosts');
  const deb = unpacked.deb.ukeybridge;
  const found = filesOf(deb).filter((path) =>
    path.includes('native-messaging')
  );
  assert.deepEqual(
    found,
    [...dirs].map((dir) => `${dir}/org.ukeybridge.host.json`).sort()
  );
  for (const path of found) {
    const manifest = JSON.parse(read(deb, path));
    assert.equal(manifest.path, BROKER);
    assert.equal(manifest.name, 'org.ukeybridge.host');
    const whom = path.includes('mozilla')
      ? 'allowed_extensions'
      : 'allowed_origins';
    assert.equal(manifest[whom].length, 1, path);
  }
  const rpm = filesOf(unpacked.rpm.ukeybridge);
  const lib64 = '/usr/lib64/mozilla/native-messaging-hosts';
  assert.ok(rpm.includes(`${lib64}/org.ukeybridge.host.json`));
});

test('nothing is active: no policy of ours, of browsers or of the kit', () => {
  for (const dir of Object.values(unpacked.deb)) {
    const active = filesOf(dir).filter(
      (path) => path.startsWith('/etc/') && !path.includes('native-messaging')
    );
    assert.deepEqual(active, []);
  }
  const shown = '/usr/share/doc/ukeybridge/examples/policy.json';
  assert.ok(JSON.parse(read(unpacked.deb.ukeybridge, shown)).portals);
});

test('what is in /etc is configuration', () => {
  const deb = unpacked.deb.ukeybridge;
  const conffiles = run('dpkg-deb', ['-I', made.deb.ukeybridge, 'conffiles']);
  assert.deepEqual(
    conffiles.trim().split('\n').sort(),
    filesOf(deb).filter((path) => path.startsWith('/etc/'))
  );
  const rpm = run('rpm', ['-qpc', made.rpm.ukeybridge]);
  assert.deepEqual(rpm, conffiles);
});

test('the packages say what they need', () => {
  const bridge = fields(made.deb.ukeybridge);
  assert.match(bridge.Depends, /libcurl4 .*libp11-kit0|libcjson1/);
  assert.match(bridge.Depends, /pinentry-gtk2 \| pinentry-x11/);
  const kit = fields(made.deb['ukeybridge-policy']);
  assert.equal(kit.Architecture, 'all');
  assert.match(kit.Depends, /ukeybridge \(>= .*\), python3/);
  const needs = run('rpm', ['-qpR', made.rpm.ukeybridge]);
  assert.match(needs, /^libcurl\.so\.4\(\)\(64bit\)$/m);
  assert.doesNotMatch(needs, /CURL_OPENSSL/, 'a version that Debian alone has');
  assert.match(needs, /^pinentry$/m);
});

test('lintian finds nothing', () => {
  const checked = tool(
    'lintian',
    '--fail-on',
    'error,warning',
    ...Object.values(made.deb)
  );
  assert.equal(checked.stdout.replace(/^running with root.*\n/gm, ''), '');
  assert.equal(checked.status, 0, checked.stderr);
});

const MANUAL = {
  'man1/ukeybridge.1': {
    of: 'ukeybridge',
    says: /^ {5}ukeybridge certificates \[TOKEN\]/m
  },
  'man5/ukeybridge-policy.5': { of: 'ukeybridge', says: /retireOldSigning/ },
  'man8/ukeybridge-policy.8': {
    of: 'ukeybridge-policy',
    says: /^ {5}update-url = /m
  }
};
const TERMINAL = 80;

/** A manual page's file, and what a terminal shows of it. */
function manual(page) {
  const man = join(unpacked.deb[MANUAL[page].of], 'usr/share/man');
  const file = join(out, page.replaceAll('/', '-'));
  run('sh', ['-ec', 'gzip -dc "$0" >"$1"', join(man, `${page}.gz`), file]);
  const shown = run('mandoc', ['-Tutf8', `-Owidth=${TERMINAL}`, file]);
  return { file, shown: shown.replace(/.[\b]/gu, '') };
}

test('the manual pages are there, well-formed, and no wider than a terminal', () => {
  for (const [page, { says }] of Object.entries(MANUAL)) {
    const { file, shown } = manual(page);
    const lint = tool('mandoc', '-Tlint', '-Wwarning', file);
    assert.equal(lint.stdout, '', page);
    assert.match(shown, says);
    const wide = shown.split('\n').filter((text) => text.length > TERMINAL);
    assert.deepEqual(wide, [], page);
  }
});

/** How many columns of a terminal a text takes: Chinese characters take two. */
const columns = (text) =>
  text.length + (text.match(/[\u3000-\u9fff\uff01-\uff60]/g)?.length ?? 0);

/** What a help or a page says, in whatever lines, without what only sets it. */
const flat = (text) => text.replace(/\s+/g, '');

test('the Chinese manual page says what the program says in Chinese, in lines of their width', () => {
  const deb = unpacked.deb.ukeybridge;
  const file = join(out, 'ukeybridge.zh_CN.1');
  const packed = join(deb, 'usr/share/man/zh_CN/man1/ukeybridge.1.gz');
  run('sh', ['-ec', 'gzip -dc "$0" >"$1"', packed, file]);
  const { stdout, stderr } = tool(
    'groff',
    ...['-Kutf8', '-mandoc', '-Tutf8', '-ww', '-P-cbou'],
    ...[`-rLL=${TERMINAL}n`, file]
  );
  assert.equal(stderr, '');
  const wide = stdout.split('\n').filter((text) => columns(text) > TERMINAL);
  assert.deepEqual(wide, []);
  const help = run('env', [
    'LC_ALL=zh_CN.UTF-8',
    join(deb, 'usr/bin/ukeybridge'),
    'help'
  ]);
  const commands = [...help.matchAll(/^ {2}(ukeybridge .*\n {6}.*)$/gm)];
  assert.ok(commands.length > 5);
  for (const [, said] of commands) {
    assert.ok(flat(stdout).includes(flat(said)), said);
  }
  const heads = (text) => text.match(/^[^\s(]+( [A-Z]+)?$/gm).length;
  assert.equal(heads(stdout), heads(manual('man1/ukeybridge.1').shown));
});

test('what a command’s arguments mean stands below what it does, as far in', () => {
  const { shown } = manual('man1/ukeybridge.1');
  const entry = /^ {5}ukeybridge audit.*\n([\s\S]*?)^ {5}ukeybridge/m;
  const [, text] = entry.exec(shown);
  const paragraphs = text.trimEnd().split('\n\n');
  assert.deepEqual(
    paragraphs.map((paragraph) => /^ *\S+/.exec(paragraph)[0]),
    ['List', 'What', '--json'].map((word) => ' '.repeat(13) + word)
  );
});

test('the manual names every command, and policy.md every member', () => {
  const deb = unpacked.deb.ukeybridge;
  const page = (path) => run('gzip', ['-dc', join(deb, 'usr/share/man', path)]);
  const help = run(join(deb, 'usr/bin/ukeybridge'), ['help']);
  const commands = [...help.matchAll(/^ {2}ukeybridge (\S+)/gm)];
  assert.ok(commands.length > 5);
  for (const [, name] of commands) {
    const typed = name.replace(/-/g, '\\-');
    assert.ok(
      page('man1/ukeybridge.1.gz').includes(`.It Nm Cm ${typed}`),
      name
    );
  }
  const members = readFileSync(join(TOP, 'host/policy/policy.c'), 'utf8').match(
    /(?<=policy_fields\[\] = \{)[\s\S]*?\n\};/
  )[0];
  const names = [...members.matchAll(/(?:\(|\{ )"(\w+)"/g)];
  assert.ok(names.length > 5);
  for (const [, name] of names) {
    assert.ok(page('man5/ukeybridge-policy.5.gz').includes(name), name);
  }
});

test('what documents and manual pages refer to is installed, too', () => {
  const doc = '/usr/share/doc';
  const installed = Object.values(unpacked.deb).flatMap((dir) =>
    filesOf(dir)
      .filter((path) => path.startsWith(doc))
      .map((path) => ({ path, text: read(dir, path) }))
  );
  const targets = installed
    .filter(({ path }) => path.endsWith('.md'))
    .flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!\w+:)([^)#]+)/g)].map(([, target]) => ({
        from: path,
        path: join(dirname(path), target)
      }))
    );
  assert.ok(targets.length > 5);
  for (const page of Object.keys(MANUAL)) {
    const named = manual(page).shown.matchAll(/\/usr\/share\/doc\/[\w./-]+\w/g);
    targets.push(...[...named].map(([path]) => ({ from: page, path })));
  }
  const there = (target) =>
    installed.some(({ path }) => `${path}/`.startsWith(`${target.path}/`));
  assert.deepEqual(
    targets.filter((target) => !there(target)),
    []
  );
});

test('software centres find the metadata well-formed', () => {
  const file = join(
    unpacked.deb.ukeybridge,
    'usr/share/metainfo/org.ukeybridge.host.metainfo.xml'
  );
  const checked = tool('appstreamcli', 'validate', '--no-net', file);
  assert.equal(checked.status, 0, checked.stdout);
});

test('no folder of the build is in the packages', () => {
  for (const kind of ['deb', 'rpm']) {
    for (const dir of Object.values(unpacked[kind])) {
      for (const path of filesOf(dir)) {
        const link = tool('readlink', join(dir, path)).stdout;
        const bytes = link ? link : readFileSync(join(dir, path), 'latin1');
        assert.ok(!bytes.includes(TOP), `${kind} ${path}`);
      }
    }
  }
});

const whole = process.env.UKB_ALL ? false : 'takes two more builds; --all';
test(
  'two clones in different folders make the same bytes',
  { skip: whole },
  () => {
    const digests = ['a', 'another/folder'].map((folder) => {
      const clone = join(out, folder, 'ukeybridge');
      run('git', ['clone', '--quiet', '--no-local', TOP, clone]);
      const said = run(join(clone, 'packaging/packages'), []);
      return said
        .trim()
        .split('\n')
        .map((path) => {
          const hash = createHash('sha256').update(readFileSync(path));
          return `${hash.digest('hex')} ${basename(path)}`;
        });
    });
    assert.equal(digests[0].length, 4);
    assert.deepEqual(digests[0], digests[1]);
  }
);
