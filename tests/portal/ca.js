#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// @ts-check
/**
 * A demonstration CA run by the openssl command line. Its directory holds
 * ca.key, ca.crt and issued/<serial>.pem. Every certificate is signed with a
 * database of its own in a scratch folder, so calls may run side by side.
 */
import { createPublicKey, X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runCli } from './lib/ca-cli.js';
import { certificateFacts, keyIdentifier, requestFacts } from './lib/facts.js';
import { openssl, withScratch } from './lib/openssl.js';
import { subjectArgument } from './lib/profiles.js';
import * as sign from './lib/sign.js';

/** @typedef {Awaited<ReturnType<typeof openCa>>} Ca */

const YEAR_MS = 365 * 86_400_000;

/** @type {[string, string][]} */
const ROOT_NAME = [
  ['C', 'CN'],
  ['O', '示例电子认证服务有限公司'],
  ['CN', 'UKey Bridge 演示 CA']
];

/**
 * Creates the CA's key and certificate, unless the directory has them.
 * @param {string} caDir
 * @param {{algorithm?: string, name?: [string, string][]}} [options]
 */
export async function initCa(caDir, options = {}) {
  const { algorithm = 'EC-P256', name = ROOT_NAME } = options;
  if (!Object.hasOwn(sign.KEY_ARGUMENTS, algorithm)) {
    throw new RangeError(`unknown algorithm ${algorithm}`);
  }
  const keyFile = join(caDir, 'ca.key');
  await mkdir(join(caDir, 'issued'), { recursive: true, mode: 0o700 });
  if (await readFile(keyFile).catch(() => null)) return openCa(caDir);
  await withScratch(async (dir) => {
    await sign.makeRequest(dir, algorithm, subjectArgument(name));
    await sign.signRequest(
      dir,
      ['-selfsign', '-keyfile', 'key.pem'],
      {},
      {
        profile: 'root',
        notBefore: new Date(Date.now() - 2 * YEAR_MS),
        notAfter: new Date(Date.now() + 15 * YEAR_MS)
      }
    );
    const root = await readFile(join(dir, 'certificate.pem'));
    await writeFile(join(caDir, 'ca.crt'), root);
    await writeFile(keyFile, await readFile(join(dir, 'key.pem')), {
      mode: 0o600
    });
  });
  return openCa(caDir);
}

/** @param {string} caDir made by initCa() */
export async function openCa(caDir) {
  const certificateFile = resolve(caDir, 'ca.crt');
  const keyFile = resolve(caDir, 'ca.key');
  const certificatePem = await readFile(certificateFile, 'utf8');
  const issuer = ['-cert', certificateFile, '-keyfile', keyFile];

  /** @param {string} pem keeps a copy, as a CA must */
  async function record(pem) {
    const { serialNumber } = new X509Certificate(pem);
    await writeFile(join(caDir, 'issued', `${serialNumber}.pem`), pem);
    return pem;
  }

  /**
   * @param {sign.IssueOptions & {csrPem: string}} options
   * @returns {Promise<string>} PEM
   * @throws the request's own signature is bad
   */
  async function issue({ csrPem, ...options }) {
    const request = requestFacts(csrPem);
    const like =
      options.sameSubjectAs && certificateFacts(options.sameSubjectAs);
    if (like && !like.subject.equals(request.subject)) {
      throw new RangeError('the request names another subject');
    }
    await sign.verifyRequest(csrPem);
    const key = createPublicKey({
      key: request.spki,
      format: 'der',
      type: 'spki'
    });
    return withScratch(async (dir) => {
      await writeFile(join(dir, 'request.pem'), request.pem);
      const facts = { type: key.asymmetricKeyType };
      await sign.signRequest(dir, issuer, facts, options);
      return record(await readFile(join(dir, 'certificate.pem'), 'utf8'));
    });
  }

  /**
   * For a key that is not there to sign a request: the first certificate of a
   * UKey, or a new certificate for an encryption key that stays.
   * @param {sign.IssueOptions & {
   *   publicKey: import('node:crypto').KeyObject,
   *   subject?: [string, string][]
   * }} options `subject` or `sameSubjectAs`
   * @returns {Promise<string>} PEM
   */
  async function issueForKey({ publicKey, subject, ...options }) {
    return withScratch(async (dir) => {
      if (options.sameSubjectAs) {
        await sign.makeRequestLike(dir, options.sameSubjectAs);
      } else {
        const name = subjectArgument(subject ?? []);
        await sign.makeRequest(dir, 'EC-P256', name);
      }
      const spki = publicKey.export({ type: 'spki', format: 'der' });
      const identifier = keyIdentifier(spki);
      const type = publicKey.asymmetricKeyType;
      await sign.signRequest(dir, issuer, { type, identifier }, options);
      return record(await sign.rekey(dir, keyFile, spki));
    });
  }

  /** @param {string} pem @returns {Promise<boolean>} whatever its dates are */
  async function hasIssued(pem) {
    return withScratch(async (dir) => {
      const file = join(dir, 'certificate.pem');
      await writeFile(file, pem);
      const args = ['-no_check_time', '-CAfile', certificateFile, file];
      return openssl(['verify', '-no-CApath', '-no-CAstore', ...args]).then(
        () => true,
        () => false
      );
    });
  }

  return { certificatePem, issue, issueForKey, hasIssued };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.exitCode = await runCli(process.argv.slice(2), { initCa, openCa });
}
