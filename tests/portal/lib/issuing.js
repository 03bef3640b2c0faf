// SPDX-License-Identifier: MIT
// @ts-check
/** The CA's part of an order, some time after the request came in. */
import { createPublicKey } from 'node:crypto';

/** @typedef {import('./orders.js').Order} Order */
/** @typedef {import('../ca.js').Ca} Ca */
/** @typedef {import('./orders.js').Orders} Orders */

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
  #delayMs;

  /**
   * @param {Ca} ca
   * @param {Orders} orders
   * @param {number} delayMs stands for the one or two working days
   */
  constructor(ca, orders, delayMs) {
    this.#ca = ca;
    this.#orders = orders;
    this.#delayMs = delayMs;
    // Those that an earlier run of the portal left behind.
    for (const order of orders.inState('requested')) {
      this.later(order);
    }
  }

  /** @param {Order} order requested */
  later(order) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      const work = issueCertificates(this.#ca, this.#orders, order)
        .catch((error) => console.error(error))
        .finally(() => this.#working.delete(work));
      this.#working.add(work);
    }, this.#delayMs);
    this.#timers.add(timer);
  }

  async close() {
    for (const timer of this.#timers) {
      clearTimeout(timer);
    }
    await Promise.all(this.#working);
  }
}

/**
 * A year more than was left, so that renewing early costs nobody a day. The
 * encryption key stays: files encrypted to it can still be opened.
 * @param {Ca} ca
 * @param {Orders} orders
 * @param {Order} order
 */
async function issueCertificates(ca, orders, order) {
  const { signing, encryption } = order.old;
  const now = Date.now();
  const from = Math.max(now, Date.parse(signing.notAfter));
  const validity = {
    notBefore: new Date(now - CLOCK_SKEW_MS),
    notAfter: new Date(from + order.item.years * 365 * DAY_MS)
  };
  const newSigning = await ca.issue({
    ...validity,
    profile: 'signing',
    csrPem: order.request ?? '',
    sameSubjectAs: signing.pem
  });
  const newEncryption =
    encryption &&
    (await ca.issueForKey({
      ...validity,
      profile: 'encryption',
      publicKey: createPublicKey(encryption.pem),
      sameSubjectAs: encryption.pem
    }));
  const chain = [ca.certificatePem];
  const issued = { signing: newSigning, encryption: newEncryption, chain };
  await orders.advance(order.id, 'issued', { issued });
}
