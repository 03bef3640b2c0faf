// SPDX-License-Identifier: MIT
// @ts-check
/** What a certificate or a certificate request says, read and not judged. */
import { X509Certificate, createHash } from 'node:crypto';
import { DerError, TAG, expectTag, readAll, readOid, readOne } from './der.js';
import { derToPem, pemToDer } from './pem.js';

/** @typedef {{oid: string, critical: boolean, value: Buffer}} Extension */
/**
 * @typedef {object} CertificateFacts
 * @property {string} pem one block, as this module wrote it
 * @property {Buffer} der
 * @property {X509Certificate} x509
 * @property {Buffer} subject DER
 * @property {Buffer} spki DER
 * @property {Date} notAfter
 * @property {Extension[]} extensions
 * @property {'signing' | 'encryption' | 'both' | 'unknown'} role
 */
/**
 * @typedef {object} RequestFacts
 * @property {string} pem
 * @property {Buffer} subject DER
 * @property {Buffer} spki DER
 * @property {string | null} challenge
 */

const OID_KEY_USAGE = '2.5.29.15';
const OID_CHALLENGE_PASSWORD = '1.2.840.113549.1.9.7';
const TAG_ATTRIBUTES = 0xa0;
const TAG_VERSION = 0xa0;
const TAG_EXTENSIONS = 0xa3;
const TAG_UTF8_STRING = 0x0c;

/** @param {Buffer} der @returns {ReturnType<typeof readAll>} */
function signedPart(der) {
  const [inner] = readAll(expectTag(readOne(der), TAG.SEQUENCE).content);
  return readAll(expectTag(inner, TAG.SEQUENCE).content);
}

/** @param {import('./der.js').Tlv} tlv @returns {Extension} */
function readExtension(tlv) {
  const parts = readAll(tlv.content);
  const critical = parts[1]?.tag === TAG.BOOLEAN && parts[1].content[0] !== 0;
  const value = parts[parts.length - 1].content;
  return { oid: readOid(parts[0]), critical, value };
}

/** @param {Extension[]} extensions @returns {CertificateFacts['role']} */
function roleOf(extensions) {
  const usage = extensions.find((e) => e.oid === OID_KEY_USAGE);
  if (!usage) return 'unknown';
  const bits = expectTag(readOne(usage.value), TAG.BIT_STRING).content[1] ?? 0;
  const signs = (bits & 0xc0) !== 0; // digitalSignature, nonRepudiation
  const encrypts = (bits & 0x38) !== 0; // key/data encipherment, agreement
  if (signs && encrypts) return 'both';
  if (signs) return 'signing';
  return encrypts ? 'encryption' : 'unknown';
}

/**
 * @param {string} text
 * @returns {CertificateFacts}
 * @throws {DerError} or what X509Certificate throws
 */
export function certificateFacts(text) {
  const der = pemToDer(text, /^CERTIFICATE$/);
  const x509 = new X509Certificate(der);
  const parts = signedPart(der);
  if (parts[0]?.tag === TAG_VERSION) parts.shift();
  const [, , , , subject, spki] = parts;
  const block = parts.find((part) => part.tag === TAG_EXTENSIONS);
  const extensions = block
    ? readAll(readOne(block.content).content).map(readExtension)
    : [];
  return {
    pem: derToPem(der, 'CERTIFICATE'),
    der,
    x509,
    subject: expectTag(subject, TAG.SEQUENCE).raw,
    spki: expectTag(spki, TAG.SEQUENCE).raw,
    notAfter: new Date(x509.validTo),
    extensions,
    role: roleOf(extensions)
  };
}

/** @param {import('./der.js').Tlv[]} attributes @returns {string | null} */
function challengeOf(attributes) {
  const found = attributes
    .map((attribute) => readAll(attribute.content))
    .filter((parts) => readOid(parts[0]) === OID_CHALLENGE_PASSWORD);
  if (found.length === 0) return null;
  const values = readAll(found[0][1]?.content ?? Buffer.alloc(0));
  if (found.length > 1 || values.length !== 1) throw new DerError('challenge');
  const encoding = values[0].tag === TAG_UTF8_STRING ? 'utf8' : 'latin1';
  return values[0].content.toString(encoding);
}

/**
 * @param {string} text PKCS#10
 * @returns {RequestFacts}
 * @throws {DerError}
 */
export function requestFacts(text) {
  const label = 'CERTIFICATE REQUEST';
  const der = pemToDer(text, /^(NEW )?CERTIFICATE REQUEST$/);
  const [, subject, spki, attributes] = signedPart(der);
  return {
    pem: derToPem(der, label),
    subject: expectTag(subject, TAG.SEQUENCE).raw,
    spki: expectTag(spki, TAG.SEQUENCE).raw,
    challenge:
      attributes?.tag === TAG_ATTRIBUTES
        ? challengeOf(readAll(attributes.content))
        : null
  };
}

/**
 * RFC 5280's key identifier: SHA-1 over the key's bits.
 * @param {Buffer} spki DER
 * @returns {string} hex
 */
export function keyIdentifier(spki) {
  const [, key] = readAll(readOne(spki).content);
  const bits = expectTag(key, TAG.BIT_STRING).content.subarray(1);
  return createHash('sha1').update(bits).digest('hex');
}
