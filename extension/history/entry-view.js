// SPDX-License-Identifier: MIT
// @ts-check
import { badgeView, fact } from '../popup/certificate-view.js';
import { button, element } from '../popup/dom.js';
import { CODE_OF_REASON, INTERNAL } from '../shared/errors.js';
import { translate } from '../shared/i18n.js';
import { sentence } from '../shared/sentences.js';
import { addressOf, nextOf, nextText } from './next.js';
import {
  kindOf,
  moment,
  orderStateOf,
  ownerOf,
  stateOf,
  stepOf
} from './words.js';

/**
 * @typedef {import('./records.js').Entry} Entry
 * @typedef {import('./records.js').Renewal} Renewal
 * @typedef {import('./records.js').Order} Order
 * @typedef {(what: 'recover' | 'abandon' | 'drop', entry: Entry) => void} Act
 */

/** @param {Renewal} renewal */
function stepsView({ steps }) {
  const items = steps.map(({ name, at }) =>
    element('li', '', `${moment(at)} · ${stepOf(name)}`)
  );
  return element(
    'details',
    '',
    element('summary', 'hint', translate('history_steps')),
    element('ol', 'steps', ...items)
  );
}

/** @param {string | undefined} reason */
function errorText(reason) {
  if (reason === undefined) {
    return undefined;
  }
  const code = CODE_OF_REASON[reason] ?? INTERNAL;
  return sentence({ code, message: '', data: { reason } }, translate);
}

/** @param {Entry} entry @param {Act} act @param {string[]} portals */
function nextView(entry, act, portals) {
  const { recover, abandon, site, drop } = nextOf(entry);
  const url = site && addressOf(entry, portals);
  return [
    element('p', 'next', nextText(entry)),
    element(
      'div',
      'site-actions',
      url &&
        button(
          'primary',
          translate('action_go_on_at', [new URL(url).host]),
          () => chrome.tabs.create({ url })
        ),
      recover &&
        button('primary', translate('action_continue'), () =>
          act('recover', entry)
        ),
      abandon &&
        button('secondary', translate('action_abandon'), () =>
          act('abandon', entry)
        ),
      drop &&
        button('secondary', translate('action_drop_order'), () =>
          act('drop', entry)
        )
    )
  ];
}

/** @param {Order} order what its portal says of it */
function orderFacts(order) {
  const { state, since, checked, reason, failures, message } = order;
  const { text } = orderStateOf(order);
  return [
    fact('history_order_state', text),
    fact('history_order_since', moment(since)),
    fact(
      'history_order_checked',
      failures > 0
        ? `${moment(checked)} · ${errorText(reason)}`
        : moment(checked)
    ),
    message && state !== 'installed' && fact('history_order_message', message)
  ];
}

/** While a renewal waits, what its order came to is the news. */
const ORDER_NEWS = Object.freeze(['issued', 'rejected']);

/** @param {Entry} entry */
function badgeOf({ renewal, order }) {
  const isNews =
    renewal === undefined ||
    (renewal.state === 'requested' && ORDER_NEWS.includes(order?.state ?? ''));
  return isNews
    ? orderStateOf(/** @type {Order} */ (order))
    : stateOf(/** @type {Renewal} */ (renewal));
}

/** @param {Entry} entry */
function topView({ renewal, order }) {
  const owner = renewal && ownerOf(renewal);
  const kind = renewal ? kindOf(renewal) : translate('kind_order');
  return element(
    'div',
    'top',
    element('h2', '', owner ? `${kind} · ${owner}` : kind),
    badgeView(badgeOf({ renewal, order }))
  );
}

/** @param {Entry} entry @param {Act} act @param {string[]} portals allowed */
export function entryView(entry, act, portals) {
  const { renewal, order } = entry;
  const error = errorText(renewal?.error?.reason);
  const portal = renewal?.origin ?? order?.portal;
  const number = renewal?.order ?? order?.order;
  return element(
    'section',
    'panel renewal',
    topView(entry),
    element(
      'dl',
      'facts',
      ...(renewal
        ? [
            fact('history_begun', moment(renewal.created)),
            fact('history_updated', moment(renewal.updated))
          ]
        : []),
      portal && fact('history_portal', portal),
      number && fact('history_order', number),
      ...(order ? orderFacts(order) : []),
      renewal && fact('history_number', renewal.id)
    ),
    error && element('p', 'next', error),
    ...nextView(entry, act, portals),
    renewal && stepsView(renewal)
  );
}
