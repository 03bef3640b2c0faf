// SPDX-License-Identifier: MIT
// @ts-check
import { keepReading } from '../popup/kept.js';
import { read } from '../popup/reading.js';
import { portalOf } from '../popup/renew-at.js';
import { counted } from '../popup/words.js';
import { translate, useLanguage } from '../shared/i18n.js';
import { settings } from '../shared/settings.js';
import { OURS } from '../shared/ways.js';
import { setBadge } from './badge.js';
import { showNotice } from './notice.js';
import { ownBridge } from './own-bridge.js';
import { dueOf, putOff, tomorrow } from './reminded.js';

/**
 * @typedef {import('../sdk/ukeybridge.js').Certificate} Certificate
 * @typedef {import('../sdk/ukeybridge.js').Token} Token
 * @typedef {(method: string, params?: object) => Promise<any>} Call
 */

const PREFIX = 'ending:';
const SNOOZE_MS = 7 * 24 * 60 * 60_000;
/** Of a notification: its first button. */
const SNOOZE_BUTTON = 0;
const ENDING = Object.freeze(['expiring', 'expired']);

/** @param {Certificate[]} certificates those that end, the first one first */
function endingOf(certificates) {
  return certificates
    .filter(({ history, state }) => !history && ENDING.includes(state))
    .sort((a, b) => a.daysLeft - b.daysLeft);
}

/** @param {Call} call @param {string} token @returns {Promise<Certificate[]>} */
async function endingOn(call, token) {
  const { certificates } = await ownBridge(call).certificates.all({ token });
  return endingOf(certificates);
}

/** @param {Certificate} certificate the one that ends first */
function sentenceOf({ subject, daysLeft, state }) {
  const owner = subject.commonName ?? subject.organization ?? subject.dn;
  if (state === 'expired') {
    return translate('remind_expired', [owner]);
  }
  const left = counted(daysLeft, 'state_expiring_one', 'state_expiring_other');
  const today = translate('state_expiring_today');
  return translate('remind_expiring', [owner, daysLeft < 1 ? today : left]);
}

/**
 * @param {Token} token
 * @param {Certificate} first
 * @param {import('../shared/ways.js').Ways} ways
 */
function notify(token, first, ways) {
  const words = {
    title: translate('remind_title'),
    message: sentenceOf(first),
    button: translate('remind_snooze')
  };
  return showNotice(`${PREFIX}${token.id}`, words, ways);
}

/** @param {Certificate[]} ending */
function showBadge(ending) {
  const isBad = ending.some(({ state }) => state === 'expired');
  return setBadge('ending', { count: ending.length, isBad });
}

/**
 * Tell of the certificates on the UKeys that end soon, each at most once a day.
 * Which are those the host says, by the policy's `reminderDays`. What was read
 * for it the popup shows first.
 * @param {Call} call
 */
export async function remind(call, ways = OURS) {
  if (!(await settings()).reminders) {
    await showBadge([]);
    return;
  }
  await useLanguage();
  const reading = await read(ownBridge(call), new Map(), String);
  await keepReading(reading);
  const all = [];
  for (const { token, certificates } of reading.contents) {
    const ending = endingOf(certificates);
    all.push(...ending);
    const due = await dueOf(ending.map(({ id }) => id));
    if (due.length > 0) {
      await putOff(due, tomorrow());
      await notify(token, ending[0], ways);
    }
  }
  await showBadge(all);
}

/**
 * Where a click on a reminder leads: to the site that renews, else to the popup.
 * @param {Call} call
 * @param {string} token
 */
async function whereTo(call, token) {
  try {
    const [first] = await endingOn(call, token);
    const { renewals } = await call('renewal.list');
    const { portals } = await call('portals.list');
    const origins = portals.map((/** @type {any} */ { origin }) => origin);
    const portal = portalOf(first, renewals, origins);
    if (portal !== undefined) {
      return portal;
    }
  } catch {
    /* the UKey or the host is gone: the popup says so */
  }
  return chrome.runtime.getURL('popup/popup.html');
}

/** @param {Call} call @param {string} id of a notification */
export async function onReminderClick(call, id) {
  if (id.startsWith(PREFIX)) {
    await chrome.notifications.clear(id);
    const url = await whereTo(call, id.slice(PREFIX.length));
    await chrome.tabs.create({ url });
  }
}

/** @param {Call} call @param {string} id @param {number} button */
export async function onReminderButton(call, id, button) {
  if (id.startsWith(PREFIX) && button === SNOOZE_BUTTON) {
    await chrome.notifications.clear(id);
    const ending = await endingOn(call, id.slice(PREFIX.length));
    const ids = ending.map((certificate) => certificate.id);
    await putOff(ids, Date.now() + SNOOZE_MS);
  }
}
