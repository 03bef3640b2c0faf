// SPDX-License-Identifier: MIT
// @ts-check
import { PORTALS } from '../shared/build.js';
import { isOf, matchPattern, portalOrigin } from '../shared/origins.js';
import { allowedSites, makeWish, refusalOf } from '../shared/sites.js';

/**
 * @typedef {import('../sdk/ukeybridge.js').UKeyBridge} UKeyBridge
 * @typedef {{ origin: string, state: 'allowed' | 'ask' | 'fixed',
 *   tabId: number, error?: import('../shared/errors.js').WireError }} Site
 *   `fixed`: the administrator's list does not have it
 */

/**
 * @param {{ portals: Array<{ origin: string, from: string }>,
 *   userPortals: boolean }} list the host's
 * @param {string} origin
 * @param {string[]} reachable origins whose pages the bridge serves
 * @returns {Site['state']}
 */
export function stateOf({ portals, userPortals }, origin, reachable) {
  const isHosts = portals.some((portal) => isOf(portal.origin, origin));
  if (isHosts && reachable.includes(origin)) {
    return 'allowed';
  }
  return isHosts || userPortals ? 'ask' : 'fixed';
}

/**
 * The site in the tab that the popup was opened on; the click on the icon lets
 * us know (activeTab).
 * @param {UKeyBridge} bridge
 * @returns {Promise<Site | undefined>}
 */
export async function currentSite(bridge) {
  const query = { active: true, currentWindow: true };
  const [tab] = await chrome.tabs.query(query);
  const origin = portalOrigin(tab?.url);
  if (origin === undefined || tab.id === undefined) {
    return undefined;
  }
  const list = await bridge.call('portals.list');
  const sites = await allowedSites();
  const mine = [...PORTALS, ...sites.map((site) => site.origin)];
  const error = await refusalOf(origin);
  const once = sites.some((site) => site.once && site.origin === origin);
  const state = once ? 'allowed' : stateOf(list, origin, mine);
  return { origin, state, tabId: tab.id, error };
}

/**
 * To be called in the click itself, or the browser does not ask. Its question
 * may close the popup: the service worker does the rest.
 * @param {Site} site
 * @param {boolean} once
 */
export async function allow({ origin, tabId }, once) {
  const wished = makeWish({ origin, once, tabId });
  const origins = [matchPattern(origin)];
  const isGranted = await chrome.permissions.request({ origins });
  await wished;
  if (isGranted) {
    await chrome.runtime.sendMessage({ allow: true });
  }
}
