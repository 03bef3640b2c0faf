// SPDX-License-Identifier: MIT
// The policy kit: one small file in, the policies of four browsers out, on Linux and for Windows; and what it refuses.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const TOP = fileURLToPath(new URL('../../', import.meta.url));
const RNG = join(TOP, 'tests/packages/admx.rng');
const ID = 'efhkkcihfdnbnailmgiajdmcjflmjoef';
const ADDON = 'bridge@ukeybridge.org';
const CHROME = '/etc/opt/chrome/policies/managed/ukeybridge.json';
const POLICY = '/etc/ukeybridge/policy.json';
const FIREFOX = '/etc/firefox/policies/policies.json';
const CONF = '/etc/ukeybridge/policy-kit.conf';
const STATE = '/var/lib/ukeybridge-policy/written.json';
const SETTINGS = {
  portal: ['https://portal.example', 'https://*.example.cn'],
  module: ['vendor /usr/lib/vendor-pkcs11.so'],
  'update-url': ['https://updates.example/updates.xml?a=1&b=2'],
  'firefox-url': ['https://updates.example/ukeybridge.xpi'],
  reminders: ['off'],
  sound: ['off'],
  language: ['zh-CN']
};

/** A root of a file system. */
function makeRoot(t) {
  const root = mkdtempSync(join(tmpdir(), 'kit-'));
  t.after(() => rmSync(root, { recursive: true }));
  return root;
}

const run = (...args) =>
  spawnSync(join(TOP, 'packaging/policy'), args, { encoding: 'utf8' });
const asOptions = (settings) =>
  Object.entries(settings).flatMap(([name, values]) =>
    values.flatMap((value) => [`--${name}`, value])
  );
const asFile = (settings) =>
  Object.entries(settings)
    .flatMap(([name, values]) => values.map((value) => `${name} = ${value}\n`))
    .join('');
const load = (path) => JSON.parse(readFileSync(path, 'utf8'));
const filesOf = (root) =>
  readdirSync(root, { recursive: true })
    .filter((path) => statSync(join(root, path)).isFile())
    .map((path) => `/${path}`)
    .sort();

function put(root, path, text) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function apply(root, settings) {
  put(root, CONF, asFile(settings));
  const done = run('--apply', '--root', root);
  assert.equal(done.status, 0, done.stderr);
  return done.stdout;
}

test('each browser is told what its own policies want', (t) => {
  const out = makeRoot(t);
  const done = run('--out', out, ...asOptions(SETTINGS));
  assert.equal(done.status, 0, done.stderr);
  const chromium = {
    ExtensionInstallForcelist: [`${ID};${SETTINGS['update-url'][0]}`],
    NativeMessagingBlocklist: ['*'],
    NativeMessagingAllowlist: ['org.ukeybridge.host'],
    NativeMessagingUserLevelHosts: false,
    '3rdparty': {
      extensions: {
        [ID]: { reminders: false, sound: false, language: 'zh-CN' }
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
        [ADDON]: {
          installation_mode: 'force_installed',
          install_url: SETTINGS['firefox-url'][0]
        }
      },
      '3rdparty': {
        Extensions: {
          [ADDON]: { reminders: false, sound: false, language: 'zh-CN' }
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
  const own = `${chrome}\\3rdparty\\extensions\\${ID}\\policy`;
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
    [STATE, '{ "files": {} }'],
    [STATE, '\0']
  ];
  for (const [path, text] of spoilt) {
    put(root, path, text);
    const before = filesOf(root);
    const refused = run('--apply', '--root', root);
    assert.equal(refused.status, 1, text);
    assert.match(refused.stderr, /^ukeybridge-policy: \S+\.json (is|lacks) /);
    assert.ok(refused.stderr.includes(path), refused.stderr);
    assert.deepEqual(filesOf(root), before, text);
    rmSync(join(root, path));
  }
  put(root, POLICY, Buffer.from([0xff]));
  assert.match(run('--apply', '--root', root).stderr, /policy.json is there/);
});

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

test('another file that sets the same policy is named', (t) => {
  const root = makeRoot(t);
  const other = `${dirname(CHROME)}/company.json`;
  put(root, other, '{ "ExtensionInstallForcelist": [], "Other": 1 }');
  put(root, CONF, asFile(SETTINGS));
  const refused = run('--apply', '--root', root);
  assert.equal(refused.status, 1);
  assert.match(
    refused.stderr,
    /company.json sets ExtensionInstallForcelist, too/
  );
  put(root, other, '{ "Other": 1 }');
  apply(root, SETTINGS);
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
      `chrome-extension://${ID}/`,
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
    'module = vendor': /absolute path/,
    'module = ../x /usr/lib/x.so': /must be a name/,
    'update-url = ftp://updates.example/': /must be an https, http or file/,
    'update-url = https://updates.example/;x': /must be an https/,
    'extension-id = ABCDEFGHIJKLMNOPABCDEFGHIJKLMNOP': /32 letters/,
    'firefox-id = bridge': /add-on's id/,
    'allow-native-host = *': /name of a native messaging host/,
    'reminders = sometimes': /one of: on, off/,
    'browser = netscape': /one of: chrome/,
    'language = fr': /one of: auto/,
    'reminder-days = 367': /at most 366/,
    'issuer-portal = https://portal.example/': /issuer's name/,
    'issuer-portal = http://portal.example/ CN=A': /must be an https URL/,
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
  put(root, CONF, '#'.repeat(70_000));
  assert.match(run('--apply', '--root', root).stderr, /longer than/);
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
  const unread = ['est', 'update']; // by this version of the host
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
