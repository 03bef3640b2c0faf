// SPDX-License-Identifier: MIT
// What goes wrong on the way, what the page then says, and that the user can always go on from there.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { misbehaving } from './misbehaving.mjs';
import { PIN, stage, until } from './stage.mjs';

/** A stage at the button before the first PIN. */
async function paid(t, make = stage) {
  const on = await make(t);
  await on.renewal.open();
  await on.renewal.toRequest();
  return on;
}

/** A stage at the button before the second PIN. */
async function issued(t, make) {
  const on = await paid(t, make);
  await on.renewal.click('request');
  await on.display.typePin(PIN);
  await on.renewal.toUpdate();
  return on;
}

/** The page says this reason, and more than the reason, in the user's language. */
async function assertSays({ renewal }, reason) {
  const said = await renewal.trouble();
  assert.equal(said.reason, reason);
  const text = said.text + said.advice;
  assert.match(text, /[\u4e00-\u9fff]{4}/, 'no sentence for the user');
}

/** What leads to each of the two PINs, and what is there after it. */
const PINS = [
  ['request', ({ renewal }) => renewal.toUpdate()],
  ['renew', ({ renewal }) => renewal.done()]
];

test('each PIN is cancelled by its user, by the page, is wrong, then right', async (t) => {
  const on = await paid(t);
  const { renewal, display } = on;
  for (const [button, reached] of PINS) {
    await renewal.click(button);
    await display.cancelDialog();
    await assertSays(on, 'PIN_CANCELLED');
    await renewal.click('retry');
    await display.dialog();
    /* the page offers it until something is written */
    await renewal.click('cancel');
    await assertSays(on, 'CANCELLED');
    await display.dialogGone();
    await renewal.click('retry');
    await display.typePin('00000000');
    await assertSays(on, 'PIN_INCORRECT');
    await renewal.click('retry');
    await display.typePin(PIN);
    await reached(on);
  }
  assert.ok(on.ukey.certificates().at(-1).daysLeft > 365);
});

test('the UKey comes late, and is pulled before and while each PIN is asked', async (t) => {
  const on = await stage(t);
  const { renewal, display, ukey } = on;
  ukey.pull();
  await renewal.open();
  await renewal.click('start');
  await assertSays(on, 'NO_TOKEN');
  ukey.plug(); // the page goes on by itself
  await renewal.toRequestFromApply();
  for (const [button, reached] of PINS) {
    ukey.pull();
    await renewal.click(button);
    await assertSays(on, 'NO_TOKEN');
    ukey.plug();
    await renewal.click('continue');
    await display.dialog();
    ukey.pull();
    await display.typePin(PIN);
    await assertSays(on, 'TOKEN_REMOVED');
    ukey.plug();
    await renewal.click('continue');
    await display.typePin(PIN);
    await reached(on);
  }
  assert.ok(ukey.certificates().at(-1).daysLeft > 365);
});

for (const [what, end] of [
  ['service worker', (on) => on.stopServiceWorkers()],
  ['host', (on) => on.killHost()]
]) {
  test(`the ${what} ends while each PIN is asked, and in between`, async (t) => {
    const on = await paid(t);
    for (const [button, reached] of PINS) {
      await on.renewal.click(button);
      await on.display.dialog();
      await end(on);
      await assertSays(on, 'HOST_DISCONNECTED');
      await on.display.dialogGone();
      await on.renewal.click('continue');
      await on.display.typePin(PIN);
      await reached(on);
      if (button === 'request') {
        await end(on);
        await until(() => on.processes().length === 0);
      }
    }
    assert.ok(on.ukey.certificates().at(-1).daysLeft > 365);
  });
}

test('the host ends while the update is written', async (t) => {
  const slow = 'C_CreateObject:1=delay(3000)';
  const on = await issued(t, (it) => misbehaving(it, slow));
  await on.renewal.click('renew');
  await on.display.typePin(PIN);
  await until(() => on.hasCalled('C_CreateObject'));
  on.killHost();
  await assertSays(on, 'HOST_DISCONNECTED');
  /* the worker finishes alone: no other PIN is needed */
  await until(() => on.processes().length === 0);
  await on.renewal.click('continue');
  await on.renewal.done();
  assert.equal(await on.display.hasDialog(), false);
  assert.ok(on.ukey.certificates().at(-1).daysLeft > 365);
  assert.equal(on.ukey.certificates().length, 1);
});

test('the page is loaded anew, and the browser closed and opened again, while the PIN is asked', async (t) => {
  const on = await paid(t);
  const address = on.page.url();
  await on.renewal.click('request');
  await on.display.dialog();
  await on.page.reload();
  await on.display.dialogGone();
  await on.renewal.click('request');
  await on.display.dialog();
  await on.browser.close();
  await on.display.dialogGone();
  await until(() => on.processes().length === 0);
  await on.browse();
  await on.page.goto(address);
  await on.renewal.click('request');
  await on.display.typePin(PIN);
  await on.renewal.toUpdate();
  await on.page.reload();
  await on.renewal.click('renew');
  await on.display.typePin(PIN);
  await on.renewal.done();
  assert.ok(on.ukey.certificates().at(-1).daysLeft > 365);
});
