// SPDX-License-Identifier: MIT
// Tokens and certificates as the lists tell them, held against pkcs11-tool and another X.509 reader.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';

import { HOST, SOFTHSM, setPolicy } from '../lib/place.mjs';
import { ORIGIN, refused, scene } from '../lib/scene.mjs';

const DAY_MS = 86_400_000;
const SOFT = { name: 'softhsm', path: SOFTHSM };
const KEYS = {
  'RSA-2048': { type: 'RSA', bits: 2048 },
  'RSA-3072': { type: 'RSA', bits: 3072 },
  'EC-P256': { type: 'EC', bits: 256, curve: 'P-256' },
  'EC-P384': { type: 'EC', bits: 384, curve: 'P-384' }
};

const quiet = (t, options) => scene(t, { screen: false, ...options });

test('a token, as the UKey describes itself', async (t) => {
  const stage = await quiet(t);
  const [token, ...more] = await stage.tokens();
  assert.deepEqual(more, []);
  const listed = stage.ukey.tool('--list-token-slots');
  const serial = /serial num\s+:\s+(\S+)/.exec(listed)[1];
  assert.equal(token.serial, serial);
  assert.equal(token.label, 'UKey one');
  assert.equal(token.manufacturer, 'SoftHSM project');
  assert.equal(token.module.id, 'softhsm');
  assert.equal(token.present, true);
  assert.equal(token.writable, true);
  assert.deepEqual(token.pin, {
    state: 'ok',
    retriesLeft: null,
    minLength: 4,
    maxLength: 255
  });
  assert.deepEqual(token.capabilities.algorithms, Object.keys(KEYS));
});

for (const [algorithm, key] of Object.entries(KEYS)) {
  test(`a certificate with an ${algorithm} key`, async (t) => {
    const stage = await quiet(t, { pairs: [{ algorithm, days: 20 }] });
    const [seen] = await stage.certificates();
    const der = stage.ukey.read('cert', '01');
    const x509 = new X509Certificate(der);
    const hash = x509.fingerprint256.replaceAll(':', '').toLowerCase();
    assert.equal(seen.id, hash);
    assert.equal(seen.sha256, hash);
    assert.equal(seen.serial, x509.serialNumber.toLowerCase());
    assert.equal(Date.parse(seen.notBefore), Date.parse(x509.validFrom));
    assert.equal(Date.parse(seen.notAfter), Date.parse(x509.validTo));
    assert.equal(
      seen.subject.dn,
      'CN=江苏示例科技有限公司,O=江苏示例科技有限公司,C=CN'
    );
    assert.equal(seen.issuer.commonName, 'UKey Bridge 演示 CA');
    assert.deepEqual(seen.key, key);
    assert.equal(seen.role, 'signing');
    assert.equal(seen.state, 'expiring');
    assert.ok([19, 20].includes(seen.daysLeft));
    assert.notEqual(seen.hasPrivateKey, false);
    assert.equal(seen.history, false);
    assert.deepEqual(new X509Certificate(seen.pem).raw, der);
  });
}

test('states by the days that are left', async (t) => {
  const policy = { portals: [ORIGIN], reminderDays: 10 };
  const stage = await quiet(t, {
    policy,
    config: { modules: [SOFT] },
    pairs: [
      { id: '01', days: 400, cn: 'valid' },
      { id: '02', days: 20, cn: 'valid still' },
      { id: '03', days: 5, cn: 'expiring' },
      { id: '04', days: -1, cn: 'expired' }
    ].map((pair) => ({ algorithm: 'EC-P256', ...pair }))
  });
  const states = {};
  for (const { subject, state } of await stage.certificates()) {
    states[subject.commonName] = state;
  }
  assert.deepEqual(states, {
    valid: 'not-yet-valid' /* a year of validity, ending in 400 days */,
    'valid still': 'valid',
    expiring: 'expiring',
    expired: 'expired'
  });
});

