// SPDX-License-Identifier: MIT
// Who gets nothing, and what everybody is told who cannot be served.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';

import { POLICY_FILE } from '../lib/place.mjs';
import { addFrame, ask, isHeard, send, serve } from './site.mjs';
import { EACH, LABEL, PIN, stage, testIn, until } from './stage.mjs';

const CHINESE = /[\u4e00-\u9fff]{4}/;
/** Firefox does not tell a host for others from none. */
const BLOCKED = { chromium: 'HOST_BLOCKED', firefox: 'HOST_MISSING' };
const SERVED = { isServed: true };
const ORIGIN = (port, host = '127.0.0.1') => `http://${host}:${port}`;

/** A stage whose page is on a site of its own, for which the extension is packed and which the policy allows. */
async function onSite(t, options = {}) {
  const port = await serve(t);
  const origin = ORIGIN(port);
  const on = await stage(t, {
    policy: { portals: [origin] },
    ...options,
    browser: { portals: [origin], ...options.browser }
  });
  await on.page.goto(origin);
  return { ...on, page: on.page, browser: on.browser, origin, port };
}

/** The SDK found no bridge, and says so to user and developer. */
async function assertUnreachable(frame, because) {
  const said = await ask(frame);
  assert.equal(said.reason, 'EXTENSION_UNREACHABLE');
  assert.match(said.message, because);
  assert.match(said.text, CHINESE);
  assert.equal(await isHeard(frame), false);
}

/** The portal's page says why it cannot go on. */
async function startSays(on, reason) {
  await on.renewal.open();
  await on.renewal.click('start');
  const said = await on.renewal.trouble();
  assert.equal(said.reason, reason);
  assert.match(said.text, CHINESE);
  assert.doesNotMatch(said.text, /undefined|\$/);
}

/** Another port of the same host, and another name of it. */
async function assertNoOtherOrigin(t, { page, port }) {
  await page.goto(ORIGIN(await serve(t)));
  await assertUnreachable(page, /no answer/);
  await page.goto(ORIGIN(port, 'localhost'));
  await assertUnreachable(page, /no answer/);
}

/** Frames of an allowed origin, and frames in one. */
async function assertNoFrame(t, { page, origin }) {
  const foreign = ORIGIN(await serve(t));
  await page.goto(origin);
  const same = await addFrame(page, origin);
  await assertUnreachable(same, /frame/);
  assert.equal(await isHeard(same, 'parent'), false);

  const within = await addFrame(page, foreign);
  await assertUnreachable(within, /frame/);
  assert.equal(await isHeard(within, 'parent'), false);
  assert.equal(await isHeard(within, 'top'), false);
  const itself = await isHeard(page, 'self', SERVED);
  assert.equal(itself, true, 'the page itself is served');

  await page.goto(foreign);
  await assertUnreachable(await addFrame(page, origin), /frame/);
  assert.equal(await isHeard(page), false);
}

testIn(
  EACH,
  'an allowed page is served, and no other page or frame',
  async (t, browser) => {
    const on = await onSite(t, { browser });
    await t.test('it is served', async () => {
      const { tokens } = await ask(on.page, SERVED);
      assert.deepEqual(
        tokens.map(({ label }) => label),
        [LABEL]
      );
      assert.equal(await isHeard(on.page, 'self', SERVED), true);
    });
    await t.test('another origin', (inner) => assertNoOtherOrigin(inner, on));
    await t.test('frames', (inner) => assertNoFrame(inner, on));
  }
);

test('an https page is served, on a port of its own', async (t) => {
  const on = await stage(t, { browser: false });
  const port = await serve(t, { tlsIn: on.place.dir });
  const origin = `https://portal.test:${port}`;
  on.allow({ portals: [origin], allowLoopback: false });
  await on.browse({
    portals: [origin],
    args: ['--host-resolver-rules=MAP portal.test 127.0.0.1'],
    context: { ignoreHTTPSErrors: true }
  });
  await on.page.goto(origin);
  const { tokens } = await ask(on.page, SERVED);
  assert.equal(tokens?.length, 1);
});

/** A page whose origin the policy does not allow gets no further by words of its own about who it is. */
async function assertNoPretence({ page }) {
  const other = 'https://other.example';
  for (const context of [
    { ui: true, lang: 'en' },
    { origin: other, topOrigin: other, documentId: 'D', lang: 'en' }
  ]) {
    const call = { jsonrpc: '2.0', id: 1, method: 'tokens.list', context };
    const { error, result } = await send(page, call);
    assert.equal(result, undefined);
    assert.ok(
      error.code === -32600 || error.data.reason === 'ORIGIN_NOT_ALLOWED',
      JSON.stringify(error)
    );
  }
}

testIn(
  EACH,
  'the policy refuses a page that has a bridge, whoever it says it is',
  async (t, browser) => {
    const policy = { portals: ['https://other.example'] };
    const on = await stage(t, { policy, browser });
    await startSays(on, 'ORIGIN_NOT_ALLOWED');
    await on.renewal.click('retry');
    assert.equal((await on.renewal.trouble()).reason, 'ORIGIN_NOT_ALLOWED');
    await assertNoPretence(on);
    assert.ok(on.page.url().startsWith(on.portal.url));
  }
);

test('the policy is broken: nobody is served', async (t) => {
  const on = await stage(t);
  writeFileSync(POLICY_FILE, '{"portals": [');
  await startSays(on, 'POLICY_INVALID');
});

test('a page without a bridge', async (t) => {
  const on = await stage(t, {
    browser: { portals: ['https://other.example'] }
  });
  await startSays(on, 'EXTENSION_UNREACHABLE');
  await on.renewal.click('reload');
  await on.renewal.reached('read');
});

test('an http page that is not loopback', async (t) => {
  const port = await serve(t);
  const origin = `https://portal.test:${port}`;
  const on = await stage(t, {
    policy: { portals: [origin] },
    browser: {
      portals: [origin],
      args: ['--host-resolver-rules=MAP portal.test 127.0.0.1']
    }
  });
  await on.page.goto(ORIGIN(port, 'portal.test'));
  await assertUnreachable(on.page, /https/);
});

testIn(
  EACH,
  'the host is for another extension, is not installed; once it is, the page goes on',
  async (t, browser) => {
    const on = await stage(t, { browser: { ...browser, manifest: 'foreign' } });
    await startSays(on, BLOCKED[browser.program]);
    on.browser.register('none');
    await on.renewal.click('retry');
    await until(
      async () => (await on.renewal.trouble()).reason === 'HOST_MISSING'
    );
    on.browser.register('ours');
    await on.renewal.click('retry');
    await on.renewal.toRequestFromApply();
    await on.renewal.click('request');
    await on.display.typePin(PIN);
    await on.renewal.toUpdate();
  }
);
