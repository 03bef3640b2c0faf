// SPDX-License-Identifier: MIT
// @ts-check
/** This portal's own server. */

/**
 * @typedef {object} OldCertificate
 * @property {string} pem
 * @property {string} serial
 * @property {string} notBefore
 * @property {string} notAfter
 */
/**
 * @typedef {object} Issued
 * @property {string} signing
 * @property {string} [encryption]
 * @property {string} [encryptionKey] for the UKey alone
 * @property {string[]} chain
 */
/**
 * @typedef {object} Order
 * @property {string} id
 * @property {string} number
 * @property {'created' | 'paid' | 'requested' | 'issued' | 'installed'} state
 * @property {Record<string, string>} times
 * @property {'same' | 'new'} key
 * @property {'none' | 'keep' | 'replace' | 'add'} encryption
 * @property {string} challenge
 * @property {{name: string, organization: string, code: string}} applicant
 * @property {{id: string, label: string, serial: string}} ukey
 * @property {{years: number, amount: string, currency: string}} item
 * @property {{signing: OldCertificate, encryption?: OldCertificate}} old
 * @property {Issued} [issued]
 */

/** The portal refused, or was not there (NETWORK). */
export class PortalError extends Error {
  /** @param {string} code @param {string} message */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/**
 * @param {string} path
 * @param {object} [body] POST it; else GET
 * @returns {Promise<Order>}
 */
async function call(path, body) {
  const options = body && {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body)
  };
  let reply;
  try {
    const response = await fetch(`/api/orders${path}`, options);
    reply = await response.json();
  } catch (error) {
    throw new PortalError('NETWORK', String(error));
  }
  if (reply.error) {
    throw new PortalError(reply.error.code, reply.error.message);
  }
  return reply;
}

/** @param {object} body */
export const createOrder = (body) => call('', body);

/** @param {string} id */
export const getOrder = (id) => call(`/${encodeURIComponent(id)}`);

/** @param {Order} order */
export const payOrder = ({ id }) => call(`/${id}/pay`, {});

/**
 * @param {Order} order
 * @param {{pem: string, signedPem?: string}} request PKCS#10, and the same
 *   signed by the old certificate
 */
export const sendRequest = ({ id }, { pem, signedPem }) =>
  call(`/${id}/request`, { pem, ...(signedPem && { signedPem }) });

/**
 * @param {Order} order
 * @param {{certificatePem?: string, encryptionPem?: string}} read what the page
 *   read back from the UKey
 */
export const confirmInstalled = ({ id }, read) =>
  call(`/${id}/installed`, read);
