// SPDX-License-Identifier: MIT
// Reminders and settings, in a real browser: the notification, its badge, and what the user chose.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { assertAccessible, atZooms, picture, tabTo } from './look.mjs';
import { EACH, stage, testIn, until } from './stage.mjs';

const SIZES = atZooms({ width: 1280, height: 900 });

/** A time zone in which it is noon: no day ends while a test looks what happens once a day. */
function whereItIsNoon() {
  const ahead = 12 - new Date().getUTCHours();
  return `Etc/GMT${ahead < 0 ? '+' : '-'}${Math.abs(ahead)}`; // east is minus
}

/** A stage with a browser there. */
async function atNoon(t, { browser, ...options } = {}) {
  const on = await stage(t, { ...options, browser: false });
  on.place.env.TZ = whereItIsNoon();
  await on.browse(browser);
  return on;
}

/* From a page of the extension, which outlives its background. */
const ring = (page) =>
  page.evaluate(() =>
    globalThis.chrome.alarms.create('remind', { when: Date.now() })
  );
const notifications = (page) =>
  page.evaluate(async () =>
    Object.keys(await globalThis.chrome.notifications.getAll())
  );
const badge = (page) =>
  page.evaluate(() => globalThis.chrome.action.getBadgeText({}));
const clear = (page) =>
  page.evaluate(async () => {
    const { notifications: all } = globalThis.chrome;
    for (const id of Object.keys(await all.getAll())) await all.clear(id);
  });

async function options(on) {
  const page = await on.browser.open('options/options.html');
  await page.locator('.sites, .panel p').first().waitFor();
  return page;
}

testIn(EACH, 'a UKey that comes is told of, once a day', async (t, browser) => {
  /* in Firefox what nobody can see is over at once */
  const headless = browser.program !== 'firefox';
  const on = await atNoon(t, {
    ukey: false,
    browser: { ...browser, headless }
  });
  const page = await options(on);
  const shows = (text) => until(async () => (await badge(page)) === text);
  await ring(page);
  await until(() => on.processes().length > 0);
  assert.deepEqual(await notifications(page), []);
  on.ukey = on.insert();
  await shows('1');
  const [id] = await notifications(page);
  assert.match(id, /^ending:/);
  await clear(page);
  on.ukey.pull();
  await shows('');
  on.ukey.plug();
  await shows('1');
  assert.deepEqual(await notifications(page), [], 'not twice a day');
});

test('what was told survives the service worker, and nothing is told when it is off', async (t) => {
  const on = await atNoon(t);
  const page = await options(on);
  await ring(page);
  await until(async () => (await notifications(page)).length === 1);
  const again = async () => {
    await on.stopServiceWorkers();
    await clear(page);
    await page.evaluate(() =>
      globalThis.chrome.storage.session.set({ badge: {} })
    );
    await ring(page);
    const badgeIsDrawn = () =>
      page.evaluate(async () => {
        const { badge } = await globalThis.chrome.storage.session.get('badge');
        return badge.ending !== undefined;
      });
    await until(badgeIsDrawn); /* which comes last */
    return (await notifications(page)).length;
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

for (const [lang, where] of [
  ['zh-CN', EACH],
  ['en-US', ['chromium']]
]) {
  testIn(where, `settings, ${lang}`, async (t, browser) => {
    const on = await stage(t, { browser: { ...browser, lang } });
    const page = await options(on);
    const isZh = lang === 'zh-CN';
    const titles = { 'zh-CN': '设置', en: 'Settings' };
    const own = isZh ? 'zh-CN' : 'en';
    const other = isZh ? 'en' : 'zh-CN';
    assert.equal(await page.locator('h1').innerText(), titles[own]);
    await page.locator('.sites').waitFor();
    await assertAccessible(page, 'settings');
    await picture(page, `options-${lang}-${browser.program}`, SIZES);
    await tabTo(page, '#language');
    await page.selectOption('#language', other);
    await page.getByRole('heading', { name: titles[other] }).waitFor();
    assert.equal(await page.getAttribute('html', 'lang'), other);
    await page.locator('#language:focus').waitFor();
    await assertAccessible(page, 'settings in the other language');
    const popup = await on.browser.popup();
    await popup.locator('.token').waitFor();
    const role = { 'zh-CN': '签名证书', en: 'Signing certificate' };
    assert.equal(await popup.locator('.role').innerText(), role[other]);
    await popup.emulateMedia({ reducedMotion: 'reduce' });
    await assertAccessible(popup, 'the popup in the other language');
  });
}
