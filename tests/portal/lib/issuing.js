// SPDX-License-Identifier: MIT
// @ts-check
/** The CA's part of an order, some time after the request came in. */
import { createPublicKey } from 'node:crypto';
import { deliverKey } from './kmc.js';

/** @typedef {import('./orders.js').Order} Order */
/** @typedef {import('../ca.js').Ca} Ca */
/** @typedef {import('./orders.js').Orders} Orders */
/**
 * @typedef {object} Terms
 * @property {number} delayMs stands for the one or two working days
 * @property {import('./kmc.js').RsaTransport} [rsaTransport]
 */

const DAY_MS = 86_400_000;
const CLOCK_SKEW_MS = 5 * 60_000;

/** Issues what was requested, after a delay, until it is closed. */
export class Issuer {
  /** @type {Set<NodeJS.Timeout>} */
  #timers = new Set();
  /** @type {Set<Promise<void>>} */
  #working = new Set();
  #ca;
  #orders;
  #terms;

  /**
   * @param {Ca} ca
   * @param {Orders} orders
   * @param {Terms} terms
   */
  constructor(ca, orders, terms) {
    this.#ca = ca;
    this.#orders = orders;
    this.#terms = terms;
    // Those that an earlier run of the portal left behind.
    for (const order of orders.inState('requested')) {
      this.later(order);
    }
  }

  /** @param {Order} order requested */
  later(order) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      const work = this.#issue(order)
        .catch((error) => console.error(error))
        .finally(() => this.#working.delete(work));
      this.#working.add(work);
    }, this.#terms.delayMs);
    this.#timers.add(timer);
  }

  /** @param {Order} order */
  async #issue(order) {
    const issued = await issueCertificates(this.#ca, order, this.#terms);
    await this.#orders.advance(order.id, 'issued', { issued });
  }

  async close() {
    for (const timer of this.#timers) {
      clearTimeout(timer);
    }
    await Promise.all(this.#working);
  }
}

/**
 * A year more than was left, so that renewing early costs nobody a day. Both
 * certificates end together, a year after the one that lasted longer.
 * @param {Ca} ca
 * @param {Order} order
 * @param {Terms} terms
 */
async function issueCertificates(ca, order, terms) {
  const old = order.old.signing;
  const now = Date.now();
  const ends = [old, order.old.encryption ?? old].map(({ notAfter }) =>
    Date.parse(notAfter)
  );
  const from = Math.max(now, ...ends);
  const validity = {
    notBefore: new Date(now - CLOCK_SKEW_MS),
    notAfter: new Date(from + order.item.years * 365 * DAY_MS)
  };
  const signing = await ca.issue({
    ...validity,
    profile: 'signing',
    csrPem: order.request ?? '',
    sameSubjectAs: old.pem
  });
  const encryption = await issueEncryption(ca, order, validity, signing, terms);
  return { signing, ...encryption, chain: [ca.certificatePem] };
}

/**
 * The encryption certificate, and its key when that is a new one: enveloped to
 * the encryption key that the UKey has, else to the request's signing key.
 * @param {Ca} ca
 * @param {Order} order
 * @param {{notBefore: Date, notAfter: Date}} validity
 * @param {string} newSigning PEM
 * @param {Terms} terms
 * @returns {Promise<{encryption?: string, encryptionKey?: string}>}
 */
async function issueEncryption(ca, order, validity, newSigning, terms) {
  if (order.encryption === 'none') {
    return {};
  }
  const old = order.old.encryption ?? order.old.signing;
  const oldKey = createPublicKey(old.pem);
  const delivered =
    order.encryption === 'keep'
      ? { publicKey: oldKey, envelope: undefined }
      : await deliverKey({
          like: oldKey,
          recipientPem: order.encryption === 'add' ? newSigning : old.pem,
          rsaTransport: terms.rsaTransport
        });
  const encryption = await ca.issueForKey({
    ...validity,
    profile: 'encryption',
    publicKey: delivered.publicKey,
    sameSubjectAs: old.pem
  });
  return { encryption, encryptionKey: delivered.envelope };
}
