// SPDX-License-Identifier: MIT
// @ts-check
/** An order's renewal on the UKey: begin, preview, install, read back. */
import { UKeyProblem, certificatesOn, requireUKey, samePem } from './ukey.js';

/** @typedef {import('./portal-api.js').Order} Order */
/** @typedef {import('/sdk/ukeybridge.js').Renewal} Renewal */
/** @typedef {import('/sdk/ukeybridge.js').CallOptions} CallOptions */

/** @param {Order} order the certificate that the order renews */
async function oldCertificate({ ukey, old }) {
  const all = await certificatesOn(ukey.id);
  return all.find(({ pem }) => samePem(pem, old.signing.pem));
}

/**
 * Makes the certificate request. A renewal that is open for an older order is
 * given up when `mayAbandon` says so.
 * @param {Order} order
 * @param {() => Promise<boolean>} mayAbandon
 * @param {CallOptions} options
 * @returns {Promise<string | null>} PKCS#10 PEM; null when the user declined
 */
export async function makeRequest(order, mayAbandon, options) {
  const bridge = await requireUKey(order.ukey.id);
  const old = await oldCertificate(order);
  const params = {
    token: order.ukey.id,
    kind: /** @type {const} */ ('renew'),
    certificate: old?.id,
    key: order.key,
    challenge: order.challenge,
    order: order.id
  };
  const begin = async () => {
    const { renewal } = await bridge.renewal.begin(params, options);
    return renewal;
  };
  /** @type {Renewal | {id: string, order?: string}} */
  let renewal = await begin().catch((error) => {
    if (error.reason !== 'RENEWAL_PENDING') {
      throw error;
    }
    return { id: error.data.renewal };
  });
  if (renewal.order !== order.id) {
    if (!(await mayAbandon())) {
      return null;
    }
    await bridge.renewal.abandon({ renewal: renewal.id }, options);
    renewal = await begin();
  }
  return /** @type {Renewal} */ (renewal).requests[0].pem;
}

/**
 * What to name in preview and install: the renewal that this order began. On
 * another computer, which knows of none, the UKey itself is enough.
 * @param {Order} order
 */
async function installParams(order) {
  const bridge = await requireUKey(order.ukey.id);
  const token = order.ukey.id;
  let cursor;
  let found;
  do {
    const page = await bridge.renewal.list({
      token,
      ...(cursor && { cursor })
    });
    found = page.renewals.find((renewal) => renewal.order === order.id);
    cursor = page.next;
  } while (!found && cursor);
  const { signing, encryption, chain } = order.issued ?? { signing: '' };
  const issued = { signing, chain, ...(encryption && { encryption }) };
  if (found) {
    return { bridge, params: { renewal: found.id, ...issued } };
  }
  const old = order.key === 'same' ? await oldCertificate(order) : undefined;
  const certificate = old && { certificate: old.id };
  return { bridge, params: { token, ...certificate, ...issued } };
}

/** @param {Order} order */
export async function previewRenewal(order) {
  const { bridge, params } = await installParams(order);
  return bridge.renewal.preview(params);
}

/** @param {Order} order @param {CallOptions} options */
export async function installRenewal(order, options) {
  const { bridge, params } = await installParams(order);
  await bridge.renewal.install(params, options);
}

/**
 * The new certificates as they are on the UKey now.
 * @param {Order} order
 * @throws {UKeyProblem} NOT_READ_BACK
 */
export async function readBack(order) {
  await requireUKey(order.ukey.id);
  const all = await certificatesOn(order.ukey.id);
  /** @param {string} issued */
  const find = (issued) => {
    const found = all.find(({ pem }) => samePem(pem, issued));
    if (!found) {
      throw new UKeyProblem('NOT_READ_BACK');
    }
    return found;
  };
  const { signing, encryption } = order.issued ?? { signing: '' };
  return {
    signing: find(signing),
    encryption: encryption ? find(encryption) : undefined
  };
}
