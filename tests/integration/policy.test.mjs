// SPDX-License-Identifier: MIT
// The administrator's file and the user's: what they allow, and that a file nobody can trust allows nothing.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

import { page, UI } from '../lib/host.mjs';
import { HOST, POLICY_FILE, setPolicy } from '../lib/place.mjs';
import { ORIGIN, OTHER_ORIGIN, refused, scene, until } from '../lib/scene.mjs';

const SOMEBODY = 65534;
const PORTALS = { portals: [ORIGIN] };
const HELLO = { client: { name: 'test', version: '1' }, protocol: 1 };
const ZEROS = '0'.repeat(32);
const isRoot = process.getuid() === 0;

const PORTAL_CALLS = {
  'tokens.list': {},
  'certificates.list': { token: ZEROS },
  'renewal.begin': { token: ZEROS, kind: 'renew' },
  'renewal.preview': { token: ZEROS },
  'renewal.install': { token: ZEROS },
  'renewal.get': { renewal: 'x' },
  'renewal.list': {},
  'renewal.abandon': { renewal: 'x' }
};

async function open(t, policy, config = {}) {
  return scene(t, { pairs: null, screen: false, policy, config });
}

/** What host.hello tells of the policy: to the extension's own pages, or to a page. */
const hello = async (stage, context = UI) =>
  (await stage.broker.call('host.hello', HELLO, context)).policy;

/** Every portal call is refused, also the extension's own. */
async function assertLocked(stage, name) {
  for (const [method, params] of Object.entries(PORTAL_CALLS)) {
    for (const origin of [ORIGIN, 'ui']) {
      const call = stage.call(method, params, { origin });
      const error = await refused(call, 'POLICY_INVALID', name);
      assert.equal(error.code, -32001);
      /* a page reads no path, the extension's own pages do */
      assert.equal(error.message.includes('/'), origin === 'ui', error.message);
    }
  }
  await stage.broker.call('host.ping', undefined, page());
  for (const context of [UI, page()]) {
    const told = await hello(stage, context);
    assert.deepEqual(told, { managed: true, portals: [] });
  }
}

const MALFORMED = {
  empty: '',
  'cut JSON': '{"portals":["https://portal.example"]',
  'a byte-order mark': `\uFEFF${JSON.stringify(PORTALS)}`,
  'an array': '[]',
  'a member nobody knows': { ...PORTALS, portal: [] },
  'a key twice': '{"portals":[],"portals":["https://portal.example"]}',
  'portals that are text': { portals: ORIGIN },
  'a portal that is no origin': { portals: [`${ORIGIN}/`] },
  'a portal without scheme': { portals: ['portal.example'] },
  'a wildcard in the middle': { portals: ['https://a.*.example'] },
  'a wildcard alone': { portals: ['https://*'] },
  'http without allowLoopback': { portals: ['http://localhost:8080'] },
  'text for a boolean': { ...PORTALS, userPortals: 'no' },
  'days out of range': { ...PORTALS, reminderDays: 1000 },
  'an unknown retirement': { ...PORTALS, retireOldSigning: 'later' },
  'a relative module path': { modules: [{ name: 'a', path: 'a.so' }] },
  'a module name with a slash': { modules: [{ name: '../a', path: '/a.so' }] },
  'a module without path': { modules: [{ name: 'a' }] }
};

test('a policy that makes no sense locks every portal out', async (t) => {
  for (const [name, policy] of Object.entries(MALFORMED)) {
    await assertLocked(await open(t, policy), name);
  }
});

test("a user's configuration that makes no sense does, too", async (t) => {
  const stage = await open(t, null);
  stage.place.configure('{"portals":[');
  await assertLocked(stage, 'configuration');
});

test('a policy that others may write to', async (t) => {
  for (const mode of [0o646, 0o664, 0o666]) {
    const stage = await open(t, PORTALS);
    chmodSync(POLICY_FILE, mode);
    await assertLocked(stage, mode.toString(8));
  }
});

test(
  'a policy of somebody else',
  { skip: !isRoot && 'not root' },
  async (t) => {
    const stage = await open(t, PORTALS);
    chownSync(POLICY_FILE, SOMEBODY, SOMEBODY);
    await assertLocked(stage);
  }
);

test('a policy in a folder that others may write to', async (t) => {
  const folder = dirname(POLICY_FILE);
  t.after(() => chmodSync(folder, 0o755));
  for (const mode of [0o775, 0o757, 0o1777]) {
    const stage = await open(t, PORTALS);
    chmodSync(folder, mode);
    await assertLocked(stage, mode.toString(8));
    const error = await refused(
      stage.call('tokens.list', {}, { origin: 'ui' }),
      'POLICY_INVALID'
    );
    assert.equal(
      error.message,
      `POLICY_INVALID: ${folder} must be writable by nobody else: chmod go-w`
    );
    setPolicy(
      null
    ); /* whoever may write there may take the policy away: that must not free the users */
    chmodSync(folder, mode);
    const host = stage.host();
    await refused(stage.call('tokens.list', {}, { host }), 'POLICY_INVALID');
  }
});

