// SPDX-License-Identifier: MIT
// @ts-check
/** Certificates and orders as lists and tables. */
import { h } from './dom.js';
import { formatDate, formatDays, t } from './i18n.js';
import { announce } from './page.js';

/** @typedef {import('./dom.js').Child} Child */
/** @typedef {import('/sdk/ukeybridge.js').Certificate} Certificate */
/** @typedef {{notBefore: string, notAfter: string}} Validity */

/**
 * @param {string} instant
 * @param {string} [testid]
 * @param {boolean} [withTime]
 */
export function date(instant, testid, withTime = false) {
  return h(
    'time',
    { datetime: instant, testid },
    formatDate(instant, withTime)
  );
}

/** @param {[string, Child][]} rows label key, value; no value: no row */
export function factList(rows) {
  const parts = rows
    .filter(([, value]) => Boolean(value))
    .map(([key, value]) =>
      h('div', {}, h('dt', {}, t(`fact.${key}`)), h('dd', {}, value))
    );
  return h('dl', { class: 'facts' }, ...parts);
}

/** @param {string} text */
function copyable(text) {
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    announce(t('copied'));
    button.textContent = t('copied');
  };
  const button = h(
    'button',
    {
      type: 'button',
      class: 'link',
      'aria-label': `${t('copy')} ${t('fact.serial')}`,
      onclick: () => void copy().catch(() => {})
    },
    t('copy')
  );
  return h(
    'span',
    {},
    h('code', { testid: 'serial' }, text.toUpperCase()),
    ' ',
    button
  );
}

/** @param {Certificate} certificate */
function daysLeft({ daysLeft: days, state }) {
  return h(
    'span',
    {},
    h('b', { class: 'days', testid: 'days-left' }, formatDays(days)),
    ' ',
    h('span', { class: `badge ${state}` }, t(`state.${state}`))
  );
}

/** @param {{commonName?: string, dn: string}} name */
const nameOf = (name) => name.commonName ?? name.dn;

/**
 * Which UKey to plug in.
 * @param {{ukey: {label: string, serial: string}, number: string}} order
 */
export function ukeyLine({ ukey, number }) {
  const text = `UKey ${ukey.label} (${ukey.serial}) · ${t('fact.order')} `;
  return h(
    'p',
    { class: 'small' },
    text,
    h('code', { testid: 'order-number' }, number)
  );
}

/**
 * @param {Certificate} certificate
 * @param {Certificate} [encryption] its other half
 */
export function certificateCard(certificate, encryption) {
  return factList([
    ['subject', h('b', { testid: 'subject' }, nameOf(certificate.subject))],
    ['organization', certificate.subject.organization],
    ['serial', copyable(certificate.serial)],
    ['issuer', nameOf(certificate.issuer)],
    ['certificate', rolesOf(certificate, encryption)],
    ['notBefore', date(certificate.notBefore)],
    ['notAfter', date(certificate.notAfter, 'not-after')],
    ['daysLeft', daysLeft(certificate)]
  ]);
}

/** @param {Certificate} certificate @param {Certificate} [encryption] */
function rolesOf(certificate, encryption) {
  const roles = [certificate, ...(encryption ? [encryption] : [])];
  return roles.map(({ role }) => t(`role.${role}`)).join(' + ');
}

/**
 * Old and new validity of each certificate, side by side.
 * @param {{role: string, before: Validity, after: Validity}[]} rows
 * @param {string} prefix of the test ids of the first row's end dates
 */
export function comparison(rows, prefix) {
  /** @param {string} key @param {Validity} validity @param {string} testid */
  const cell = (key, validity, testid) =>
    h(
      'td',
      { 'data-label': t(key) },
      date(validity.notBefore),
      ' – ',
      h('b', {}, date(validity.notAfter, testid))
    );
  const head = ['fact.certificate', 'update.current', 'update.next'];
  const body = rows.map(({ role, before, after }, index) => {
    const suffix = index === 0 ? '' : `-${role}`;
    return h(
      'tr',
      {},
      h('th', { scope: 'row' }, t(`role.${role}`)),
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
