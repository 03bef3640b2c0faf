// SPDX-License-Identifier: MIT
// @ts-check
import { open } from '../popup/connection.js';
import { element } from '../popup/dom.js';
import { translate, uiLanguage, useLanguage } from '../shared/i18n.js';
import { allowedSites, watchSites } from '../shared/sites.js';
import {
  changeSettings,
  fixedSettings,
  settings,
  watchFixedSettings
} from '../shared/settings.js';
import { updateCard } from '../popup/update-card.js';
import { aboutView } from './about-view.js';
import { portalsView, rowsOf } from './portals-view.js';
import { settingsView } from './settings-view.js';

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const portals = element('div', '');
const update = element('section', '');
const about = element('div', '');

/** @param {string} text */
function say(text) {
  byId('status').textContent = text;
}

/** @type {ReturnType<typeof updateCard>} */
let card;

/** The host's list; without a host, what the extension knows. */
async function list() {
  const told = { onChange() {}, onPending() {}, onLost() {} };
  try {
    const { bridge, hello } = await open(told);
    about.replaceChildren(aboutView(hello.host.version));
    card.show(hello);
    const reply = await bridge.call('portals.list');
    bridge.close();
    return reply;
  } catch {
    return { portals: [], userPortals: true };
  }
}

async function showPortals() {
  const [{ portals: hosts, userPortals }, sites] = await Promise.all([
    list(),
    allowedSites()
  ]);
  const rows = rowsOf(hosts, sites);
  portals.replaceChildren(portalsView(rows, !userPortals, revoke));
}

/** @param {string} origin */
async function revoke(origin) {
  const { error } = await chrome.runtime.sendMessage({ revoke: origin });
  await showPortals();
  say(error?.data.text ?? translate('portal_revoked', [origin]));
}

/** @param {Partial<import('../shared/settings.js').Settings>} change */
async function change(change) {
  await changeSettings(change);
  if (change.language !== undefined) {
    await showAll();
  }
  say(translate('settings_saved'));
}

async function showAll() {
  await useLanguage();
  document.documentElement.lang = uiLanguage();
  document.title = translate('options_title');
  byId('title').textContent = translate('options_title');
  const focused = document.activeElement?.id;
  byId('main').replaceChildren(
    update,
    ...settingsView(await settings(), await fixedSettings(), change),
    portals,
    about
  );
  card = updateCard(update);
  about.replaceChildren(aboutView());
  document.getElementById(focused ?? '')?.focus();
  await showPortals();
  byId('main').setAttribute('aria-busy', 'false');
}

watchSites(showPortals);
watchFixedSettings(showAll);
await showAll();
await chrome.runtime.sendMessage({ checkUpdate: true });
