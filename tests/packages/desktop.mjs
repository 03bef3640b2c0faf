// SPDX-License-Identifier: MIT
// desktop - what tests/packages/desktop does as a person who is no administrator: start a browser, and renew.
//
// Nothing of the checkout is given to the browser: the extension comes by the policy from the update server, and the host
// by the package's manifest. The profile is as new as the person; the one act of theirs is to type the PIN.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

import { chromiumProgram } from '../lib/browser.mjs';
import { Display } from '../lib/display.mjs';
import { makePlace } from '../lib/place.mjs';
import { RenewalPage } from '../lib/renewal-page.mjs';
import { PIN, UKey, makeCa } from '../lib/ukey.mjs';
import { startPortal } from '../portal/server.js';

const DAYS_LEFT = 20 + 1 / 24;
const YEAR_MS = 365 * 86400000;
const INSTALLED_MS = 120_000;
const TYPES = {
  xml: 'text/xml',
  crx: 'application/x-chrome-extension',
  xpi: 'application/x-xpinstall'
};

const { values: options } = parseArgs({
  options: {
    browser: { type: 'string' },
    id: { type: 'string' },
    portal: { type: 'string' },
    updates: { type: 'string' },
    files: { type: 'string' }
  }
});

/** The server of the extension and its updates; `asked` is what was fetched. */
async function serveUpdates() {
  const asked = new Set();
  const server = createServer((request, response) => {
    const name = basename(new URL(request.url, options.updates).pathname);
    const type = name.split('.').at(-1);
    asked.add(type);
    response.setHeader('content-type', TYPES[type] ?? 'text/plain');
    response.end(readFileSync(join(options.files, name)));
  });
  const { port } = new URL(options.updates);
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { asked, close: () => server.close() };
}

/** A manifest of the user's own, of a program that would take the host's place if such manifests counted. */
function plantOther(folder) {
  mkdirSync(folder, { recursive: true });
  const manifest = {
    name: 'org.ukeybridge.host',
    description: 'none of ours',
    path: '/bin/false',
    type: 'stdio',
    allowed_origins: [`chrome-extension://${options.id}/`]
  };
  const file = join(folder, 'org.ukeybridge.host.json');
  writeFileSync(file, JSON.stringify(manifest));
}

const BROWSERS = {
  chromium: {
    fetched: ['crx', 'xml'],
    settings: `chrome-extension://${options.id}/options/options.html`,
    start(profile, env) {
      plantOther(join(profile, 'NativeMessagingHosts'));
      return chromium.launchPersistentContext(profile, {
        executablePath: chromiumProgram(),
        headless: false,
        chromiumSandbox: true,
        // Of playwright's own, what would keep policies from installing an extension.
        ignoreDefaultArgs: [
          '--disable-extensions',
          '--disable-background-networking',
          '--disable-component-extensions-with-background-pages',
          '--enable-automation'
        ],
        args: ['--no-first-run', '--password-store=basic'],
        env,
        viewport: null
      });
    }
  }
};

/** Wait until the portal's page reaches the host, which needs the extension and nobody's consent. */
async function served(page) {
  const end = Date.now() + INSTALLED_MS;
  for (;;) {
    await page.goto(options.portal);
    const why = await page.evaluate(async () => {
      const { UKeyBridge } = await import('/sdk/ukeybridge.js');
      return UKeyBridge.connect().then(
        () => undefined,
        (error) => `${error.reason}: ${error.message}`
      );
    });
    if (why === undefined) return;
    assert.ok(Date.now() < end, `the policy brought no extension: ${why}`);
    await sleep(500);
  }
}

/** The administrator's word is in the settings, and not the user's to change. */
async function checkSettings(context, url) {
  const page = await context.newPage();
  await page.goto(url);
  await page.locator('#reminders:disabled').waitFor();
  assert.equal(await page.locator('#reminders').isChecked(), false);
  assert.equal(await page.locator('#language').isDisabled(), false);
  await page.close();
}

async function renew(page, display) {
  const renewal = new RenewalPage(page, options.portal);
  await renewal.open();
  await renewal.toRequest();
  await renewal.click('request');
  await display.typePin(PIN);
  await renewal.toUpdate();
  await renewal.click('renew');
  await display.typePin(PIN);
  await renewal.done();
}

async function main() {
  const place = makePlace();
  const caDir = makeCa(place);
  const ukey = new UKey(place, '示例UKey');
  ukey.addPair(caDir, { days: DAYS_LEFT });
  const { port } = new URL(options.portal);
  const portal = await startPortal({ caDir, issueDelayMs: 0, port: +port });
  assert.equal(portal.url, options.portal);
  const updates = await serveUpdates();
  const display = await Display.start();
  const { start, fetched, settings } = BROWSERS[options.browser];
  const env = { ...place.env, DISPLAY: display.name };
  const context = await start(join(place.dir, 'profile'), env);
  context.setDefaultTimeout(30_000);
  try {
    const [before] = ukey.certificates();
    await served(context.pages()[0]);
    assert.deepEqual([...updates.asked].sort(), fetched);
    await checkSettings(context, settings);
    await renew(context.pages()[0], display);
    const after = ukey.certificates().at(-1);
    assert.ok(after.notAfter - before.notAfter >= YEAR_MS);
    assert.ok(ukey.signsWith(after), 'the UKey signs for its certificate');
    console.log(`before: ${before.notAfter.toISOString()}`);
    console.log(`after:  ${after.notAfter.toISOString()}`);
  } catch (error) {
    for (const [index, page] of context.pages().entries()) {
      const path = `/tmp/desktop-failed-${index}.png`;
      await page.screenshot({ path }).catch(() => {});
    }
    throw error;
  } finally {
    await context.close();
    display.stop();
    updates.close();
    await portal.close();
    place.remove();
  }
}

await main();
