// SPDX-License-Identifier: MIT
// @ts-check
import { settings } from '../shared/settings.js';
import { OURS } from '../shared/ways.js';

/**
 * Show a notification, with a sound unless the user wants none. What a browser
 * does not know it would refuse whole, so it is left out.
 * @param {string} id one of this id is replaced
 * @param {{ title: string, message: string, button?: string }} words
 * @param {import('../shared/ways.js').Ways} [ways]
 */
export async function showNotice(id, { title, message, button }, ways = OURS) {
  const hasButton = ways.hasButtons && button !== undefined;
  const { sound } = await settings();
  return chrome.notifications.create(id, {
    type: 'basic',
    iconUrl: chrome.runtime.getURL('icons/icon-128.png'),
    title,
    message,
    ...(hasButton && { buttons: [{ title: button }] }),
    ...(ways.hasSilence && { silent: !sound })
  });
}
