// SPDX-License-Identifier: MIT
// The whole of a renewal as a supplier lives it, clicked as a person would: a reminder when the UKey comes, the portal
// that it leads to, the order, the payment, the notification that the certificate is there, old and new side by side,
// the PIN, the new dates, and what is kept of it. The service worker is ended between any two steps.
//
// UKB_KEEP_PICTURES=1 keeps the pictures as the README's (host/docs/pictures).
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { opensFor } from '../lib/opening.mjs';
import { TOP } from '../lib/place.mjs';
import { RenewalPage } from '../lib/renewal-page.mjs';
import { EACH, PIN, stage, testIn, until } from './stage.mjs';

const DUAL = [{}, { profile: 'encryption', id: '02' }];
const PICTURES = join(
  TOP,
  process.env.UKB_KEEP_PICTURES ? 'host/docs/pictures' : 'tests/out/pictures'
);
const DRAWN_MS = 700;
const POPUP_READ_MS = 1500;
const SOON = { timeoutMs: 60000 };

/** The screen as the person sees it, numbered by step. */
function camera(display, program) {
  let step = 0;
  mkdirSync(PICTURES, { recursive: true });
  return async (name) => {
    await sleep(DRAWN_MS);
    display.screenshot(join(PICTURES, `s1-${program}-${++step}-${name}.png`));
  };
}

/** Click on the notification that is on the screen, which wakes the service worker; the tab that it opens. */
async function clickNotification(on, take) {
  const opened = on.browser.nextPage();
  const before = async () => {
    await take();
    await on.stopServiceWorkers();
  };
  await on.display.clickNotification({ before });
  return new RenewalPage(await opened, on.portal.url);
}

/** The order's state as the extension knows it; asked by a page of its own, which outlives the service worker. */
const orderState = (eye) =>
  eye.evaluate(async () => {
    const { orders } = await globalThis.chrome.storage.local.get('orders');
    return orders?.[0]?.state;
  });

/** The extension's alarm for orders rings, as it does every few minutes, until an order has come so far. */
const untilOrder = (eye, wanted) =>
  until(async () => {
    if ((await orderState(eye)) === wanted) return true;
    await eye.evaluate(async () => {
      const { alarms, storage } = globalThis.chrome;
      const { orders } = await storage.local.get('orders');
      const due = orders.map((order) => ({ ...order, checked: 0 }));
      await storage.local.set({ orders: due });
      await alarms.create('orders', { when: Date.now() });
    });
    return false;
  }, SOON);

testIn(EACH, 'S1, from the reminder to the history', async (t, browser) => {
  const on = await stage(t, {
    ukey: false,
    pairs: DUAL,
    portal: { issueDelayMs: 8000 },
    browser: { ...browser, headless: false }
  });
  const { display } = on;
  const take = camera(display, browser.program);
  const next = () => on.stopServiceWorkers();
  const eye = await on.browser.open('options/options.html');
  await on.page.bringToFront();

  await eye.evaluate(() =>
    globalThis.chrome.alarms.create('remind', { when: Date.now() })
  ); /* the browser's first minute is over */
  await until(() => on.processes().length > 0, SOON);
  on.ukey = on.insert();
  const [before] = on.ukey.certificates();
  const portal = await clickNotification(on, () => take('reminder'));
  assert.equal(new URL(portal.page.url()).origin, on.portal.url);

  await portal.click('start');
  await portal.reached('apply');
  await next();
  await portal.get('key-new').check();
  await portal.click('apply');
  await portal.click('apply-confirm');
  await portal.reached('pay');
  await next();
  await take('order');
  await portal.click('pay');
  await portal.get('request').waitFor();
  await next();
  await portal.click('request');
  await display.typePin(PIN);
  await until(async () => (await orderState(eye)) === 'reviewing', SOON);
  await portal.page.close();
  await next();

  await untilOrder(eye, 'issued');
  const again = await clickNotification(on, () => take('ready'));
  await again.toUpdate();
  await next();
  await take('preview');
  await again.click('renew');
  const question = await display.agree();
  const dialog = await display.dialog({ not: question });
  await take('pin');
  assert.ok(dialog);
  await display.typePin(PIN, { not: question });
  await again.done();
  await next();
  await take('done');

  const after = on.ukey.certificates();
  assert.equal(after.length, 4, 'the old ones are kept');
  const [signing, encryption] = after.filter(({ daysLeft }) => daysLeft > 365);
  assert.ok(signing.notAfter > before.notAfter);
  assert.ok([signing, encryption].some((one) => opensFor(on.ukey, one)));
  await untilOrder(eye, 'installed');
  const left = await eye.evaluate(async () =>
    Object.keys(await globalThis.chrome.notifications.getAll())
  );
  assert.deepEqual(left, [], 'nothing is left to say');
  const badge = () =>
    eye.evaluate(() => globalThis.chrome.action.getBadgeText({}));
  await until(async () => (await badge()) === '', SOON);

  const history = await on.browser.open('history/history.html');
  await history.locator('.renewal').waitFor();
  const text = await history.locator('.renewal').innerText();
  await history.bringToFront();
  await take('history');
  for (const part of ['已完成', '已更新', on.portal.url]) {
    assert.ok(text.includes(part), `${part} in ${text}`);
  }
  if (browser.program === 'chromium') {
    /* Firefox opens its popup for a click alone, and a test has no hands for its toolbar */
    await eye.evaluate(() => globalThis.chrome.action.openPopup());
    await sleep(POPUP_READ_MS);
    await take('popup');
  }
});
