// SPDX-License-Identifier: MIT
// @ts-check
import { lastErrand } from '../shared/errands.js';
import { portalOf } from './renew-at.js';

/**
 * @typedef {import('../sdk/ukeybridge.js').UKeyBridge} UKeyBridge
 * @typedef {import('../sdk/ukeybridge.js').Certificate} Certificate
 * @typedef {import('../sdk/ukeybridge.js').Token} Token
 * @typedef {import('./token-view.js').Contents} Contents
 */

/** @param {Certificate[]} certificates */
function ending(certificates) {
  return certificates.find(
    ({ history, state }) =>
      !history && (state === 'expiring' || state === 'expired')
  );
}

/**
 * Where to renew; nothing is lost where it cannot be told.
 * @param {UKeyBridge} bridge
 * @param {Certificate[]} certificates
 */
async function portalFor(bridge, certificates) {
  const certificate = ending(certificates);
  if (certificate === undefined) {
    return undefined;
  }
  try {
    const [{ renewals }, { portals }] = await Promise.all([
      bridge.renewal.list({}),
      bridge.call('portals.list')
    ]);
    const origins = portals.map((/** @type {any} */ { origin }) => origin);
    return portalOf(certificate, renewals, origins);
  } catch {
    return undefined;
  }
}

/**
 * @param {UKeyBridge} bridge
 * @param {Token} token
 * @param {(error: unknown) => string} textOf
 * @returns {Promise<Contents>}
 */
async function contentsOf(bridge, token, textOf) {
  try {
    const params = { token: token.id };
    const { certificates } = await bridge.certificates.all(params);
    const portal = await portalFor(bridge, certificates);
    return { token, certificates, portal };
  } catch (error) {
    return { token, certificates: [], error: textOf(error) };
  }
}

/**
 * @param {UKeyBridge} bridge
 * @param {Map<string, 'finish' | 'undo'>} pending by UKey, as the host tells
 * @param {(error: unknown) => string} textOf
 */
export async function read(bridge, pending, textOf) {
  const { tokens, problems } = await bridge.tokens.list();
  const ids = tokens.map(({ id }) => id);
  const [errand, ...contents] = await Promise.all([
    lastErrand(),
    ...tokens.map((token) => contentsOf(bridge, token, textOf))
  ]);
  for (const each of contents) {
    each.pending = pending.get(each.token.id);
    each.errand = errand?.token === each.token.id ? errand : undefined;
  }
  for (const gone of [...pending.keys()].filter((id) => !ids.includes(id))) {
    pending.delete(gone);
  }
  return { contents, problems };
}