test('a certificate knows the site that renews it, where the policy names one', async (t) => {
  const renew = `${ORIGIN}/renew`;
  const stage = await quiet(t, { config: { modules: [SOFT] } });
  const [{ issuer, token, portal: none }] = await stage.certificates();
  assert.equal(none, undefined);
  setPolicy({
    portals: [ORIGIN],
    issuerPortals: [
      { issuer: `${issuer.dn},C=AQ`, portal: `${ORIGIN}/` },
      { issuer: issuer.dn, portal: renew }
    ]
  });
  const host = stage.host();
  const { certificates } = await stage.call(
    'certificates.list',
    { token },
    { host }
  );
  assert.equal(certificates[0].portal, renew);
});

test('a dual pair knows its other half; what was superseded is history', async (t) => {
  const stage = await quiet(t, {
    pairs: [
      { id: '01', days: 20 },
      { id: '02', days: 20, profile: 'encryption' },
      { id: '03', days: 300 },
      { id: '04', days: 300, cn: 'somebody else' }
    ]
  });
  const all = await stage.certificates();
  const end = (days) => (one) =>
    Math.abs(Date.parse(one.notAfter) - Date.now() - days * DAY_MS) < DAY_MS;
  const mine = all.filter((one) => one.subject.commonName !== 'somebody else');
  const old = mine.find((one) => one.role === 'signing' && end(20)(one));
  const now = mine.find((one) => one.role === 'signing' && end(300)(one));
  const encryption = mine.find((one) => one.role === 'encryption');
  const other = all.find((one) => !mine.includes(one));
  assert.deepEqual(
    [old, now, encryption, other].map(({ history }) => history),
    [true, false, false, false]
  );
  assert.equal(now.pairedWith, encryption.id);
  assert.equal(encryption.pairedWith, old.id); /* they were issued together */
  assert.equal(other.pairedWith, undefined);
});

test('PEM only when asked for', async (t) => {
  const stage = await quiet(t);
  const { id: token } = await stage.token();
  for (const params of [{ token }, { token, pem: false }]) {
    const { certificates } = await stage.call('certificates.list', params);
    assert.equal(certificates[0].pem, undefined);
  }
});

test('several UKeys, each with its own', async (t) => {
  const stage = await quiet(t);
  await stage.insert({ label: 'UKey two', pairs: [{ cn: 'two' }] });
  await stage.insert({ label: 'UKey three', pairs: [] });
  const all = await stage.tokens();
  assert.deepEqual(all.map(({ label }) => label).sort(), [
    'UKey one',
    'UKey three',
    'UKey two'
  ]);
  assert.equal(new Set(all.map(({ id }) => id)).size, 3);
  const two = await stage.token('UKey two');
  const names = (await stage.certificates(two.id)).map(
    ({ subject }) => subject.commonName
  );
  assert.deepEqual(names, ['two']);
  const three = await stage.token('UKey three');
  assert.deepEqual(await stage.certificates(three.id), []);
});

test('no UKey', async (t) => {
  const stage = await quiet(t, { pairs: null });
  const nothing = { tokens: [], problems: [] };
  assert.deepEqual(await stage.call('tokens.list'), nothing);
  await stage.insert();
  assert.equal((await stage.tokens()).length, 1);
});

test('a UKey that is not in', async (t) => {
  const stage = await quiet(t);
  const token = 'f'.repeat(32);
  await refused(stage.call('certificates.list', { token }), 'NO_TOKEN');
});

for (const [name, path] of [
  ['is not there', '/nowhere/libmodule.so'],
  ['is no library', '/etc/passwd'],
  ['is a library, but no module', '/lib/x86_64-linux-gnu/libc.so.6']
]) {
  test(`a module that ${name} is a problem, and the others are listed`, async (t) => {
    const stage = await quiet(t, {
      config: { modules: [{ name: 'vendor', path }, SOFT] }
    });
    for (let i = 0; i < 3; i++) {
      const { tokens, problems } = await stage.call('tokens.list');
      assert.equal(tokens.length, 1);
      assert.deepEqual(problems, [
        { module: 'vendor', reason: 'MODULE_MISSING' }
      ]);
    }
    assert.equal((await stage.certificates()).length, 1);
    const token = 'f'.repeat(32);
    await refused(stage.call('certificates.list', { token }), 'NO_TOKEN');
  });
}

