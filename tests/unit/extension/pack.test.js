// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runInNewContext } from 'node:vm';

import { ADD_ON_ID, EXTENSION_ID, TOP, filesOf } from '../../lib/tree.mjs';

const SOURCE = join(TOP, 'extension');
let folder;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'pack-'));
});
after(() => rmSync(folder, { recursive: true }));

const pack = (...args) =>
  spawnSync(join(TOP, 'packaging/extension'), args, { encoding: 'utf8' });
const place = (name) => join(folder, name);
const manifestIn = (out) =>
  JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'));
/** What shared/build.js says, as it is in the service worker. */
const configurationIn = (out) => {
  const bundle = readFileSync(
    join(out, 'background/service-worker.js'),
    'utf8'
  );
  const of = (name) =>
    bundle.match(new RegExp(`^var ${name} = ([^;]+);`, 'm'))[1];
  return runInNewContext(
    `({ PORTALS: ${of('PORTALS')}, BROWSER: ${of('BROWSER')} })`
  );
};

describe('a build', () => {
  it('names its portals, exactly, and the extension’s id', () => {
    const out = place('good');
    const origins = [
      'https://portal.example',
      'https://portal.example:8443',
      'http://localhost:8080',
      'http://127.0.0.1',
      'http://[::1]:9000'
    ];
    const args = origins.flatMap((origin) => ['--portal', origin]);
    const { status, stdout } = pack(...args, '--out', out);
    assert.equal(status, 0);
    assert.equal(stdout.trim(), EXTENSION_ID);
    assert.deepEqual(manifestIn(out).content_scripts, [
      {
        matches: [
          'https://portal.example:443/*',
          'https://portal.example:8443/*',
          'http://localhost:8080/*',
          'http://127.0.0.1:80/*',
          'http://[::1]:9000/*'
        ],
        js: ['bridge/bridge.js'],
        run_at: 'document_start',
        all_frames: false
      }
    ]);
    const { PORTALS } = configurationIn(out);
    assert.deepEqual([...PORTALS], origins);
    assert.ok(Object.isFrozen(PORTALS));
  });

  it('for Firefox has patterns of hosts, and exact portals', () => {
    const out = place('firefox');
    const origins = ['https://a.example', 'https://a.example:8443'];
    const args = origins.flatMap((origin) => ['--portal', origin]);
    const { stdout } = pack(...args, '--browser', 'firefox', '--out', out);
    assert.equal(stdout.trim(), ADD_ON_ID);
    const [{ matches }] = manifestIn(out).content_scripts;
    assert.deepEqual(matches, ['https://a.example/*']);
    const { BROWSER, PORTALS } = configurationIn(out);
    assert.deepEqual([...PORTALS], origins);
    assert.equal(BROWSER, 'firefox');
  });

  it('for Firefox has the same manifest but for what is Firefox’s', () => {
    const out = place('firefox-store');
    pack('--browser', 'firefox', '--out', out);
    const { background, browser_specific_settings, ...rest } = manifestIn(out);
    const source = manifestIn(SOURCE);
    const script = source.background.service_worker;
    assert.deepEqual(background, { scripts: [script], type: 'module' });
    const { id, strict_min_version, update_url } =
      browser_specific_settings.gecko;
    assert.deepEqual([id, update_url], [ADD_ON_ID, undefined]);
    assert.match(strict_min_version, /^\d+\.0$/);
    const chromiums = [
      'background',
      'key',
      'minimum_chrome_version',
      'storage'
    ];
    for (const name of chromiums) {
      assert.ok(name in source);
      delete source[name];
    }
    assert.deepEqual(rest, source);
  });

  it('for Firefox takes another id', () => {
    for (const id of ['own@company.example', `{${randomUUID()}}`]) {
      const args = ['--browser', 'firefox', '--out', place('own')];
      const { stdout } = pack(...args, '--add-on-id', id);
      assert.equal(stdout.trim(), id);
    }
  });

  it('without a portal is the source', () => {
    const out = place('store');
    assert.equal(pack('--out', out).stdout.trim(), EXTENSION_ID);
    assert.deepEqual(manifestIn(out), manifestIn(SOURCE));
    assert.deepEqual([...configurationIn(out).PORTALS], []);
  });

  it('changes nothing but its configuration', () => {
    const out = place('same');
    pack('--portal', 'https://portal.example', '--out', out);
    const others = filesOf(SOURCE).filter(
      (path) => !/\.(js|d\.ts)$/.test(path) && path !== 'manifest.json'
    );
    for (const path of [...others, 'bridge/bridge.js']) {
      assert.ok(
        readFileSync(join(out, path)).equals(readFileSync(join(SOURCE, path))),
        path
      );
    }
    const { content_scripts: added, ...rest } = manifestIn(out);
    assert.equal(added.length, 1);
    assert.deepEqual(rest, manifestIn(SOURCE));
  });

  it('has every module of the source, each in the one file of its page', () => {
    const out = place('modules');
    pack('--out', out);
    const scripts = filesOf(out).filter((path) => path.endsWith('.js'));
    assert.deepEqual(scripts, [
      'background/service-worker.js',
      'bridge/bridge.js',
      'diagnostics/diagnostics.js',
      'history/history.js',
      'options/options.js',
      'popup/first.js'
    ]);
    const texts = scripts.map((path) => readFileSync(join(out, path), 'utf8'));
    for (const text of texts) {
      assert.match(text, /^\/\/ SPDX-License-Identifier: MIT\n/);
      assert.doesNotMatch(text, /^import\b|(=> |await )import\(/m);
    }
    const all = texts.join('\n');
    const modules = filesOf(SOURCE).filter(
      (path) => path.endsWith('.js') && path !== 'bridge/bridge.js'
    );
    for (const path of modules) {
      assert.ok(
        all.includes(`\n// ${path}\n`) || all.includes(`"${path}"`),
        path
      );
    }
  });

  it('replaces an earlier build', () => {
    const out = place('again');
    pack('--portal', 'https://old.example', '--out', out);
    writeFileSync(join(out, 'left-over.js'), '');
    const { status } = pack('--portal', 'https://new.example', '--out', out);
    assert.equal(status, 0);
    assert.ok(!existsSync(join(out, 'left-over.js')));
    const [{ matches }] = manifestIn(out).content_scripts;
    assert.deepEqual(matches, ['https://new.example:443/*']);
  });

  for (const kind of ['private', 'public']) {
    it(`takes another ${kind} key and prints its id`, () => {
      const out = place(`key-${kind}`);
      const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const type = kind === 'private' ? 'pkcs8' : 'spki';
      const pem = keys[`${kind}Key`].export({ type, format: 'pem' });
      writeFileSync(place(`${kind}.pem`), pem);
      const args = ['--portal', 'https://a.example', '--out', out];
      const { stdout } = pack(...args, '--key', place(`${kind}.pem`));
      const der = keys.publicKey.export({ type: 'spki', format: 'der' });
      assert.equal(manifestIn(out).key, der.toString('base64'));
      const digits = createHash('sha256').update(der).digest('hex');
      const id = [...digits.slice(0, 32)].map((digit) =>
        'abcdefghijklmnop'.charAt(parseInt(digit, 16))
      );
      assert.equal(stdout.trim(), id.join(''));
    });
  }
});

describe('a bad origin', () => {
  const bad = [
    'portal.example',
    'http://portal.example',
    'http://localhost.evil.example',
    'http://127.0.0.2',
    'ftp://portal.example',
    'file:///',
    'chrome-extension://abc',
    'data:text/html,x',
    'https://*.example',
    'https://*',
    'https://portal.example/',
    'https://portal.example/orders',
    'https://portal.example:443',
    'https://user@portal.example',
    'https://portal.example?x',
    'https://portal.example#x',
    'https://Portal.example',
    ' https://portal.example',
    'https://',
    'null',
    `https://${'a.'.repeat(130)}example`
  ];
  for (const origin of bad) {
    it(`is refused: ${origin.slice(0, 40)}`, () => {
      const out = place('bad');
      const { status, stderr } = pack('--portal', origin, '--out', out);
      assert.equal(status, 2);
      assert.match(stderr, /^packaging\/extension: .*origin|loopback/);
      assert.ok(!existsSync(out));
    });
  }
});

describe('usage', () => {
  it('is printed on demand', () => {
    const { status, stdout } = pack('--help');
    assert.equal(status, 0);
    assert.match(stdout, /--portal ORIGIN/);
  });

  const portal = ['--portal', 'https://a.example'];
  const wrong = {
    'without arguments': () => [],
    'without a place': () => portal,
    'with an unknown option': () => [...portal, '--speed', 'high'],
    'with a key that is not there': () => [
      ...portal,
      '--out',
      place('none'),
      '--key',
      place('absent.pem')
    ],
    'with a key that is not RSA': () => {
      const { privateKey } = generateKeyPairSync('ed25519');
      const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
      writeFileSync(place('ed.pem'), pem);
      return [...portal, '--out', place('none'), '--key', place('ed.pem')];
    },
    'with an unknown browser': () => [
      ...portal,
      '--out',
      place('none'),
      '--browser',
      'netscape'
    ],
    'with a key for Firefox': () => [
      ...['--out', place('none'), '--browser', 'firefox'],
      ...['--key', place('private.pem')]
    ],
    'with an add-on id for Chromium': () => [
      ...['--out', place('none'), '--add-on-id', 'own@company.example']
    ],
    'with an add-on id that is none': () => [
      ...['--out', place('none'), '--browser', 'firefox'],
      ...['--add-on-id', 'own company']
    ],
    'with someone’s folder as the place': () => {
      mkdirSync(place('mine'), { recursive: true });
      writeFileSync(place('mine/letter.txt'), 'dear');
      return [...portal, '--out', place('mine')];
    }
  };
  for (const [name, args] of Object.entries(wrong)) {
    it(`is wrong ${name}`, () => {
      const { status, stderr } = pack(...args());
      assert.equal(status, 2);
      assert.match(stderr, /^packaging\/extension: ./);
      assert.ok(!existsSync(place('none')));
    });
  }

  it('leaves someone’s folder as it was', () => {
    assert.equal(readFileSync(place('mine/letter.txt'), 'utf8'), 'dear');
  });
});
