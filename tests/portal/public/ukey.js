// SPDX-License-Identifier: MIT
// @ts-check
/* global location */
/** What the page reads from UKeys, through the SDK. */
import { UKeyBridge } from '/sdk/ukeybridge.js';

/** @typedef {import('/sdk/ukeybridge.js').Token} Token */
/** @typedef {import('/sdk/ukeybridge.js').Certificate} Certificate */
/**
 * One thing that can be renewed.
 * @typedef {object} Candidate
 * @property {Token} token
 * @property {Certificate} signing
 * @property {Certificate} [encryption]
 */

const CONNECT_TIMEOUT_MS = 3000;

/** This page's own failures, beside those of the SDK. */
export class UKeyProblem extends Error {
  /** @param {'NO_TOKEN' | 'NO_CERTIFICATE' | 'NOT_READ_BACK'} reason */
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/** @type {Promise<UKeyBridge> | null} */
let connecting = null;

/** One connection serves the page; after a failure the next call tries anew. */
export function connect() {
  connecting ??= UKeyBridge.connect({ timeoutMs: CONNECT_TIMEOUT_MS }).catch(
    (error) => {
      connecting = null;
      throw error;
    }
  );
  return connecting;
}

/** @param {string} token @returns {Promise<Certificate[]>} */
export async function certificatesOn(token) {
  const bridge = await connect();
  const { certificates } = await bridge.certificates.all({ token, pem: true });
  return certificates;
}

/**
 * @param {Certificate} signing
 * @param {Certificate[]} all
 */
function encryptionOf(signing, all) {
  return all.find(
    (other) =>
      other.role === 'encryption' &&
      !other.history &&
      (signing.pairedWith
        ? other.id === signing.pairedWith
        : other.subject.dn === signing.subject.dn &&
          other.issuer.dn === signing.issuer.dn)
  );
}

/** @param {Token} token @returns {Promise<Candidate[]>} */
async function candidatesOn(token) {
  const all = await certificatesOn(token.id);
  return all
    .filter(
      ({ role, history, hasPrivateKey }) =>
        role === 'signing' && !history && hasPrivateKey !== false
    )
    .map((signing) => ({
      token,
      signing,
      encryption: encryptionOf(signing, all)
    }));
}

/** Everything that is plugged in. */
export async function readUKeys() {
  const bridge = await connect();
  const { tokens, problems: all } = await bridge.tokens.list();
  const lists = await Promise.all(tokens.map(candidatesOn));
  const problems = all.filter(({ reason }) => reason !== 'SAME_TOKEN');
  return { tokens, problems, candidates: lists.flat() };
}

/**
 * @param {string} id
 * @throws {UKeyProblem} NO_TOKEN
 */
export async function requireUKey(id) {
  const bridge = await connect();
  const { tokens } = await bridge.tokens.list();
  if (!tokens.some((token) => token.id === id)) {
    throw new UKeyProblem('NO_TOKEN');
  }
  return bridge;
}

/**
 * Tells when the UKey is in on which an order's renewal was interrupted: now,
 * or when it is plugged in.
 * @param {string} number the order's
 * @param {(next: 'finish' | 'undo') => void} tell what `renewal.install` will
 *   do first about what is there
 */
export async function watchPending(number, tell) {
  const bridge = await connect();
  bridge.onTokenPending = ({ renewal, next }) => {
    if (renewal.order === number) {
      tell(next);
    }
  };
  await bridge.tokens.watch({ enabled: true });
  await bridge.tokens.list();
}

export async function endWatch() {
  const bridge = await connect();
  bridge.onTokenPending = null;
  await bridge.tokens.watch({ enabled: false });
}

/**
 * Has the extension tell the user when the order's certificate is ready, while
 * this page is closed. After each change, so that it knows of that at once.
 * @param {import('./portal-api.js').Order} order
 */
export async function watchOrder({ id, number }) {
  const bridge = await connect();
  const url = `${location.origin}/api/orders/${id}/status`;
  await bridge.orders.watch({ order: number, url });
}

/** @param {string | undefined} a @param {string} b two PEM of one certificate */
export function samePem(a, b) {
  const bare = (/** @type {string} */ pem) =>
    pem.replace(/-----.*-----|\s/g, '');
  return a !== undefined && bare(a) === bare(b);
}
