// SPDX-License-Identifier: MIT
// @ts-check
/** Renewal orders and the states they go through; kept in one JSON file. */
import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { ApiError } from './api-error.js';

/**
 * What becomes of the encryption key: the UKey has none and gets none, it stays
 * and gets a new certificate, the CA makes another one, or a first one.
 * @typedef {'none' | 'keep' | 'replace' | 'add'} EncryptionPlan
 */
/**
 * `encryptionKey` is base64 of CMS, and here until the UKey has it.
 * @typedef {object} Issued
 * @property {string} signing PEM
 * @property {string} [encryption]
 * @property {string} [encryptionKey]
 * @property {string[]} chain
 */
/** @typedef {'created' | 'paid' | 'requested' | 'issued' | 'installed'} State */
/**
 * @typedef {object} OldCertificate
 * @property {string} pem
 * @property {string} serial
 * @property {string} notBefore RFC 3339
 * @property {string} notAfter
 */
/**
 * @typedef {object} Order
 * @property {string} id unguessable: whoever knows it may go on with the order
 * @property {string} number what people read to each other on the telephone
 * @property {State} state
 * @property {Partial<Record<State, string>>} times RFC 3339
 * @property {'same' | 'new'} key of the signing certificate
 * @property {EncryptionPlan} encryption
 * @property {string} challenge nonce that the certificate request must carry
 * @property {{name: string, organization: string, code: string}} applicant
 * @property {{id: string, label: string, serial: string}} ukey
 * @property {{years: number, amount: string, currency: string}} item
 * @property {{signing: OldCertificate, encryption?: OldCertificate}} old
 * @property {string} [request] PEM
 * @property {Issued} [issued]
 */

const MAX_ORDERS = 1000;
const ITEM = Object.freeze({ years: 1, amount: '200.00', currency: 'CNY' });

/** @type {Record<State, State | null>} what must have been before */
const BEFORE = Object.freeze({
  created: null,
  paid: 'created',
  requested: 'paid',
  issued: 'requested',
  installed: 'issued'
});

/** @param {Date} now */
function orderNumber(now) {
  const digits = now.toISOString().replace(/\D/g, '').slice(0, 14);
  return (
    digits + String(randomBytes(4).readUInt32BE() % 10_000).padStart(4, '0')
  );
}

export class Orders {
  /** @type {Map<string, Order>} */
  #orders = new Map();
  #file;
  #writing = Promise.resolve();

  /** @param {string} file */
  constructor(file) {
    this.#file = file;
  }

  /** @param {string} file absent: no orders yet */
  static async load(file) {
    const orders = new Orders(file);
    const text = await readFile(file, 'utf8').catch((error) => {
      if (error.code === 'ENOENT') return '[]';
      throw error;
    });
    for (const order of JSON.parse(text)) orders.#orders.set(order.id, order);
    return orders;
  }

  /** @param {State} state @returns {Order[]} */
  inState(state) {
    return [...this.#orders.values()].filter((order) => order.state === state);
  }

  /** @param {string} id @returns {Order} */
  get(id) {
    const order = this.#orders.get(id);
    if (!order) throw new ApiError('NO_ORDER', 'no such order');
    return order;
  }

  /** @param {Pick<Order, 'key' | 'encryption' | 'applicant' | 'ukey' | 'old'>} facts */
  async create(facts) {
    if (this.#orders.size >= MAX_ORDERS) {
      throw new ApiError('TOO_MANY_ORDERS', 'no more orders here');
    }
    const now = new Date();
    /** @type {Order} */
    const order = {
      id: randomBytes(16).toString('hex'),
      number: orderNumber(now),
      state: 'created',
      times: { created: now.toISOString() },
      challenge: randomBytes(24).toString('base64url'),
      item: { ...ITEM },
      ...facts
    };
    this.#orders.set(order.id, order);
    await this.#save();
    return order;
  }

  /**
   * @param {string} id
   * @param {State} state
   * @throws {ApiError} unless the order can go to that state now
   */
  check(id, state) {
    const order = this.get(id);
    if (order.state === BEFORE[state]) return order;
    const message = `the order is ${order.state}, not ${BEFORE[state]}`;
    throw new ApiError('WRONG_STATE', message, { state: order.state });
  }

  /**
   * @param {string} id
   * @param {State} state
   * @param {Partial<Order>} [facts]
   */
  async advance(id, state, facts = {}) {
    const order = this.check(id, state);
    Object.assign(order, facts, { state });
    order.times[state] = new Date().toISOString();
    await this.#save();
    return order;
  }

  /** One write at a time, and by rename: the file is always a whole one. */
  #save() {
    this.#writing = this.#writing
      .catch(() => {})
      .then(async () => {
        const text = JSON.stringify([...this.#orders.values()], null, 1);
        await writeFile(`${this.#file}.new`, text, { mode: 0o600 });
        await rename(`${this.#file}.new`, this.#file);
      });
    return this.#writing;
  }
}
