// SPDX-License-Identifier: MIT
/* global document */
// Diagnostics: what is wrong, told apart by what the browser really says, repaired where it can be, and a report of it.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { chromiumProgram } from '../lib/browser.mjs';
import { SOFTHSM, useBrowser } from '../lib/place.mjs';
import { assertAccessible, atZooms, picture, tabTo } from './look.mjs';
import { addSources, openPage } from './pages.mjs';
import { oldProgram, registerProgram } from './programs.mjs';
import { LABEL, stage } from './stage.mjs';

const SIZES = atZooms({ width: 1280, height: 900 });
const PAGE = 'diagnostics/diagnostics.html';
const LANGUAGES = ['zh-CN', 'en-US'];
const CHINESE = /[\u4e00-\u9fff]{4}/;

/** Titles of the extension's own findings. */
const TITLES = {
  missing: {
    'zh-CN': '没有找到 UKey Bridge 程序',
    'en-US': 'The UKey Bridge program was not found'
  },
  foreign: {
    'zh-CN': '程序不接受此扩展程序',
    'en-US': 'The program does not accept this extension'
  },
  policy: {
    'zh-CN': '管理员禁止了 UKey Bridge 程序',
    'en-US': 'UKey Bridge is blocked by an administrator'
  },
  crashing: {
    'zh-CN': 'UKey Bridge 程序意外退出',
    'en-US': 'The UKey Bridge program ended unexpectedly'
  },
  old: {
    'zh-CN': 'UKey Bridge 程序版本过旧',
    'en-US': 'The UKey Bridge program is too old'
  }
};

/** What the page says of trouble of every kind. */
const WORDS = {
  'zh-CN': {
    all: '全部修复',
    one: '修复',
    repaired: '已修复，并重新检测。',
    well: '一切正常'
  },
  'en-US': {
    all: 'Repair all',
    one: 'Repair',
    repaired: 'Repaired, and examined again.',
    well: 'All is well'
  }
};

/** Chromium in a mount namespace of its own, where a policy blocks all native hosts: no other browser sees it. */
function blockedChromium({ place }) {
  const path = join(place.dir, 'chromium-blocked');
  const policy = JSON.stringify({ NativeMessagingBlocklist: ['*'] });
  const text = `#!/bin/sh
exec unshare -Urm /bin/sh -c '
mount -t tmpfs tmpfs /etc/chromium &&
mkdir -p /etc/chromium/policies/managed &&
echo "$BLOCK_POLICY" >/etc/chromium/policies/managed/block.json &&
exec "$0" "$@"' ${chromiumProgram()} "$@"
`;
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  place.env.BLOCK_POLICY = policy;
  return path;
}

/** The only finding is this one, and the page can be used. */
async function assertFinds(page, what, lang) {
  const titles = await page.locator('.finding h2').allInnerTexts();
  assert.deepEqual(titles, [TITLES[what][lang]]);
  await assertAccessible(page, what);
  await picture(page, `diagnostics-${what}-${lang}`, SIZES);
}

/** What a click on *copy report* puts into the clipboard. */
async function copyReport(on, page) {
  await on.browser.context.grantPermissions([
    'clipboard-read',
    'clipboard-write'
  ]);
  await tabTo(page, '#copy');
  await page.keyboard.press('Enter');
  await page.locator('#status:not(:empty)').waitFor();
  return page.evaluate(() => navigator.clipboard.readText());
}

/** What the browser finds in the place of the program, one after the other: the last is the program itself. */
const FOUND = [
  ['missing', 'none', (on) => on.browser.register('none')],
  ['foreign', 'for another extension', (on) => on.browser.register('foreign')],
  [
    'missing',
    'a path where nothing is',
    (on) => registerProgram(on, join(on.place.dir, 'gone'))
  ],
  ['crashing', 'text', (on) => registerProgram(on, textFile(on))],
  [
    'crashing',
    'a program that ends',
    (on) => registerProgram(on, '/bin/false')
  ],
  ['old', 'an old program', (on) => registerProgram(on, oldProgram(on))]
];

function textFile({ place }) {
  const path = join(place.dir, 'no-program');
  writeFileSync(path, 'text');
  return path;
}

/** What the page shows while it runs, and when all is well: the machine of a test has always something to complain of. */
async function assertShowsAll(on, lang) {
  addSources(on);
  const page = await openPage(on, PAGE);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  for (const view of ['running', 'well']) {
    await page.evaluate(async (name) => {
      const views = await import('/source/diagnostics/check-view.js');
      const { translate } = await import('/source/shared/i18n.js');
      const text = translate('doctor_well');
      const shown =
        name === 'running'
          ? views.runningView()
          : views.summaryView(
              { tone: 'good', shape: 'check', text },
              translate('doctor_well_hint')
            );
      document.querySelector('main').replaceChildren(shown);
    }, view);
    await assertAccessible(page, view);
    await picture(page, `diagnostics-${view}-${lang}`, SIZES);
  }
  await page.getByRole('heading', { name: WORDS[lang].well }).waitFor();
}

