// SPDX-License-Identifier: MIT
// dual - both certificates of a UKey: what a CA issues for them, and whether old files still open.
import { execFileSync } from 'node:child_process';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { deliverKey } from '../portal/lib/kmc.js';
import { issue, theCa } from './scene.mjs';

const DAY_MS = 86_400_000;

/** The pairs of a UKey as a portal hands it out: a signing and an encryption certificate of one algorithm. */
export const dualPairs = (algorithm = 'RSA-2048') => [
  { algorithm },
  { algorithm, id: '02', profile: 'encryption' }
];

export const roleOf = (certificates, role) =>
  certificates.find((item) => item.role === role && !item.history);

/** What the CA says of the encryption half: `{encryption, encryptionKey}`, for a new key or for the present one. */
export async function issueEncryption(
  old,
  { key = 'new', recipient, transport, ...options } = {}
) {
  const { issueForKey } = await theCa();
  const present = createPublicKey(old.pem);
  const delivered =
    key === 'new' &&
    (await deliverKey({
      like: present,
      recipientPem: recipient ?? old.pem,
      rsaTransport: transport ?? 'pkcs1'
    }));
  const start = new Date(Date.now() - 60_000);
  const encryption = await issueForKey({
    publicKey: delivered ? delivered.publicKey : present,
    profile: 'encryption',
    notBefore: start,
    notAfter: new Date(start.getTime() + 400 * DAY_MS),
    sameSubjectAs: old.pem,
    ...options
  });
  return {
    encryption,
    ...(delivered && { encryptionKey: delivered.envelope })
  };
}

/** A begin, and all that the CA gives for it: the parameters of renewal.install. */
export async function requestDual(stage, { key = 'new', ...options } = {}) {
  const certificates = await stage.certificates();
  const [old, oldEncryption] = ['signing', 'encryption'].map((role) =>
    roleOf(certificates, role)
  );
  const { renewal } = await stage.withPin('renewal.begin', {
    token: old.token,
    kind: 'renew',
    certificate: old.id,
    key
  });
  const params = {
    renewal: renewal.id,
    signing: await issue(renewal, old.pem),
    ...(await issueEncryption(oldEncryption, { key, ...options })),
    chain: [(await theCa()).certificatePem]
  };
  return { old, oldEncryption, renewal, params };
}

/** Install with all that the dialogs ask: a yes to each warning, then the PIN. */
export async function installDual(
  stage,
  params,
  { warnings = 0, pin, ...options } = {}
) {
  const call = stage.call('renewal.install', params, options);
  let window;
  for (let i = 0; i < warnings; i += 1) {
    window = await stage.agree(call, window);
  }
  await stage.typePin(call, pin, { not: window });
  return call;
}

/** A file encrypted to a certificate, DER of its CMS. */
export function encryptTo(pem, text) {
  const dir = mkdtempSync(join(tmpdir(), 'ukb-cms-'));
  try {
    writeFileSync(join(dir, 'to.pem'), pem);
    writeFileSync(join(dir, 'text'), text);
    execFileSync(
      'openssl',
      [
        'cms',
        '-encrypt',
        '-binary',
        '-aes256',
        '-outform',
        'DER',
        '-in',
        'text',
        '-out',
        'cms',
        'to.pem'
      ],
      { cwd: dir }
    );
    return readFileSync(join(dir, 'cms'));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

export const endOf = (pem) => new X509Certificate(pem).validTo;
