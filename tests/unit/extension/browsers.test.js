// SPDX-License-Identifier: MIT
// The CRX and the XPI: who they are, what they ask for, and that they are the same bytes wherever they are made.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { ADD_ON_ID, TOP, filesOf } from '../../lib/tree.mjs';

const CRX = 'ukey-bridge-0.1.0.crx';
const XPI = 'ukey-bridge-0.1.0.xpi';
const URL_OF = 'https://intranet.example/ukey';
const PERMISSIONS = [
  'activeTab',
  'alarms',
  'nativeMessaging',
  'notifications',
  'scripting',
  'storage'
];
let folder;
let key;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'browsers-'));
  key = join(folder, 'key.pem');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
});
after(() => rmSync(folder, { recursive: true }));

const place = (name) => join(folder, name);

/** Run packaging/browsers of a checkout. */
function make(args, { top = TOP, ...env } = {}) {
  const program = join(top, 'packaging/browsers');
  const all = { ...process.env, XDG_DATA_HOME: place('data'), ...env };
  return spawnSync(program, args, { encoding: 'utf8', env: all });
}

/** The manifest inside a ZIP, with or without a CRX's header, by another program than made it. */
function manifestIn(file) {
  const code =
    'import sys,zipfile;print(zipfile.ZipFile(sys.argv[1]).read("manifest.json").decode())';
  return JSON.parse(execFileSync('python3', ['-c', code, file]));
}

/** A CRX3's parts, for the one shape that ours has. */
function partsOf(crx) {
  assert.equal(crx.toString('latin1', 0, 4), 'Cr24');
  assert.equal(crx.readUInt32LE(4), 3);
  const zipAt = 12 + crx.readUInt32LE(8);
  const signed = crx.subarray(zipAt - 18, zipAt);
  assert.deepEqual([...signed.subarray(0, 2)], [0x0a, 16]);
  const header = crx.subarray(12, zipAt);
  const spkiAt = header.indexOf(Buffer.from('3082', 'hex'));
  const spki = header.subarray(spkiAt, spkiAt + 294);
  const signature = header.subarray(spkiAt + 294 + 3, spkiAt + 294 + 3 + 256);
  return { zip: crx.subarray(zipAt), signed, spki, signature };
}

describe('the files', () => {
  it('are the same bytes in another checkout, folder, time and zone', async () => {
    const copy = place('checkout');
    for (const part of ['packaging', 'extension']) {
      cpSync(join(TOP, part), join(copy, part), { recursive: true });
    }
    const args = ['--key', key, '--portal', 'https://a.example', '--url'];
    const one = [...args, URL_OF, '--out', place('one')];
    const two = [...args, URL_OF, '--out', place('deeper/two')];
    assert.equal(make(one, { TZ: 'UTC' }).status, 0);
    const other = { top: copy, TZ: 'Asia/Shanghai', ZIPOPT: '-1', LANG: 'zh' };
    assert.equal(make(two, other).status, 0);
    const names = readdirSync(place('one')).sort();
    assert.deepEqual(readdirSync(place('deeper/two')).sort(), names);
    assert.ok(names.includes(CRX) && names.includes(XPI), names.join());
    for (const name of names) {
      const [first, second] = ['one', 'deeper/two'].map((dir) =>
        readFileSync(join(place(dir), name))
      );
      assert.ok(first.equals(second), name);
    }
  });

  it('are others for another portal', () => {
    const args = ['--key', key, '--portal', 'https://b.example'];
    make([...args, '--out', place('b')]);
    for (const name of [CRX, XPI]) {
      const [a, b] = ['one', 'b'].map((dir) =>
        readFileSync(join(place(dir), name))
      );
      assert.ok(!a.equals(b), name);
    }
  });

  it('hold all of the packed extension and nothing else', () => {
    const list = (file) =>
      execFileSync('python3', ['-m', 'zipfile', '-l', file], {
        encoding: 'utf8'
      })
        .split('\n')
        .slice(1, -1)
        .map((line) => line.split(' ')[0])
        .sort();
    const packed = place('packed');
    execFileSync(join(TOP, 'packaging/extension'), ['--out', packed]);
    for (const name of [CRX, XPI]) {
      assert.deepEqual(list(join(place('one'), name)), filesOf(packed));
    }
  });
});

describe('a build for everybody', () => {
  it('asks for these permissions and no other, and no site is its own', () => {
    assert.equal(make(['--key', key, '--out', place('store')]).status, 0);
    for (const name of [CRX, XPI]) {
      const manifest = manifestIn(join(place('store'), name));
      assert.deepEqual([...manifest.permissions].sort(), PERMISSIONS);
      assert.deepEqual(manifest.optional_host_permissions, [
        'https://*/*',
        'http://localhost/*',
        'http://127.0.0.1/*',
        'http://[::1]/*'
      ]);
      for (const kind of [
        'host_permissions',
        'content_scripts',
        'optional_permissions',
        'externally_connectable',
        'update_url'
      ]) {
        assert.equal(manifest[kind], undefined, `${name}: ${kind}`);
      }
      const { gecko } = manifest.browser_specific_settings ?? {};
      assert.equal(gecko?.update_url, undefined);
    }
    const only = readdirSync(place('store')).sort();
    assert.deepEqual(only, [CRX, XPI]);
  });
});

