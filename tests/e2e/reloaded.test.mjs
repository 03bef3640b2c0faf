// SPDX-License-Identifier: MIT
// A page that was open when the extension was updated: it hears so at once, and works again when it is loaded anew.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { inWorker } from './pages.mjs';
import { ask } from './site.mjs';
import { LABEL, stage } from './stage.mjs';

const RELOAD = { 'zh-CN': /刷新/, 'en-US': /Reload this page/ };
const AT_ONCE_MS = 3000;

/** As after an update: the service worker and all ports of before are gone. */
async function reloadExtension(on) {
  const started = on.browser.context.waitForEvent('serviceworker');
  await inWorker(on, () => globalThis.chrome.runtime.reload()).catch(() => {});
  await started;
}

/** A bridge as the page's own, and a call of it that goes on: its PIN window is open. */
const beginCall = (page) =>
  page.evaluate(async () => {
    const { UKeyBridge } = await import('/sdk/ukeybridge.js');
    globalThis.bridge = await UKeyBridge.connect();
    const { tokens } = await globalThis.bridge.tokens.list();
    globalThis.open = globalThis.bridge.pin
      .change({ token: tokens[0].id })
      .catch(({ reason, text }) => ({ reason, text }));
  });

/** What became of the call, and what comes of the next one; `slow` for one that nobody settles. */
const outcomes = (page, timeoutMs) =>
  page.evaluate(async (limit) => {
    const slow = () =>
      new Promise((resolve) => setTimeout(resolve, limit, 'slow'));
    const next = globalThis.bridge.tokens
      .list()
      .catch(({ reason, text }) => ({ reason, text }));
    return Promise.all(
      [globalThis.open, next].map((call) => Promise.race([call, slow()]))
    );
  }, timeoutMs);

for (const [lang, words] of Object.entries(RELOAD)) {
  test(`an update while a page is open, ${lang}`, async (t) => {
    const on = await stage(t, { browser: { lang } });
    const { page } = on;
    const thrown = [];
    page.on('pageerror', (error) => thrown.push(String(error)));
    page.on('console', (line) => {
      if (line.type() === 'error') thrown.push(line.text());
    });
    await page.goto(`${on.portal.url}/?lang=${lang.slice(0, 2)}`);
    await beginCall(page);
    await on.display.dialog();
    await reloadExtension(on);
    for (const said of await outcomes(page, AT_ONCE_MS)) {
      assert.equal(said.reason, 'EXTENSION_UNREACHABLE', JSON.stringify(said));
      assert.match(said.text, words);
    }
    for (let i = 0; i < 10; i++) {
      const said = await ask(page);
      assert.equal(said.reason, 'EXTENSION_UNREACHABLE', String(i));
      assert.match(said.text, words);
    }
    assert.deepEqual(thrown, []);
    await page.reload();
    const { tokens } = await ask(page, { isServed: true });
    assert.equal(tokens?.[0].label, LABEL);
  });
}
