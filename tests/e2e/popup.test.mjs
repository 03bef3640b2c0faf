// SPDX-License-Identifier: MIT
// The popup: what is on the UKey, for eyes, keyboards and screen readers.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { POLICY_FILE, setPolicy } from '../lib/place.mjs';
import { POPUP_SIZES, assertAccessible, picture, tabTo } from './look.mjs';
import { EACH, LABEL, PIN, stage, testIn, until } from './stage.mjs';

const OWNER = '江苏示例科技有限公司';
const WORDS = {
  'zh-CN': {
    role: '签名证书',
    left: '即将到期，剩余 20 天',
    emptyTitle: '请插入 UKey',
    unknownTitle: '无法检测 UKey',
    offTitle: 'UKey Bridge 已停用',
    missing: '还差一步：安装 UKey Bridge 程序',
    copied: '已复制'
  },
  'en-US': {
    role: 'Signing certificate',
    left: 'Ends in 20 days',
    emptyTitle: 'Insert your UKey',
    unknownTitle: 'Cannot look for UKeys',
    offTitle: 'UKey Bridge is switched off',
    missing: 'One step left: install the UKey Bridge program',
    copied: 'Copied'
  }
};

const day = (at, lang) =>
  new Intl.DateTimeFormat(lang, { dateStyle: 'medium' }).format(at);

/** A popup in a tab, as wide as the real one. */
async function popup(on) {
  const page = await on.browser.popup();
  await page.setViewportSize(POPUP_SIZES[0]);
  return page;
}

/** Wait until a card says whose certificate it is: what was not drawn yet has no words, see token.css. */
const saysOwner = (card) =>
  until(async () => (await card.innerText()).includes(OWNER));

/** No host, until it is registered. */
async function assertMissing(on, lang) {
  const page = await popup(on);
  const name = WORDS[lang].missing;
  await page.getByRole('heading', { name }).waitFor();
  await assertAccessible(page, 'no host');
  await tabTo(page, 'summary');
  await page.keyboard.press('Enter');
  await picture(page, `popup-missing-${lang}-${on.program}`, POPUP_SIZES);
  on.browser.register('ours');
  await tabTo(page, '.primary', { key: 'Shift+Tab' });
  await page.keyboard.press('Enter');
  await page.locator('.token').waitFor();
  await page.close();
}

async function assertShowsUKey(on, lang) {
  const words = WORDS[lang];
  const page = await popup(on);
  const card = page.locator('.token');
  await saysOwner(card);
  assert.equal(await card.locator('h2').innerText(), LABEL);
  assert.equal(await card.locator('.owner').innerText(), OWNER);
  assert.equal(await card.locator('.role').innerText(), words.role);
  const [certificate] = on.ukey.certificates();
  const text = await card.innerText();
  assert.ok(text.includes(words.left), text);
  assert.ok(text.includes(day(certificate.notAfter, lang)), text);
  assert.ok(text.includes(certificate.x509.serialNumber.toLowerCase()));
  assert.equal(
    await page.getAttribute('html', 'lang'),
    lang === 'zh-CN' ? 'zh-CN' : 'en'
  );
  await assertAccessible(page, 'a UKey');
  await picture(page, `popup-ukey-${lang}-${on.program}`, POPUP_SIZES);
  await page.close();
}

/** A popup of a host that starts anew, by the policy of now. */
async function popupOfNextHost(on) {
  on.killHost();
  await until(() => on.processes().length === 0);
  return popup(on);
}

async function assertEmpty(on, lang) {
  on.ukey.pull();
  const page = await popupOfNextHost(on);
  const name = WORDS[lang].emptyTitle;
  await page.getByRole('heading', { name }).waitFor();
  await assertAccessible(page, 'no UKey');
  await picture(page, `popup-empty-${lang}`, POPUP_SIZES);
  await page.close();
}

async function assertCannotLook(on, lang) {
  const words = WORDS[lang];
  on.allow({ modules: [{ name: 'gone', path: '/nonexistent/pkcs11.so' }] });
  const page = await popupOfNextHost(on);
  const name = words.unknownTitle;
  await page.getByRole('heading', { name }).waitFor();
  assert.match(await page.locator('.alert').innerText(), /gone/);
  assert.equal(await page.getByText(words.emptyTitle).count(), 0);
  await assertAccessible(page, 'a driver that cannot look');
  await picture(page, `popup-unknown-${lang}`, POPUP_SIZES);
  await page.close();
}

