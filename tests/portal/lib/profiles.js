// SPDX-License-Identifier: MIT
// @ts-check
/** The openssl configuration the CA signs by: policy, and one profile a role. */

/** @typedef {'root' | 'signing' | 'encryption' | 'both'} Profile */
/**
 * @typedef {object} SubjectKey the key a certificate is for
 * @property {string} [type] node's name of it, 'ec' or 'rsa'
 * @property {string} [identifier] hex; openssl computes it when not given
 */

const PREFIX_GB_IDENTITY = '1.2.156.10260.4.1.';
const OID_UNIT_CODE = '1.2.156.10260.4.1.4';

export const CA_CONFIG = `[ca]
default_ca = demo
[demo]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any_subject
unique_subject = no
string_mask = utf8only
copy_extensions = none
[any_subject]
commonName = supplied
[req]
distinguished_name = from_arguments
string_mask = utf8only
[from_arguments]
`;

/** @param {SubjectKey} key */
function encryptionUsage({ type }) {
  return type === 'ec' ? 'keyAgreement' : 'keyEncipherment, dataEncipherment';
}

/**
 * Identity extensions (GM/T 0015: unit code, tax number...) go over unchanged.
 * @param {import('./facts.js').Extension[]} extensions
 */
function carriedOver(extensions) {
  return extensions
    .filter((extension) => extension.oid.startsWith(PREFIX_GB_IDENTITY))
    .map(({ oid, critical, value }) => {
      const flag = critical ? 'critical,' : '';
      return `${oid} = ${flag}DER:${value.toString('hex')}`;
    });
}

/**
 * @param {Profile} profile
 * @param {SubjectKey} key
 * @param {import('./facts.js').Extension[]} [inherited] the old certificate's
 * @returns {string} a section named `profile`
 */
export function extensionFile(profile, key, inherited = []) {
  const rows = {
    root: [
      'basicConstraints = critical, CA:TRUE, pathlen:0',
      'keyUsage = critical, keyCertSign, cRLSign'
    ],
    signing: [
      'basicConstraints = critical, CA:FALSE',
      'keyUsage = critical, digitalSignature, nonRepudiation',
      'extendedKeyUsage = clientAuth, emailProtection',
      'authorityKeyIdentifier = keyid:always'
    ],
    encryption: [
      'basicConstraints = critical, CA:FALSE',
      `keyUsage = critical, ${encryptionUsage(key)}`,
      'authorityKeyIdentifier = keyid:always'
    ],
    both: [
      'basicConstraints = critical, CA:FALSE',
      `keyUsage = critical, digitalSignature, ${encryptionUsage(key)}`,
      'authorityKeyIdentifier = keyid:always'
    ]
  }[profile];
  return [
    '[profile]',
    ...rows,
    `subjectKeyIdentifier = ${key.identifier ?? 'hash'}`,
    ...carriedOver(inherited),
    ''
  ].join('\n');
}

/**
 * openssl's -subj form of a name, every value escaped.
 * @param {[string, string][]} parts e.g. [['C', 'CN'], ['CN', 'x']]
 */
export function subjectArgument(parts) {
  return parts
    .map(([type, value]) => {
      if (!/^[A-Za-z0-9.]+$/.test(type) || !/^[^\p{Cc}]{1,64}$/u.test(value)) {
        throw new RangeError(`not a usable name part: ${type}`);
      }
      return `/${type}=${value.replace(/[\\/+]/g, '\\$&')}`;
    })
    .join('');
}

/**
 * A unit code as the extension that certificateFacts() reads back.
 * @param {string} code
 * @returns {import('./facts.js').Extension}
 */
export function unitCodeExtension(code) {
  if (!/^[0-9A-Z]{8,20}$/.test(code)) throw new RangeError('not a unit code');
  const text = Buffer.from(code, 'latin1');
  const value = Buffer.concat([Buffer.from([0x13, text.length]), text]);
  return { oid: OID_UNIT_CODE, critical: false, value };
}

/**
 * @param {import('./facts.js').Extension[]} extensions
 * @returns {string} the unit code, or nothing
 */
export function unitCodeOf(extensions) {
  const found = extensions.find(({ oid }) => oid === OID_UNIT_CODE);
  const text = found?.value.subarray(2).toString('utf8') ?? '';
  return /^[0-9A-Z]{8,20}$/.test(text) ? text : '';
}
