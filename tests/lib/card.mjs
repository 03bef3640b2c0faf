// SPDX-License-Identifier: MIT
// card - a UKey that is a smart card: OpenSC's own module, pcscd, a virtual reader, and the card of tests/card in it.
//
// Reader and card live in a space of their own; see space.mjs.
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { PINENTRY, TOP, makePlace, setPolicy } from './place.mjs';
import { ORIGIN, OTHER_ORIGIN, screen, theCa } from './scene.mjs';
import { Space, SpaceScene, spaceMissing } from './space.mjs';
import { PIN, SO_PIN, UKey } from './ukey.mjs';

export const OPENSC = '/usr/lib/x86_64-linux-gnu/pkcs11/opensc-pkcs11.so';
export const PUK = '33333333';
const SEEN_TIMEOUT_MS = 60000;

const run = promisify(execFile);

/** The program of a process; undefined when it is gone. */
function nameOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** Why this machine cannot run the card; undefined when it can. */
export const cardMissing = () =>
  spaceMissing([OPENSC, '/usr/sbin/pcscd', '/etc/reader.conf.d/vpcd']);

export class Card extends UKey {
  module = OPENSC;

  #answers = [];
  #ended = false;

  /**
   * Start a reader. `from` is the state file of a card to copy; else the card is blank, and initialise() makes a UKey
   * of it. `space`: bytes of files that it holds.
   */
  static async start(
    place,
    { label = 'UKey one', pin = PIN, from, space } = {}
  ) {
    const card = new Card(place, label, { pin, copied: true });
    const dir = join(place.dir, 'card');
    mkdirSync(dir, { recursive: true });
    card.state = join(dir, 'state.json');
    if (from) copyFileSync(from, card.state);
    const script = join(TOP, 'tests/card/start.sh');
    const options = space ? [`--space=${space}`] : [];
    card.space = new Space(script, card.state, ...options);
    const { stdout } = card.space.process;
    createInterface({ input: stdout }).on('line', (line) =>
      card.#answers.shift()?.(JSON.parse(line))
    );
    card.space.exit.then(() => {
      card.#ended = true;
      for (const answer of card.#answers) answer({ error: 'the card ended' });
    });
    await card.plug();
    return card;
  }

  /** An order to tests/card/main.py, which says what there is. */
  async order(...words) {
    if (this.#ended) throw new Error('the card ended');
    const answer = new Promise((resolve) => this.#answers.push(resolve));
    this.space.process.stdin.write(`${words.join(' ')}\n`);
    const result = await answer;
    if (result.error) throw new Error(result.error);
    return result;
  }

  #command(program, args) {
    const { program: file, args: words } = this.space.inside(program, args);
    return [file, words, { env: this.place.env, encoding: 'utf8' }];
  }

  /** Run a program there without holding up this process. */
  async run(program, ...args) {
    return (await run(...this.#command(program, args))).stdout;
  }

  /** Make a UKey of a blank card: PKCS #15 structures, PIN and PUK. */
  async initialise() {
    const so = ['--so-pin', SO_PIN, '--so-puk', SO_PIN];
    const user = ['--pin', this.pin];
    const name = ['--label', this.label];
    await this.run('pkcs15-init', '--create-pkcs15', ...so, ...user, ...name);
    await this.run(
      'pkcs15-init',
      ...['--store-pin', '--auth-id', '01', '--label', 'PIN'],
      ...[...user, '--puk', PUK, '--so-pin', SO_PIN]
    );
    await this.run('pkcs15-init', '--finalize');
  }

  tool(...args) {
    const token = ['--module', OPENSC, '--token-label', this.label];
    const [file, words, options] = this.#command('pkcs11-tool', [
      ...token,
      ...args
    ]);
    return execFileSync(file, words, {
      ...options,
      stdio: ['ignore', 'pipe', 'pipe']
    });
  }

  /** Kill the card service; the card is pulled by that. */
  async stopService() {
    const pid = String(this.space.process.pid);
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    const own = children.trim().split(' ').map(Number);
    for (const child of [...own, this.service?.pid]) {
      if (child && nameOf(child) === 'pcscd') process.kill(child, 'SIGKILL');
    }
    const gone = async () => !(await this.order('status')).in;
    const end = Date.now() + SEEN_TIMEOUT_MS;
    while (!(await gone())) {
      if (Date.now() > end) throw new Error('the service does not end');
      await sleep(20);
    }
  }

  /** Start it again. */
  async startService() {
    const { args } = this.space.inside('/usr/sbin/pcscd', ['--foreground']);
    /* what the one that was killed left */
    await this.run(
      '/bin/rm',
      '-f',
      '/run/pcscd/pcscd.comm',
      '/run/pcscd/pcscd.pid'
    );
    this.service = spawn('nsenter', args, { stdio: 'ignore' });
    const ended = () => this.service.kill('SIGKILL');
    this.space.exit.then(ended);
  }

  async pull() {
    return this.order('pull');
  }

  /** Pull it at the n-th command from now, `before` it is carried out or `after`, when only its answer is lost. */
  async pullAt(n, when = 'before') {
    return this.order('pull-at', n, when);
  }

  /** Put it in and wait until the reader has seen it. */
  async plug() {
    await this.order('insert');
    const end = Date.now() + SEEN_TIMEOUT_MS;
    while (!(await this.order('status')).seen) {
      if (Date.now() > end) throw new Error('the reader does not see the card');
      await sleep(20);
    }
  }
}

const stocks = new Map();

after(() => {
  for (const { place } of stocks.values()) place.remove();
});

/** The state file of a card with these pairs, made once. */
export async function stock(label, pin, pairs) {
  const key = JSON.stringify([label, pin, pairs]);
  if (!stocks.has(key)) {
    const { dir } = await theCa();
    const place = makePlace();
    const card = await Card.start(place, { label, pin });
    stocks.set(key, { place, state: card.state });
    try {
      await card.initialise();
      for (const pair of pairs) card.addPair(dir, pair);
    } finally {
      await card.space.stop();
    }
  }
  return stocks.get(key).state;
}

/** As scene(), with a smart card: `ukey`, and `card`. */
export async function cardScene(t, options = {}) {
  const { policy = null, config = {}, pairs = [{}] } = options;
  const { label = 'UKey one', pin = PIN, space } = options;
  const from = await stock(label, pin, pairs);
  const place = makePlace();
  const made = new SpaceScene(place, {
    modules: [{ name: 'opensc', path: OPENSC }],
    pinentry: PINENTRY,
    portals: [ORIGIN, OTHER_ORIGIN],
    ...config
  });
  made.ukey = made.card = await Card.start(place, { label, pin, from, space });
  t.after(() => made.close());
  setPolicy(policy);
  made.display = await screen();
  return made;
}

/**
 * What a cut left broken in the card's own directory files, as OpenSC's own tool sees them. OpenSC writes these in pieces,
 * and deletes a certificate's file before its entry; one that it cannot read hides those behind it.
 */
export async function wounds(card) {
  const listed = await card.run(
    'pkcs15-tool',
    '--list-keys',
    '--list-public-keys',
    '--list-certificates'
  );
  const entries = [...listed.matchAll(/Path\s*: *(\S+)/gi)].map(([, path]) =>
    path.toUpperCase()
  );
  const { files } = await card.order('files');
  const paths = files.map(({ path }) => path);
  const objects = paths.filter((path) => /(43|4B|55)..$/.test(path));
  return [
    ...entries
      .filter((path) => !paths.includes(path))
      .map((path) => `an entry for ${path}, which is deleted`),
    ...objects
      .filter((path) => !entries.includes(path))
      .map((path) => `no entry for the file ${path}`)
  ];
}

/** A certificate for the key is on the card at every instant, whatever OpenSC makes of it. */
export function assertHeld(card, ...pems) {
  const content = readFileSync(card.state, 'utf8');
  const held = pems.some((pem) =>
    content.includes(new X509Certificate(pem).raw.toString('hex'))
  );
  assert.ok(held, 'neither certificate is on the card');
}
