// SPDX-License-Identifier: MIT
// @ts-check
import { PORTALS } from '../shared/build.js';
import { CONFIG, RENEWING_METHODS } from '../shared/config.js';
import { forgetRunning } from '../shared/errands.js';
import { toWireError } from '../shared/errors.js';
import { translate, uiLanguage, useLanguage } from '../shared/i18n.js';
import { withText } from '../shared/sentences.js';
import { lastSettings } from '../shared/settings.js';
import { allowedSites, siteOf, touchSite } from '../shared/sites.js';
import { Client } from './client.js';
import { admit, expel } from './doorway.js';
import { lookOut } from './lookout.js';
import { NativePort } from './native-port.js';
import { OrderKeeper } from './orders.js';
import {
  dropLeftovers,
  fulfilWish,
  registerAll,
  remind,
  revoke
} from './portals.js';
import { pageContext, uiContext } from './sender.js';
import { checkUpdate } from './updates.js';
import { Watchers } from './watchers.js';

/** @typedef {import('../shared/errors.js').WireError} WireError */

const SELF = Object.freeze({
  id: chrome.runtime.id,
  origin: chrome.runtime.getURL('').slice(0, -1)
});

const native = new NativePort({
  connect: () => chrome.runtime.connectNative(CONFIG.nativeHostName),
  lastError: (port) => (port.error ?? chrome.runtime.lastError)?.message,
  onNotification: (method, params) => watchers.tell(method, params),
  onResult: (method) => RENEWING_METHODS.includes(method) && lookAgain(),
  onDisconnect: () => watchers.clear(),
  version: chrome.runtime.getManifest().version
});
const watchers = new Watchers(native);

/** The bridge needs none of it: what runs beside a page may not read it. */
chrome.storage.local.setAccessLevel?.({ accessLevel: 'TRUSTED_CONTEXTS' });
forgetRunning();
useLanguage();

/** @param {string} method @param {object} [params] */
function call(method, params) {
  const context = { ui: true, lang: uiLanguage() };
  return native.request(method, params, context).reply;
}

const orders = new OrderKeeper(call);

/** @param {WireError} error */
const describe = (error) => withText(error, translate);

/**
 * @param {chrome.runtime.Port} port
 * @returns {Promise<import('./doorway.js').Found | undefined>}
 */
async function find({ name, sender }) {
  await useLanguage(lastSettings); // nobody waits for the policy's word
  const lang = uiLanguage();
  if (name !== 'page') {
    const isUi = name === 'ui';
    const context = isUi && uiContext(sender, SELF, lang);
    return context ? { context } : undefined;
  }
  const sites = await allowedSites();
  const origins = [...PORTALS, ...sites.map(({ origin }) => origin)];
  const context = pageContext(sender, origins, lang);
  const site = sites.find(({ origin }) => origin === context?.origin);
  if (context === undefined || site === undefined) {
    return context && { context };
  }
  const { origin, once } = site;
  await touchSite(origin);
  return {
    context,
    isStill: async () =>
      PORTALS.includes(origin) || (await siteOf(origin)) !== undefined,
    remind: once ? () => remind(call, origin) : undefined
  };
}

chrome.runtime.onConnect.addListener((port) => {
  const options = { port, native, watchers, orders, describe };
  admit(port, find(port), (found) => new Client({ ...options, ...found }));
});

const lookAgain = lookOut(watchers, call);
orders.start();
chrome.permissions.onAdded.addListener(() => fulfilWish(call));
chrome.runtime.onInstalled.addListener(() => registerAll());
chrome.runtime.onStartup.addListener(() => dropLeftovers());

/**
 * What the extension's own pages ask of the service worker itself.
 * @type {Readonly<Record<string, (what: any) => Promise<unknown>>>}
 */
const ERRANDS = Object.freeze({
  allow: () => fulfilWish(call),
  revoke: async (origin) => {
    await expel(origin);
    await orders.dropPortal(origin).catch(() => {}); // it goes all the same
    return revoke(call, origin);
  },
  refreshOrders: () => orders.refresh(),
  dropOrder: (order) => orders.dropOrder(order),
  checkUpdate: () => checkUpdate(call)
});

chrome.runtime.onMessage.addListener((message, sender, answer) => {
  const [errand] = Object.keys(message);
  const isOwn = uiContext(sender, SELF, uiLanguage());
  if (isOwn === undefined || !Object.hasOwn(ERRANDS, errand)) {
    return false;
  }
  ERRANDS[errand](message[errand]).then(
    () => answer({}),
    (thrown) => answer({ error: describe(toWireError(thrown)) })
  );
  return true;
});
