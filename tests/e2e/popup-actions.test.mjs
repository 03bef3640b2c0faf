// SPDX-License-Identifier: MIT
// The popup's buttons: the PIN, an interrupted renewal, and the way to the site that renews.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { POPUP_SIZES, assertAccessible, picture, tabTo } from './look.mjs';
import { misbehaving } from './misbehaving.mjs';
import { LABEL, PIN, stage, until } from './stage.mjs';

const NEW_PIN = '24681012';
const WORDS = {
  'zh-CN': {
    initial: '修改初始 PIN 码',
    changed: 'PIN 码已修改。',
    cancelled: /您取消了 PIN 码输入/,
    running: /请在弹出的 PIN 码窗口中操作/,
    again: '继续未完成的更新',
    installed: '更新已完成，新证书可以使用。'
  },
  'en-US': {
    initial: 'Change the initial PIN',
    changed: 'The PIN was changed.',
    cancelled: /You cancelled the PIN window/,
    running: /Follow the PIN window/,
    again: 'Continue the renewal',
    installed: 'The renewal was completed.'
  }
};

async function popup(on) {
  const page = await on.browser.popup();
  await page.setViewportSize(POPUP_SIZES[0]);
  await page.locator('.token').waitFor();
  return page;
}

/** The present PIN, then the new one twice. */
async function changePin({ display }) {
  const first = await display.typePin(PIN);
  await display.typePin(NEW_PIN, { not: first });
  await display.typePin(NEW_PIN);
  await display.dialogGone();
}

for (const [lang, words] of Object.entries(WORDS)) {
  test(`the PIN is changed though its dialog closes the popup, ${lang}`, async (t) => {
    const on = await stage(t, { browser: { lang } });
    const page = await popup(on);
    await tabTo(page, '.actions .secondary');
    await page.keyboard.press('Enter');
    const window = await on.display.dialog();
    await page.getByText(words.running).waitFor();
    await assertAccessible(page, 'while the dialog is open');
    await picture(page, `popup-running-${lang}`, POPUP_SIZES);
    await page.close();
    assert.equal(await on.display.dialog(), window, 'the dialog stays');
    await changePin(on);
    const again = await popup(on);
    await again.getByText(words.changed).waitFor();
    await assertAccessible(again, 'the PIN was changed');
    await picture(again, `popup-changed-${lang}`, POPUP_SIZES);
    assert.ok(on.ukey.takes(NEW_PIN));
  });

  test(`an interrupted renewal is continued, ${lang}`, async (t) => {
    const on = await misbehaving(t, 'C_CreateObject:1=kill-after', {
      browser: { lang }
    });
    const { renewal, display } = on;
    await renewal.open();
    await renewal.toRequest();
    await renewal.click('request');
    await display.typePin(PIN);
    await renewal.toUpdate();
    await renewal.click('renew');
    await display.typePin(PIN);
    await renewal.trouble();
    const page = await popup(on);
    const button = page.getByRole('button', { name: words.again });
    await button.waitFor();
    await assertAccessible(page, 'interrupted');
    await picture(page, `popup-interrupted-${lang}`, POPUP_SIZES);
    await button.click();
    await display.typePin(PIN);
    await page.getByText(words.installed).waitFor();
    assert.equal(await button.count(), 0);
    const [certificate] = on.ukey.certificates();
    assert.ok(certificate.daysLeft > 365);
  });

  test(`an initial PIN comes first, ${lang}`, async (t) => {
    const script = 'C_GetTokenInfo=set(TO_BE_CHANGED)';
    const on = await misbehaving(t, script, { browser: { lang } });
    const page = await popup(on);
    const step = page.locator('.advice .primary');
    assert.equal(await step.innerText(), words.initial);
    await assertAccessible(page, 'an initial PIN');
    await picture(page, `popup-initial-${lang}`, POPUP_SIZES);
    await step.click();
    await on.display.cancelDialog();
    await page.getByText(words.cancelled).waitFor();
  });
}

test('renew opens the site, and only that', async (t) => {
  const on = await stage(t);
  const page = await popup(on);
  assert.equal(await page.locator('.token h2').innerText(), LABEL);
  const opened = on.browser.context.waitForEvent('page');
  await page.locator('.advice .primary').click();
  const site = await opened;
  await until(() => site.url().startsWith(`${on.portal.url}/`));
  assert.equal(on.processes().filter((p) => /pinentry/.test(p.name)).length, 0);
});
