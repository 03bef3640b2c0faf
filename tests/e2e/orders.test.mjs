// SPDX-License-Identifier: MIT
// Orders: from the reminder to the renewed certificate by way of two notifications, and the page that lists them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { RenewalPage } from '../lib/renewal-page.mjs';
import { assertAccessible, atZooms, picture, tabTo } from './look.mjs';
import {
  badge,
  clickNotification,
  inWorker,
  notifications,
  openPage,
  ring,
  stored
} from './pages.mjs';
import { serve } from './site.mjs';
import { PIN, stage, until } from './stage.mjs';

const SIZES = atZooms({ width: 1280, height: 900 });
const HISTORY = 'history/history.html';
const WORDS = {
  'zh-CN': {
    unpaid: '待付款',
    ready: '新证书已签发',
    next: /请插入 UKey/,
    done: '已完成',
    forget: '不再关注此订单',
    none: '还没有办理记录。',
    heads: /^\ufeff记录编号,类型,状态,办理网站,订单号,/
  },
  'en-US': {
    unpaid: 'To be paid',
    ready: 'New certificate is ready',
    next: /Insert the UKey/,
    done: 'Completed',
    forget: 'Forget this order',
    none: 'No renewal yet.',
    heads: /^\ufeffRecord,Kind,State,Site,Order number,/
  }
};

/** The time for the next question has come. */
async function askNow(on) {
  await inWorker(on, async () => {
    const { storage } = globalThis.chrome;
    const { orders } = await storage.local.get('orders');
    const due = orders.map((order) => ({ ...order, checked: 0 }));
    await storage.local.set({ orders: due });
  });
  await ring(on, 'orders');
}

const orderOf = async (on) => (await stored(on, 'orders'))?.[0];
const alarm = (on) =>
  inWorker(on, async () => globalThis.chrome.alarms.get('orders'));

/** As far as the request; the CA has not answered yet. */
async function request(on, renewal) {
  await renewal.click('request');
  await on.display.typePin(PIN);
  await until(async () => (await orderOf(on))?.state === 'reviewing');
}

test('reminder, order, payment, ready, PIN, done, history', async (t) => {
  const on = await stage(t, { ukey: false, portal: { issueDelayMs: 6000 } });
  await ring(on, 'remind');
  await until(() => on.processes().length > 0);
  on.ukey = on.insert();
  const [ending] = await until(async () => {
    const all = await notifications(on);
    return all.length > 0 && all;
  });
  const first = await clickNotification(on, ending);
  assert.equal(new URL(first.url()).origin, on.portal.url);
  const renewal = new RenewalPage(first, on.portal.url);
  assert.equal(await alarm(on), undefined, 'no order, no alarm');
  await renewal.toRequest();
  await until(async () => (await orderOf(on))?.state === 'paid');
  const number = await renewal.get('order-number').innerText();
  await request(on, renewal);
  await first.close();

  await until(async () => {
    if ((await orderOf(on)).state === 'issued') return true;
    await askNow(on);
    return false;
  });
  const ready = await until(async () =>
    (await notifications(on)).find((id) => id.startsWith('order:'))
  );
  assert.equal(ready, `order:${on.portal.url} ${number}`);
  /* one certificate, one order; drawn behind the notification */
  await until(async () => (await badge(on)) === '2');
  const popup = await on.browser.popup();
  await popup.locator('#ready .primary').waitFor();
  await popup.locator('.token').waitFor();
  await assertAccessible(popup, 'an order that is ready');
  await popup.setViewportSize({ width: 380, height: 600 });
  await picture(popup, 'popup-ready', [
    { scale: 1, width: 380, height: 600 },
    { scale: 2, width: 380, height: 300 }
  ]);

  const second = await clickNotification(on, ready);
  const last = new RenewalPage(second, on.portal.url);
  await last.toUpdate();
  await last.click('renew');
  await on.display.typePin(PIN);
  await last.done();
  assert.ok(on.ukey.certificates().at(-1).daysLeft > 365);
  await until(async () => (await orderOf(on)).state === 'installed');
  await until(async () => (await alarm(on)) === undefined);
  const left = (await notifications(on)).filter((id) =>
    id.startsWith('order:')
  );
  assert.deepEqual(left, []);
  await popup.locator('#ready .primary').waitFor({ state: 'detached' });

  const page = await openPage(on, HISTORY);
  const card = page.locator('.renewal');
  assert.equal(await card.count(), 1, 'the order is with its renewal');
  const text = await card.innerText();
  for (const part of [WORDS['zh-CN'].done, '已更新', on.portal.url, number]) {
    assert.ok(text.includes(part), `${part} in ${text}`);
  }
});

