// SPDX-License-Identifier: MIT
// look - a UKey as pkcs11-tool sees it: which objects lie together, and whether a certificate's key works.
//
// Nothing here holds up the process: many UKeys are looked at at once.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  constants,
  createHash,
  diffieHellman,
  generateKeyPairSync,
  publicEncrypt,
  randomBytes,
  verify,
  X509Certificate
} from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { SOFTHSM } from '../lib/place.mjs';

const run = promisify(execFile);
const OURS = /^554b4231[0-9a-f]{24}$/; /* UKB1… */
const KINDS = {
  Certificate: 'certificate',
  'Private Key': 'private',
  'Public Key': 'public'
};

const serialOf = (pem) => BigInt(`0x${new X509Certificate(pem).serialNumber}`);

/** Give a certificate a name, such as "old signing", for shapeOf(). */
export function nameOf(names, pem, role, age) {
  names.set(serialOf(pem), `${age} ${role}`);
}

/** pkcs11-tool, logged in. */
export async function tool(ukey, ...args) {
  const login = ['--login', '--pin', ukey.pin, '--token-label', ukey.label];
  if (ukey.space) {
    return ukey.run('pkcs11-tool', '--module', ukey.module, ...login, ...args);
  }
  const options = { env: ukey.place.env, encoding: 'utf8' };
  return (
    await run('pkcs11-tool', ['--module', SOFTHSM, ...login, ...args], options)
  ).stdout;
}

/** All objects: `{kind, id, serial}`. */
async function objectsOf(ukey) {
  const objects = [];
  for (const line of (await tool(ukey, '--list-objects')).split('\n')) {
    const [, what] = /^(.*?) Object[;,]/.exec(line) ?? [];
    if (what) objects.push({ kind: KINDS[what] ?? what, id: '' });
    const [, name, value] = /^\s+(ID|serial):\s+(\S+)/.exec(line) ?? [];
    if (name === 'ID') objects.at(-1).id = value;
    if (name === 'serial') {
      objects.at(-1).serial = BigInt(`0x${value.replace(/^0x/, '')}`);
    }
  }
  return objects;
}

/**
 * What lies on a UKey, such as "01: old signing, private, public; UKB1: private, public": by CKA_ID, ours not told one
 * from another, certificates by their names.
 */
export async function shapeOf(ukey, names) {
  const groups = new Map();
  for (const { kind, id, serial } of await objectsOf(ukey)) {
    const what =
      kind === 'certificate'
        ? (names.get(serial) ?? `certificate ${serial}`)
        : kind;
    groups.set(id, [...(groups.get(id) ?? []), what]);
  }
  return [...groups]
    .map(
      ([id, all]) =>
        `${OURS.test(id) ? 'UKB1' : id || 'no id'}: ${all.sort().join(', ')}`
    )
    .sort()
    .join('; ');
}

let used = 0;

/** Files of one use. */
function filesOf({ place }) {
  const stem = join(place.dir, `use-${(used += 1)}-`);
  return (name) => stem + name;
}

async function signs(stage, id, x509) {
  const file = filesOf(stage);
  const message = randomBytes(32);
  const isRsa = x509.publicKey.asymmetricKeyType === 'rsa';
  const digest = createHash('sha256').update(message).digest();
  writeFileSync(file('in'), isRsa ? message : digest);
  await tool(
    stage.ukey,
    ...['--sign', '--mechanism', isRsa ? 'SHA256-RSA-PKCS' : 'ECDSA'],
    ...['--id', id, '--input-file', file('in'), '--output-file', file('out')]
  );
  const key = { key: x509.publicKey, dsaEncoding: 'ieee-p1363' };
  return verify('sha256', message, key, readFileSync(file('out')));
}

async function opens(stage, id, x509) {
  const file = filesOf(stage);
  const { publicKey } = x509;
  let secret = randomBytes(32);
  let how;
  if (publicKey.asymmetricKeyType === 'rsa') {
    const padding = constants.RSA_PKCS1_PADDING;
    writeFileSync(
      file('in'),
      publicEncrypt({ key: publicKey, padding }, secret)
    );
    how = ['--decrypt', '--mechanism', 'RSA-PKCS'];
  } else {
    const { namedCurve } = publicKey.asymmetricKeyDetails;
    const peer = generateKeyPairSync('ec', { namedCurve });
    writeFileSync(
      file('in'),
      peer.publicKey.export({ type: 'spki', format: 'der' })
    );
    secret = diffieHellman({ privateKey: peer.privateKey, publicKey });
    const cofactor = stage.ukey.space
      ? 'ECDH1-COFACTOR-DERIVE'
      : 'ECDH1-DERIVE';
    how = ['--derive', '--mechanism', cofactor];
  }
  await tool(
    stage.ukey,
    ...how,
    ...['--id', id, '--input-file', file('in'), '--output-file', file('out')]
  );
  return readFileSync(file('out')).equals(secret);
}

/**
 * The key under the certificate's id signs what it verifies, or opens what was sealed for it. `anywhere`: where a
 * renewal was cut off and nobody knows of it, the certificate may lie under another id, or under two.
 */
export async function uses(stage, pem, role, { anywhere = false } = {}) {
  const x509 = new X509Certificate(pem);
  const objects = await objectsOf(stage.ukey);
  const serial = serialOf(pem);
  const places = objects.filter((one) => one.serial === serial);
  const keys = objects.filter(({ kind }) => kind === 'private');
  if (!anywhere) {
    assert.equal(places.length, 1, `places of the ${role} certificate`);
  }
  const works = role === 'encryption' ? opens : signs;
  for (const { id } of anywhere ? keys : places) {
    const tried = works(stage, id, x509);
    if (await (anywhere ? tried.catch(() => false) : tried)) return;
  }
  assert.fail(`the ${role} key`);
}
