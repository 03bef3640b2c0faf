// SPDX-License-Identifier: MIT
// cryptoki - a UKey that locks: openCryptoki's soft token, with its daemon, in namespaces of its own.
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes, verify } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';

import { PINENTRY, TOP, makePlace, setPolicy } from './place.mjs';
import { ORIGIN, OTHER_ORIGIN, screen, theCa } from './scene.mjs';
import { Space, SpaceScene, spaceMissing } from './space.mjs';
import { PIN, SO_PIN, UKey } from './ukey.mjs';

export const CRYPTOKI =
  '/usr/lib/x86_64-linux-gnu/opencryptoki/libopencryptoki.so.0';

/** What precedes a SHA-256 hash in a PKCS #1 signature. */
const SHA256_INFO = Buffer.from(
  '3031300d060960864801650304020105000420',
  'hex'
);

/** Why this machine cannot run it; undefined when it can. */
export const cryptokiMissing = () =>
  spaceMissing([CRYPTOKI, '/usr/sbin/pkcsslotd']);

export class Cryptoki extends UKey {
  /** Start the token; `from` is the state folder of one to copy, else it is blank: initialise() makes a UKey of it. */
  static async start(place, { label = 'UKey one', pin = PIN, from } = {}) {
    const token = new Cryptoki(place, label, { pin, copied: true });
    token.state = join(place.dir, 'cryptoki');
    mkdirSync(token.state);
    if (from) cpSync(from, token.state, { recursive: true });
    const script = join(TOP, 'tests/cryptoki/start.sh');
    token.space = new Space(script, token.state);
    const ready = once(token.space.process.stdout, 'data');
    const ended = token.space.exit.then(() => {
      throw new Error('openCryptoki did not start');
    });
    ended.catch(() => {}); /* in the end it does */
    await Promise.race([ready, ended]);
    return token;
  }

  #run(...words) {
    const command = ['--module', CRYPTOKI, ...words];
    const { program, args } = this.space.inside('pkcs11-tool', command);
    return execFileSync(program, args, {
      env: this.place.env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe']
    });
  }

  initialise() {
    const so = ['--slot', '0', '--so-pin', SO_PIN];
    this.#run('--init-token', '--label', this.label, ...so);
    this.#run('--init-pin', '--login', ...so, '--pin', this.pin);
  }

  tool(...args) {
    return this.#run('--token-label', this.label, ...args);
  }

  /** As any UKey's; this one signs hashes that others have made. */
  signsWith({ id, x509 }) {
    const message = randomBytes(32);
    const [hash, signature] = ['hash', 'signature'].map((name) =>
      join(this.place.dir, name)
    );
    const digest = createHash('sha256').update(message).digest();
    writeFileSync(hash, Buffer.concat([SHA256_INFO, digest]));
    this.loggedIn(
      ...['--sign', '--mechanism', 'RSA-PKCS', '--id', id],
      ...['--input-file', hash, '--output-file', signature]
    );
    return verify('sha256', message, x509.publicKey, readFileSync(signature));
  }
}

const stocks = new Map();

after(() => {
  for (const { place } of stocks.values()) place.remove();
});

/** The state folder of a token with these pairs, made once. */
async function stock(label, pin, pairs) {
  const key = JSON.stringify([label, pin, pairs]);
  if (!stocks.has(key)) {
    const { dir } = await theCa();
    const place = makePlace();
    const token = await Cryptoki.start(place, { label, pin });
    stocks.set(key, { place, state: token.state });
    try {
      token.initialise();
      for (const pair of pairs) token.addPair(dir, pair);
    } finally {
      await token.space.stop();
    }
  }
  return stocks.get(key).state;
}

/** As scene(), with openCryptoki. */
export async function cryptokiScene(t, options = {}) {
  const { policy = null, config = {}, pairs = [{}] } = options;
  const { label = 'UKey one', pin = PIN } = options;
  const from = await stock(label, pin, pairs);
  const place = makePlace();
  const made = new SpaceScene(place, {
    modules: [{ name: 'opencryptoki', path: CRYPTOKI }],
    pinentry: PINENTRY,
    portals: [ORIGIN, OTHER_ORIGIN],
    ...config
  });
  made.ukey = await Cryptoki.start(place, { label, pin, from });
  t.after(() => made.close());
  setPolicy(policy);
  made.display = await screen();
  return made;
}
