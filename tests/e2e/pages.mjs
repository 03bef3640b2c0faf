// SPDX-License-Identifier: MIT
// pages - the extension's own pages, and what it tells its user outside of them.
import { cpSync } from 'node:fs';
import { join } from 'node:path';

import { TOP } from '../lib/place.mjs';

/** A page of the extension in a tab of its own, when it has something to show. */
export async function openPage(on, path) {
  const page = await on.browser.context.newPage();
  await page.goto(`chrome-extension://${on.browser.extensionId}/${path}`);
  await page.locator('main[aria-busy=false]').waitFor();
  return page;
}

/** Put the extension's modules one by one, which are bundled otherwise, where its own pages can import '/source/…'. */
export function addSources(on) {
  const to = join(on.place.dir, 'extension/source');
  cpSync(join(TOP, 'extension'), to, { recursive: true });
}

/** Run a function in the service worker. */
export async function inWorker(on, what, argument) {
  const worker = await on.browser.serviceWorker();
  return worker.evaluate(what, argument);
}

/** The notifications that are on the screen: their ids. */
export const notifications = (on) =>
  inWorker(on, async () =>
    Object.keys(await globalThis.chrome.notifications.getAll())
  );

/** The number on the extension's icon. */
export const badge = (on) =>
  inWorker(on, () => globalThis.chrome.action.getBadgeText({}));

/** Ring one of the extension's alarms now. */
export const ring = (on, name) =>
  inWorker(
    on,
    (alarm) => globalThis.chrome.alarms.create(alarm, { when: Date.now() }),
    name
  );

/** A click on a notification: no program can click on the system's own; the page that it opens. */
export async function clickNotification(on, id) {
  const opened = on.browser.context.waitForEvent('page');
  await inWorker(
    on,
    (which) => globalThis.chrome.notifications.onClicked.dispatch(which),
    id
  );
  const page = await opened;
  await page.waitForLoadState();
  return page;
}

/** What the extension keeps under a name, on disk. */
export const stored = (on, name) =>
  inWorker(
    on,
    async (key) => (await globalThis.chrome.storage.local.get(key))[key],
    name
  );
