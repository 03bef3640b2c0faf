// SPDX-License-Identifier: MIT
// A newer program: told where the policy says so, once a day, with a link, in every page that speaks of the program.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';

import {
  POPUP_SIZES,
  assertAccessible,
  atZooms,
  picture,
  tabTo
} from './look.mjs';
import { openPage, stored } from './pages.mjs';
import { oldProgram, registerProgram } from './programs.mjs';
import { stage, until } from './stage.mjs';

const SIZES = atZooms({ width: 1280, height: 900 });
const WORDS = {
  'zh-CN': /有新版本 99\.1\.0/,
  'en-US': /UKey Bridge 99\.1\.0 is available/
};

const TOO_OLD = {
  'zh-CN': '请更新 UKey Bridge 程序',
  'en-US': 'Update the UKey Bridge program'
};

/** A place where a version is told; how often it was asked for. */
async function place(t, document) {
  const made = { asked: 0 };
  const server = createServer((_, response) => {
    made.asked += 1;
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(document));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  made.url = `http://127.0.0.1:${server.address().port}/ukeybridge.json`;
  return made;
}

/** A program that is too old, with the way to a newer one. */
async function assertTooOld(on, lang) {
  const { url } = await stored(on, 'update');
  registerProgram(on, oldProgram(on));
  await on.stopServiceWorkers();
  const popup = await openPage(on, 'popup/popup.html');
  await popup.getByRole('heading', { name: TOO_OLD[lang] }).waitFor();
  await assertAccessible(popup, 'a program that is too old');
  await popup.setViewportSize(POPUP_SIZES[0]);
  await picture(popup, `popup-old-${lang}`, POPUP_SIZES);
  const wanted = on.browser.context.waitForEvent('request', {
    predicate: (request) => request.url() === url
  });
  await tabTo(popup, 'main .secondary');
  await popup.keyboard.press('Enter');
  await wanted;
}

for (const [lang, words] of Object.entries(WORDS)) {
  test(`a newer version is told of, once a day asked for, ${lang}`, async (t) => {
    const there = await place(t, {
      version: '99.1.0',
      url: 'https://portal.example/get'
    });
    const on = await stage(t, {
      policy: { update: there.url },
      browser: { lang }
    });
    const popup = await openPage(on, 'popup/popup.html');
    await popup.locator('#update').getByText(words).waitFor();
    await popup.locator('.token').waitFor();
    await assertAccessible(popup, 'a newer version');
    await picture(popup, `popup-update-${lang}`, POPUP_SIZES);
    const page = await openPage(on, 'options/options.html');
    await page.getByText(words).waitFor();
    await assertAccessible(page, 'a newer version, in the settings');
    await picture(page, `options-update-${lang}`, SIZES);
    const opened = on.browser.context.waitForEvent('page');
    await tabTo(page, '.site .secondary');
    await page.keyboard.press('Enter');
    await (await opened).close();
    assert.equal(there.asked, 1);
    for (const each of [popup, page]) await each.close();
    await t.test('the program is too old', () => assertTooOld(on, lang));
  });
}

test('the version that is there is told of to nobody', async (t) => {
  const there = await place(t, {
    version: '0.0.1',
    url: 'https://portal.example/get'
  });
  const on = await stage(t, { policy: { update: there.url } });
  const popup = await openPage(on, 'popup/popup.html');
  await until(async () => (await stored(on, 'update'))?.version === '0.0.1');
  assert.equal(await popup.locator('#update > *').count(), 0);
});

test('without an address nobody is asked; what is no version is not believed', async (t) => {
  const there = await place(t, { version: '99', url: 'http://evil.example/' });
  for (const policy of [{}, { update: there.url }]) {
    await t.test(JSON.stringify(policy), async (inner) => {
      const on = await stage(inner, { policy });
      const popup = await openPage(on, 'popup/popup.html');
      await until(async () => (await stored(on, 'update'))?.checked > 0);
      await popup.locator('.token').waitFor();
      assert.equal(await popup.locator('#update > *').count(), 0);
    });
  }
  assert.equal(there.asked, 1);
});
