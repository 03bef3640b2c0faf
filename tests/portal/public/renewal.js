// SPDX-License-Identifier: MIT
// @ts-check
/** An order's renewal on the UKey: begin, preview, install, read back. */
import {
  UKeyProblem,
  certificatesOn,
  connect,
  requireUKey,
  samePem
} from './ukey.js';

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
 * @returns {Promise<import('/sdk/ukeybridge.js').CertificateRequest | null>}
 *   null when the user declined
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
    order: order.number,
    ...(order.encryption === 'add' && { dual: true })
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
  if (renewal.order !== order.number) {
    if (!(await mayAbandon())) {
      return null;
    }
    await bridge.renewal.abandon({ renewal: renewal.id }, options);
    renewal = await begin();
  }
  return /** @type {Renewal} */ (renewal).requests[0];
}

/**
 * What this computer knows of a UKey's renewals, newest first.
 * @param {string} token
 * @returns {AsyncGenerator<Renewal>}
 */
async function* renewalsOn(token) {
  const bridge = await connect();
  let cursor;
  do {
    const params = { token, ...(cursor && { cursor }) };
    const page = await bridge.renewal.list(params);
    yield* page.renewals;
    cursor = page.next;
  } while (cursor);
}

/**
 * The renewal that this order began on this computer.
 * @param {Order} order
 * @returns {Promise<Renewal | undefined>}
 */
async function renewalOf(order) {
  await requireUKey(order.ukey.id);
  for await (const renewal of renewalsOn(order.ukey.id)) {
    if (renewal.order === order.number) {
      return renewal;
    }
  }
  return undefined;
}

/**
 * Orders whose renewal on this UKey was begun and did not end: for a user who
 * comes back without the order's address.
 * @param {string} token
 * @returns {Promise<string[]>} their numbers
 */
export async function unfinishedOrders(token) {
  const numbers = [];
  for await (const { state, order } of renewalsOn(token)) {
    if (order && (state === 'requested' || state === 'installing')) {
      numbers.push(order);
    }
  }
  return numbers;
}

/** @param {Order} order @returns {import('./portal-api.js').Issued} */
const issuedOf = ({ issued }) => issued ?? { signing: '', chain: [] };

/**
 * What to name in preview and install: the renewal, or, on a computer that
 * knows of none, the UKey itself.
 * @param {Order} order
 */
async function installParams(order) {
  const renewal = await renewalOf(order);
  const { signing, encryption, encryptionKey, chain } = issuedOf(order);
  const issued = {
    signing,
    chain,
    ...(encryption && { encryption }),
    ...(encryptionKey && { encryptionKey })
  };
  if (renewal) {
    return { renewal: renewal.id, ...issued };
  }
  const old = order.key === 'same' ? await oldCertificate(order) : undefined;
  const certificate = old && { certificate: old.id };
  return { token: order.ukey.id, ...certificate, ...issued };
}

/**
 * How far the update came: `installed` when it went through and the page went
 * away before it heard, `installing` when it was cut off in mid-write.
 * @param {Order} order
 * @returns {Promise<'installed' | 'installing' | 'open'>}
 */
export async function updateState(order) {
  const renewal = await renewalOf(order);
  if (renewal) {
    const { state } = renewal;
    return state === 'installed' || state === 'installing' ? state : 'open';
  }
  return readBack(order).then(
    () => 'installed',
    (error) => {
      if (error instanceof UKeyProblem) {
        return 'open';
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
  const { signing, encryption } = issuedOf(order);
  return {
    signing: find(signing),
    encryption: encryption ? find(encryption) : undefined
  };
}