test('a user without a click is told once', async (t) => {
  const on = await stage(t, { portal: { issueDelayMs: 2000 } });
  await on.renewal.open();
  await on.renewal.toRequest();
  await request(on, on.renewal);
  await on.page.goto('about:blank');
  await until(async () => {
    if ((await orderOf(on)).state === 'issued') return true;
    await askNow(on);
    return false;
  });
  const told = async () =>
    (await notifications(on)).filter((id) => id.startsWith('order:'));
  await until(async () => (await told()).length === 1);
  const page = await openPage(on, 'options/options.html');
  await page.evaluate(async () => {
    const { notifications: all } = globalThis.chrome;
    for (const id of Object.keys(await all.getAll())) await all.clear(id);
  });
  await on.stopServiceWorkers();
  const before = await page.evaluate(async () => {
    const { alarms, storage } = globalThis.chrome;
    const { orders } = await storage.local.get('orders');
    const due = orders.map((order) => ({ ...order, checked: 0 }));
    await storage.local.set({ orders: due });
    await alarms.create('orders', { when: Date.now() });
    return orders[0].checked;
  });
  const checked = () =>
    page.evaluate(async () => {
      const { orders } = await globalThis.chrome.storage.local.get('orders');
      return orders[0].checked;
    });
  await until(async () => (await checked()) > before);
  const ids = await page.evaluate(async () =>
    Object.keys(await globalThis.chrome.notifications.getAll())
  );
  assert.deepEqual(ids, [], 'not twice, whatever ended in between');
});

/** An order without a renewal, until it is forgotten. */
async function assertUnpaid(on, lang) {
  const words = WORDS[lang];
  await on.renewal.open();
  await on.renewal.click('start');
  await on.renewal.reached('apply');
  await on.renewal.click('apply');
  await on.renewal.click('apply-confirm');
  await on.renewal.reached('pay');
  await until(async () => (await orderOf(on))?.state === 'created');
  const number = await on.renewal.get('order-number').innerText();
  const page = await openPage(on, HISTORY);
  const card = page.locator('.renewal');
  await card.getByText(words.unpaid).first().waitFor();
  await assertAccessible(page, 'an order');
  await picture(page, `history-order-${lang}`, SIZES);

  const file = page.waitForEvent('download');
  await tabTo(page, '#export');
  await page.keyboard.press('Enter');
  const csv = readFileSync(await (await file).path(), 'utf8');
  assert.match(csv, words.heads);
  assert.ok(csv.includes(`${on.portal.url},${number},created,`), csv);
  const { url } = await orderOf(on);
  const [, secret] = /orders\/([^/]+)\/status$/.exec(url);
  for (const shown of [csv, await card.innerText()]) {
    assert.ok(!shown.includes(secret), 'its address is nobody else’s');
  }

  const opened = on.browser.context.waitForEvent('page');
  await tabTo(page, '.renewal .primary');
  await page.keyboard.press('Enter');
  const portal = await opened;
  const there = new RenewalPage(portal, on.portal.url);
  await there.reached('pay');
  await portal.close();

  await tabTo(page, '.renewal .secondary');
  assert.equal(await page.locator(':focus').innerText(), words.forget);
  await page.keyboard.press('Enter');
  await page.getByText(words.none).waitFor();
  assert.deepEqual(await stored(on, 'orders'), []);
  await page.close();
}

/** Another order, as far as its certificate. */
async function assertReady(on, lang) {
  const words = WORDS[lang];
  await on.renewal.open();
  await on.renewal.toRequest();
  await request(on, on.renewal);
  await on.renewal.toUpdate();
  const page = await openPage(on, HISTORY);
  const card = page.locator('.renewal');
  await card.getByText(words.ready).first().waitFor();
  assert.match(await card.innerText(), words.next);
  await assertAccessible(page, 'an order that is ready');
  await picture(page, `history-ready-${lang}`, SIZES);
}

for (const lang of Object.keys(WORDS)) {
  test(`the page that lists them, ${lang}`, async (t) => {
    const portal = { issueDelayMs: 2000 };
    const on = await stage(t, { browser: { lang }, portal });
    await t.test('without a renewal', () => assertUnpaid(on, lang));
    await t.test('ready', () => assertReady(on, lang));
  });
}

/** What the SDK makes of `orders.watch` in a page. */
const watch = (page, params) =>
  page.evaluate(async (wanted) => {
    const { UKeyBridge } = await import('/sdk/ukeybridge.js');
    const bridge = await UKeyBridge.connect();
    try {
      return await bridge.orders.watch(wanted);
    } catch ({ code, reason, text, data }) {
      return { code, reason, text, field: data.field };
    } finally {
      bridge.close();
    }
  }, params);

test('a page that names what is no order of its own hears why', async (t) => {
  const port = await serve(t);
  const other = `http://127.0.0.1:${port}`;
  const on = await stage(t, { policy: { portals: ['http://127.0.0.1:1'] } });
  await on.renewal.open();
  const url = `${on.portal.url}/api/orders/none/status`;
  const of = (more) => watch(on.page, { order: 'none', url, ...more });
  assert.equal((await of({})).reason, 'ORIGIN_NOT_ALLOWED');
  on.allow();
  on.killHost();
  await until(() => on.processes().length === 0);
  const gone = await of({});
  assert.equal(gone.reason, 'HTTP_STATUS');
  assert.match(gone.text, /[\u4e00-\u9fff]{4}/);
  assert.equal((await of({ url: `${on.portal.url}/` })).reason, 'BAD_REPLY');
  assert.equal((await of({ url: `${other}/` })).reason, 'BAD_ORIGIN');
  const wrong = await of({ portal: other });
  assert.deepEqual([wrong.code, wrong.field], [-32602, 'portal']);
  assert.equal(await stored(on, 'orders'), undefined);
});
