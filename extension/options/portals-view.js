// SPDX-License-Identifier: MIT
// @ts-check
import { button, element } from '../popup/dom.js';
import { day } from '../popup/words.js';
import { translate } from '../shared/i18n.js';

/**
 * @typedef {{ origin: string, from: 'policy' | 'user' | 'once',
 *   lastUsed?: number }} Row
 */

const FROM = Object.freeze({
  policy: 'from_policy',
  user: 'from_user',
  once: 'from_once'
});

/**
 * The host's list and the extension's, which knows of last uses.
 * @param {Row[]} hosts
 * @param {Array<import('../shared/sites.js').Site & { once: boolean }>} sites
 * @returns {Row[]}
 */
export function rowsOf(hosts, sites) {
  const known = new Set(hosts.map(({ origin }) => origin));
  /** @type {Row[]} */
  const mine = sites
    .filter(({ origin }) => !known.has(origin))
    .map(({ origin, once }) => ({ origin, from: once ? 'once' : 'user' }));
  const rows = [...hosts, ...mine].map((row) => ({
    ...row,
    lastUsed: sites.find(({ origin }) => origin === row.origin)?.lastUsed
  }));
  return rows.sort((a, b) => a.origin.localeCompare(b.origin));
}

/** @param {Row} row @param {(origin: string) => void} revoke */
function rowView({ origin, from, lastUsed }, revoke) {
  const used =
    lastUsed === undefined
      ? translate(FROM[from])
      : translate('portal_used', [
          translate(FROM[from]),
          day(new Date(lastUsed).toISOString())
        ]);
  const remove = button('secondary', translate('action_revoke'), () =>
    revoke(origin)
  );
  remove.setAttribute('aria-label', translate('action_revoke_of', [origin]));
  return element(
    'li',
    '',
    element(
      'div',
      '',
      element('p', 'origin', origin),
      element('p', 'hint', used)
    ),
    from !== 'policy' && remove
  );
}

/**
 * @param {Row[]} rows
 * @param {boolean} isFixed the administrator left nothing to users
 * @param {(origin: string) => void} revoke
 */
export function portalsView(rows, isFixed, revoke) {
  const views = rows.map((row) => rowView(row, revoke));
  const key = isFixed ? 'portals_fixed' : 'portals_hint';
  return element(
    'section',
    'panel',
    element('h2', '', translate('portals_title')),
    element('p', 'hint', translate(key)),
    rows.length === 0
      ? element('p', '', translate('portals_none'))
      : element('ul', 'sites', ...views)
  );
}
