// SPDX-License-Identifier: MIT
// The policy kit: one small file in, the policies of four browsers out, on Linux and for Windows; and what it refuses.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import {
  CHROME,
  POLICY,
  FIREFOX,
  CONF,
  SETTINGS,
  makeRoot,
  run,
  asOptions,
  load,
  filesOf,
  put
} from '../lib/kit.mjs';
import { ADD_ON_ID, EXTENSION_ID, TOP } from '../lib/tree.mjs';

const RNG = join(TOP, 'tests/packages/admx.rng');
test('each browser is told what its own policies want', (t) => {
  const out = makeRoot(t);
  const done = run('--out', out, ...asOptions(SETTINGS));
  assert.equal(done.status, 0, done.stderr);
  const chromium = {
    ExtensionInstallForcelist: [`${EXTENSION_ID};${SETTINGS['update-url'][0]}`],
    NativeMessagingBlocklist: ['*'],
    NativeMessagingAllowlist: ['org.ukeybridge.host'],
    NativeMessagingUserLevelHosts: false,
    '3rdparty': {
      extensions: {
        [EXTENSION_ID]: { reminders: false, sound: false, language: 'zh-CN' }
      }
    }
  };
  for (const folder of ['opt/chrome', 'chromium', 'opt/edge']) {
    const path = `linux/etc/${folder}/policies/managed/ukeybridge.json`;
    assert.deepEqual(load(join(out, path)), chromium, folder);
  }
  assert.deepEqual(load(join(out, `linux${FIREFOX}`)), {
    policies: {
      ExtensionSettings: {
        [ADD_ON_ID]: {
          installation_mode: 'force_installed',
          install_url: SETTINGS['firefox-url'][0]
        }
      },
      '3rdparty': {
        Extensions: {
          [ADD_ON_ID]: { reminders: false, sound: false, language: 'zh-CN' }
        }
      }
    }
  });
  assert.deepEqual(load(join(out, `linux${POLICY}`)), {
    portals: SETTINGS.portal,
    modules: [{ name: 'vendor', path: '/usr/lib/vendor-pkcs11.so' }]
  });
});

test('an extension and hosts of one’s own, and some browsers only', (t) => {
  const out = makeRoot(t);
  const own = 'abcdefghijklmnopabcdefghijklmnop';
  const args = {
    'extension-id': [own],
    'update-url': ['file:///srv/updates.xml'],
    'allow-native-host': ['org.example.other'],
    browser: ['chromium']
  };
  assert.equal(run('--out', out, ...asOptions(args)).status, 0);
  const path = '/etc/chromium/policies/managed/ukeybridge.json';
  assert.deepEqual(filesOf(join(out, 'linux')), [path]);
  const told = load(join(out, `linux${path}`));
  assert.deepEqual(told.ExtensionInstallForcelist, [
    `${own};file:///srv/updates.xml`
  ]);
  assert.deepEqual(told.NativeMessagingAllowlist, [
    'org.ukeybridge.host',
    'org.example.other'
  ]);
  const open = makeRoot(t);
  const more = ['--other-native-hosts', 'allow'];
  assert.equal(run('--out', open, ...asOptions(args), ...more).status, 0);
  const { NativeMessagingBlocklist: blocked } = load(
    join(open, `linux${path}`)
  );
  assert.equal(blocked, undefined);
});

/** What a .reg file sets: {key\name: data}. */
function readReg(file) {
  const text = readFileSync(file).toString('utf16le');
  assert.ok(text.startsWith('\ufeffWindows Registry Editor Version 5.00\r\n'));
  assert.ok(!/[^\r]\n/.test(text), 'lines end as Windows wants');
  const set = {};
  let key;
  for (const line of text.split('\r\n').slice(1)) {
    const value = /^("(?:[^"\\]|\\.)*")=(?:dword:([0-9a-f]{8})|(".*"))$/.exec(
      line
    );
    if (/^\[HKEY_LOCAL_MACHINE\\.*\]$/.test(line)) key = line.slice(20, -1);
    else if (value) {
      const [, name, number, string] = value;
      set[`${key}\\${JSON.parse(name)}`] =
        number === undefined ? JSON.parse(string) : parseInt(number, 16);
    } else assert.equal(line, '');
  }
  return set;
}

