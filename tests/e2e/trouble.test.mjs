// SPDX-License-Identifier: MIT
// What goes wrong on the way, what the page then says, and that the user can always go on from there.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PIN, stage, until } from './stage.mjs';

/** A stage at the button before the first PIN. */
async function paid(t) {
  const on = await stage(t);
  await on.renewal.open();
  await on.renewal.toRequest();
  return on;
}

/** A stage at the button before the second PIN. */
async function issued(t) {
  const on = await paid(t);
  await on.renewal.click('request');
  await on.display.typePin(PIN);
  await on.renewal.toUpdate();
  return on;
}

/** From the first PIN's dialog to the end. */
async function finish({ renewal, display, ukey }) {
  await display.typePin(PIN);
  await renewal.toUpdate();
  await finishUpdate({ renewal, display, ukey });
}

/** From the second PIN's button to the end. */
async function finishUpdate({ renewal, display, ukey }, button = 'renew') {
  await renewal.click(button);
  await display.typePin(PIN);
  await renewal.done();
  assert.ok(ukey.certificates().at(-1).daysLeft > 365);
}

/** The page says this reason, and more than the reason, in the user's language. */
async function assertSays({ renewal }, reason) {
  const said = await renewal.trouble();
  assert.equal(said.reason, reason);
  const text = said.text + said.advice;
  assert.match(text, /[\u4e00-\u9fff]{4}/, 'no sentence for the user');
}

test('the PIN is cancelled, twice, and typed after all', async (t) => {
  const on = await paid(t);
  await on.renewal.click('request');
  await on.display.cancelDialog();
  await assertSays(on, 'PIN_CANCELLED');
  await on.renewal.click('retry');
  await on.display.typePin(PIN);
  await on.renewal.toUpdate();
  await on.renewal.click('renew');
  await on.display.cancelDialog();
  await assertSays(on, 'PIN_CANCELLED');
  await finishUpdate(on, 'retry');
});

test('the page cancels, and the dialog goes', async (t) => {
  const on = await paid(t);
  await on.renewal.click('request');
  await on.display.dialog();
  await on.renewal.click('cancel');
  await assertSays(on, 'CANCELLED');
  await on.display.dialogGone();
  await on.renewal.click('retry');
  await finish(on);
});

test('the PIN is wrong, then right', async (t) => {
  const on = await paid(t);
  await on.renewal.click('request');
  await on.display.typePin('00000000');
  await assertSays(on, 'PIN_INCORRECT');
  await on.renewal.click('retry');
  await on.display.typePin(PIN);
  await on.renewal.toUpdate();
  await on.renewal.click('renew');
  await on.display.typePin('00000000');
  await assertSays(on, 'PIN_INCORRECT');
  await finishUpdate(on, 'retry');
});

test('no UKey at first: the page goes on by itself when there is one', async (t) => {
  const on = await stage(t);
  on.ukey.pull();
  await on.renewal.open();
  await on.renewal.click('start');
  await assertSays(on, 'NO_TOKEN');
  on.ukey.plug();
  await on.renewal.toRequestFromApply();
  await on.renewal.click('request');
  await finish(on);
});

test('the UKey is pulled before the request', async (t) => {
  const on = await paid(t);
  on.ukey.pull();
  await on.renewal.click('request');
  await assertSays(on, 'NO_TOKEN');
  on.ukey.plug();
  await on.renewal.click('continue');
  await finish(on);
});

test('the UKey is pulled while the PIN for the request is asked', async (t) => {
  const on = await paid(t);
  await on.renewal.click('request');
  await on.display.dialog();
  on.ukey.pull();
  await on.display.typePin(PIN);
  await assertSays(on, 'TOKEN_REMOVED');
  on.ukey.plug();
  await on.renewal.click('continue');
  await finish(on);
});

test('the UKey is pulled between request and update', async (t) => {
  const on = await issued(t);
  on.ukey.pull();
  await on.renewal.click('renew');
  await assertSays(on, 'NO_TOKEN');
  on.ukey.plug();
  await finishUpdate(on, 'continue');
});

test('the UKey is pulled while the PIN for the update is asked', async (t) => {
  const on = await issued(t);
  await on.renewal.click('renew');
  await on.display.dialog();
  on.ukey.pull();
  await on.display.typePin(PIN);
  await assertSays(on, 'TOKEN_REMOVED');
  on.ukey.plug();
  await finishUpdate(on, 'continue');
});

for (const [what, end] of [
  ['service worker', (on) => on.stopServiceWorkers()],
  ['host', (on) => on.killHost()]
]) {
  test(`the ${what} ends while the PINs are asked`, async (t) => {
    const on = await paid(t);
    await on.renewal.click('request');
    await on.display.dialog();
    await end(on);
    await assertSays(on, 'HOST_DISCONNECTED');
    await on.display.dialogGone();
    await on.renewal.click('continue');
    await on.display.typePin(PIN);
    await on.renewal.toUpdate();
    await on.renewal.click('renew');
    await on.display.dialog();
    await end(on);
    await assertSays(on, 'HOST_DISCONNECTED');
    await on.display.dialogGone();
    await finishUpdate(on, 'continue');
  });

  test(`the ${what} ends between request and update`, async (t) => {
    const on = await issued(t);
    await end(on);
    await until(() => on.processes().length === 0);
    await finishUpdate(on);
  });
}

test('the host ends while the update is written', async (t) => {
  const on = await issued(t);
  await on.renewal.click('renew');
  await on.display.typePin(PIN);
  on.killHost();
  await assertSays(on, 'HOST_DISCONNECTED');
  /* The worker may have finished alone, which needs no other PIN, or may have ended before it began. */
  await on.renewal.click('continue');
  const isDone = on.renewal.done().then(() => true);
  const isAsked = on.display.dialog().then(() => false);
  isDone.catch(() => {});
  isAsked.catch(() => {});
  if (!(await Promise.race([isDone, isAsked]))) {
    await on.display.typePin(PIN);
    await on.renewal.done();
  }
  assert.ok(on.ukey.certificates().at(-1).daysLeft > 365);
  assert.equal(on.ukey.certificates().length, 1);
});

test('the page is loaded anew while the PIN is asked', async (t) => {
  const on = await paid(t);
  await on.renewal.click('request');
  await on.display.dialog();
  await on.page.reload();
  await on.display.dialogGone();
  await on.renewal.click('request');
  await on.display.typePin(PIN);
  await on.renewal.toUpdate();
  await on.page.reload();
  await finishUpdate(on);
});

test('the browser is closed while the PIN is asked, and opened again', async (t) => {
  const on = await paid(t);
  const address = on.page.url();
  await on.renewal.click('request');
  await on.display.dialog();
  await on.browser.close();
  await on.display.dialogGone();
  await until(() => on.processes().length === 0);
  await on.browse();
  await on.page.goto(address);
  await on.renewal.click('request');
  await finish(on);
});
