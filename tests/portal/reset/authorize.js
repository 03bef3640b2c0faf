// SPDX-License-Identifier: MIT
// @ts-check
/**
 * What a portal's server does between `pin.reset.begin` and `pin.reset.finish`:
 * encrypt the UKey's administrator PIN to the key that the user's computer has
 * just made, and sign that with a certificate which the computer's policy
 * names (`resetAuthorities`). Whether the user may have a new PIN at all, and
 * that the serial number is this user's, the server has to know by itself.
 */
import { X509Certificate } from 'node:crypto';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { withScratch } from '../lib/openssl.js';

const TIMEOUT_MS = 20_000;

/**
 * The administrator PIN goes in by the standard input: not by an argument or
 * the environment, which other processes see, and not by a file.
 * @param {string[]} args
 * @param {string | Buffer} input
 * @returns {Promise<Buffer>}
 */
function opensslCms(args, input) {
  /** @type {{ encoding: 'buffer', timeout: number }} */
  const options = { encoding: 'buffer', timeout: TIMEOUT_MS };
  return new Promise((resolve, reject) => {
    const child = execFile(
      'openssl',
      ['cms', ...args],
      options,
      (error, stdout) => (error ? reject(error) : resolve(stdout))
    );
    child.stdin?.on('error', () => {}); /* the exit says why */
    child.stdin?.end(input);
  });
}

/**
 * Is the recipient's key that of a computer which we equipped? Without this
 * check a script in the portal's page could put its own key there.
 * @param {string} recipient PEM, from `pin.reset.begin`
 * @param {string} nonce from there, too
 * @param {string} hostIdentity PEM of the policy's `hostIdentity.certificate`
 */
export function checkRecipient(recipient, nonce, hostIdentity) {
  const key = new X509Certificate(recipient);
  const host = new X509Certificate(hostIdentity);
  if (key.issuer !== host.subject || !key.verify(host.publicKey)) {
    throw new Error('the recipient is not signed by this host');
  }
  if (!key.subject.split('\n').includes(`serialNumber=${nonce}`)) {
    throw new Error('the recipient was made for another reset');
  }
  const now = Date.now();
  if (now < Date.parse(key.validFrom) || now > Date.parse(key.validTo)) {
    throw new Error('the recipient is out of date');
  }
}

/**
 * The `authorization` for `pin.reset.finish`.
 * @param {{
 *   recipient: string, nonce: string, serial: string, origin: string,
 *   soPin: string, signer: { certificate: string, key: string },
 *   hostIdentity?: string
 * }} reset `recipient`, `nonce` and `serial` (`token.serial`) as
 *   `pin.reset.begin` gave them; `origin` of the portal's own pages; `signer`
 *   names two PEM files
 * @returns {Promise<string>} base64
 */
export async function authorizeReset({
  recipient,
  nonce,
  serial,
  origin,
  soPin,
  signer,
  hostIdentity
}) {
  if (hostIdentity !== undefined) {
    checkRecipient(recipient, nonce, hostIdentity);
  }
  const statement = JSON.stringify({ token: serial, origin, nonce, soPin });
  return withScratch(async (dir) => {
    const to = join(dir, 'recipient.pem');
    await writeFile(to, recipient);
    const enveloped = await opensslCms(
      ['-encrypt', '-binary', '-aes-256-cbc', '-outform', 'DER', to],
      statement
    );
    const signed = await opensslCms(
      [
        '-sign',
        '-binary',
        '-nodetach',
        '-md',
        'sha256',
        '-outform',
        'DER'
      ].concat(['-signer', signer.certificate, '-inkey', signer.key]),
      enveloped
    );
    return signed.toString('base64');
  });
}