const xpath = (file, expression) =>
  spawnSync('xmllint', ['--xpath', expression, file], { encoding: 'utf8' })
    .stdout;
const attributes = (file, name) =>
  [...xpath(file, `//@*[name()='${name}']`).matchAll(/"([^"]*)"/g)].map(
    ([, value]) => value
  );

test('Windows is told the same, by registry and by template', (t) => {
  const out = makeRoot(t);
  assert.equal(run('--out', out, ...asOptions(SETTINGS)).status, 0);
  const windows = join(out, 'windows');
  const set = readReg(join(windows, 'ukeybridge.reg'));
  const chrome = 'SOFTWARE\\Policies\\Google\\Chrome';
  const firefox = 'SOFTWARE\\Policies\\Mozilla\\Firefox';
  const told = load(join(out, `linux${CHROME}`));
  assert.equal(
    set[`${chrome}\\ExtensionInstallForcelist\\7301`],
    told.ExtensionInstallForcelist[0]
  );
  assert.equal(set[`${chrome}\\NativeMessagingBlocklist\\7301`], '*');
  assert.equal(set[`${chrome}\\NativeMessagingUserLevelHosts`], 0);
  const own = `${chrome}\\3rdparty\\extensions\\${EXTENSION_ID}\\policy`;
  assert.equal(set[`${own}\\reminders`], 0);
  assert.equal(set[`${own}\\sound`], 0);
  assert.equal(set[`${own}\\language`], 'zh-CN');
  assert.deepEqual(
    JSON.parse(set[`${firefox}\\ExtensionSettings`]),
    load(join(out, `linux${FIREFOX}`)).policies.ExtensionSettings
  );

  const admx = join(windows, 'ukeybridge.admx');
  const languages = ['en-US', 'zh-CN'].map((language) =>
    join(windows, language, 'ukeybridge.adml')
  );
  const checked = spawnSync(
    'xmllint',
    ['--noout', '--relaxng', RNG, admx, ...languages],
    { encoding: 'utf8' }
  );
  assert.equal(checked.status, 0, checked.stderr);
  const items = (list) =>
    Number(xpath(admx, `count(//*[local-name()='${list}']/*)`));
  assert.equal(items('enabledList'), Object.keys(set).length);
  assert.equal(items('disabledList'), Object.keys(set).length);
  const used = [
    ...attributes(admx, 'displayName'),
    ...attributes(admx, 'explainText')
  ].map((reference) => /^\$\(string\.(\w+)\)$/.exec(reference)[1]);
  for (const adml of languages) {
    assert.deepEqual(attributes(adml, 'id').sort(), [...used].sort(), adml);
  }
});

test('the template’s schema refuses what is none', (t) => {
  const out = makeRoot(t);
  assert.equal(run('--out', out, ...asOptions(SETTINGS)).status, 0);
  const admx = join(out, 'windows/ukeybridge.admx');
  const good = readFileSync(admx, 'utf8');
  const check = () =>
    spawnSync('xmllint', ['--noout', '--relaxng', RNG, admx]).status;
  assert.equal(check(), 0);
  const spoilt = {
    'a class that is none': good.replace('class="Machine"', 'class="machine"'),
    'a policy without a category': good.replace(/<parentCategory.*?>/, ''),
    'a number that is none': good.replace(
      /decimal value="0"/,
      'decimal value="no"'
    ),
    'a text written out': good.replace('$(string.chrome)', 'Chrome')
  };
  for (const [what, text] of Object.entries(spoilt)) {
    assert.notEqual(text, good, what);
    writeFileSync(admx, text);
    assert.notEqual(check(), 0, what);
  }
});

