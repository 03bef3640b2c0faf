// SPDX-License-Identifier: MIT
// @ts-check
/** The CA's operations, each one or two openssl commands in a scratch folder. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TAG, encode, readAll, readOne } from './der.js';
import { certificateFacts, requestFacts } from './facts.js';
import { OpensslError, openssl, withScratch } from './openssl.js';
import { derToPem } from './pem.js';
import { CA_CONFIG, extensionFile } from './profiles.js';

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 365;

/** @type {Record<string, string[]>} */
export const KEY_ARGUMENTS = Object.freeze({
  'EC-P256': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  'EC-P384': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'],
  'RSA-2048': ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
  'RSA-3072': ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:3072']
});

/**
 * @typedef {object} IssueOptions
 * @property {import('./profiles.js').Profile} profile
 * @property {number} [days] from notBefore; 365 unless told
 * @property {Date} [notBefore] now unless told
 * @property {Date} [notAfter] instead of days
 * @property {string} [sameSubjectAs] PEM of the certificate being renewed: its
 *   subject is kept byte by byte, its identity extensions go over
 * @property {import('./facts.js').Extension[]} [extensions] for a first one
 */

/** @typedef {import('./profiles.js').SubjectKey} SubjectKey */

/** @param {Date} date in openssl's form, YYYYMMDDHHMMSSZ */
const opensslTime = (date) =>
  `${date.toISOString().replace(/\D/g, '').slice(0, 14)}Z`;

/** @param {IssueOptions} options @param {SubjectKey} key */
function profileFor(options, key) {
  const inherited = options.sameSubjectAs
    ? certificateFacts(options.sameSubjectAs).extensions
    : options.extensions;
  return extensionFile(options.profile, key, inherited);
}

/**
 * Turns request.pem into certificate.pem; openssl checks the request's own
 * signature and draws a random serial number of 159 bits.
 * @param {string} dir
 * @param {string[]} issuer arguments that name the CA's key and certificate
 * @param {SubjectKey} key
 * @param {IssueOptions} options
 */
export async function signRequest(dir, issuer, key, options) {
  const start = options.notBefore ?? new Date();
  const days = options.days ?? DEFAULT_DAYS;
  const end = options.notAfter ?? new Date(start.getTime() + days * DAY_MS);
  await writeFile(join(dir, 'ca.cnf'), CA_CONFIG);
  await writeFile(join(dir, 'profile.cnf'), profileFor(options, key));
  await writeFile(join(dir, 'index.txt'), '');
  const fixed = ['-config', 'ca.cnf', '-batch', '-notext', '-preserveDN'];
  const files = ['-in', 'request.pem', '-out', 'certificate.pem'];
  const extensions = ['-extfile', 'profile.cnf', '-extensions', 'profile'];
  const dates = [
    '-startdate',
    opensslTime(start),
    '-enddate',
    opensslTime(end)
  ];
  const args = [...fixed, ...issuer, ...files, ...extensions, ...dates];
  await openssl(['ca', ...args], dir);
}

/**
 * Writes request.pem for a name and a key made for it on the spot.
 * @param {string} dir
 * @param {string} algorithm
 * @param {string} subject from subjectArgument()
 */
export async function makeRequest(dir, algorithm, subject) {
  await writeFile(join(dir, 'req.cnf'), CA_CONFIG);
  await openssl(
    ['genpkey', ...KEY_ARGUMENTS[algorithm], '-out', 'key.pem'],
    dir
  );
  const args = ['-new', '-config', 'req.cnf', '-key', 'key.pem', '-utf8'];
  await openssl(['req', ...args, '-subj', subject, '-out', 'request.pem'], dir);
}

/**
 * Writes request.pem with the very subject of a certificate and a throw-away
 * key, for a key that cannot sign a request.
 * @param {string} dir
 * @param {string} certificatePem
 */
export async function makeRequestLike(dir, certificatePem) {
  const key = ['-out', 'key.pem'];
  await writeFile(join(dir, 'old.pem'), certificatePem);
  await openssl(['genpkey', ...KEY_ARGUMENTS['EC-P256'], ...key], dir);
  await openssl(['pkey', '-in', 'key.pem', '-pubout', '-out', 'pub.pem'], dir);
  const keys = ['-force_pubkey', 'pub.pem', '-signkey', 'key.pem'];
  const files = ['-in', 'old.pem', '-out', 'request.pem'];
  await openssl(['x509', '-x509toreq', ...keys, ...files], dir);
}

/**
 * Turns certificate.pem, made for the throw-away key, into one for `spki`: the
 * key is exchanged in what is signed, and openssl signs again.
 * @param {string} dir
 * @param {string} caKeyFile
 * @param {Buffer} spki DER
 * @returns {Promise<string>} PEM
 */
export async function rekey(dir, caKeyFile, spki) {
  const template = await readFile(join(dir, 'certificate.pem'), 'utf8');
  const { spki: oldSpki, der } = certificateFacts(template);
  const [signed, algorithm] = readAll(readOne(der).content);
  const parts = readAll(signed.content).map(({ raw }) =>
    raw.equals(oldSpki) ? spki : raw
  );
  const exchanged = encode(TAG.SEQUENCE, ...parts);
  await writeFile(join(dir, 'tbs.der'), exchanged);
  const files = ['-out', 'signature.bin', 'tbs.der'];
  await openssl(['dgst', '-sha256', '-sign', caKeyFile, ...files], dir);
  const signature = await readFile(join(dir, 'signature.bin'));
  const bits = encode(TAG.BIT_STRING, Buffer.from([0]), signature);
  const whole = encode(TAG.SEQUENCE, exchanged, algorithm.raw, bits);
  return derToPem(whole, 'CERTIFICATE');
}

/** @param {string} csrPem @throws {OpensslError} */
export async function verifyRequest(csrPem) {
  await withScratch(async (dir) => {
    const file = join(dir, 'request.pem');
    await writeFile(file, requestFacts(csrPem).pem);
    const { stderr } = await openssl(['req', '-verify', '-noout', '-in', file]);
    // Some versions report a bad signature and still exit 0.
    if (!/verify OK/.test(stderr)) throw new OpensslError('req', stderr);
  });
}
