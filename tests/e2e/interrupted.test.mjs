// SPDX-License-Identifier: MIT
/* global document, location */
// A renewal that was cut off, found again by the page: by the order's address, or by the UKey alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { assertAccessible, atZooms, picture } from './look.mjs';
import { misbehaving } from './misbehaving.mjs';
import { PIN, stage, until } from './stage.mjs';

const SIZES = atZooms({ width: 1280, height: 900 });

/** To the button before the second PIN. */
async function toUpdate({ renewal, display }) {
  await renewal.toRequest();
  await renewal.click('request');
  await display.typePin(PIN);
  await renewal.toUpdate();
}

async function finish({ renewal, display, ukey }) {
  await renewal.click('renew');
  await display.typePin(PIN);
  await renewal.done();
  const certificates = ukey.certificates();
  assert.equal(certificates.length, 1);
  assert.ok(certificates[0].daysLeft > 365);
}

for (const lang of ['zh-CN', 'en-US']) {
  test(`cut off while it writes, and told after a reload, ${lang}`, async (t) => {
    const on = await misbehaving(t, 'C_CreateObject:1=kill-after', {
      browser: { lang }
    });
    const { renewal, page } = on;
    await renewal.open();
    await toUpdate(on);
    assert.equal(await renewal.get('interrupted').count(), 0);
    await renewal.click('renew');
    await on.display.typePin(PIN);
    assert.equal((await renewal.trouble()).reason, 'MODULE_CRASHED');
    await page.reload();
    await renewal.toUpdate();
    await renewal.get('interrupted').waitFor();
    await assertAccessible(page, 'interrupted');
    await picture(page, `portal-5-interrupted-${lang.slice(0, 2)}`, SIZES);
    await finish(on);
  });
}

test('the address is lost: the UKey leads back to the order', async (t) => {
  const on = await stage(t);
  const { renewal } = on;
  await renewal.open();
  await toUpdate(on);
  const number = await renewal.get('order-number').innerText();
  await on.browser.close();
  await until(() => on.processes().length === 0);
  await on.browse();
  const back = on.renewal;
  await back.open();
  await back.click('start');
  await back.get('unfinished').waitFor();
  await assertAccessible(on.page, 'unfinished');
  await picture(on.page, 'portal-1-unfinished-zh', SIZES);
  await back.click('go-on');
  await back.toUpdate();
  assert.equal(await back.get('order-number').innerText(), number);
  await finish(on);
  await back.open();
  await back.click('start');
  await back.reached('apply');
  assert.equal(await back.get('unfinished').count(), 0);
});

test('each step is told, and the page does not go while it writes', async (t) => {
  const on = await misbehaving(t, 'C_CreateObject:1=delay(12000)');
  const { renewal, page } = on;
  await renewal.open();
  await toUpdate(on);
  await renewal.click('renew');
  await on.display.dialog();
  assert.ok(await renewal.get('cancel').isVisible());
  await on.display.typePin(PIN);
  const now = page.locator('[data-testid=progress-steps] .now');
  await page.waitForFunction(
    () => document.querySelector('.doing .now')?.dataset.step === 'write'
  );
  assert.equal(await now.innerText(), '写入新证书');
  const past = page.locator('[data-testid=progress-steps] .past');
  assert.deepEqual(await past.allInnerTexts(), ['检查证书', '等待输入 PIN 码']);
  assert.ok(await renewal.get('cancel').isHidden());
  const panel = await renewal.get('progress').innerText();
  assert.match(panel, /请勿拔出 UKey/);
  await assertAccessible(page, 'progress');
  await picture(page, 'portal-5-progress-zh', SIZES);
  const asked = page.waitForEvent('dialog');
  const left = page.evaluate(() => location.reload()).catch(() => {});
  const dialog = await asked;
  assert.equal(dialog.type(), 'beforeunload');
  await dialog.dismiss();
  await left;
  await renewal.done();
});
