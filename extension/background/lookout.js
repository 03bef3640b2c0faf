// SPDX-License-Identifier: MIT
// @ts-check
import { uiLanguage } from '../shared/i18n.js';
import { settings, watchSettings } from '../shared/settings.js';
import { onReminderButton, onReminderClick, remind } from './reminders.js';

/**
 * @typedef {import('./reminders.js').Call} Call
 * @typedef {import('./watchers.js').Watchers} Watchers
 */

const ALARM = 'remind';
/** The service worker and the host may end at any time: look after them. */
const PERIOD_MINUTES = 5;
const FIRST_MINUTES = 1;

/**
 * Looks out for UKeys that come, while the browser runs and reminders are on:
 * one watcher among those of pages and popups.
 * @param {Watchers} watchers
 * @param {Call} call
 * @returns {() => Promise<void>} looks once more: certificates have changed
 */
export function lookOut(watchers, call) {
  /** One look after the other, or two would tell of one certificate. */
  let last = Promise.resolve();
  const look = () => {
    last = last.then(() => remind(call)).catch(() => {}); // no host: no word
    return last;
  };
  const watcher = {
    isClosed: false,
    context: { ui: /** @type {true} */ (true), lang: uiLanguage() },
    /** @param {string} method */
    notify(method) {
      if (method === 'tokens.changed') {
        look();
      }
    }
  };
  const tick = async () => {
    if ((await settings()).reminders) {
      const params = { enabled: true };
      await watchers.set(watcher, params, watcher.context).catch(() => {});
    } else {
      watchers.leave(watcher);
    }
    await look();
  };

  chrome.alarms.get(ALARM).then((alarm) => {
    if (alarm === undefined) {
      const periodInMinutes = PERIOD_MINUTES;
      const delayInMinutes = FIRST_MINUTES;
      chrome.alarms.create(ALARM, { delayInMinutes, periodInMinutes });
    }
  });
  chrome.alarms.onAlarm.addListener(({ name }) => {
    if (name === ALARM) {
      tick();
    }
  });
  watchSettings(tick);
  const { onClicked, onButtonClicked } = chrome.notifications;
  onClicked.addListener((id) => onReminderClick(call, id));
  onButtonClicked.addListener((id, n) => onReminderButton(call, id, n));
  return look;
}
