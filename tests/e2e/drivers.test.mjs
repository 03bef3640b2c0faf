// SPDX-License-Identifier: MIT
// A driver that hangs, crashes or is missing beside one that works: page and popup say so in words, and nobody waits for it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

import { BUILD, HOST, SOFTHSM } from '../lib/place.mjs';
import { LABEL, PIN, stage } from './stage.mjs';

const FAULT = join(BUILD, 'tests', 'module', 'libukb-fault.so');
const GOOD = { name: 'softhsm', path: SOFTHSM };
const BAD = { name: 'vendor-x', path: FAULT };
const { methods } = JSON.parse(
  execFileSync(HOST, ['describe'], { encoding: 'utf8' })
);
const { timeLimitMs } = methods.find(({ name }) => name === 'tokens.list');

/** What each fault is called, in both languages. */
const FAULTS = {
  MODULE_HUNG: {
    script: 'C_GetSlotList=hang',
    'zh-CN': /没有响应/,
    'en-US': /does not answer/
  },
  MODULE_CRASHED: {
    script: 'C_GetSlotList=crash',
    'zh-CN': /异常退出/,
    'en-US': /stopped unexpectedly/
  },
  MODULE_MISSING: {
    module: { name: 'vendor-x', path: '/etc/hostname' },
    'zh-CN': /没有找到|没有安装/,
    'en-US': /not found|not installed/
  }
};

/** A browser whose host has both drivers. */
async function withFault(t, { script = '', module = BAD }, lang) {
  const policy = { modules: [module, GOOD] };
  const on = await stage(t, { policy, browser: false });
  Object.assign(on.place.env, {
    UKB_FAULT_MODULE: SOFTHSM,
    UKB_FAULT: script
  });
  await on.browse({ lang });
  return on;
}

/** The popup tells of it beside the UKey. */
async function assertPopup(on, words) {
  const page = await on.browser.popup();
  await page.locator('.token').waitFor();
  const text = await page.locator('.alert').innerText();
  assert.match(text, words);
  assert.match(text, /vendor-x/);
  assert.equal(await page.locator('.token').count(), 1);
}

for (const lang of ['zh-CN', 'en-US']) {
  for (const [reason, fault] of Object.entries(FAULTS)) {
    test(`the page tells of ${reason}, and goes on with the other driver, ${lang}`, async (t) => {
      const on = await withFault(t, fault, lang);
      await on.renewal.open();
      const start = Date.now();
      await on.renewal.click('start');
      const said = on.renewal.get('module-problems');
      await said.waitFor();
      const ms = Date.now() - start;
      const most = timeLimitMs + 5000;
      assert.ok(ms < most, `${ms} ms of ${most}`);
      const text = await said.innerText();
      assert.match(text, fault[lang]);
      assert.match(text, /vendor-x/);
      assert.ok(text.includes(reason), text);
      const candidate = on.renewal.get('candidate');
      assert.match(await candidate.innerText(), new RegExp(LABEL));
      await on.renewal.click('choose');
      await on.renewal.toRequestFromApply();
      await on.renewal.click('request');
      await on.display.typePin(PIN);
      await on.renewal.toUpdate();
      await t.test('so does the popup', () => assertPopup(on, fault[lang]));
    });
  }
}
