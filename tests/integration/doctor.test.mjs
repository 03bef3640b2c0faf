// SPDX-License-Identifier: MIT
// The doctor: asked by the extension's pages and at a terminal, quick whatever hangs, and for nobody else.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { HOST, SOFTHSM, useBrowser } from '../lib/place.mjs';
import { refused, scene } from '../lib/scene.mjs';
import { FAULT } from '../module/fault.mjs';

const ui = { origin: 'ui' };
const QUICK_MS = 5000;

const run = async (stage, params, host) =>
  (await stage.call('doctor.run', params, { ...ui, host })).checks;

const rows = (checks, id) => checks.filter((check) => check.id === id);

/** `ukeybridge doctor` at a terminal of the scene, with these options and variables. */
function typed(stage, options = [], env = {}) {
  return spawnSync(HOST, ['doctor', ...options], {
    env: { ...stage.place.env, DISPLAY: stage.display?.name ?? '', ...env },
    encoding: 'utf8'
  });
}

test('a healthy installation has no complaint', async (t) => {
  const stage = await scene(t);
  const checks = await run(stage);
  for (const id of ['modules', 'dialog-program', 'dialog-display', 'portals']) {
    const [row] = rows(checks, id);
    assert.equal(row.status, 'ok', JSON.stringify(row));
  }
  const failed = checks.filter(
    ({ status, group }) => status === 'failed' && group !== 'reader'
  );
  assert.deepEqual(failed, []);
  const [softhsm] = rows(checks, 'modules').filter(
    ({ subject }) => subject === 'softhsm'
  );
  assert.equal(softhsm.evidence, `${SOFTHSM}; UKeys: 1`);
});

test('both languages, whatever the dialogs speak', async (t) => {
  const stage = await scene(t, { pairs: null, screen: false });
  const titles = async (params) =>
    rows(await run(stage, params), 'disk-space')[0].title;
  assert.equal(await titles({ language: 'zh' }), '磁盘空间');
  assert.equal(await titles({ language: 'en' }), 'Room on the disk');
  assert.equal(await titles({}), 'Room on the disk');
});

test('a module that hangs and one that crashes cost no more than their time', async (t) => {
  const stage = await scene(t, {
    config: {
      modules: [
        { name: 'softhsm', path: SOFTHSM },
        { name: 'vendor', path: FAULT }
      ]
    }
  });
  for (const [fault, meaning] of [
    ['C_GetSlotList=hang', /does not answer/],
    ['C_Initialize=crash', /crashes/]
  ]) {
    const host = stage.host({
      UKB_FAULT_MODULE: SOFTHSM,
      UKB_FAULT: fault
    });
    await host.call('host.ping');
    const start = Date.now();
    const checks = await run(stage, { language: 'en' }, host);
    assert.ok(Date.now() - start < QUICK_MS, `${Date.now() - start} ms`);
    const found = rows(checks, 'modules');
    const vendor = found.find(({ subject }) => subject === 'vendor');
    assert.equal(vendor.status, 'failed');
    assert.match(vendor.meaning, meaning);
    const softhsm = found.find(({ subject }) => subject === 'softhsm');
    assert.equal(softhsm.status, 'ok');
    /* the worker that served it goes on */
    assert.deepEqual((await host.call('renewal.list')).renewals, []);
    await host.end();
  }
});

test('what can be mended is, and only what was named', async (t) => {
  const stage = await scene(t, { pairs: null, screen: false });
  const { HOME } = stage.place.env;
  const manifest = (profile) =>
    join(HOME, profile, 'NativeMessagingHosts/org.ukeybridge.host.json');
  for (const profile of ['.config/chromium', '.config/google-chrome']) {
    useBrowser(HOME, profile);
  }
  const before = rows(await run(stage), 'manifest-chromium');
  assert.equal(before[0].status, 'failed');
  assert.equal(before[0].repair, 'automatic');
  const { checks } = await stage.call(
    'doctor.repair',
    { checks: ['manifest-chromium'] },
    ui
  );
  assert.deepEqual(
    checks.map(({ id, status, repaired }) => [id, status, repaired]),
    [['manifest-chromium', 'ok', true]]
  );
  const written = JSON.parse(readFileSync(manifest('.config/chromium')));
  assert.equal(written.path, HOST);
  assert.ok(!existsSync(manifest('.config/google-chrome')));
  const unknown = stage.call('doctor.repair', { checks: ['other'] }, ui);
  assert.equal((await refused(unknown, -32602)).data.field, 'checks');
});

test('who has a button is told of it, who types of the command, in both languages', async (t) => {
  const stage = await scene(t, { pairs: null, screen: false });
  useBrowser(stage.place.env.HOME, '.config/chromium');
  const manifest = (checks) => rows(checks, 'manifest-chromium')[0].instruction;
  const shown = async (params) => manifest(await run(stage, params));
  const said = (LANG) =>
    manifest(JSON.parse(typed(stage, ['--json'], { LANG }).stdout).checks);
  assert.equal(await shown({ language: 'en' }), 'Press Repair.');
  assert.equal(await shown({ language: 'zh' }), '请点击“修复”。');
  assert.equal(said('C.UTF-8'), 'Run "ukeybridge doctor --repair".');
  assert.equal(said('zh_CN.UTF-8'), '请运行 ukeybridge doctor --repair。');
});

test('no page may ask the doctor, and nobody its workers', async (t) => {
  const stage = await scene(t, { pairs: null, screen: false });
  await refused(stage.call('doctor.run'), 'UI_ONLY');
  await refused(stage.call('doctor.repair', { checks: [] }), 'UI_ONLY');
  await refused(stage.call('worker.probe', { of: 'readers' }, ui), -32601);
});

test('at a terminal: a table, what to do below it, and an exit code', async (t) => {
  const stage = await scene(t, { pairs: null });
  useBrowser(stage.place.env.HOME, '.config/chromium');
  const sick = typed(stage);
  assert.equal(sick.status, 1, sick.stderr);
  assert.match(sick.stdout, /^STATUS +CHECK +OF +EVIDENCE\n/);
  assert.match(sick.stdout, /\nfailed +Chromium finds UKey Bridge +chromium/);
  assert.match(sick.stdout, /\n {2}This browser does not know where/);
  const mended = typed(stage, ['--repair']);
  assert.match(mended.stdout, /\nrepaired +Chromium finds UKey Bridge/);
  const { checks } = JSON.parse(typed(stage, ['--json']).stdout);
  assert.equal(rows(checks, 'manifest-chromium')[0].status, 'ok');
  assert.equal(typed(stage, ['more']).status, 2);
});

test('at a terminal that speaks Chinese all of the table is Chinese but the facts', async (t) => {
  const stage = await scene(t, { pairs: null });
  useBrowser(stage.place.env.HOME, '.config/chromium');
  const words = { LANG: 'zh_CN.UTF-8' };
  const cells = (line) => line.split(/ {2,}/);
  const lines = typed(stage, [], words).stdout.split('\n');
  const table = lines.slice(0, lines.indexOf('')).map(cells);
  assert.deepEqual(table[0], ['状态', '检测项', '对象', '详情']);
  const states = new Set(table.slice(1).map(([state]) => state));
  assert.ok(states.has('故障') && states.has('正常') && states.has('未检测'));
  const english = [...states].filter((state) => /[a-z]/.test(state));
  assert.deepEqual(english, []);
  assert.match(
    typed(stage, ['--repair'], words).stdout,
    /\n已修复 +Chromium 能找到 UKey Bridge/
  );
});
