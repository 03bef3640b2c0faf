// SPDX-License-Identifier: MIT
// Signing and encryption certificate in one renewal, with the keys that are there and with new ones.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { opensFor } from '../lib/opening.mjs';
import { certificateFacts } from '../portal/lib/facts.js';
import { assertAccessible, atZooms, picture } from './look.mjs';
import { PIN, stage } from './stage.mjs';

const YEAR_MS = 365 * 86400000;
/** A wide window at 100 % and 200 %, and a telephone's width. */
const SIZES = [
  ...atZooms({ width: 1280, height: 900 }),
  { scale: 3, width: 360, height: 740 }
];
const DUAL = [{}, { profile: 'encryption', id: '02' }];
const EC_DUAL = DUAL.map((half) => ({ ...half, algorithm: 'EC-P256' }));
const ROLES = ['signing', 'encryption'];
const LANGUAGES = ['zh-CN', 'en-US'];
/** The pages are the same in every browser: looked at in one, worked through in the other. */
const WHERE = [
  ...LANGUAGES.map((lang) => ['chromium', lang, observer]),
  ['firefox', 'zh-CN', () => async () => {}]
];
const SUFFIX = { signing: '', encryption: '-encryption' };

/** The certificates on the UKey by role, the last to end at the end. */
function byRole(ukey) {
  const all = ukey.certificates();
  const role = ({ x509 }) => certificateFacts(x509.toString()).role;
  const of = (wanted) => all.filter((one) => role(one) === wanted);
  return { signing: of('signing'), encryption: of('encryption') };
}

/** How many keys there are. */
function keysOn(ukey) {
  const of = (wanted) =>
    ukey.objects().filter(({ type }) => type === wanted).length;
  return { publicKey: of('Public Key'), privateKey: of('Private Key') };
}

const sameKey = (a, b) => a.x509.publicKey.equals(b.x509.publicKey);

/** Each role's dates on the page are those of these certificates. */
async function assertDates(renewal, prefix, before, after) {
  for (const role of ROLES) {
    const was = `${prefix}not-after-before${SUFFIX[role]}`;
    const is = `${prefix}not-after-after${SUFFIX[role]}`;
    const [old] = before[role];
    if (old) assert.equal(+(await renewal.date(was)), +old.notAfter, was);
    assert.equal(+(await renewal.date(is)), +after[role].at(-1).notAfter, is);
  }
}

/** The newest certificate of each role ends a year later, and its key works. */
function assertRenewed(ukey, before) {
  const after = byRole(ukey);
  for (const role of ROLES) {
    const [old] = before[role];
    const fresh = after[role].at(-1);
    if (old) assert.ok(fresh.notAfter - old.notAfter >= YEAR_MS, role);
    assert.ok(fresh.daysLeft > 365, role);
  }
  assert.ok(ukey.signsWith(after.signing.at(-1)), 'it signs');
  assert.ok(opensFor(ukey, after.encryption.at(-1)), 'it opens files');
  return after;
}

/** From the start to the second PIN's button; `choose` fills in the form. */
async function toUpdate({ renewal, display }, choose, look = async () => {}) {
  await renewal.open();
  await look('1-read');
  await renewal.click('start');
  await renewal.reached('apply');
  await choose();
  await look('2-apply');
  await renewal.click('apply');
  await renewal.get('apply-confirm').waitFor();
  await look('2-apply-dialog');
  await renewal.click('apply-confirm');
  await renewal.reached('pay');
  await look('3-pay');
  await renewal.click('pay');
  await renewal.get('request').waitFor();
  await look('4-paid');
  await renewal.click('request');
  await display.dialog();
  await look('4-pin');
  await display.typePin(PIN);
  await renewal.toUpdate();
  await look('5-update');
}

/** What takes pictures of each step, and tries it with a program for the blind. */
function observer(page, name) {
  return async (what) => {
    await assertAccessible(page, what);
    await picture(page, `dual-${name}-${what}`, SIZES);
  };
}

for (const lang of LANGUAGES) {
  const short = lang.slice(0, 2);

  test(`both keys stay, ${short}`, async (t) => {
    const on = await stage(t, { pairs: DUAL, browser: { lang } });
    const { renewal, display, ukey, page } = on;
    const look = observer(page, `same-${short}`);
    const before = byRole(ukey);
    const keep = () => renewal.get('key-same').check();
    await toUpdate(on, keep, look);
    assert.equal(await renewal.get('warning').count(), 0);
    await renewal.click('renew');
    await display.typePin(PIN);
    await renewal.done();
    await look('6-done');
    const after = assertRenewed(ukey, before);
    await assertDates(renewal, '', before, after);
    for (const role of ROLES) {
      assert.ok(sameKey(after[role].at(-1), before[role][0]), role);
    }
    assert.equal(after.signing.length, 1);
    assert.equal(after.encryption.length, 2, 'earlier files name the old one');
    const { publicKey, privateKey } = keysOn(ukey);
    assert.deepEqual([publicKey, privateKey], [2, 2], 'no other keys');
    assert.equal(await renewal.get('old-key').count(), 0);
  });
}

