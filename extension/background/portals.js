// SPDX-License-Identifier: MIT
// @ts-check
import { toWireError } from '../shared/errors.js';
import { matchPattern } from '../shared/origins.js';
import {
  addSite,
  allowedSites,
  keepRefusal,
  removeSite,
  siteOf,
  takeWish
} from '../shared/sites.js';

/** @typedef {(method: string, params: object) => Promise<any>} Call */

const SCRIPT = 'bridge/bridge.js';

/** @param {string} origin @param {boolean} once */
async function register(origin, once) {
  await unregister(origin);
  await chrome.scripting.registerContentScripts([
    {
      id: origin,
      matches: [matchPattern(origin)],
      js: [SCRIPT],
      runAt: 'document_start',
      allFrames: false,
      persistAcrossSessions: !once
    }
  ]);
}

/** @param {string} origin */
async function unregister(origin) {
  const filter = { ids: [origin] };
  const known = await chrome.scripting.getRegisteredContentScripts(filter);
  if (known.length > 0) {
    await chrome.scripting.unregisterContentScripts(filter);
  }
}

/** Unless another site needs it, on another port. @param {string} origin */
async function dropPermission(origin) {
  const pattern = matchPattern(origin);
  if (!(await neededPatterns(origin)).includes(pattern)) {
    await chrome.permissions.remove({ origins: [pattern] });
  }
}

/**
 * Of sites that are allowed, or that the extension was packed for.
 * @param {string} [besides] this one
 */
async function neededPatterns(besides) {
  const sites = await allowedSites();
  const { content_scripts: packed = [] } = chrome.runtime.getManifest();
  return [
    ...sites
      .filter(({ origin }) => origin !== besides)
      .map(({ origin }) => matchPattern(origin)),
    ...packed.flatMap(({ matches = [] }) => matches)
  ];
}

/** One wish after the other: two events may tell of one. */
let last = Promise.resolve();

/** @param {Call} call */
export function fulfilWish(call) {
  last = last.then(() => fulfil(call)).catch(() => {});
  return last;
}

/**
 * The user chose a site and the browser asked him: let the host know, and start
 * the bridge on its pages, first of all on the one that is open.
 * @param {Call} call
 */
async function fulfil(call) {
  const wish = await takeWish();
  if (wish === undefined) {
    return;
  }
  const { origin, once, tabId } = wish;
  const origins = [matchPattern(origin)];
  if (!(await chrome.permissions.contains({ origins }))) {
    return;
  }
  try {
    await call('portals.allow', once ? { origin, once } : { origin });
  } catch (thrown) {
    await keepRefusal({ origin, error: toWireError(thrown) });
    await dropPermission(origin);
    return;
  }
  await keepRefusal(null);
  await register(origin, once);
  await addSite(origin, once);
  await chrome.scripting
    .executeScript({ target: { tabId }, files: [SCRIPT] })
    .catch(() => {}); // the tab went elsewhere meanwhile
}

/**
 * What revokes counts even where the host is gone: its list is then the
 * host's only, and no page reaches it.
 * @param {Call} call
 * @param {string} origin
 */
export async function revoke(call, origin) {
  await removeSite(origin);
  await unregister(origin);
  await dropPermission(origin).catch(() => {});
  await call('portals.revoke', { origin });
}

/**
 * What was allowed once the host forgets when it is let go, which happens
 * whenever it is quiet; told anew, it is one while the browser runs and the
 * user lets it.
 * @param {Call} call
 * @param {string} origin
 */
export async function remind(call, origin) {
  const site = await siteOf(origin);
  if (site?.once) {
    call('portals.allow', { origin, once: true }).catch(() => {});
  }
}

/** After an update of the extension, which takes registered scripts away. */
export async function registerAll() {
  for (const { origin, once } of await allowedSites()) {
    await register(origin, once);
  }
}

/** What was allowed once ended with the browser; its permission did not. */
export async function dropLeftovers() {
  const kept = await neededPatterns();
  const { origins = [] } = await chrome.permissions.getAll();
  const left = origins.filter((pattern) => !kept.includes(pattern));
  for (const pattern of left) {
    await chrome.permissions.remove({ origins: [pattern] }).catch(() => {});
  }
}