async function assertOff(on, lang) {
  setPolicy('{"portals": [');
  const page = await popupOfNextHost(on);
  const name = WORDS[lang].offTitle;
  await page.getByRole('heading', { name }).waitFor();
  const text = await page.locator('.notice').innerText();
  assert.match(text, /policy\.json.*config\.json/);
  assert.equal(await page.locator('.primary').count(), 0);
  /* whoever is asked for help reads where the fault is */
  await tabTo(page, 'summary');
  await page.keyboard.press('Enter');
  const technical = await page.locator('.technical code').innerText();
  assert.ok(technical.includes(`${POLICY_FILE}:1:14: `), technical);
  await assertAccessible(page, 'switched off');
  await picture(page, `popup-off-${lang}`, POPUP_SIZES);
}

const STATES = {
  'no host': assertMissing,
  'a UKey and its certificate': assertShowsUKey,
  'no UKey': assertEmpty,
  'no UKey, and a driver that cannot look': assertCannotLook,
  'switched off': assertOff
};
const IN = {
  chromium: Object.keys(STATES),
  firefox: ['no host', 'a UKey and its certificate']
};

for (const lang of Object.keys(WORDS)) {
  testIn(EACH, `what there is to see, ${lang}`, async (t, browser) => {
    const manifest = 'none';
    const on = await stage(t, { browser: { ...browser, lang, manifest } });
    for (const name of IN[browser.program]) {
      await t.test(name, () => STATES[name](on, lang));
    }
  });
}

test('the keyboard reaches everything, and everything works by it', async (t) => {
  const on = await stage(t);
  await on.renewal.open('?key=new');
  await on.renewal.toRequest();
  await on.renewal.click('request');
  await on.display.typePin(PIN);
  await on.renewal.toUpdate();
  await on.renewal.click('renew');
  await on.display.typePin(PIN);
  await on.renewal.done();

  const page = await popup(on);
  await page.locator('.token').waitFor();
  await tabTo(page, '#refresh');
  await page.keyboard.press('Enter');
  await page.locator('#refresh:not([aria-disabled])').waitFor();
  await tabTo(page, '.copy');
  await page.keyboard.press('Enter');
  await page.getByText(WORDS['zh-CN'].copied).waitFor();
  await on.browser.context.grantPermissions(['clipboard-read']);
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(copied, await page.locator('.serial').first().innerText());
  await tabTo(page, '.history summary');
  await page.keyboard.press('Enter');
  const earlier = page.locator('.history .certificate');
  await saysOwner(earlier);
  assert.equal(await page.locator('.history > .hint').count(), 0);
  await tabTo(page, '.history .copy');
  await assertAccessible(page, 'an earlier certificate');
  await picture(page, 'popup-history', POPUP_SIZES);
});

test('an earlier encryption certificate is kept for old files', async (t) => {
  const on = await stage(t);
  const pair = { profile: 'encryption', algorithm: 'EC-P256' };
  on.ukey.addPair(on.caDir, { ...pair, id: '02', days: 20 });
  on.ukey.addPair(on.caDir, { ...pair, id: '03', days: 300 });
  const page = await popup(on);
  await page.locator('.history summary').click();
  const hint = page.locator('.history > .hint');
  assert.match(await hint.innerText(), /以前加密的文件/);
  assert.equal(await page.locator('.history .certificate').count(), 1);
  assert.equal(await page.locator('.certificate').count(), 3);
  await assertAccessible(page, 'three certificates');
});

test('the popup follows the UKey', async (t) => {
  const on = await stage(t);
  const page = await popup(on);
  const empty = page.getByRole('heading', {
    name: WORDS['zh-CN'].emptyTitle
  });
  await page.locator('.token').waitFor();
  on.ukey.pull();
  await empty.waitFor();
  on.ukey.plug();
  await page.locator('.token').waitFor();
});

testIn(EACH, 'the popup outlives background and host', async (t, browser) => {
  const on = await stage(t, { browser });
  const page = await popup(on);
  await page.locator('.token').waitFor();
  await on.stopServiceWorkers();
  await page.locator('#refresh').click();
  await page.locator('#refresh:not([aria-disabled])').waitFor();
  await page.locator('.token').waitFor();
  on.killHost();
  await page.locator('#refresh').click();
  await page.locator('#refresh:not([aria-disabled])').waitFor();
  await page.locator('.token').waitFor();
});