for (const [program, lang, looking] of WHERE) {
  const short = lang.slice(0, 2);

  test(`both keys are new, ${short}, ${program}`, async (t) => {
    const on = await stage(t, { pairs: DUAL, browser: { program, lang } });
    const { renewal, display, ukey, page } = on;
    const look = looking(page, `new-${short}`);
    const before = byRole(ukey);
    await toUpdate(on, () => renewal.get('key-new').check(), look);
    const words = lang === 'zh-CN' ? /投标文件/ : /Bids encrypted earlier/;
    assert.match(await renewal.get('warning').innerText(), words);
    const issued = {};
    for (const role of ROLES) {
      const end = `preview-not-after-after${SUFFIX[role]}`;
      issued[role] = +(await renewal.date(end));
    }
    await renewal.click('renew');
    const question = await display.agree();
    await look('5-pin');
    await display.typePin(PIN, { not: question });
    await renewal.done();
    await look('6-done');
    const after = assertRenewed(ukey, before);
    await assertDates(renewal, '', before, after);
    for (const role of ROLES) {
      assert.equal(after[role].length, 2, `${role}: the old one is kept`);
      assert.ok(!sameKey(after[role][1], after[role][0]), role);
      assert.equal(+after[role][1].notAfter, issued[role], role);
    }
    assert.ok(opensFor(ukey, after.encryption[0]), 'earlier files open');
    assert.equal(await renewal.get('old-key').count(), 1);
  });
}

for (const [name, pairs, portal] of [
  ['RSA keys by PKCS#1', DUAL, { rsaTransport: 'pkcs1' }],
  ['EC keys', EC_DUAL, {}]
]) {
  test(`a new encryption key is delivered: ${name}`, async (t) => {
    const on = await stage(t, { pairs, portal });
    const { renewal, display, ukey } = on;
    const before = byRole(ukey);
    await toUpdate(on, () => renewal.get('key-new').check());
    await renewal.click('renew');
    const question = await display.agree();
    await display.typePin(PIN, { not: question });
    await renewal.done();
    const after = assertRenewed(ukey, before);
    assert.ok(opensFor(ukey, after.encryption[0]), 'earlier files open');
  });
}

for (const algorithm of ['RSA-2048', 'EC-P256']) {
  test(`a first encryption certificate, ${algorithm}`, async (t) => {
    const on = await stage(t, { pairs: [{ algorithm }] });
    const { renewal, display, ukey, page } = on;
    const before = byRole(ukey);
    assert.equal(before.encryption.length, 0);
    const add = async () => {
      assert.ok(await renewal.get('add-encryption').isHidden());
      await renewal.get('key-new').check();
      await renewal.get('add-encryption').check();
    };
    await toUpdate(on, add);
    await observer(page, `add-${algorithm}`)('5-update');
    assert.equal(await renewal.get('warning').count(), 0);
    await renewal.click('renew');
    await display.typePin(PIN);
    await renewal.done();
    const after = assertRenewed(ukey, before);
    await assertDates(renewal, '', before, after);
    assert.equal(after.encryption.length, 1);
  });
}

test('no to the question about earlier files: nothing is written', async (t) => {
  const on = await stage(t, { pairs: DUAL });
  const { renewal, display, ukey } = on;
  const before = ukey.objects().length;
  await toUpdate(on, () => renewal.get('key-new').check());
  const requested = ukey.objects().length;
  assert.ok(requested > before, 'the key of the request');
  await renewal.click('renew');
  await display.cancelDialog();
  assert.equal((await renewal.trouble()).reason, 'DENIED_BY_USER');
  assert.equal(ukey.objects().length, requested);
  await renewal.click('retry');
  const question = await display.agree();
  await display.typePin(PIN, { not: question });
  await renewal.done();
});

test('the page is loaded anew at every step', async (t) => {
  const on = await stage(t, { pairs: DUAL });
  const { renewal, display, ukey, page } = on;
  const before = byRole(ukey);
  await renewal.open();
  await renewal.click('start');
  await renewal.reached('apply');
  await renewal.get('key-new').check();
  await renewal.click('apply');
  await renewal.click('apply-confirm');
  await renewal.reached('pay');
  await page.reload();
  await renewal.click('pay');
  await renewal.get('request').waitFor();
  await page.reload();
  await renewal.click('request');
  await display.dialog();
  await page.reload();
  await display.dialogGone();
  await renewal.click('request');
  await display.typePin(PIN);
  await renewal.toUpdate();
  await page.reload();
  await renewal.click('renew');
  await display.dialog();
  await page.reload();
  await display.dialogGone();
  await renewal.click('renew');
  const question = await display.agree();
  await display.typePin(PIN, { not: question });
  await renewal.done();
  await page.reload();
  await renewal.done();
  await assertDates(renewal, '', before, assertRenewed(ukey, before));
});