test('slips are named by line, and nothing is done', (t) => {
  const root = makeRoot(t);
  const slips = {
    'portal = http://portal.example': /must be an origin/,
    'portal = https://portal.example/': /must be an origin/,
    'portal = https://Portal.example': /must be an origin/,
    'portal = https://portal.example:443': /port must be left out/,
    'portal = https://portal.example:65536': /at most 65535/,
    'portal = https://*.cn': /must be an origin/,
    'portal =': /name = value/,
    'portal https://portal.example': /name = value/,
    'portals = https://portal.example': /no such setting/,
    'portal = https://*.1.2.3.4': /must be an origin/,
    'portal = https://portal.1': /must be an origin/,
    'portal = https://1.2.3': /must be an origin/,
    'portal = https://1.2.3.256': /must be an origin/,
    'portal = https://portal.0x1f': /must be an origin/,
    [`portal = https://${'a.'.repeat(123)}cn`]: /at most 255/,
    'module = vendor': /absolute path/,
    [`module = vendor /${'密'.repeat(1366)}`]: /4096 bytes/,
    'module = ../x /usr/lib/x.so': /must be a name/,
    'update-url = ftp://updates.example/': /must be an https or file/,
    'update-url = https://updates.example/;x': /must be an https/,
    'update-url = http://updates.example/x': /http is for localhost/,
    'firefox-url = http://updates.example/x.xpi': /http is for localhost/,
    'firefox-url = http://localhost.example/x': /http is for localhost/,
    'firefox-url = http://127.0.0.1@a.example/x': /http is for localhost/,
    'firefox-url = http://localhost:80@a.example/x': /http is for localhost/,
    'update = http://updates.example/version.json': /must be an https URL/,
    'update = https://updates.example:443/v': /port must be left out/,
    'update = https://Updates.example/v': /must be an origin/,
    'update = https://*.updates.example/v': /of one host/,
    'extension-id = ABCDEFGHIJKLMNOPABCDEFGHIJKLMNOP': /32 letters/,
    'firefox-id = bridge': /add-on's id/,
    'allow-native-host = *': /name of a native messaging host/,
    'reminders = sometimes': /one of: on, off/,
    'browser = netscape': /one of: chrome/,
    'language = fr': /one of: auto/,
    'reminder-days = 367': /at most 366/,
    'issuer-portal = https://portal.example/': /issuer's name/,
    'issuer-portal = http://portal.example/ CN=A': /must be an https URL/,
    'issuer-portal = https://Portal.example/ CN=A': /must be an origin/,
    'issuer-portal = https://portal.example:443/ CN=A': /port must be left/,
    'issuer-portal = https://portal.example?x CN=A': /must be an origin/,
    'issuer-portal = https://*.example.cn/ CN=A': /of one host/,
    [`issuer-portal = https://portal.example/ CN=${'中'.repeat(341)}`]: /1024/,
    ...Object.fromEntries(
      [...'"<>\\^`{|}'].map((character) => [
        `issuer-portal = https://portal.example/${character} CN=A`,
        /must be an https URL, without/
      ])
    ),
    'host-identity = /etc/host.pem': /absolute path/
  };
  for (const [line, why] of Object.entries(slips)) {
    put(root, CONF, `# a remark\n\n${line}\n`);
    const refused = run('--apply', '--root', root);
    assert.equal(refused.status, 2, line);
    assert.match(refused.stderr, why, line);
    assert.match(refused.stderr, /policy-kit.conf:3: /, line);
    assert.deepEqual(filesOf(root), [CONF], line);
  }
  put(root, CONF, 'language = en\nlanguage = en\n');
  assert.match(run('--apply', '--root', root).stderr, /:2: .*set twice/);
  writeFileSync(join(root, CONF), Buffer.from([0xff, 0xfe]));
  assert.match(run('--apply', '--root', root).stderr, /not UTF-8/);
  put(root, CONF, '\nportal = http://localhost:3000\n');
  const alone = run('--apply', '--root', root);
  assert.match(alone.stderr, /localhost:3000 needs allow-loopback = yes/);
  const many = (line) => Array.from({ length: 17 }, (_, it) => line(it));
  for (const lines of [
    many((it) => `module = m${it} /usr/lib/${it}.so`),
    many((it) => `reset-authority = /etc/${it}.pem`)
  ]) {
    put(root, CONF, lines.slice(1).join('\n'));
    assert.equal(run('--apply', '--root', root).status, 0);
    put(root, CONF, lines.join('\n'));
    const refused = run('--apply', '--root', root);
    assert.match(refused.stderr, /:17: .* is set more than 16 times/);
  }
  put(root, CONF, '#'.repeat(70_000));
  assert.match(run('--apply', '--root', root).stderr, /longer than/);
});

