// SPDX-License-Identifier: MIT
// @ts-check
/**
 * The CA's key-management centre [密钥管理中心]: it makes the key of an
 * encryption certificate and delivers it to one UKey. The key is in no file
 * but those of a scratch folder that is gone when the envelope is made. A real
 * centre also archives it under a key of its own, so that a company can read
 * its files after its UKey broke; this one cannot give a key twice.
 */
import { createPublicKey } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openssl, withScratch } from './openssl.js';
import { KEY_ARGUMENTS } from './sign.js';

/** @typedef {import('node:crypto').KeyObject} KeyObject */
/** @typedef {keyof typeof RSA_ARGUMENTS} RsaTransport */

/** How a content key goes to an RSA key: OAEP is with SHA-1, as the hash of
 * PKCS#11 modules is; many UKeys decrypt PKCS#1 v1.5 only. */
export const RSA_ARGUMENTS = Object.freeze({
  oaep: ['-keyopt', 'rsa_padding_mode:oaep'],
  pkcs1: ['-keyopt', 'rsa_padding_mode:pkcs1']
});

/** RFC 5753: openssl's default hash of the key derivation is SHA-1. */
const EC_ARGUMENTS = ['-keyopt', 'ecdh_kdf_md:sha256'];

/** @type {Record<string, string>} */
const CURVES = { prime256v1: 'EC-P256', secp384r1: 'EC-P384' };

/** @param {KeyObject} key @returns {string} a name in KEY_ARGUMENTS */
export function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }) {
  const { modulusLength = 0, namedCurve = '' } = asymmetricKeyDetails ?? {};
  const name =
    asymmetricKeyType === 'rsa' ? `RSA-${modulusLength}` : CURVES[namedCurve];
  if (!Object.hasOwn(KEY_ARGUMENTS, name ?? '')) {
    throw new RangeError('no key of this kind is made here');
  }
  return name;
}

/**
 * A fresh key pair, and its private half for the holder of a certificate.
 * @param {object} options
 * @param {KeyObject} options.like a public key of the same algorithm and size
 * @param {string} options.recipientPem
 * @param {RsaTransport} [options.rsaTransport]
 * @returns {Promise<{publicKey: KeyObject, envelope: string}>} base64 of CMS
 *   EnvelopedData (RFC 5652) that holds PKCS#8
 */
export function deliverKey({ like, recipientPem, rsaTransport = 'oaep' }) {
  const recipient = createPublicKey(recipientPem);
  const transport =
    recipient.asymmetricKeyType === 'rsa'
      ? RSA_ARGUMENTS[rsaTransport]
      : EC_ARGUMENTS;
  const kind = KEY_ARGUMENTS[algorithmOf(like)];
  const fromKey = ['-in', 'key.pem', '-outform', 'DER', '-out'];
  const plain = ['-topk8', '-nocrypt', ...fromKey, 'key.der'];
  const envelope = ['-in', 'key.der', '-outform', 'DER', '-out', 'key.cms'];
  const cipher = ['-binary', '-aes-256-cbc'];
  const to = ['-recip', 'recipient.pem', ...transport];
  return withScratch(async (dir) => {
    await writeFile(join(dir, 'recipient.pem'), recipientPem);
    await openssl(['genpkey', ...kind, '-out', 'key.pem'], dir);
    await openssl(['pkey', '-pubout', ...fromKey, 'public.der'], dir);
    await openssl(['pkcs8', ...plain], dir);
    await openssl(['cms', '-encrypt', ...cipher, ...envelope, ...to], dir);
    const key = await readFile(join(dir, 'public.der'));
    const cms = await readFile(join(dir, 'key.cms'));
    return {
      publicKey: createPublicKey({ key, format: 'der', type: 'spki' }),
      envelope: cms.toString('base64')
    };
  });
}
