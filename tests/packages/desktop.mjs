// SPDX-License-Identifier: MIT
// desktop - what tests/packages/desktop does as a person who is no administrator: start a browser, and renew.
//
// Nothing of the checkout is given to the browser: the extension comes by the policy from the update server, and the host
// by the package's manifest. The profile is as new as the person; the one act of theirs is to type the PIN.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';

import { Browser } from '../lib/browser.mjs';
import { Display } from '../lib/display.mjs';
import { Firefox } from '../lib/firefox.mjs';
import { makePlace } from '../lib/place.mjs';
import { RenewalPage } from '../lib/renewal-page.mjs';
import { PIN, UKey, makeCa } from '../lib/ukey.mjs';
import { startPortal } from '../portal/server.js';

const DAYS_LEFT = 20 + 1 / 24;
const YEAR_MS = 365 * 86400000;
const INSTALLED_MS = 120_000;
const READ_MS = 5000;
/** What each browser fetches to install the extension. */
const FETCHED = { chromium: ['crx', 'xml'], firefox: ['xpi'] };
const PROGRAMS = { chromium: Browser, firefox: Firefox };
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

/** A manifest of the user's own, of a program that would take the host's place if Chromium heeded such manifests. */
function plantOther(profile) {
  const folder = join(profile, 'NativeMessagingHosts');
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

/** Wait until the portal's page reads the UKey, which needs extension and host, and nobody's consent. */
async function readUKey(page, renewal) {
  const end = Date.now() + INSTALLED_MS;
  for (;;) {
    await renewal.open();
    await renewal.click('start');
    try {
      await page.getByTestId('step-apply').waitFor({ timeout: READ_MS });
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}

/** The administrator's word is in the settings, and not the user's to change. */
async function checkSettings(browser) {
  const page = await browser.open('options/options.html');
  await page.locator('#reminders:disabled').waitFor();
  const isOn = "document.getElementById('reminders').checked";
  assert.equal(await page.evaluate(isOn), false);
  await page.locator('#language:enabled').waitFor();
  await page.close();
}

async function renew({ page }, display) {
  const renewal = new RenewalPage(page, options.portal);
  await readUKey(page, renewal);
  await renewal.toRequestFromApply();
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
  const browser = await PROGRAMS[options.browser].start({
    place,
    display,
    portals: [],
    headless: false,
    manifest: 'none',
    installed: options.id
  });
  plantOther(browser.profile);
  try {
    const [before] = ukey.certificates();
    await renew(browser, display);
    assert.deepEqual([...updates.asked].sort(), FETCHED[options.browser]);
    const after = ukey.certificates().at(-1);
    assert.ok(after.notAfter - before.notAfter >= YEAR_MS);
    assert.ok(ukey.signsWith(after), 'the UKey signs for its certificate');
    await checkSettings(browser);
    console.log(`before: ${before.notAfter.toISOString()}`);
    console.log(`after:  ${after.notAfter.toISOString()}`);
  } catch (error) {
    const path = `/tmp/desktop-failed-${options.browser}.png`;
    await browser.page.screenshot({ path }).catch(() => {});
    throw error;
  } finally {
    await browser.close();
    display.stop();
    updates.close();
    await portal.close();
    place.remove();
  }
}

await main();
