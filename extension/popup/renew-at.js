// SPDX-License-Identifier: MIT
// @ts-check
import { isAmong } from '../shared/origins.js';

/**
 * @typedef {import('../sdk/ukeybridge.js').Certificate} Certificate
 * @typedef {import('../sdk/ukeybridge.js').Renewal} Renewal
 */

/**
 * The URL where a certificate is renewed: the administrator's word, else the
 * web site where it was done before if it is allowed still, else the only one
 * that is.
 * @param {Certificate} certificate
 * @param {Renewal[]} renewals
 * @param {string[]} portals allowed ones, maybe patterns
 */
export function portalOf({ issuer, portal }, renewals, portals) {
  const sites = portals.filter((portal) => !portal.includes('*'));
  const [earlier] = renewals
    .filter(({ origin }) => isAmong(portals, origin))
    .filter((renewal) =>
      [...renewal.new, ...renewal.old].some(
        (other) => other.issuer.dn === issuer.dn
      )
    )
    .sort((a, b) => b.updated.localeCompare(a.updated));
  const isOnly = portals.length === 1 && sites.length === 1;
  const site = earlier?.origin ?? (isOnly ? sites[0] : undefined);
  return portal ?? (site && `${site}/`);
}
