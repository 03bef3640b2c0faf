// SPDX-License-Identifier: MIT
// @ts-check
/** What the portal believes of what a browser sends: nothing unchecked. */
import { createPublicKey, timingSafeEqual } from 'node:crypto';
import { ApiError } from './api-error.js';
import { certificateFacts, requestFacts } from './facts.js';
import { algorithmOf } from './kmc.js';
import { OpensslError } from './openssl.js';
import { verifyRequest } from './sign.js';

/** @typedef {import('./facts.js').CertificateFacts} CertificateFacts */
/** @typedef {import('./api-error.js').ApiError['code']} Code */

const MIN_RSA_BITS = 2048;
const CURVES = new Set(['prime256v1', 'secp384r1']);

/**
 * Runs a reader of outside data; whatever it throws is the sender's fault.
 * @template T
 * @param {Code} code
 * @param {string} message
 * @param {() => T} read
 */
function readAs(code, message, read) {
  try {
    return read();
  } catch {
    throw new ApiError(code, message);
  }
}

/**
 * @param {import('../ca.js').Ca} ca
 * @param {string} pem
 * @param {'signing' | 'encryption'} role
 * @returns {Promise<CertificateFacts>}
 */
async function checkCertificate(ca, pem, role) {
  const facts = readAs('BAD_CERTIFICATE', 'not one PEM certificate', () =>
    certificateFacts(pem)
  );
  if (!(await ca.hasIssued(facts.pem))) {
    throw new ApiError('UNKNOWN_CA', 'not issued by the CA of this portal');
  }
  if (facts.role !== role) {
    throw new ApiError('WRONG_ROLE', `not a certificate for ${role}`);
  }
  return facts;
}

/**
 * The certificates an order is to renew.
 * @param {import('../ca.js').Ca} ca
 * @param {{certificatePem: string, encryptionPem?: string}} body
 */
export async function checkOldCertificates(ca, body) {
  const signing = await checkCertificate(ca, body.certificatePem, 'signing');
  if (body.encryptionPem === undefined) return { signing };
  const encryption = await checkCertificate(
    ca,
    body.encryptionPem,
    'encryption'
  );
  if (!encryption.subject.equals(signing.subject)) {
    throw new ApiError('WRONG_SUBJECT', 'the two name different holders');
  }
  return { signing, encryption };
}

/**
 * A key that the CA makes is of the kind that the UKey has: told before anybody
 * pays for it.
 * @param {import('./orders.js').EncryptionPlan} plan
 * @param {CertificateFacts} old
 */
export function checkSuccessor(plan, old) {
  if (plan !== 'replace' && plan !== 'add') return;
  readAs('WEAK_KEY', 'the CA makes no key like this one', () =>
    algorithmOf(old.x509.publicKey)
  );
}

/** @param {Buffer} spki */
function checkStrength(spki) {
  const key = readAs('BAD_REQUEST', 'unreadable public key', () =>
    createPublicKey({ key: spki, format: 'der', type: 'spki' })
  );
  const details = key.asymmetricKeyDetails ?? {};
  const strong =
    key.asymmetricKeyType === 'rsa'
      ? (details.modulusLength ?? 0) >= MIN_RSA_BITS
      : CURVES.has(details.namedCurve ?? '');
  if (!strong) throw new ApiError('WEAK_KEY', 'RSA from 2048, P-256 or P-384');
}

/** @param {string | null} given @param {string} expected */
function sameText(given, expected) {
  const [a, b] = [Buffer.from(given ?? ''), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/**
 * The request must be this order's: its nonce, its subject, its key, and the
 * key's holder must have signed it.
 * @param {import('./orders.js').Order} order
 * @param {string} pem
 * @returns {Promise<string>} the PEM to sign
 */
export async function checkRequest(order, pem) {
  const old = certificateFacts(order.old.signing.pem);
  const request = readAs('BAD_REQUEST', 'not one PEM PKCS#10 request', () =>
    requestFacts(pem)
  );
  await verifyRequest(request.pem).catch((error) => {
    if (!(error instanceof OpensslError)) throw error;
    throw new ApiError('BAD_SIGNATURE', 'the request does not verify');
  });
  if (!sameText(request.challenge, order.challenge)) {
    throw new ApiError('WRONG_CHALLENGE', 'not the nonce of this order');
  }
  if (!request.subject.equals(old.subject)) {
    throw new ApiError('WRONG_SUBJECT', 'the request names another subject');
  }
  checkStrength(request.spki);
  if (request.spki.equals(old.spki) !== (order.key === 'same')) {
    throw new ApiError('WRONG_KEY', `the order is for the ${order.key} key`);
  }
  return request.pem;
}

/** @param {string | undefined} issued @param {string | undefined} pem */
function checkReadBack(issued, pem) {
  const given = readAs('BAD_CERTIFICATE', 'not one PEM certificate', () =>
    certificateFacts(pem ?? '')
  );
  const expected = certificateFacts(issued ?? '');
  if (given.x509.fingerprint256 !== expected.x509.fingerprint256) {
    throw new ApiError('NOT_THE_NEW_ONE', 'not the certificate issued here');
  }
}

/**
 * @param {import('./orders.js').Issued | undefined} issued
 * @param {{certificatePem: string, encryptionPem?: string}} body what the page
 *   read back from the UKey
 */
export function checkInstalled(issued, body) {
  checkReadBack(issued?.signing, body.certificatePem);
  const encryption = issued?.encryption;
  if (encryption === undefined && body.encryptionPem === undefined) return;
  if (encryption === undefined || body.encryptionPem === undefined) {
    const message = 'with the encryption certificate when one was issued';
    throw new ApiError('BAD_FIELD', message, { field: 'encryptionPem' });
  }
  checkReadBack(encryption, body.encryptionPem);
}
