// SPDX-License-Identifier: MIT
// The page of renewals: what was done, what is open and what to do about it, and a file of it all.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { assertAccessible, atZooms, picture, tabTo } from './look.mjs';
import { EACH, PIN, stage, testIn } from './stage.mjs';

const SIZES = atZooms({ width: 1280, height: 900 });
const WORDS = {
  'zh-CN': {
    none: '还没有办理记录。',
    open: '新证书已签发',
    done: '已完成',
    over: '已放弃',
    abandon: '放弃办理',
    missing: /没有找到 UKey Bridge 程序/
  },
  'en-US': {
    none: 'No renewal yet.',
    open: 'New certificate is ready',
    done: 'Completed',
    over: 'Given up',
    abandon: 'Give it up',
    missing: /program was not found/
  }
};

async function history(on) {
  const page = await on.browser.open('history/history.html');
  await page.locator('main[aria-busy=false]').waitFor();
  return page;
}

/** A renewal that waits for its certificate. */
async function request({ renewal, display }) {
  await renewal.open();
  await renewal.toRequest();
  await renewal.click('request');
  await display.typePin(PIN);
  await renewal.toUpdate();
}

async function assertNoHost(on, words) {
  const page = await history(on);
  await page.locator('main').getByText(words.missing).waitFor();
  await assertAccessible(page, 'no host');
  on.browser.register('ours');
  await tabTo(page, '.primary');
  await page.keyboard.press('Enter');
  await page.getByText(words.none).waitFor();
  await page.close();
}

async function assertOpenThenGivenUp(on, words, name) {
  const page = await history(on);
  await page.getByText(words.none).waitFor();
  assert.equal(await page.locator('#export').isVisible(), false);
  await assertAccessible(page, 'no renewal');
  /* where the system shows no notifications Firefox opens windows, which take the keyboard */
  await page.evaluate(() =>
    globalThis.chrome.storage.local.set({ settings: { reminders: false } })
  );
  await request(on);
  const order = await on.renewal.get('order-number').innerText();

  await page.reload();
  const card = page.locator('.renewal');
  await card.locator('.badge', { hasText: words.open }).waitFor();
  const text = await card.innerText();
  for (const part of [words.open, on.portal.url, order]) {
    assert.ok(text.includes(part), `${part} in ${text}`);
  }
  const [, secret] = /order=([0-9a-f]{32})/.exec(on.page.url());
  assert.ok(!text.includes(secret), 'the address is nobody else’s');
  await tabTo(page, '.renewal summary');
  await page.keyboard.press('Enter');
  assert.ok((await page.locator('.steps li').count()) > 0);
  await assertAccessible(page, 'an open renewal');
  await picture(page, `history-open-${name}`, SIZES);

  const file = on.browser.nextDownload(page);
  await tabTo(page, '#export', { key: 'Shift+Tab' });
  await page.keyboard.press('Enter');
  const csv = readFileSync(await file, 'utf8');
  assert.ok(csv.includes(`requested,${on.portal.url},${order},`), csv);
  assert.ok(!csv.includes(secret), csv);

  await page.getByRole('button', { name: words.abandon }).click();
  await card.getByText(words.over).first().waitFor();
  assert.equal(await card.locator('button').count(), 0);
  await page.close();
}

async function assertComplete(on, words, name) {
  await request(on);
  await on.renewal.click('renew');
  await on.display.typePin(PIN);
  await on.renewal.done();
  const page = await history(on);
  const card = page.locator('.renewal', { hasText: words.done });
  await card.waitFor();
  assert.equal(await card.count(), 1);
  assert.equal(await card.locator('button').count(), 0);
  await assertAccessible(page, 'a complete renewal');
  await picture(page, `history-done-${name}`, SIZES);
}

for (const [lang, words] of Object.entries(WORDS)) {
  const where = lang === 'zh-CN' ? EACH : ['chromium'];
  testIn(where, `the page of renewals, ${lang}`, async (t, browser) => {
    const name = `${lang}-${browser.program}`;
    const manifest = 'none';
    const on = await stage(t, { browser: { ...browser, lang, manifest } });
    await t.test('no host', () => assertNoHost(on, words));
    await t.test('none, open, given up', () =>
      assertOpenThenGivenUp(on, words, name)
    );
    await t.test('complete', () => assertComplete(on, words, name));
  });
}