test('an address of updates without an id is doubted, and told all the same', (t) => {
  const out = makeRoot(t);
  const url = ['--update-url', 'https://updates.example/update.xml'];
  const doubted = run('--out', out, ...url);
  assert.equal(doubted.status, 0);
  assert.match(
    doubted.stderr,
    /^ukeybridge-policy: warning: update-url is set without extension-id, /
  );
  assert.ok(doubted.stderr.includes(EXTENSION_ID));
  const { ExtensionInstallForcelist: told } = load(join(out, `linux${CHROME}`));
  assert.deepEqual(told, [`${EXTENSION_ID};${url[1]}`]);
  for (const args of [
    [...url, '--extension-id', 'abcdefghijklmnopabcdefghijklmnop'],
    ['--portal', 'https://portal.example']
  ]) {
    assert.equal(run('--out', out, ...args).stderr, '');
  }
  put(out, CONF, `update-url = ${url[1]}\n`);
  const applied = run('--apply', '--root', out);
  assert.equal(applied.status, 0);
  assert.match(applied.stderr, /warning: update-url/);
});

test('http is for this computer', (t) => {
  const out = makeRoot(t);
  for (const host of ['127.0.0.1:8082', 'localhost', '[::1]:8082']) {
    const url = `http://${host}/update.xml`;
    const args = ['--update-url', url, '--firefox-url', url];
    const done = run('--out', out, ...args);
    assert.equal(done.status, 0, done.stderr);
    const { policies } = load(join(out, `linux${FIREFOX}`));
    assert.equal(policies.ExtensionSettings[ADD_ON_ID].install_url, url);
  }
});

test('options that make no sense are usage', (t) => {
  const root = makeRoot(t);
  for (const args of [
    [],
    ['--apply', '--remove'],
    ['--out', root],
    ['--out', root, '--portal', 'portal.example'],
    ['--apply', '--nothing']
  ]) {
    const refused = run(...args, '--root', root);
    assert.equal(refused.status, 2, args.join(' '));
    assert.notEqual(refused.stderr, '');
  }
  assert.deepEqual(filesOf(root), []);
});

test('the extension reads what the kit sets', () => {
  const schema = load(join(TOP, 'extension/managed_schema.json'));
  const kit = readFileSync(join(TOP, 'packaging/kit/kit_browsers.py'), 'utf8');
  const [, names] = /^MANAGED = \((.*)\)$/m.exec(kit);
  assert.deepEqual(
    names.match(/\w+/g).sort(),
    Object.keys(schema.properties).sort()
  );
});

test('every member of policy.json may be set, and is set as the host wants it', (t) => {
  const policy = readFileSync(join(TOP, 'host/policy/policy.c'), 'utf8');
  const [table] = /(?<=policy_fields\[\] = \{)[\s\S]*?\n\};/.exec(policy);
  const known = [...table.matchAll(/(?:\(|\{ )"(\w+)"/g)].map(
    ([, name]) => name
  );
  const unread = ['est']; // by this version of the host
  const example = run('--example').stdout.replace(/^#(?=[a-z-]+ = )/gm, '');
  const root = makeRoot(t);
  put(root, CONF, example);
  const done = run('--apply', '--root', root);
  assert.equal(done.status, 0, done.stderr);
  const written = load(join(root, POLICY));
  assert.deepEqual(
    Object.keys(written).sort(),
    known.filter((name) => !unread.includes(name)).sort()
  );
  assert.deepEqual(written.hostIdentity, {
    certificate: '/etc/ukeybridge/host.pem',
    key: '/etc/ukeybridge/host.key'
  });
  assert.deepEqual(written.issuerPortals, [
    { issuer: 'CN=Example CA,C=CN', portal: 'https://portal.example/renew' }
  ]);
});

test('the play for Ansible is one', () => {
  const play = join(TOP, 'packaging/data/ansible.yml');
  const checked = spawnSync('ansible-playbook', ['--syntax-check', play], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8', ANSIBLE_LOCALHOST_WARNING: 'no' }
  });
  assert.equal(checked.status, 0, checked.stderr);
});
