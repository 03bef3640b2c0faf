// SPDX-License-Identifier: MIT
// @ts-check
/** A request in CMS SignedData as the host makes it, and as others might. */
import { createHash, sign } from 'node:crypto';
import { TAG, encode, readAll, readOne } from '../lib/der.js';
import { certificateFacts } from '../lib/facts.js';
import { derToPem, pemToDer } from '../lib/pem.js';

const SET = 0x31;
const OCTET_STRING = 0x04;
const UTF8_STRING = 0x0c;
const INTEGER = 0x02;
const CONTEXT_0 = 0xa0;

/** @param {string} dotted */
function oid(dotted) {
  const [first, second, ...rest] = dotted.split('.').map(BigInt);
  const arcs = [first * 40n + second, ...rest];
  const bytes = arcs.flatMap((arc) => {
    const octets = [Number(arc & 0x7fn)];
    for (let left = arc >> 7n; left > 0n; left >>= 7n) {
      octets.unshift(Number(left & 0x7fn) | 0x80);
    }
    return octets;
  });
  return encode(TAG.OID, Buffer.from(bytes));
}

const DATA = oid('1.2.840.113549.1.7.1');
const SIGNED_DATA = oid('1.2.840.113549.1.7.2');
const CONTENT_TYPE = oid('1.2.840.113549.1.9.3');
const MESSAGE_DIGEST = oid('1.2.840.113549.1.9.4');
const ORIGIN = oid('2.25.333264326607924503336595412980824114808');
const SHA256 = encode(TAG.SEQUENCE, oid('2.16.840.1.101.3.4.2.1'));
const ECDSA_SHA256 = encode(TAG.SEQUENCE, oid('1.2.840.10045.4.3.2'));

/** @param {Buffer} type @param {Buffer} value */
const attribute = (type, value) =>
  encode(TAG.SEQUENCE, type, encode(SET, value));

/** @param {number} value */
const version = (value) => encode(INTEGER, Buffer.from([value]));

/**
 * @param {string} csrPem
 * @param {import('node:crypto').KeyObject} key EC
 * @param {string} certificatePem of the signer
 * @param {string[]} origins how many the message names
 * @returns {string} PEM
 */
export function signedData(csrPem, key, certificatePem, origins) {
  const content = pemToDer(csrPem, /^CERTIFICATE REQUEST$/);
  const { der } = certificateFacts(certificatePem);
  const [tbs] = readAll(readOne(der).content);
  const [, serial, , issuer] = readAll(tbs.content);
  const digest = createHash('sha256').update(content).digest();
  const attributes = Buffer.concat(
    [
      attribute(CONTENT_TYPE, DATA),
      attribute(MESSAGE_DIGEST, encode(OCTET_STRING, digest)),
      ...origins.map((origin) =>
        attribute(ORIGIN, encode(UTF8_STRING, Buffer.from(origin)))
      )
    ].sort(Buffer.compare)
  );
  const signature = sign('sha256', encode(SET, attributes), key);
  const signer = encode(
    TAG.SEQUENCE,
    version(1),
    encode(TAG.SEQUENCE, issuer.raw, serial.raw),
    SHA256,
    encode(CONTEXT_0, attributes),
    ECDSA_SHA256,
    encode(OCTET_STRING, signature)
  );
  const inner = encode(
    TAG.SEQUENCE,
    version(1),
    encode(SET, SHA256),
    encode(
      TAG.SEQUENCE,
      DATA,
      encode(CONTEXT_0, encode(OCTET_STRING, content))
    ),
    encode(CONTEXT_0, der),
    encode(SET, signer)
  );
  const whole = encode(TAG.SEQUENCE, SIGNED_DATA, encode(CONTEXT_0, inner));
  return derToPem(whole, 'CMS');
}
