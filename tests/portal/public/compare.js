// SPDX-License-Identifier: MIT
// @ts-check
/** Old and new certificates of an order, side by side. */
import { h } from './dom.js';
import { date } from './facts.js';
import { t } from './i18n.js';
import { rowsOf } from './plan.js';

/** @typedef {import('./portal-api.js').Order} Order */
/** @typedef {import('./plan.js').Validity} Validity */

/** @param {string} key @param {Validity | undefined} validity @param {string} testid */
function cell(key, validity, testid) {
  const label = { 'data-label': t(key) };
  return validity
    ? h(
        'td',
        label,
        date(validity.notBefore),
        ' – ',
        h('b', {}, date(validity.notAfter, testid))
      )
    : h('td', label, t('update.none'));
}

/**
 * @param {Order} order
 * @param {{signing?: Validity, encryption?: Validity}} after
 * @param {string} prefix of the end dates' test ids
 */
export function comparison(order, after, prefix) {
  const head = ['fact.certificate', 'update.current', 'update.next'];
  const body = rowsOf(order, after).map(({ role, before, after, sameKey }) => {
    const suffix = role === 'signing' ? '' : `-${role}`;
    return h(
      'tr',
      {},
      h(
        'th',
        { scope: 'row' },
        t(`role.${role}`),
        h(
          'span',
          { class: 'key', testid: `key-of-${role}` },
          t(sameKey ? 'update.sameKey' : 'update.newKey')
        )
      ),
      cell('update.current', before, `${prefix}not-after-before${suffix}`),
      cell('update.next', after, `${prefix}not-after-after${suffix}`)
    );
  });
  return h(
    'table',
    { class: 'compare' },
    h(
      'thead',
      {},
      h('tr', {}, ...head.map((key) => h('th', { scope: 'col' }, t(key))))
    ),
    h('tbody', {}, ...body)
  );
}
