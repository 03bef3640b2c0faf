// SPDX-License-Identifier: MIT
// The user's list of sites: shown to the extension's own pages, changed by them, and obeyed at once and by later hosts.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { ORIGIN, refused, scene } from '../lib/scene.mjs';

const NEW = 'https://new.example';
const ui = { origin: 'ui' };
const page = { origin: NEW };

const stageFor = (t, options) =>
  scene(t, { pairs: null, screen: false, ...options });

const configOf = ({ place }) =>
  JSON.parse(
    readFileSync(join(place.env.XDG_CONFIG_HOME, 'ukeybridge/config.json'))
  );

const origins = async (stage, options = ui) =>
  (await stage.call('portals.list', undefined, options)).portals.map(
    ({ origin, from }) => `${from} ${origin}`
  );

test('allowed for good: at once, and by the next host', async (t) => {
  const stage = await stageFor(t);
  await refused(stage.call('tokens.list', {}, page), 'ORIGIN_NOT_ALLOWED');
  await stage.call('portals.allow', { origin: NEW }, ui);
  assert.deepEqual((await stage.call('tokens.list', {}, page)).tokens, []);
  const host = stage.host();
  await stage.call('tokens.list', {}, { ...page, host });
  assert.ok((await origins(stage)).includes(`user ${NEW}`));
  const { modules, portals } = configOf(stage);
  assert.equal(modules.length, 1, 'the rest of the file stays');
  assert.ok(portals.includes(ORIGIN) && portals.includes(NEW));
  await stage.call('portals.revoke', { origin: NEW }, ui);
  await refused(stage.call('tokens.list', {}, page), 'ORIGIN_NOT_ALLOWED');
  assert.ok(!configOf(stage).portals.includes(NEW));
});

test('allowed once: by this host, and no other', async (t) => {
  const stage = await stageFor(t);
  await stage.call('portals.allow', { origin: NEW, once: true }, ui);
  await stage.call('tokens.list', {}, page);
  assert.ok((await origins(stage)).includes(`once ${NEW}`));
  const host = stage.host();
  const other = stage.call('tokens.list', {}, { ...page, host });
  await refused(other, 'ORIGIN_NOT_ALLOWED');
  assert.ok(!configOf(stage).portals.includes(NEW));
});

test('a policy that leaves nothing to users is fixed, and says so', async (t) => {
  const stage = await stageFor(t, {
    policy: { portals: ['https://*.gov.example'] }
  });
  const { portals, userPortals } = await stage.call(
    'portals.list',
    undefined,
    ui
  );
  assert.deepEqual(portals, [
    { origin: 'https://*.gov.example', from: 'policy' }
  ]);
  assert.equal(userPortals, false);
  const allow = stage.call('portals.allow', { origin: NEW }, ui);
  await refused(allow, 'ORIGIN_NOT_ALLOWED');
});

test('no page may see or change the list', async (t) => {
  const stage = await stageFor(t);
  for (const [method, params] of [
    ['portals.list', {}],
    ['portals.allow', { origin: NEW }],
    ['portals.revoke', { origin: ORIGIN }]
  ]) {
    await refused(stage.call(method, params), 'UI_ONLY', method);
  }
  await stage.call('tokens.list', {});
});