for (const lang of LANGUAGES) {
  test(`what is registered is not the program, then is, ${lang}`, async (t) => {
    const on = await stage(t, { browser: { lang, manifest: 'none' } });
    for (const [what, name, register] of FOUND) {
      await t.test(`${name}: ${what}`, async () => {
        register(on);
        const page = await openPage(on, PAGE);
        await assertFinds(page, what, lang);
        await page.close();
      });
    }
    await t.test('none, then the program', async () => {
      on.browser.register('none');
      const page = await openPage(on, PAGE);
      const report = await copyReport(on, page);
      assert.match(report, /program: no answer/);
      assert.match(report, /Specified native messaging host not found/);
      on.browser.register('ours');
      await tabTo(page, '#again');
      await page.keyboard.press('Enter');
      const title = page.getByText(TITLES.missing[lang]);
      await title.waitFor({ state: 'detached' });
      await page.close();
    });
    await t.test('while it runs, and when all is well', async () => {
      await assertShowsAll(on, lang);
    });
  });

  test(`a policy of the browser blocks the program, ${lang}`, async (t) => {
    const on = await stage(t, { browser: false });
    const executablePath = blockedChromium(on);
    await on.browse({
      lang,
      args: ['--no-sandbox', '--test-type'],
      context: { executablePath, chromiumSandbox: false }
    });
    await assertFinds(await openPage(on, PAGE), 'policy', lang);
  });
}

test('from the popup and from the settings, by keyboard', async (t) => {
  const on = await stage(t);
  for (const [path, button] of [
    ['popup/popup.html', '#diagnostics'],
    ['options/options.html', '.panel.row .secondary']
  ]) {
    const page = await on.browser.context.newPage();
    const { extensionId } = on.browser;
    await page.goto(`chrome-extension://${extensionId}/${path}`);
    await page.locator('main[aria-busy=false]').waitFor();
    const opened = on.browser.context.waitForEvent('page');
    await tabTo(page, button);
    await page.keyboard.press('Enter');
    const there = await opened;
    await there.locator('main[aria-busy=false]').waitFor();
    assert.match(there.url(), /diagnostics\.html$/);
    assert.match(await there.locator('h1').innerText(), /诊断/);
  }
});

for (const [lang, words] of Object.entries(WORDS)) {
  test(`some trouble, repaired by keyboard, ${lang}`, async (t) => {
    const gone = { name: 'gone', path: '/nonexistent/pkcs11.so' };
    const on = await stage(t, {
      policy: { modules: [{ name: 'softhsm', path: SOFTHSM }, gone] },
      browser: { lang }
    });
    const manifests = ['chromium', 'google-chrome'].map((browser) => {
      const profile = join('.config', browser);
      useBrowser(on.place.env.HOME, profile);
      return join(
        on.place.env.HOME,
        profile,
        'NativeMessagingHosts/org.ukeybridge.host.json'
      );
    });
    const page = await openPage(on, PAGE);
    await page.getByText(gone.path).first().waitFor();
    await assertAccessible(page, 'some trouble');
    await picture(page, `diagnostics-trouble-${lang}`, SIZES);

    /** Press the button and wait for what comes of it. */
    const press = async (name) => {
      const button = page.getByRole('button', { name, exact: true });
      assert.equal(await button.count(), 1, name);
      await button.focus();
      await page.keyboard.press('Enter');
      await page.locator('.summary.info').getByText(words.repaired).waitFor();
      await page.locator('#again:focus').waitFor();
    };
    await press(words.all);
    assert.ok(manifests.every((file) => existsSync(file)));
    rmSync(manifests[0]);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: words.one, exact: true }).waitFor();
    await press(words.one);
    assert.ok(existsSync(manifests[0]));

    const report = await copyReport(on, page);
    assert.match(report, /\[failed\] modules \(gone\): /);
    assert.ok(report.includes('~/.config/microsoft-edge'), report);
    assert.ok(!report.includes(on.place.env.HOME), report);
  });
}

test('a report names nobody and no UKey', async (t) => {
  const on = await stage(t, { browser: false });
  const { HOME } = on.place.env;
  const vendor = { name: 'vendor', path: join(HOME, 'vendor.so') };
  on.allow({ modules: [{ name: 'softhsm', path: SOFTHSM }, vendor] });
  await on.browse();
  const page = await openPage(on, PAGE);
  const report = await copyReport(on, page);
  assert.match(report, /^UKey Bridge diagnostics\n/);
  assert.match(report, /program: \d+\.\d+\.\d+ \(/);
  assert.match(report, / ~\/vendor\.so/, 'the host tells where its home is');
  assert.ok(!report.includes(HOME), report);
  const [{ x509 }] = on.ukey.certificates();
  const owner = /CN=(.*)/.exec(x509.subject)[1];
  for (const secret of [
    LABEL,
    owner,
    x509.serialNumber,
    x509.serialNumber.toLowerCase()
  ]) {
    assert.ok(!report.includes(secret), secret);
  }
  await tabTo(page, 'summary');
  await page.keyboard.press('Enter');
  assert.match(await page.locator('h1').innerText(), CHINESE);
});
