// SPDX-License-Identifier: MIT
// @ts-check
import { translate, useLanguage } from '../shared/i18n.js';
import { isSame, knownOrders, pageOf } from '../shared/orders.js';
import { settings } from '../shared/settings.js';
import { setBadge } from './badge.js';
import { showNotice } from './notice.js';

/** @typedef {import('../shared/orders.js').Order} Order */

const PREFIX = 'order:';

/** What the user is told of, once for each order: title and sentence. */
const NEWS = Object.freeze({
  issued: ['order_ready_title', 'order_ready_text'],
  rejected: ['order_rejected_title', 'order_rejected_text']
});

/** @param {Order} order */
const idOf = ({ portal, order }) => `${PREFIX}${portal} ${order}`;

/** @param {Order} order @param {readonly string[]} words */
function notify(order, [title, text]) {
  const { host } = new URL(order.portal);
  const words = order.message ?? translate(text, [order.order]);
  return showNotice(idOf(order), {
    title: translate(title),
    message: translate('order_says', [host, words])
  });
}

/** @param {Order} order */
export function clearNews(order) {
  return chrome.notifications.clear(idOf(order));
}

/**
 * Tell of what became of orders, of each state once.
 * @param {Order[]} orders
 * @returns {Promise<Order[]>} the same, with what was told
 */
export async function tellOf(orders) {
  const isOn = (await settings()).reminders;
  const ready = isOn ? orders.filter(({ state }) => state === 'issued') : [];
  await setBadge('ready', { count: ready.length, isBad: false });
  if (!isOn) {
    return orders;
  }
  await useLanguage();
  const told = [];
  for (const order of orders) {
    const { state } = order;
    const words = /** @type {Record<string, string[]>} */ (NEWS)[state];
    if (words !== undefined && order.told !== state) {
      await notify(order, words);
      told.push({ ...order, told: state });
    } else if (words === undefined && order.told !== undefined) {
      await clearNews(order); // it is over
      told.push({ ...order, told: undefined });
    } else {
      told.push(order);
    }
  }
  return told;
}

/** @param {string} id of a notification */
export async function onOrderClick(id) {
  if (!id.startsWith(PREFIX)) {
    return;
  }
  await chrome.notifications.clear(id);
  const [portal, ...words] = id.slice(PREFIX.length).split(' ');
  const wanted = { portal, order: words.join(' ') };
  const orders = await knownOrders();
  const order = orders.find((each) => isSame(each, wanted));
  const url = order === undefined ? `${portal}/` : pageOf(order);
  await chrome.tabs.create({ url });
}
