// SPDX-License-Identifier: MIT
// @ts-check
import { translate } from '../shared/i18n.js';
import { knownOrders, pageOf, watchOrders } from '../shared/orders.js';
import { button, element, icon } from './dom.js';

/** @typedef {import('../shared/orders.js').Order} Order */

/** @param {Order} order */
function readyView(order) {
  const { host } = new URL(order.portal);
  const go = () => chrome.tabs.create({ url: pageOf(order) });
  return element(
    'section',
    'site',
    element(
      'p',
      'ready',
      icon('check'),
      element('span', '', translate('ready_text', [host]))
    ),
    element(
      'div',
      'site-actions',
      button('primary', translate('action_go_on_at', [host]), go)
    )
  );
}

/**
 * Above the UKeys: orders whose certificates are ready.
 * @param {HTMLElement} place
 */
export async function readyCard(place) {
  const show = async () => {
    const orders = await knownOrders();
    const ready = orders.filter(({ state }) => state === 'issued');
    place.replaceChildren(...ready.map(readyView));
  };
  place.setAttribute('aria-label', translate('ready_label'));
  watchOrders(show);
  await show();
}
