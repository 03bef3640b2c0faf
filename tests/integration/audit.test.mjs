// SPDX-License-Identifier: MIT
// The audit: who asked for what and what came of it, written by workers, listed for the user alone.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { HOST } from '../lib/place.mjs';
import { ORIGIN, refused, scene, until } from '../lib/scene.mjs';
import { PIN } from '../lib/ukey.mjs';

const EVIL = 'https://evil.example';
const ui = { origin: 'ui' };

const entries = async (stage) =>
  (await stage.call('audit.list', undefined, ui)).entries;

const short = ({ origin, method, outcome }) =>
  [origin ?? 'ui', method, outcome].join(' ');

/** The entries as text, newest first, as soon as there are so many: a note is written behind the reply. */
const whenThere = (stage, count) =>
  until(async () => {
    const found = await entries(stage);
    return found.length >= count && found.map(short);
  });

test('what logs in is written down, what lists is not, and no secret is', async (t) => {
  const stage = await scene(t);
  const token = (await stage.token()).id;
  await stage.certificates(token);
  assert.deepEqual(await entries(stage), []);
  const started = Date.now();
  const change = stage.call('pin.change', { token });
  const old = await stage.typePin(change, PIN);
  await stage.typeNewPin(change, old, '654321');
  await change;
  const wrong = stage.call('pin.change', { token });
  const dialog = await stage.typePin(wrong, '000000');
  await stage.typeNewPin(wrong, dialog, PIN);
  await refused(wrong, 'PIN_INCORRECT');
  const found = await entries(stage);
  assert.deepEqual(found.map(short), [
    `${ORIGIN} pin.change PIN_INCORRECT`,
    `${ORIGIN} pin.change OK`
  ]);
  for (const entry of found) {
    assert.equal(entry.token, token);
    assert.equal(entry.userActivation, true);
    assert.equal(entry.refused, false);
    assert.ok(Math.abs(Date.parse(entry.at) - started) < 60_000);
  }
  const file = readFileSync(
    join(stage.place.env.XDG_STATE_HOME, 'ukeybridge/state.sqlite3'),
    'latin1'
  );
  for (const secret of ['654321', '000000']) {
    assert.ok(!file.includes(secret), 'a PIN is in the journal');
  }
});

test('a refusal is written down once, a slip is not', async (t) => {
  const stage = await scene(t, { pairs: null, screen: false });
  const evil = { origin: EVIL };
  for (let i = 0; i < 5; i++) {
    await refused(stage.call('tokens.list', {}, evil), 'ORIGIN_NOT_ALLOWED');
  }
  await refused(stage.call('portals.list'), 'UI_ONLY');
  await assert.rejects(stage.call('certificates.list', {}));
  await assert.rejects(stage.call('no.such'));
  assert.deepEqual(await whenThere(stage, 2), [
    `${ORIGIN} portals.list UI_ONLY`,
    `${EVIL} tokens.list ORIGIN_NOT_ALLOWED`
  ]);
  assert.ok((await entries(stage)).every((entry) => entry.refused));
});

test('changes of the list of sites are written down', async (t) => {
  const stage = await scene(t, { pairs: null, screen: false });
  await stage.call('portals.allow', { origin: 'https://new.example' }, ui);
  await stage.call('portals.revoke', { origin: 'https://new.example' }, ui);
  assert.deepEqual(await whenThere(stage, 2), [
    'ui portals.revoke OK',
    'ui portals.allow OK'
  ]);
});

test('a call that is cancelled in its dialog is written down', async (t) => {
  const stage = await scene(t);
  const token = (await stage.token()).id;
  const id = stage.call('pin.change', { token });
  const outcome = refused(id, 'CANCELLED');
  await stage.display.dialog();
  const { cancelled } = await stage.broker.call('host.cancel', { id: id.id });
  assert.ok(cancelled);
  await outcome;
  assert.deepEqual(await whenThere(stage, 1), [
    `${ORIGIN} pin.change CANCELLED`
  ]);
});

test('no page sees the audit, and no one writes it', async (t) => {
  const stage = await scene(t, { pairs: null, screen: false });
  await refused(stage.call('audit.list'), 'UI_ONLY');
  const note = {
    method: 'pin.change',
    outcome: 'OK',
    userActivation: true,
    refused: false
  };
  await refused(stage.call('worker.note', note, ui), -32601);
  assert.deepEqual(await whenThere(stage, 1), [`${ORIGIN} audit.list UI_ONLY`]);
});

test('the command line prints a table, or JSON', async (t) => {
  const stage = await scene(t, { pairs: null, screen: false });
  const run = (...args) =>
    spawnSync(HOST, ['audit', ...args], {
      env: stage.place.env,
      encoding: 'utf8'
    });
  assert.equal(run().stdout, 'nothing yet\n');
  await refused(
    stage.call('tokens.list', {}, { origin: EVIL }),
    'ORIGIN_NOT_ALLOWED'
  );
  await whenThere(stage, 1);
  const { status, stdout } = run();
  assert.equal(status, 0);
  assert.match(stdout, /^AT +ASKED BY +METHOD +OUTCOME +OF\n/);
  assert.match(stdout, /evil\.example +tokens\.list +ORIGIN_NOT_ALLOWED +-\n$/);
  const [entry] = JSON.parse(run('--json').stdout);
  assert.equal(entry.origin, EVIL);
  assert.equal(run('more').status, 2);
});