test('at a terminal a UKey goes by its label or the first digits of its id', async (t) => {
  const stage = await quiet(t, { pairs: [{ cn: 'one' }] });
  await stage.insert({ label: 'UKey two', pairs: [{ cn: 'two' }] });
  const run = (...args) =>
    spawnSync(HOST, args, { env: stage.place.env, encoding: 'utf8' });
  const owners = (word) => {
    const { status, stdout, stderr } = run('certificates', word, '--json');
    assert.equal(status, 0, `${word}: ${stderr}`);
    return JSON.parse(stdout).map(({ subject }) => subject.commonName);
  };
  const { id } = await stage.token('UKey two');
  const other = await stage.token('UKey one');
  const digits = [...id].findIndex((digit, i) => digit !== other.id[i]) + 1;
  for (const word of ['UKey two', id, id.slice(0, digits)]) {
    assert.deepEqual(owners(word), ['two'], word);
    assert.equal(run('renewals', word).status, 0, word);
  }
  assert.deepEqual(owners('UKey one'), ['one']);
  for (const command of ['certificates', 'renewals']) {
    for (const word of ['UKey', 'ukey two', 'x', id.toUpperCase()]) {
      const { status, stderr } = run(command, word);
      assert.equal(status, 1, word);
      assert.match(stderr, /^ukeybridge: NO_TOKEN: .*ukeybridge tokens/);
    }
  }
  await stage.insert({ label: 'UKey two', pairs: [{ cn: 'its twin' }] });
  const { status, stderr } = run('certificates', 'UKey two');
  assert.equal(status, 1);
  assert.match(stderr, /^ukeybridge: TOKEN_AMBIGUOUS: .* 2 UKeys/);
});

/** Columns that text takes on a terminal: Chinese characters take two. */
const width = (text) =>
  [...text].reduce((sum, c) => sum + (/[\u2e80-\uffef]/.test(c) ? 2 : 1), 0);

test('at a terminal that speaks Chinese tables are Chinese, line up, and JSON is the same', async (t) => {
  const pairs = [
    { cn: '江苏示例科技有限公司', days: 20 },
    { cn: 'Li', days: 300 }
  ];
  const stage = await quiet(t, { pairs });
  const run = (LANG, ...args) => {
    const env = { ...stage.place.env, LANG };
    const { status, stdout, stderr } = spawnSync(HOST, args, {
      env,
      encoding: 'utf8'
    });
    assert.equal(status, 0, stderr);
    return stdout;
  };
  for (const [command, heads, words] of [
    ['tokens', /^名称 +UKey 编号 +PIN 码 +驱动 +标识$/, ['正常']],
    [
      'certificates',
      /^持有人 +用途 +状态 +到期日期 +剩余天数 +证书序列号 +发证机构$/,
      ['即将到期', '有效']
    ]
  ]) {
    const [head, ...rows] = run('zh_CN.UTF-8', command).trim().split('\n');
    assert.match(head, heads);
    /* The last column begins in one place. */
    const begins = [head, ...rows].map((line) =>
      width(/^.* {2}(?=\S)/.exec(line)[0])
    );
    assert.equal(new Set(begins).size, 1, String(begins));
    for (const word of words) {
      assert.ok(
        rows.some((row) => row.includes(word)),
        `${word}: ${rows.join()}`
      );
    }
    assert.equal(
      run('zh_CN.UTF-8', command, '--json'),
      run('C.UTF-8', command, '--json')
    );
  }
});

test('a UKey that a list found, and that goes at once, is told to be gone', async (t) => {
  const stage = await scene(t, { pairs: [] });
  stage.ukey.pull();
  await stage.call('tokens.watch', { enabled: true });
  stage.ukey.plug();
  assert.equal((await stage.tokens()).length, 1);
  stage.ukey.pull();
  for (;;) {
    const { method, params } = await stage.broker.next();
    assert.equal(method, 'tokens.changed');
    if (params.kind === 'removed') return;
  }
});
