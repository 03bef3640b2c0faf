// SPDX-License-Identifier: MIT
// @ts-check
import { translate } from '../shared/i18n.js';
import { sentence } from '../shared/sentences.js';
import { button, element, icon } from './dom.js';

/**
 * @typedef {import('./site.js').Site} Site
 * @typedef {(site: Site, once: boolean) => void} Allow
 */

/** @param {Site} site */
function hostOf({ origin }) {
  return new URL(origin).host;
}

/**
 * @param {Site} site
 * @param {Allow} allow
 * @param {() => void} dismiss
 */
function questionView(site, allow, dismiss) {
  const { error } = site;
  return element(
    'section',
    'site',
    element('h2', '', translate('site_ask', [hostOf(site)])),
    element('p', '', translate('site_what')),
    error && element('p', 'site-error', sentence(error, translate)),
    element(
      'div',
      'site-actions',
      button('primary', translate('site_always'), () => allow(site, false)),
      button('secondary', translate('site_once'), () => allow(site, true)),
      button('secondary', translate('site_no'), dismiss)
    )
  );
}

/**
 * @param {Site} site
 * @param {Allow} allow
 * @param {() => void} dismiss
 */
export function siteView(site, allow, dismiss) {
  if (site.state === 'ask') {
    return questionView(site, allow, dismiss);
  }
  const isAllowed = site.state === 'allowed';
  const key = isAllowed ? 'site_allowed' : 'site_fixed';
  return element(
    'p',
    'site-line hint',
    icon(isAllowed ? 'check' : 'lock'),
    element('span', '', translate(key, [hostOf(site)]))
  );
}
