// SPDX-License-Identifier: MIT
// ukey - a soft UKey (SoftHSM 2) with certificates of the demo CA on it.
import { execFileSync } from 'node:child_process';
import { X509Certificate, createHash, verify } from 'node:crypto';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SOFTHSM, TOP } from './place.mjs';

export const PIN = '111111';
export const SO_PIN = '87654321';
const DAY_MS = 86400000;

const KEY_TYPES = {
  'RSA-2048': 'rsa:2048',
  'RSA-3072': 'rsa:3072',
  'EC-P256': 'EC:prime256v1',
  'EC-P384': 'EC:secp384r1'
};

/** What precedes the point in a SubjectPublicKeyInfo on P-384. */
const P384_SPKI = '3076301006072a8648ce3d020106052b81040022036200';

function pkcs11(place, ...args) {
  return execFileSync('pkcs11-tool', ['--module', SOFTHSM, ...args], {
    env: place.env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe']
  });
}

/** The portal's CA command, as an administrator would run it. */
export function ca(...args) {
  return execFileSync('node', [join(TOP, 'tests/portal/ca.js'), ...args], {
    encoding: 'utf8'
  });
}

/** A CA in a folder of its own. */
export function makeCa(place) {
  const dir = join(place.dir, 'ca');
  ca('init', dir);
  return dir;
}

export class UKey {
  /** Initialise a UKey; `copied` says that its folder came from elsewhere. */
  constructor(place, label, { pin = PIN, copied = false } = {}) {
    this.place = place;
    this.label = label;
    this.pin = pin;
    if (copied) return;
    execFileSync(
      'softhsm2-util',
      [
        '--init-token',
        '--free',
        '--label',
        label,
        '--pin',
        pin,
        '--so-pin',
        SO_PIN
      ],
      { env: place.env, stdio: 'pipe' }
    );
  }

  tool(...args) {
    return pkcs11(this.place, '--token-label', this.label, ...args);
  }

  /** Is that its PIN? */
  takes(pin) {
    try {
      this.tool('--login', '--pin', pin, '--list-objects');
      return true;
    } catch {
      return false;
    }
  }

  loggedIn(...args) {
    return this.tool('--login', '--pin', this.pin, ...args);
  }

  /** A key pair with a certificate of the CA that ends in `days`; the key may be for another `use`. */
  addPair(caDir, options = {}) {
    const {
      algorithm = 'RSA-2048',
      id = '01',
      days = 20,
      profile = 'signing',
      cn = '江苏示例科技有限公司',
      o = '江苏示例科技有限公司',
      label = profile,
      use = profile,
      alwaysAuthenticate = false
    } = options;
    const work = mkdtempSync(join(tmpdir(), 'ukb-pair-'));
    try {
      const usage =
        use === 'signing'
          ? ['--usage-sign']
          : [
              algorithm.startsWith('RSA') ? '--usage-decrypt' : '--usage-derive'
            ];
      this.loggedIn(
        '--keypairgen',
        '--key-type',
        KEY_TYPES[algorithm],
        '--id',
        id,
        '--label',
        label,
        ...usage,
        ...(alwaysAuthenticate ? ['--always-auth'] : [])
      );
      writeFileSync(join(work, 'pub.der'), this.publicKey(id));
      ca(
        'issue-initial',
        caDir,
        '--pubkey',
        join(work, 'pub.der'),
        '--cn',
        cn,
        '--o',
        o,
        `--days=${days}`,
        '--profile',
        profile,
        '--out',
        join(work, 'cert.der')
      );
      this.loggedIn(
        '--write-object',
        join(work, 'cert.der'),
        '--type',
        'cert',
        '--id',
        id,
        '--label',
        label
      );
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }

  /** The public key of that id, DER. This pkcs11-tool reads none on P-384, but prints its point. */
  publicKey(id) {
    const listed = this.loggedIn('--list-objects', '--type', 'pubkey');
    const own = listed
      .split('Public Key Object')
      .find((text) => new RegExp(`ID:\\s+${id}$`, 'm').test(text));
    const point = /EC_POINT:\s+0461(\S+)/.exec(own);
    return point
      ? Buffer.from(P384_SPKI + point[1], 'hex')
      : this.read('pubkey', id);
  }

  /** What pkcs11-tool lists: an array of {type, id, label} in the order of the token. */
  objects() {
    const objects = [];
    for (const line of this.loggedIn('--list-objects').split('\n')) {
      const start =
        /^(Certificate|Private Key|Public Key|Data|Secret Key) Object/.exec(
          line
        );
      if (start) objects.push({ type: start[1] });
      const field = /^\s+(label|ID):\s+(.*)$/.exec(line);
      if (field) objects.at(-1)[field[1].toLowerCase()] = field[2];
    }
    return objects;
  }

  /** Write a certificate, PEM, beside the key of that id, as another computer does. */
  write(pem, id) {
    const work = mkdtempSync(join(tmpdir(), 'ukb-write-'));
    const file = join(work, 'cert.der');
    try {
      writeFileSync(file, new X509Certificate(pem).raw);
      this.loggedIn('--write-object', file, '--type', 'cert', '--id', id);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }

  /** Read an object's bytes: type cert or pubkey. */
  read(type, id) {
    const work = mkdtempSync(join(tmpdir(), 'ukb-read-'));
    try {
      this.loggedIn(
        '--read-object',
        '--type',
        type,
        '--id',
        id,
        '--output-file',
        join(work, 'object')
      );
      return execFileSync('cat', [join(work, 'object')]);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }

  /** The certificates that pkcs11-tool reads: `{id, label, x509, notAfter, daysLeft}`, the last to end at the end. */
  certificates() {
    return this.objects()
      .filter(({ type }) => type === 'Certificate')
      .map(({ id, label }) => {
        const x509 = new X509Certificate(this.read('cert', id));
        const notAfter = new Date(x509.validTo);
        const daysLeft = Math.floor((notAfter - Date.now()) / DAY_MS);
        return { id, label, x509, notAfter, daysLeft };
      })
      .sort((a, b) => a.notAfter - b.notAfter);
  }

  /** True when the private key beside a certificate of certificates() makes signatures that it verifies. */
  signsWith({ id, x509 }) {
    const work = mkdtempSync(join(tmpdir(), 'ukb-sign-'));
    const message = Buffer.from('signed to see whether it can');
    const [data, signature] = [join(work, 'data'), join(work, 'signature')];
    const isRsa = x509.publicKey.asymmetricKeyType === 'rsa';
    const digest = createHash('sha256').update(message).digest();
    try {
      writeFileSync(data, isRsa ? message : digest);
      this.loggedIn(
        '--sign',
        '--mechanism',
        isRsa ? 'SHA256-RSA-PKCS' : 'ECDSA',
        '--signature-format',
        'openssl',
        '--id',
        id,
        '--input-file',
        data,
        '--output-file',
        signature
      );
      return verify('sha256', message, x509.publicKey, readFileSync(signature));
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }

  /** Pull the UKey: its folder moves away. */
  pull() {
    this.away = readdirSync(this.place.tokens).map((name) => ({
      from: join(this.place.tokens, name),
      to: join(this.place.dir, `pulled-${name}`)
    }));
    for (const { from, to } of this.away) renameSync(from, to);
  }

  /** Plug it in again. */
  plug() {
    for (const { from, to } of this.away) renameSync(to, from);
  }
}
