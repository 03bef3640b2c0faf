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
  if (!old) {
    throw new UKeyProblem('NO_CERTIFICATE');
  }
  const params = {
    token: order.ukey.id,
    kind: /** @type {const} */ ('renew'),
    certificate: old.id,
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
 * The renewal that this order began on this computer.
 * @param {Order} order
 * @returns {Promise<Renewal | undefined>}
 */
async function renewalOf(order) {
  const bridge = await requireUKey(order.ukey.id);
  let cursor;
  do {
    const params = { token: order.ukey.id, ...(cursor && { cursor }) };
    const page = await bridge.renewal.list(params);
    const found = page.renewals.find((renewal) => renewal.order === order.id);
    if (found) {
      return found;
    }
    cursor = page.next;
  } while (cursor);
  return undefined;
}

/**
 * What to name in preview and install: the renewal, or, on a computer that
 * knows of none, the UKey itself.
 * @param {Order} order
 */
async function installParams(order) {
  const renewal = await renewalOf(order);
  const { signing, encryption, chain } = order.issued ?? { signing: '' };
  const issued = { signing, chain, ...(encryption && { encryption }) };
  if (renewal) {
    return { renewal: renewal.id, ...issued };
  }
  const old = order.key === 'same' ? await oldCertificate(order) : undefined;
  const certificate = old && { certificate: old.id };
  return { token: order.ukey.id, ...certificate, ...issued };
}

/**
 * True when an update went through and the page went away before it heard.
 * @param {Order} order
 */
export async function isInstalled(order) {
  const renewal = await renewalOf(order);
  if (renewal) {
    return renewal.state === 'installed';
  }
  return readBack(order).then(
    () => true,
    (error) => {
      if (error instanceof UKeyProblem) {
        return false;
      }
      throw error;
    }
  );
}

/** @param {Order} order */
export async function previewRenewal(order) {
  const bridge = await requireUKey(order.ukey.id);
  return bridge.renewal.preview(await installParams(order));
}

/** @param {Order} order @param {CallOptions} options */
export async function installRenewal(order, options) {
  const bridge = await requireUKey(order.ukey.id);
  await bridge.renewal.install(await installParams(order), options);
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
