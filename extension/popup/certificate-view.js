// SPDX-License-Identifier: MIT
// @ts-check
import { translate } from '../shared/i18n.js';
import { button, element, icon } from './dom.js';
import { day, roleName, stateBadge } from './words.js';

/** @typedef {import('../sdk/ukeybridge.js').Certificate} Certificate */

const COPIED_SHOWN_MS = 2000;

/** @param {import('./words.js').Badge} badge */
export function badgeView({ tone, shape, text }) {
  return element('p', `badge ${tone}`, icon(shape), element('span', '', text));
}

/**
 * @param {string} term
 * @param {...import('./dom.js').Child} description
 */
export function fact(term, ...description) {
  return element(
    'div',
    'fact',
    element('dt', '', translate(term)),
    element('dd', '', ...description)
  );
}

/** @param {string} serial */
function copyButton(serial) {
  const copy = button('copy', '', async () => {
    await navigator.clipboard.writeText(serial);
    label.textContent = translate('action_copied');
    setTimeout(() => {
      label.textContent = translate('action_copy');
    }, COPIED_SHOWN_MS);
  });
  const label = element('span', '', translate('action_copy'));
  label.setAttribute('role', 'status');
  copy.append(icon('copy'), label);
  copy.title = translate('action_copy_serial');
  return copy;
}

/**
 * @param {Certificate} certificate
 * @returns {HTMLElement} one item of a list
 */
export function certificateView(certificate) {
  const { subject, issuer, serial } = certificate;
  const owner = subject.commonName ?? subject.organization ?? subject.dn;
  const unit = subject.organization;
  return element(
    'li',
    'certificate',
    element(
      'div',
      'certificate-top',
      element('p', 'role', roleName(certificate.role)),
      badgeView(stateBadge(certificate))
    ),
    element('h3', 'owner', owner),
    certificate.hasPrivateKey === false &&
      element('p', 'hint', translate('cert_no_key')),
    element(
      'dl',
      'facts',
      unit && unit !== owner && fact('cert_unit', unit),
      fact('cert_begins', day(certificate.notBefore)),
      fact('cert_ends', day(certificate.notAfter)),
      fact(
        'cert_issuer',
        issuer.commonName ?? issuer.organization ?? issuer.dn
      ),
      fact('cert_serial', element('span', 'serial', serial), copyButton(serial))
    )
  );
}
