// SPDX-License-Identifier: MIT
/* global window */
// A page that watches is told of UKeys that come and go; others are not.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { serve } from './site.mjs';
import { LABEL, stage, until } from './stage.mjs';

/** Connect, and keep what the page is told in `window.changes`. */
async function connect(page, { watching }) {
  await page.evaluate(async (enabled) => {
    const { UKeyBridge } = await import('/sdk/ukeybridge.js');
    window.changes = [];
    window.bridge = await UKeyBridge.connect();
    window.bridge.onTokensChanged = (change) => window.changes.push(change);
    if (enabled) await window.bridge.tokens.watch({ enabled });
    else await window.bridge.tokens.list();
  }, watching);
}

const told = (page) =>
  page.evaluate(() =>
    window.changes.map(({ kind, token }) => [kind, token.label, token.present])
  );

const setWatch = (page, enabled) =>
  page.evaluate((on) => window.bridge.tokens.watch({ enabled: on }), enabled);

async function twoPages(t) {
  const port = await serve(t);
  const origin = `http://127.0.0.1:${port}`;
  const on = await stage(t, {
    policy: { portals: [origin] },
    browser: { portals: [origin] }
  });
  const other = await on.browser.context.newPage();
  await on.page.goto(origin);
  await other.goto(origin);
  return { on, page: on.page, other };
}

test('who watches is told, who does not is not', async (t) => {
  const { on, page, other } = await twoPages(t);
  await connect(page, { watching: true });
  await connect(other, { watching: false });
  on.ukey.pull();
  await until(async () => (await told(page)).length === 1);
  on.ukey.plug();
  await until(async () => (await told(page)).length === 2);
  assert.deepEqual(await told(page), [
    ['removed', LABEL, false],
    ['inserted', LABEL, true]
  ]);
  assert.deepEqual(await told(other), []);
});

test('one page stops watching, the other goes on; after the host ends it can watch again', async (t) => {
  const { on, page, other } = await twoPages(t);
  await connect(page, { watching: true });
  await connect(other, { watching: true });
  await setWatch(page, false);
  on.ukey.pull();
  await until(async () => (await told(other)).length === 1);
  assert.deepEqual(await told(page), []);

  on.killHost();
  await until(() => on.processes().length === 0);
  await until(() =>
    setWatch(page, true).then(
      () => true,
      () => false
    )
  );
  on.ukey.plug();
  await until(async () => (await told(page)).length === 1);
  assert.deepEqual(await told(page), [['inserted', LABEL, true]]);
});
