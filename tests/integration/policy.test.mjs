// SPDX-License-Identifier: MIT
// The administrator's file and the user's: what they allow, and that a file nobody can trust allows nothing.
import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, rmSync } from 'node:fs';
import { test } from 'node:test';

import { page } from '../lib/host.mjs';
import { POLICY_FILE, setPolicy } from '../lib/place.mjs';
import { ORIGIN, OTHER_ORIGIN, refused, scene } from '../lib/scene.mjs';

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

const hello = async (stage) =>
  (await stage.broker.call('host.hello', HELLO, page())).policy;

/** Every portal call is refused, also the extension's own. */
async function assertLocked(stage, name) {
  for (const [method, params] of Object.entries(PORTAL_CALLS)) {
    for (const origin of [ORIGIN, 'ui']) {
      const call = stage.call(method, params, { origin });
      const error = await refused(call, 'POLICY_INVALID', name);
      assert.equal(error.code, -32001);
    }
  }
  await stage.broker.call('host.ping', undefined, page());
  assert.deepEqual(await hello(stage), { managed: true, portals: [] });
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