describe('an organisation’s build', () => {
  it('is signed by its key, which is its id', () => {
    const { stdout } = make(['--key', key, '--out', place('signed')]);
    const { zip, signed, spki, signature } = partsOf(
      readFileSync(join(place('signed'), CRX))
    );
    const size = Buffer.alloc(4);
    size.writeUInt32LE(signed.length);
    const text = Buffer.from('CRX3 SignedData\0');
    const all = Buffer.concat([text, size, signed, zip]);
    const publicKey = createPublicKey(readFileSync(key));
    const der = publicKey.export({ type: 'spki', format: 'der' });
    assert.ok(der.equals(spki));
    assert.ok(verify('sha256', all, publicKey, signature));
    all[all.length - 1] ^= 1;
    assert.ok(!verify('sha256', all, publicKey, signature));
    const manifest = manifestIn(join(place('signed'), CRX));
    assert.equal(manifest.key, der.toString('base64'));
    const letters = [...signed.subarray(2).toString('hex')].map((digit) =>
      'abcdefghijklmnop'.charAt(parseInt(digit, 16))
    );
    assert.equal(stdout, `${letters.join('')} ${CRX}\n${ADD_ON_ID} ${XPI}\n`);
  });

  it('says where browsers find it, and its later versions', () => {
    const out = place('one');
    const read = (name) => readFileSync(join(out, name), 'utf8');
    const xml = read('update.xml');
    const [, id] = /appid="([a-p]{32})"/.exec(xml);
    assert.ok(xml.includes(`codebase="${URL_OF}/${CRX}" version="0.1.0"`), xml);
    const { addons } = JSON.parse(read('updates.json'));
    const [update] = addons[ADD_ON_ID].updates;
    assert.equal(update.update_link, `${URL_OF}/${XPI}`);
    assert.equal(update.version, '0.1.0');
    const crx = manifestIn(join(out, CRX));
    assert.equal(crx.update_url, `${URL_OF}/update.xml`);
    const { gecko } = manifestIn(join(out, XPI)).browser_specific_settings;
    assert.equal(gecko.update_url, `${URL_OF}/updates.json`);
    assert.deepEqual(read('policy-kit.conf').split('\n'), [
      'portal = https://a.example',
      `update-url = ${URL_OF}/update.xml`,
      `extension-id = ${id}`,
      `firefox-url = ${URL_OF}/${XPI}`,
      `firefox-id = ${ADD_ON_ID}`,
      ''
    ]);
  });
});

describe('a development key', () => {
  it('is made on first use, for its user only, and used again', () => {
    const env = { XDG_DATA_HOME: place('fresh') };
    const file = place('fresh/ukeybridge/development-key.pem');
    const first = make(['--out', place('dev-1')], env);
    assert.match(first.stderr, /made a development key/);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const second = make(['--out', place('dev-2')], env);
    assert.equal(second.stderr, '');
    assert.equal(second.stdout, first.stdout);
    const [one, two] = ['dev-1', 'dev-2'].map((dir) =>
      readFileSync(join(place(dir), CRX))
    );
    assert.ok(one.equals(two));
  });

  it('is never in the repository', () => {
    const words = ['PRIVATE', 'KEY-----'].join(' ');
    const found = spawnSync('git', ['grep', '-lIF', words, '--', '.'], {
      cwd: TOP,
      encoding: 'utf8'
    });
    assert.equal(found.stdout, '');
    assert.equal(found.status, 1, found.stderr); // nothing found
  });
});

describe('what makes no sense', () => {
  const out = () => ['--out', place('none')];
  const wrong = {
    'no place': () => ['--key', key],
    'a key that is not there': () => [...out(), '--key', place('absent.pem')],
    'a public key': () => {
      const pem = createPublicKey(readFileSync(key)).export({
        type: 'spki',
        format: 'pem'
      });
      writeFileSync(place('public.pem'), pem);
      return [...out(), '--key', place('public.pem')];
    },
    'a page that is no https': () => [...out(), '--url', 'http://a.example/x'],
    'not even on loopback': () => [...out(), '--url', 'http://127.0.0.1/x'],
    'an address with a query': () => [...out(), '--url', 'https://a.example?x'],
    'an address that XML would read': () => [
      ...out(),
      '--url',
      'https://a.example/"/><x'
    ],
    'a portal that is none': () => [...out(), '--portal', 'https://*'],
    'an add-on id that is none': () => [...out(), '--add-on-id', 'a b']
  };
  for (const [name, args] of Object.entries(wrong)) {
    it(`is refused: ${name}`, () => {
      const given = args();
      const withKey = given.includes('--key')
        ? given
        : [...given, '--key', key];
      const { status, stderr } = make(withKey);
      assert.equal(status, 2);
      assert.match(stderr, /^packaging\/browsers: ./);
      assert.ok(!existsSync(place('none')));
    });
  }
});
