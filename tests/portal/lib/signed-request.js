// SPDX-License-Identifier: MIT
// @ts-check
/**
 * A request inside CMS SignedData by the certificate that it renews: its
 * holder asks, and through which web site. Absent, the request is judged by
 * its own signature alone.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ApiError } from './api-error.js';
import { TAG, expectTag, readAll, readOid, readOne } from './der.js';
import { OpensslError, openssl, withScratch } from './openssl.js';
import { pemToDer } from './pem.js';

/** One UTF8String: the origin (host/docs/protocol.md, renewal.begin). */
const OID_ORIGIN = '2.25.333264326607924503336595412980824114808';
const TAG_CONTENT = 0xa0;
const TAG_SIGNED_ATTRIBUTES = 0xa0;
const TAG_SET = 0x31;
const TAG_UTF8_STRING = 0x0c;

/**
 * The content, once the signature by the old certificate was verified.
 * @param {Buffer} der
 * @param {string} oldPem
 */
async function verifiedContent(der, oldPem) {
  return withScratch(async (dir) => {
    await writeFile(join(dir, 'signed.der'), der);
    await writeFile(join(dir, 'old.pem'), oldPem);
    const input = ['-inform', 'DER', '-in', 'signed.der', '-binary'];
    // by our certificate, not by one that the message brings
    const signer = ['-certfile', 'old.pem', '-nointern', '-noverify'];
    await openssl(
      ['cms', '-verify', ...input, ...signer, '-out', 'content.der'],
      dir
    );
    return readFile(join(dir, 'content.der'));
  });
}

/**
 * The only signer's origin; openssl has verified what it stands in.
 * @param {Buffer} der
 * @returns {string | undefined}
 */
function signedOrigin(der) {
  const [, content] = readAll(readOne(der).content);
  const signedData = readOne(expectTag(content, TAG_CONTENT).content);
  const parts = readAll(signedData.content);
  const signers = readAll(expectTag(parts.at(-1), TAG_SET).content);
  if (signers.length !== 1) return undefined;
  const block = readAll(signers[0].content).find(
    ({ tag }) => tag === TAG_SIGNED_ATTRIBUTES
  );
  const values = readAll(expectTag(block, TAG_SIGNED_ATTRIBUTES).content)
    .map(({ content: attribute }) => readAll(attribute))
    .filter(([type]) => readOid(type) === OID_ORIGIN)
    .flatMap(([, set]) => readAll(expectTag(set, TAG_SET).content));
  if (values.length !== 1 || values[0].tag !== TAG_UTF8_STRING) {
    return undefined;
  }
  return values[0].content.toString('utf8');
}

/**
 * @param {string} oldPem the certificate that is renewed
 * @param {string} requestPem what was checked already
 * @param {string} signedPem
 * @param {string} origin this portal's
 */
export async function checkSignedRequest(
  oldPem,
  requestPem,
  signedPem,
  origin
) {
  let der;
  let given;
  try {
    der = pemToDer(signedPem, /^CMS$/);
    expectTag(readOne(der), TAG.SEQUENCE);
    given = signedOrigin(der);
  } catch {
    throw new ApiError('BAD_REQUEST', 'not one PEM CMS message');
  }
  const content = await verifiedContent(der, oldPem).catch((error) => {
    if (!(error instanceof OpensslError)) throw error;
    throw new ApiError('BAD_SIGNATURE', 'the holder has not signed this');
  });
  if (!content.equals(pemToDer(requestPem, /^CERTIFICATE REQUEST$/))) {
    throw new ApiError('BAD_REQUEST', 'the holder signed another request');
  }
  if (given !== origin) {
    throw new ApiError('WRONG_ORIGIN', 'the holder asks through another site');
  }
}
