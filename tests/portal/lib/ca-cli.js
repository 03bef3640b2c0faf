// SPDX-License-Identifier: MIT
// @ts-check
/** The CA's command line, for the demo and for test scripts. */
import { createPublicKey } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { unitCodeExtension } from './profiles.js';

const DAY_MS = 86_400_000;

const USAGE = `usage:
  ca.js init DIR [--algorithm EC-P256|EC-P384|RSA-2048|RSA-3072]
  ca.js issue-initial DIR --pubkey FILE --cn NAME --o UNIT --out FILE
        [--ou UNIT] [--code UNIT_CODE] [--profile signing|encryption]
        [--days DAYS_LEFT (365)] [--validity DAYS_IN_ALL (365)]

--pubkey reads PEM or DER (SubjectPublicKeyInfo, or PKCS#1 for RSA).
--out writes DER when the name ends in .der, else PEM.
--days may be negative: the certificate has ended then.
`;

/** @param {Buffer} data */
function readPublicKey(data) {
  if (data.includes('-----BEGIN')) return createPublicKey(data);
  try {
    return createPublicKey({ key: data, format: 'der', type: 'spki' });
  } catch {
    return createPublicKey({ key: data, format: 'der', type: 'pkcs1' });
  }
}

/** @param {string | undefined} text @param {number} fallback */
function days(text, fallback) {
  const value = text === undefined ? fallback : Number(text);
  if (!Number.isFinite(value)) throw new RangeError(`not days: ${text}`);
  return value;
}

/** @param {string} pem */
function pemToDer(pem) {
  return Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64');
}

/**
 * @param {import('../ca.js').Ca} ca
 * @param {Record<string, string | undefined>} values
 */
async function issueInitial(ca, values) {
  const { pubkey, cn, o, ou, code, out, profile = 'signing' } = values;
  if (!pubkey || !cn || !o || !out) {
    throw new RangeError('an option is missing');
  }
  if (profile !== 'signing' && profile !== 'encryption') {
    throw new RangeError(`unknown profile ${profile}`);
  }
  const left = days(values.days, 365);
  const notAfter = new Date(Date.now() + left * DAY_MS);
  const validity = Math.max(days(values.validity, 365), 1);
  /** @type {[string, string][]} */
  const subject = [
    ['C', 'CN'],
    ['O', o]
  ];
  if (ou) subject.push(['OU', ou]);
  subject.push(['CN', cn]);
  const pem = await ca.issueForKey({
    publicKey: readPublicKey(await readFile(pubkey)),
    subject,
    profile,
    notBefore: new Date(notAfter.getTime() - validity * DAY_MS),
    notAfter,
    extensions: code ? [unitCodeExtension(code)] : []
  });
  await writeFile(out, out.endsWith('.der') ? pemToDer(pem) : pem);
  console.log(out);
}

/** @param {string} name */
const textOption = (name) => [name, { type: /** @type {const} */ ('string') }];

const OPTIONS = Object.fromEntries(
  [
    'algorithm',
    'pubkey',
    'cn',
    'o',
    'ou',
    'code',
    'profile',
    'days',
    'validity'
  ]
    .concat('out')
    .map(textOption)
);

/**
 * @param {string[]} argv
 * @param {{initCa: typeof import('../ca.js').initCa,
 *          openCa: typeof import('../ca.js').openCa}} tools
 * @returns {Promise<number>} exit code: 0 done, 1 failed, 2 usage
 */
export async function runCli(argv, { initCa, openCa }) {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      options: OPTIONS,
      allowPositionals: true
    });
    const options = /** @type {Record<string, string | undefined>} */ (values);
    const [verb, dir, ...rest] = positionals;
    if (!dir || rest.length > 0) throw new RangeError('one directory, please');
    if (verb === 'init') {
      await initCa(dir, { algorithm: options.algorithm });
      console.log(`${dir}/ca.crt`);
    } else if (verb === 'issue-initial') {
      await issueInitial(await openCa(dir), options);
    } else {
      throw new RangeError('unknown command');
    }
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    const misused = error instanceof RangeError || error instanceof TypeError;
    if (misused) console.error(USAGE);
    return misused ? 2 : 1;
  }
}
