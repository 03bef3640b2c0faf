// SPDX-License-Identifier: MIT
// A site that its user allows: by real keys on the real toolbar and the browser's own question, without a reload.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { TOP } from '../lib/place.mjs';
import {
  POPUP_SIZES,
  assertAccessible,
  atZooms,
  picture,
  tabTo
} from './look.mjs';
import { addSources } from './pages.mjs';
import { ask, serve } from './site.mjs';
import { EACH, stage, testIn, until } from './stage.mjs';

const SIZES = atZooms({ width: 1280, height: 900 });
/** The question's buttons, in their order. */
const CHOICES = ['always', 'once', 'no'];
const MOST_STOPS = 20;
const PENDING_MS = 1000;
/** A question that has just come takes no answer, lest somebody give it by chance. */
const PROTECTED_MS = 2500;
const LANGUAGES = ['zh-CN', 'en-US'];

/** A site that the extension was not packed for; users may allow theirs. */
async function scene(t, { policy, ...browser } = {}) {
  const portals = ['https://packed.example'];
  const on = await stage(t, {
    policy: { portals: [], userPortals: true, ...policy },
    browser: { headless: false, portals, ...browser }
  });
  const port = await serve(t);
  on.site = `http://127.0.0.1:${port}`;
  on.beside = await options(on);
  await on.page.goto(`${on.site}/`);
  return on;
}

/**
 * In another page of the extension: which of the open popup's choices has the focus, and the place in the popup of what
 * has it; null while it asks nothing.
 */
function inFocus() {
  const [popup] = globalThis.chrome.extension.getViews({ type: 'popup' });
  const find = (css) => [...(popup?.document.querySelectorAll(css) ?? [])];
  const [buttons, all] = ['#site button', '*'].map(find);
  if (buttons.length === 0) return null;
  const { activeElement } = popup.document;
  return {
    choice: buttons.indexOf(activeElement),
    place: all.indexOf(activeElement)
  };
}

/** Open the popup by its key, choose, and grant in the browser's question. */
async function choose(on, choice, { isAsked = true } = {}) {
  const { display, beside } = on;
  await on.page.bringToFront();
  await display.key('alt+shift+u');
  const look = () => beside.evaluate(inFocus);
  let at = await until(look);
  let pending = 0; /* keys that nothing has come of yet: Firefox takes the first one for itself */
  for (let i = 0; i < MOST_STOPS; i++) {
    if (pending > 0) await sleep(PENDING_MS);
    at = await look();
    if (CHOICES[at.choice] === choice) break;
    const { place } = at;
    await display.key('Tab');
    pending += 1;
    const isElsewhere = async () => (await look()).place !== place;
    const moved = until(isElsewhere, { timeoutMs: PENDING_MS });
    await moved.then(
      () => (pending -= 1),
      () => {}
    );
  }
  assert.equal(CHOICES[at.choice], choice);
  const picture = `tests/out/pictures/allow-${choice}-${on.program}.png`;
  display.screenshot(join(TOP, picture));
  await display.key('Return');
  if (!isAsked) return;
  await until(async () => (await look()) === null); /* the question closes it */
  await sleep(PROTECTED_MS);
  display.screenshot(join(TOP, 'tests/out/pictures/allow-question.png'));
  await display.key('Tab');
  await display.key('Return');
}

/** In another page of the extension: what a script of ours beside the page of this address gets of what is kept. */
async function keptBeside(url) {
  const { scripting, tabs } = globalThis.chrome;
  const [{ id: tabId }] = await tabs.query({ url });
  const read = async () => {
    try {
      return Object.keys(await globalThis.chrome.storage.local.get(null));
    } catch {
      return 'refused';
    }
  };
  const [{ result }] = await scripting.executeScript({
    target: { tabId },
    func: read
  });
  return result;
}

const isServed = ({ page }) =>
  ask(page).then(({ tokens }) => tokens?.length === 1);

async function options(on) {
  const page = await on.browser.open('options/options.html');
  await page.locator('.panel').first().waitFor();
  return page;
}

testIn(
  EACH,
  'allowed for good, served without a reload, and revoked',
  async (t, browser) => {
    const on = await scene(t, browser);
    assert.equal((await ask(on.page)).reason, 'EXTENSION_UNREACHABLE');
    await on.page.evaluate(() => (globalThis.isSamePage = true));
    /* Firefox's own question is no page: here it grants without one */
    const isAsked = browser.program === 'chromium';
    await choose(on, 'always', { isAsked });
    await until(() => isServed(on));
    assert.equal(await on.page.evaluate(() => globalThis.isSamePage), true);
    await on.page.reload();
    await until(() => isServed(on));
    await on.stopServiceWorkers();
    await until(() => isServed(on));
    if (browser.program === 'chromium') {
      const kept = await on.beside.evaluate(keptBeside, `${on.site}/`);
      assert.equal(kept, 'refused');
    }

    const page = await options(on);
    const row = page.locator('.sites li', { hasText: on.site });
    await row.waitFor();
    await tabTo(page, '.sites button');
    await page.keyboard.press('Enter');
    await row.waitFor({ state: 'detached' });
    assert.notEqual((await ask(on.page)).tokens?.length, 1);
    await on.page.reload();
    assert.equal((await ask(on.page)).reason, 'EXTENSION_UNREACHABLE');
  }
);

test('allowed once: also by the next host, and not by the next browser', async (t) => {
  const on = await scene(t);
  await choose(on, 'once');
  await until(() => isServed(on));
  on.killHost();
  await until(() => isServed(on));
  await on.browser.close();
  await until(() => on.processes().length === 0);
  await on.browse({ portals: ['https://packed.example'] });
  await on.page.goto(`${on.site}/`);
  assert.equal((await ask(on.page)).reason, 'EXTENSION_UNREACHABLE');
});

test('no: nothing changes', async (t) => {
  const on = await scene(t);
  await choose(on, 'no', { isAsked: false });
  assert.equal((await ask(on.page)).reason, 'EXTENSION_UNREACHABLE');
  const page = await options(on);
  assert.equal(await page.locator('.sites li').count(), 0);
});

for (const lang of LANGUAGES) {
  test(`the question and the list as people see them, ${lang}`, async (t) => {
    const policy = { portals: ['https://*.gov.example'], userPortals: false };
    const on = await scene(t, { lang, headless: true, policy });
    addSources(on);
    const page = await options(on);
    await page.locator('.sites li').waitFor();
    assert.equal(await page.locator('.sites button').count(), 0, 'fixed');
    const list = page.locator('.panel', { has: page.locator('.sites') });
    assert.match(await list.innerText(), /单位|organisation/);
    await assertAccessible(page, 'a fixed list');
    await picture(page, `options-fixed-${lang}`, SIZES);

    const popup = await on.browser.popup();
    await popup.setViewportSize(POPUP_SIZES[0]);
    await popup.locator('.token').waitFor();
    for (const state of ['fixed', 'ask', 'allowed']) {
      await popup.evaluate(async (as) => {
        const { siteView } = await import('/source/popup/site-view.js');
        const origin = 'https://www.portal.example';
        const error = {
          code: -32001,
          message: '',
          data: { reason: 'BAD_ORIGIN' }
        };
        const site = { origin, state: as, tabId: 1, error };
        const view = siteView(
          site,
          () => {},
          () => {}
        );
        globalThis.document.getElementById('site').replaceChildren(view);
      }, state);
      await assertAccessible(popup, state);
      await picture(popup, `popup-site-${state}-${lang}`, POPUP_SIZES);
    }
  });
}
