// SPDX-License-Identifier: MIT
// The portal's page by keyboard alone, looked at in each step.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { assertAccessible, atZooms, picture, tabTo } from './look.mjs';
import { PIN, stage } from './stage.mjs';

const SIZES = atZooms({ width: 1280, height: 900 });

for (const lang of ['zh', 'en']) {
  test(`a renewal by keyboard, ${lang}`, async (t) => {
    const on = await stage(t, {
      browser: { lang: lang === 'zh' ? 'zh-CN' : 'en-US' }
    });
    const { renewal, display, page, ukey } = on;
    const look = async (what) => {
      await assertAccessible(page, what);
      await picture(page, `portal-${what}-${lang}`, SIZES);
    };
    const press = async (testid) => {
      await tabTo(page, `[data-testid=${testid}]`);
      await page.keyboard.press('Enter');
    };

    await renewal.open();
    assert.match(await page.getAttribute('html', 'lang'), new RegExp(lang));
    await look('1-read');
    await press('start');
    await renewal.reached('apply');
    await look('2-apply');
    await on.browser.context.grantPermissions([
      'clipboard-read',
      'clipboard-write'
    ]);
    await tabTo(page, 'button.link');
    await page.keyboard.press('Enter');
    await page
      .getByText(lang === 'zh' ? '已复制' : 'Copied')
      .first()
      .waitFor();
    const serial = ukey.certificates()[0].x509.serialNumber.toLowerCase();
    assert.equal(await renewal.get('serial').innerText(), serial);
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(copied, serial);
    await press('apply');
    await renewal.get('apply-confirm').waitFor();
    await look('2-apply-dialog');
    await press('apply-confirm');
    await renewal.reached('pay');
    await look('3-pay');
    await press('pay');
    await renewal.get('request').waitFor();
    await look('4-paid');
    await press('request');
    await display.dialog();
    await look('4-pin');
    await display.cancelDialog();
    await renewal.trouble();
    await look('4-cancelled');
    await press('retry');
    await display.typePin(PIN);
    await renewal.toUpdate();
    await look('5-update');
    await press('renew');
    await display.typePin(PIN);
    await renewal.done();
    await look('6-done');
    assert.ok(ukey.certificates().at(-1).daysLeft > 365);
  });
}
