// SPDX-License-Identifier: MIT
// The renewal of both certificates, cut off while it writes: the page comes back to it, and both are renewed.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { opensFor } from '../lib/opening.mjs';
import { certificateFacts } from '../portal/lib/facts.js';
import { misbehaving } from './misbehaving.mjs';
import { PIN, until } from './stage.mjs';

const DUAL = [{}, { profile: 'encryption', id: '02' }];

/** To the button before the second PIN. */
async function toUpdate({ renewal, display }, key) {
  await renewal.open(`?key=${key}`);
  await renewal.toRequest();
  await renewal.click('request');
  await display.typePin(PIN);
  await renewal.toUpdate();
}

/** Press the button and say yes to what is asked: about earlier files when the keys are new, then for the PIN. */
async function update({ renewal, display }, key) {
  await renewal.click('renew');
  const question = key === 'new' ? await display.agree() : undefined;
  await display.typePin(PIN, { not: question });
}

/** Both certificates end later, their keys work, and earlier files still open. */
function assertRenewed(ukey, key) {
  const all = ukey.certificates();
  const of = (role) =>
    all.filter(({ x509 }) => certificateFacts(x509.toString()).role === role);
  const [signing, encryption] = [of('signing'), of('encryption')];
  assert.equal(signing.length, key === 'new' ? 2 : 1);
  assert.equal(encryption.length, 2, 'earlier files name the old one');
  assert.ok(signing.at(-1).daysLeft > 365);
  assert.ok(encryption.at(-1).daysLeft > 365);
  assert.ok(ukey.signsWith(signing.at(-1)));
  const [old, fresh] = encryption;
  assert.ok(opensFor(ukey, fresh));
  const isSameKey = fresh.x509.publicKey.equals(old.x509.publicKey);
  assert.equal(isSameKey, key === 'same');
  assert.ok(isSameKey || opensFor(ukey, old), 'earlier files open');
}

/** Where the worker dies; tests/integration has every such point, and the page comes back to each in the same way. */
const CUTS = [
  ['same', 'C_CreateObject:1=kill-after'],
  ['same', 'C_DestroyObject:1=kill-after'],
  ['new', 'C_CreateObject:3=kill-after']
];
const MORE_CUTS = [
  ['same', 'C_CreateObject:3=kill-after'],
  ['new', 'C_CreateObject:1=kill-after'],
  ['new', 'C_CreateObject:2=kill-after']
];

for (const [key, script] of process.env.UKB_ALL
  ? [...CUTS, ...MORE_CUTS]
  : CUTS) {
  test(`${key} keys, the worker dies: ${script}`, async (t) => {
    const on = await misbehaving(t, script, { pairs: DUAL });
    const { renewal, page, ukey } = on;
    await toUpdate(on, key);
    await update(on, key);
    assert.equal((await renewal.trouble()).reason, 'MODULE_CRASHED');
    await page.reload();
    await renewal.toUpdate();
    await renewal.get('interrupted').waitFor();
    await update(on, key);
    await renewal.done();
    assertRenewed(ukey, key);
  });
}

for (const [key, script] of [
  ['same', 'C_CreateObject:2=pull-after'],
  ['new', 'C_CreateObject:2=pull-after']
]) {
  test(`${key} keys, the UKey is pulled: ${script}`, async (t) => {
    const on = await misbehaving(t, script, { pairs: DUAL });
    const { renewal, ukey } = on;
    await toUpdate(on, key);
    await update(on, key);
    assert.equal((await renewal.trouble()).reason, 'TOKEN_REMOVED');
    on.plugAgain(); // the page sees it, and nobody has to reload
    await renewal.get('interrupted').waitFor();
    assert.match(await renewal.get('next').innerText(), /接着写入|先恢复/);
    await update(on, key);
    await renewal.done();
    assertRenewed(ukey, key);
  });
}

test('the browser is closed while it writes: the host finishes alone', async (t) => {
  const script = 'C_CreateObject:2=delay(3000)';
  const on = await misbehaving(t, script, { pairs: DUAL });
  await toUpdate(on, 'new');
  const address = on.page.url();
  await update(on, 'new');
  await on.page.waitForSelector('.doing [data-step=import-key]');
  await on.browser.close();
  await until(() => on.processes().length === 0);
  assertRenewed(on.ukey, 'new');
  await on.browse();
  await on.page.goto(address);
  await on.renewal.done();
});
