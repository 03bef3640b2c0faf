// SPDX-License-Identifier: MIT
// Reminders and settings, in a real browser: the notification, its badge, and what the user chose.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { assertAccessible, atZooms, picture, tabTo } from './look.mjs';
import { stage, until } from './stage.mjs';

const SIZES = atZooms({ width: 1280, height: 900 });

/** In the service worker, as the alarm does it. */
async function inWorker(on, what) {
  const worker = await on.browser.serviceWorker();
  return worker.evaluate(what);
}

const ring = (on) =>
  inWorker(on, () =>
    globalThis.chrome.alarms.create('remind', { when: Date.now() })
  );
const notifications = (on) =>
  inWorker(on, async () =>
    Object.keys(await globalThis.chrome.notifications.getAll())
  );
const badge = (on) =>
  inWorker(on, () => globalThis.chrome.action.getBadgeText({}));
const clear = (on) =>
  inWorker(on, async () => {
    const { notifications: all } = globalThis.chrome;
    for (const id of Object.keys(await all.getAll())) await all.clear(id);
  });

async function options(on) {
  const page = await on.browser.context.newPage();
  const { extensionId } = on.browser;
  await page.goto(`chrome-extension://${extensionId}/options/options.html`);
  await page.locator('.sites, .panel p').first().waitFor();
  return page;
}

test('a UKey that comes is told of, once a day', async (t) => {
  const on = await stage(t, { ukey: false });
  await ring(on);
  await until(() => on.processes().length > 0);
  assert.deepEqual(await notifications(on), []);
  on.ukey = on.insert();
  await until(async () => (await badge(on)) === '1', { timeoutMs: 30000 });
  const [id] = await notifications(on);
  assert.match(id, /^ending:/);
  await clear(on);
  on.ukey.pull();
  await until(async () => (await badge(on)) === '', { timeoutMs: 30000 });
  on.ukey.plug();
  await until(async () => (await badge(on)) === '1', { timeoutMs: 30000 });
  assert.deepEqual(await notifications(on), [], 'not twice a day');
});

test('what was told survives the service worker, and nothing is told when it is off', async (t) => {
  const on = await stage(t);
  await ring(on);
  await until(async () => (await notifications(on)).length === 1, {
    timeoutMs: 30000
  });
  const page = await options(on);
  /** From a page, which outlives the service worker. */
  const again = async () => {
    await on.stopServiceWorkers();
    return page.evaluate(async () => {
      const { alarms, notifications: all } = globalThis.chrome;
      for (const id of Object.keys(await all.getAll())) await all.clear(id);
      await alarms.create('remind', { when: Date.now() });
      await new Promise((done) => setTimeout(done, 5000));
      return Object.keys(await all.getAll()).length;
    });
  };
  assert.equal(await again(), 0, 'not twice a day');
  const forget = () => globalThis.chrome.storage.local.remove('reminded');
  await page.evaluate(forget);
  assert.equal(await again(), 1, 'but for that');
  await tabTo(page, '#reminders');
  await page.keyboard.press('Space');
  const text = () => globalThis.chrome.action.getBadgeText({});
  await until(async () => (await page.evaluate(text)) === '');
  await page.evaluate(forget);
  assert.equal(await again(), 0, 'switched off');
});

for (const lang of ['zh-CN', 'en-US']) {
  test(`settings, ${lang}`, async (t) => {
    const on = await stage(t, { browser: { lang } });
    const page = await options(on);
    const isZh = lang === 'zh-CN';
    const titles = { 'zh-CN': '设置', en: 'Settings' };
    const own = isZh ? 'zh-CN' : 'en';
    const other = isZh ? 'en' : 'zh-CN';
    assert.equal(await page.locator('h1').innerText(), titles[own]);
    await page.locator('.sites').waitFor();
    await assertAccessible(page, 'settings');
    await picture(page, `options-${lang}`, SIZES);
    await tabTo(page, '#language');
    await page.selectOption('#language', other);
    await page.getByRole('heading', { name: titles[other] }).waitFor();
    assert.equal(await page.getAttribute('html', 'lang'), other);
    assert.ok(await page.locator('#language:focus').count(), 'focus stays');
    await assertAccessible(page, 'settings in the other language');
    const popup = await on.browser.popup();
    await popup.locator('.token').waitFor();
    const role = { 'zh-CN': '签名证书', en: 'Signing certificate' };
    assert.equal(await popup.locator('.role').innerText(), role[other]);
    await popup.emulateMedia({ reducedMotion: 'reduce' });
    await assertAccessible(popup, 'the popup in the other language');
  });
}