test('a configuration that others may write to', async (t) => {
  for (const [name, mode] of [
    ['.', 0o777],
    ['.', 0o775],
    ['config.json', 0o664],
    ['config.json', 0o646]
  ]) {
    const stage = await open(t, PORTALS, { modules: [] });
    const { XDG_CONFIG_HOME } = stage.place.env;
    chmodSync(join(XDG_CONFIG_HOME, 'ukeybridge', name), mode);
    await assertLocked(stage, `${name} ${mode.toString(8)}`);
  }
});

const FAULTS = [
  [
    '{\n  "portals": [\n    "https://a.example",\n  ]\n}',
    ':4:3: not strict JSON'
  ],
  [
    { portals: ['https://a.example', 'a.example'] },
    ': portals[1]: "a.example"'
  ],
  [
    { modules: [{ name: 'a', path: 'a.so' }] },
    ': modules[0].path: must be absolute'
  ],
  [{ ...PORTALS, portal: [] }, ': portal: unknown member']
];

test('the fault is told with its place: to the extension, at a terminal, on stderr', async (t) => {
  for (const [policy, message] of FAULTS) {
    const stage = await open(t, policy);
    const whole = `${POLICY_FILE}${message}`;
    const call = stage.call('tokens.list', {}, { origin: 'ui' });
    const error = await refused(call, 'POLICY_INVALID');
    assert.ok(error.message.includes(whole), error.message);
    const told = `ukeybridge: POLICY_INVALID: ${whole}`;
    await until(() => stage.broker.stderr.includes(told));
    const { status, stdout, stderr } = spawnSync(HOST, ['tokens'], {
      env: stage.place.env,
      encoding: 'utf8'
    });
    assert.equal(status, 1);
    assert.equal(stdout, '');
    assert.ok(stderr.startsWith(told), stderr);
  }
});

test('a page is told of itself and of no other portal', async (t) => {
  const all = [ORIGIN, 'https://*.example.cn'];
  const stage = await open(t, { portals: all });
  const portals = async (...context) =>
    (await hello(stage, ...context)).portals;
  assert.deepEqual(await portals(UI), all);
  assert.deepEqual(await portals(page(ORIGIN)), [ORIGIN]);
  assert.deepEqual(await portals(page('https://a.example.cn')), [
    'https://a.example.cn'
  ]);
  assert.deepEqual(await portals(page(OTHER_ORIGIN)), []);
});

test('a policy that is no file', async (t) => {
  t.after(() => rmSync(POLICY_FILE, { recursive: true, force: true }));
  const stage = await open(t, null);
  mkdirSync(POLICY_FILE, { recursive: true });
  await assertLocked(stage);
  rmSync(POLICY_FILE, { recursive: true });
});

test('without a policy the user decides', async (t) => {
  const stage = await open(t, null, { portals: [OTHER_ORIGIN] });
  assert.deepEqual(await hello(stage), {
    managed: false,
    portals: [OTHER_ORIGIN]
  });
  await stage.tokens({ origin: OTHER_ORIGIN });
  await refused(stage.tokens({ origin: ORIGIN }), 'ORIGIN_NOT_ALLOWED');
});

test('a policy leaves users no say, unless it does', async (t) => {
  const config = { portals: [OTHER_ORIGIN] };
  for (const userPortals of [undefined, false]) {
    const stage = await open(t, { ...PORTALS, userPortals }, config);
    assert.deepEqual(await hello(stage), { managed: true, ...PORTALS });
    await stage.tokens();
    const theirs = stage.tokens({ origin: OTHER_ORIGIN });
    await refused(theirs, 'ORIGIN_NOT_ALLOWED');
  }
  const stage = await open(t, { ...PORTALS, userPortals: true }, config);
  assert.deepEqual(await hello(stage), {
    managed: true,
    portals: [ORIGIN, OTHER_ORIGIN]
  });
  await stage.tokens();
  await stage.tokens({ origin: OTHER_ORIGIN });
});

test("users' wildcards are no origins", async (t) => {
  const stage = await open(t, null, { portals: ['https://*.example'] });
  await assertLocked(stage);
});

test('a policy may take the modules out of users’ hands', async (t) => {
  const stage = await scene(t, {
    screen: false,
    policy: { ...PORTALS, userModules: false, systemModules: false }
  });
  const labels = (await stage.tokens()).map(({ label }) => label);
  assert.ok(!labels.includes('UKey one'));
});

test('a policy is read at the start, and stays for that host', async (t) => {
  const stage = await open(t, PORTALS);
  await stage.tokens();
  setPolicy({ portals: [OTHER_ORIGIN] });
  await stage.call('renewal.list', {});
  const host = stage.host();
  const fresh = stage.call('tokens.list', {}, { host });
  await refused(fresh, 'ORIGIN_NOT_ALLOWED');
});
