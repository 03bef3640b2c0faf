// SPDX-License-Identifier: MIT
// @ts-check
import { translate, useLanguage } from '../shared/i18n.js';
import { isSame, knownOrders, pageOf } from '../shared/orders.js';
import { settings } from '../shared/settings.js';
import { setBadge } from './badge.js';
import { showNotice } from './notice.js';
import { plain, takeTurn } from './order-notices.js';

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
  const theirs = plain(order.message ?? '');
  const words = theirs || translate(text, [plain(order.order)]);
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
 * Of each state once, however often the order comes back to it. What is beyond
 * its portal's limit is told when the portal is asked the next time.
 * @param {Order} order
 * @returns {Promise<Order>}
 */
async function tell(order) {
  const { portal, state, told = [], shown } = order;
  const words = /** @type {Record<string, string[]>} */ (NEWS)[state];
  const isNews = words !== undefined && !told.includes(state);
  if (isNews && (await takeTurn(portal))) {
    await notify(order, words);
    return { ...order, told: [...told, state], shown: state };
  }
  if (shown !== undefined && shown !== state) {
    await clearNews(order); // it is over
    return { ...order, shown: undefined };
  }
  return order;
}

/**
 * Tell of what became of orders.
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
    told.push(await tell(order));
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
