// SPDX-License-Identifier: MIT
// @ts-check
/** Certificates and orders as lists and tables. */
import { h } from './dom.js';
import { formatDate, formatDays, t } from './i18n.js';
import { announce } from './page.js';

/** @typedef {import('./dom.js').Child} Child */
/** @typedef {import('/sdk/ukeybridge.js').Certificate} Certificate */

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

/**
 * As the extension, Windows' certificate viewer and certutil show it, and what
 * is copied is found there: hex in lower case.
 * @param {string} text @param {string} testid
 */
function copyable(text, testid) {
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
  return h('span', {}, h('code', { testid }, text), ' ', button);
}

/** @param {Certificate} certificate @param {string} testid */
function daysLeft({ daysLeft: days, state }, testid) {
  return h(
    'span',
    {},
    h('b', { class: 'days', testid }, formatDays(days)),
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

/** @param {Certificate} certificate @param {string} [suffix] of test ids */
function halfFacts(certificate, suffix = '') {
  return /** @type {[string, Child][]} */ ([
    ['certificate', h('b', {}, t(`role.${certificate.role}`))],
    ['serial', copyable(certificate.serial, `serial${suffix}`)],
    ['notBefore', date(certificate.notBefore)],
    ['notAfter', date(certificate.notAfter, `not-after${suffix}`)],
    ['daysLeft', daysLeft(certificate, `days-left${suffix}`)]
  ]);
}

/**
 * @param {Certificate} certificate
 * @param {Certificate} [encryption] its other half
 */
export function certificateCard(certificate, encryption) {
  /** @type {[string, Child][]} */
  const holder = [
    ['subject', h('b', { testid: 'subject' }, nameOf(certificate.subject))],
    ['organization', certificate.subject.organization],
    ['issuer', nameOf(certificate.issuer)]
  ];
  if (!encryption) {
    return factList([...holder, ...halfFacts(certificate)]);
  }
  return h(
    'div',
    {},
    factList(holder),
    h(
      'div',
      { class: 'pair' },
      factList(halfFacts(certificate)),
      factList(halfFacts(encryption, '-encryption'))
    )
  );
}
