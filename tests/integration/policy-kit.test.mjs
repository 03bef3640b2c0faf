// SPDX-License-Identifier: MIT
// What the policy kit lets an administrator write is what the host obeys: it refuses a policy as a whole, on every desktop.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { asOptions, load, makeRoot, POLICY, run } from '../lib/kit.mjs';
import { HOST, makePlace, setPolicy, TOP } from '../lib/place.mjs';

const HELLO = { client: { name: 'test', version: '1' }, protocol: 1 };
const PORTAL = 'https://portal.example';
const LOOPBACK = { 'allow-loopback': ['yes'] };

after(() => setPolicy(null));

/** The portals that the host obeys under a policy: none of a policy it refuses. */
function obeyed(place, policy) {
  setPolicy(policy);
  const args = ['call', 'host.hello', JSON.stringify(HELLO)];
  const told = spawnSync(HOST, args, { env: place.env, encoding: 'utf8' });
  assert.equal(told.status, 0, told.stderr);
  return JSON.parse(told.stdout).policy.portals;
}

function open(t) {
  const place = makePlace();
  t.after(() => place.remove());
  return place;
}

/** The strings of the tables in the host's own test of origins. */
function knownOrigins() {
  const source = readFileSync(
    join(TOP, 'tests/unit/policy/test_origin.c'),
    'utf8'
  );
  const strings = [...source.matchAll(/^ +("[^"\\]+"(?:, +"[^"\\]+")*),?$/gm)];
  return strings.flatMap(([, row]) => JSON.parse(`[${row}]`));
}

const CHECK = `import json, sys, kit_settings
def takes(origin):
    try:
        return bool(kit_settings._origin(origin))
    except kit_settings.BadSetting:
        return False
print(json.dumps([origin for origin in json.load(sys.stdin) if takes(origin)]))`;

test('the host obeys every portal that the kit takes', (t) => {
  const place = open(t);
  const origins = knownOrigins();
  const checked = spawnSync('/usr/bin/python3', ['-B', '-c', CHECK], {
    input: JSON.stringify(origins),
    encoding: 'utf8',
    env: { ...process.env, PYTHONPATH: join(TOP, 'packaging/kit') }
  });
  assert.equal(checked.status, 0, checked.stderr);
  const taken = JSON.parse(checked.stdout);
  assert.ok(taken.length >= 20, `${taken.length} of ${origins.length}`);
  assert.ok(origins.length - taken.length >= 80, `${origins.length}`);
  const policy = { portals: taken, allowLoopback: true };
  assert.deepEqual(obeyed(place, policy), taken);
  assert.deepEqual(obeyed(place, { ...policy, portals: ['https://A'] }), []);
});

const long = (length) => `https://${'a.'.repeat(123)}`.slice(0, length);
const numbered = (count, line) =>
  Array.from({ length: count }, (_, number) => line(number));

const AT_THE_LIMIT = {
  'a long origin': { portal: [`${long(254)}a`.slice(0, 255)] },
  'many modules': { module: numbered(16, (it) => `m${it} /usr/lib/${it}.so`) },
  'many authorities': { 'reset-authority': numbered(16, (it) => `/${it}.pem`) },
  'a long path': { 'trust-anchor': [`/${'密'.repeat(1365)}`] },
  'a long issuer': {
    'issuer-portal': [`${PORTAL}/renew?a=b#c CN=${'中'.repeat(340)}`]
  },
  'an address and a port': { 'issuer-portal': ['https://10.0.0.7:8443 CN=A'] },
  'an address of updates': { update: ['https://updates.example:8443/v.json'] },
  'a server on loopback': { portal: ['http://localhost:3000'], ...LOOPBACK }
};

test('the host obeys what the kit makes of settings at their limits', (t) => {
  const place = open(t);
  for (const [name, settings] of Object.entries(AT_THE_LIMIT)) {
    const out = makeRoot(t);
    const portal = [PORTAL, ...(settings.portal ?? [])];
    const done = run('--out', out, ...asOptions({ ...settings, portal }));
    assert.equal(done.status, 0, done.stderr);
    const policy = load(join(out, `linux${POLICY}`));
    assert.deepEqual(obeyed(place, policy), portal, name);
  }
});

test('the host obeys the kit’s example, all of it set', (t) => {
  const place = open(t);
  const example = run('--example').stdout;
  const settings = [...example.matchAll(/^#([a-z-]+) = (.*)$/gm)];
  const out = makeRoot(t);
  const options = settings.flatMap(([, name, value]) => [`--${name}`, value]);
  const done = run('--out', out, ...options);
  assert.equal(done.status, 0, done.stderr);
  const policy = load(join(out, `linux${POLICY}`));
  assert.ok(policy.update && policy.issuerPortals);
  assert.deepEqual(obeyed(place, policy), [PORTAL]);
});
