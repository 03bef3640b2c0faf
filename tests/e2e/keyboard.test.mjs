// SPDX-License-Identifier: MIT
/* global document, getComputedStyle */
// Every screen by keyboard alone: all that can be operated is reached, shows its focus, and what matters is operated.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { assertAccessible, atZooms, picture, tabTo } from './look.mjs';
import { openPage } from './pages.mjs';
import { PIN, stage, until } from './stage.mjs';

const SIZES = atZooms({ width: 1280, height: 900 });
const SCREENS = {
  popup: 'popup/popup.html',
  history: 'history/history.html',
  diagnostics: 'diagnostics/diagnostics.html',
  options: 'options/options.html'
};
/** When a screen shows what it will go on showing: the popup begins with what was read last. */
const READY = {
  popup: 'body:has(main[aria-busy=false]) #refresh:not([aria-disabled])',
  options: '.sites'
};
const OPERABLE =
  'button, summary, select, input, a[href], [tabindex]:not([tabindex="-1"])';

/** What can be operated and seen, in the order of the document; each gets a number. */
const operable = (page) =>
  page.evaluate((selector) => {
    const all = [...document.querySelectorAll(selector)].filter((node) =>
      node.checkVisibility()
    );
    all.forEach((node, i) => node.setAttribute('data-stop', String(i)));
    return all.length;
  }, OPERABLE);

/** Go once around by Tab: the numbers of what had the focus, each of which shows it. */
async function around(page, count) {
  const stops = [];
  await page.locator('body').focus();
  for (let i = 0; i < count; i++) {
    await page.keyboard.press('Tab');
    const seen = await page.evaluate(() => {
      const { activeElement: node } = document;
      const { outlineStyle, outlineWidth } = getComputedStyle(node);
      const { bottom, right, top, left } = node.getBoundingClientRect();
      return {
        stop: node.getAttribute('data-stop'),
        isShown: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1,
        isInSight: top >= 0 && left >= 0 && bottom > top && right > left,
        name: `${node.tagName} ${node.id} ${node.textContent.slice(0, 40)}`
      };
    });
    assert.ok(seen.isShown, `shows no focus: ${seen.name}`);
    assert.ok(seen.isInSight, `is out of sight: ${seen.name}`);
    stops.push(Number(seen.stop));
  }
  return stops;
}

/** Something to see on every screen: a UKey, an open renewal, its order. */
async function scene(t, lang = 'zh-CN') {
  const on = await stage(t, { browser: { lang } });
  await on.renewal.open();
  await on.renewal.toRequest();
  await on.renewal.click('request');
  await on.display.typePin(PIN);
  await on.renewal.toUpdate();
  return on;
}

for (const lang of ['zh-CN', 'en-US']) {
  test(`all screens, once around, ${lang}`, async (t) => {
    const on = await scene(t, lang);
    for (const [name, path] of Object.entries(SCREENS)) {
      await t.test(name, async () => {
        const page = await openPage(on, path);
        await page.locator(READY[name] ?? 'main[aria-busy=false]').waitFor();
        const count = await operable(page);
        assert.ok(count > 2, name);
        const all = Array.from({ length: count }, (_, i) => i);
        assert.deepEqual(await around(page, count), all, 'in reading order');
        await page.emulateMedia({ reducedMotion: 'reduce' });
        await assertAccessible(page, name);
        if (name !== 'popup') {
          await picture(page, `keyboard-${name}-${lang}`, SIZES);
        }
        await page.close();
      });
    }
  });
}

test('from screen to screen, and back to a finished renewal, without a mouse', async (t) => {
  const on = await scene(t);
  const { context } = on.browser;
  const popup = await openPage(on, SCREENS.popup);
  const follow = async (page, selector) => {
    const opened = context.waitForEvent('page');
    await tabTo(page, selector);
    await page.keyboard.press('Enter');
    const there = await opened;
    await there.locator('main[aria-busy=false]').waitFor();
    return there;
  };
  await tabTo(popup, '#refresh');
  await popup.keyboard.press('Space');
  await popup.locator('#refresh:not([aria-disabled])').waitFor();

  const history = await follow(popup, '#history');
  await tabTo(history, 'summary');
  await history.keyboard.press('Space');
  await history.locator('.steps li').first().waitFor();

  const diagnostics = await follow(popup, '#diagnostics');
  await tabTo(diagnostics, '#again');
  await diagnostics.keyboard.press('Enter');
  await diagnostics.locator('main[aria-busy=false]').waitFor();
  await tabTo(diagnostics, 'summary');
  await diagnostics.keyboard.press('Enter');
  await diagnostics.locator('details[open]').first().waitFor();

  const options = await follow(popup, '#options');
  await tabTo(options, '#language');
  await options.keyboard.press('ArrowDown');
  await options.keyboard.press('ArrowDown');
  await until(
    async () => (await options.getAttribute('html', 'lang')) === 'en'
  );
  await tabTo(options, '#reminders');
  await options.keyboard.press('Space');
  await options.locator('#status', { hasText: 'Saved' }).waitFor();

  await tabTo(history, '.renewal .secondary');
  await history.keyboard.press('Enter');
  await history.locator('.badge', { hasText: '已放弃' }).waitFor();
});
