// SPDX-License-Identifier: MIT
// opening - does a UKey's key open what was encrypted to a certificate? Asked of pkcs11-tool and openssl, not of the host.
import { createECDH, constants, publicEncrypt, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The names of node's curves, by their names in certificates. */
const CURVE_BYTES = { prime256v1: 32, secp384r1: 48 };
const SECRET_BYTES = 32;

/** The UKey decrypts, or derives, `input`; what comes out. */
function ask(ukey, id, input, ...how) {
  const work = mkdtempSync(join(tmpdir(), 'ukb-open-'));
  const [from, to] = [join(work, 'in'), join(work, 'out')];
  try {
    writeFileSync(from, input);
    const files = ['--input-file', from, '--output-file', to];
    ukey.loggedIn(...how, '--id', id, ...files);
    return readFileSync(to);
  } catch {
    return null; // it has no such key
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function opensRsa(ukey, id, key) {
  const secret = randomBytes(SECRET_BYTES);
  const padding = constants.RSA_PKCS1_PADDING;
  const sent = publicEncrypt({ key, padding }, secret);
  const opened = ask(ukey, id, sent, '--decrypt', '--mechanism', 'RSA-PKCS');
  return opened !== null && opened.equals(secret);
}

function agreesEc(ukey, id, key) {
  const curve = key.asymmetricKeyDetails.namedCurve;
  const own = createECDH(curve);
  const point = own.generateKeys();
  const spki = key.export({ type: 'spki', format: 'der' });
  const theirs = spki.subarray(-(2 * CURVE_BYTES[curve] + 1));
  const secret = own.computeSecret(theirs);
  const derived = ask(
    ukey,
    id,
    peerKey(curve, point),
    '--derive',
    '--mechanism',
    'ECDH1-DERIVE'
  );
  return derived !== null && derived.equals(secret);
}

/** A point as SubjectPublicKeyInfo, whose start is the same for all keys of a curve. */
function peerKey(curve, point) {
  const start = {
    prime256v1: '3059301306072a8648ce3d020106082a8648ce3d030107034200',
    secp384r1: '3076301006072a8648ce3d020106052b81040022036200'
  }[curve];
  return Buffer.concat([Buffer.from(start, 'hex'), point]);
}

/** True when the private key beside a certificate of UKey.certificates() opens what is encrypted to it. */
export function opensFor(ukey, { id, x509 }) {
  const { publicKey } = x509;
  const opens = publicKey.asymmetricKeyType === 'rsa' ? opensRsa : agreesEc;
  return opens(ukey, id, publicKey);
}
