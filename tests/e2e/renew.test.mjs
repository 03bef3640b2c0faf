// SPDX-License-Identifier: MIT
// A renewal from the portal's page to the UKey, as its user sees it: S1, the whole way.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { filesBelow } from '../lib/place.mjs';
import { PIN, stage } from './stage.mjs';

const YEAR_MS = 365 * 86400000;

/** Every place where a PIN must never be: all but the UKey itself. */
function assertNoPin({ place }) {
  const forms = [Buffer.from(PIN), Buffer.from(PIN, 'utf16le')];
  for (const { path, bytes } of filesBelow(place.dir)) {
    if (path.startsWith(place.tokens)) continue;
    assert.ok(!forms.some((form) => bytes.includes(form)), path);
  }
}

for (const [key, headless] of [
  ['same', false],
  ['new', true]
]) {
  const where = headless ? 'headless' : 'on a screen';
  test(`renew with the ${key} key, ${where}`, async (t) => {
    const on = await stage(t, { browser: { headless } });
    const { renewal, display, ukey } = on;
    const [before] = ukey.certificates();
    assert.equal(before.daysLeft, 20);

    await renewal.open(`?key=${key}`);
    await renewal.click('start');
    await renewal.reached('apply');
    assert.equal(await renewal.get('days-left').innerText(), '20 天');
    assert.equal(+(await renewal.date('not-after')), +before.notAfter);
    await renewal.toRequestFromApply();
    await renewal.click('request');
    await display.typePin(PIN);
    await renewal.toUpdate();
    const announced = await renewal.date('preview-not-after-after');
    assert.equal(
      +(await renewal.date('preview-not-after-before')),
      +before.notAfter
    );
    await renewal.click('renew');
    await display.typePin(PIN);
    await renewal.done();

    const after = ukey.certificates().at(-1);
    assert.ok(after.notAfter - before.notAfter >= YEAR_MS);
    assert.equal(+after.notAfter, +announced);
    assert.equal(+(await renewal.date('not-after-after')), +after.notAfter);
    assert.equal(+(await renewal.date('not-after-before')), +before.notAfter);
    const isSameKey = after.x509.publicKey.equals(before.x509.publicKey);
    assert.equal(isSameKey, key === 'same');
    assert.equal(ukey.certificates().length, key === 'same' ? 1 : 2);
    assert.ok(ukey.signsWith(after), 'the UKey signs for its certificate');
    assertNoPin(on);
  });
}
