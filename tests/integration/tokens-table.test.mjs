// SPDX-License-Identifier: MIT
// host/docs/tokens.md: what each test token did, cell by cell, in this run. The file must say the same.
// UKB_WRITE_TABLE=1 writes it.
import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';

import { cardMissing, cardScene, PUK } from '../lib/card.mjs';
import { cryptokiMissing, cryptokiScene } from '../lib/cryptoki.mjs';
import { ledger } from '../lib/ledger.mjs';
import { TOP } from '../lib/place.mjs';
import { issue, scene, screen, theCa, until } from '../lib/scene.mjs';
import { SO_PIN } from '../lib/ukey.mjs';

const FILE = join(TOP, 'host/docs/tokens.md');
const WRONG_PIN = '999999';
const NEW_PIN = '246810';
const WRONG_PINS = 5; /* more than any of them takes, if it counts */
const POLICY = { systemModules: false, userPortals: true };
const STAYS = 'this token is a folder of the system, and in its slot for good';

const TOKENS = {
  SoftHSM: { make: scene },
  'OpenSC, virtual card': {
    make: cardScene,
    missing: cardMissing(),
    /* OpenSC's own way, when the host's is none. */
    async unblock({ card }) {
      const words = ['--unblock-pin', '--auth-id', '01', '--puk', PUK];
      await card.run('pkcs15-tool', ...words, '--new-pin', NEW_PIN);
      return '`pkcs15-tool` with the PUK';
    }
  },
  openCryptoki: {
    make: cryptokiScene,
    missing: cryptokiMissing(),
    cannot: {
      'pulled while the PIN is typed': STAYS,
      'told of an insertion': STAYS
    }
  }
};

/** What a call came to: its error's reason, or what `done` makes of its result. */
const outcome = (promise, done) =>
  promise.then(done, (error) => `\`${error.reason ?? error.code}\``);

/** What makes OpenSC keep a PIN though a key wants it each time. */
const OPENSC_OPTION = 'pin_cache_ignore_user_consent = true';

const code = (text) => `\`${text}\``;

async function renewing(stage, more) {
  const [old] = await stage.certificates();
  const { token, id: certificate } = old;
  return { old, params: { token, kind: 'renew', certificate, ...more } };
}

const pinOf = async (stage) => code((await stage.token()).pin.state);

/** How many PINs are tried in what `act` does. */
async function tries(act) {
  const { tries: start } = ledger().sum();
  const seen = await act();
  const count = ledger().sum().tries - start;
  return `${seen}, ${count} PIN${count === 1 ? '' : 's'} tried`;
}

async function generate(stage, algorithm) {
  const { params } = await renewing(stage, { key: 'new', algorithm });
  const call = stage.withPin('renewal.begin', params);
  return outcome(call, ({ renewal }) => code(renewal.state));
}

async function write(stage, key, { host = stage.broker, tool = true } = {}) {
  const { old, params } = await renewing(stage, { key });
  const { renewal } = await stage.withPin('renewal.begin', params, { host });
  const signing = await issue(renewal, old.pem);
  const chain = [(await theCa()).certificatePem];
  const install = { renewal: renewal.id, signing, chain };
  const call = stage.withPin('renewal.install', install, { host });
  return outcome(call, (done) => {
    const newest = stage.ukey.certificates().at(-1);
    assert.deepEqual(newest.x509.raw, new X509Certificate(signing).raw);
    assert.ok(!tool || stage.ukey.signsWith(newest), 'its key is beside it');
    return code(done.renewal.state);
  });
}

/** The same where the key has CKA_ALWAYS_AUTHENTICATE. */
async function writeGuarded(stage) {
  const conf = join(stage.place.dir, 'opensc.conf');
  writeFileSync(
    conf,
    `app default { framework pkcs15 { ${OPENSC_OPTION}; } }\n`
  );
  const { env } = stage.place;
  env.OPENSC_CONF = conf; /* or this tool writes no certificate, either */
  try {
    stage.ukey.addPair((await theCa()).dir, { alwaysAuthenticate: true });
  } catch (error) {
    return `makes no such key: ${code(/CKR_\w+/.exec(error.stderr)?.[0])}`;
  }
  delete env.OPENSC_CONF;
  /* The host has proven the key; not every tool can use it. */
  const seen = await write(stage, 'same', { tool: false });
  if (seen === '`installed`') return seen;
  const host = stage.host({ OPENSC_CONF: conf });
  const other = await write(stage, 'same', { host, tool: false });
  return `${seen}; with ${code(OPENSC_OPTION)} in \`opensc.conf\` ${other}`;
}

async function remove(stage) {
  const { params } = await renewing(stage, { key: 'new' });
  const { renewal } = await stage.withPin('renewal.begin', params);
  const { length } = stage.ukey.objects();
  const call = stage.withPin('renewal.abandon', { renewal: renewal.id });
  return outcome(
    call,
    () => `${length - stage.ukey.objects().length} objects gone`
  );
}

/** The host imports no keys: `pkcs11-tool` alone. */
function importKey(stage) {
  const file = join(stage.place.dir, 'key.der');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(file, privateKey.export({ type: 'pkcs1', format: 'der' }));
  try {
    stage.ukey.loggedIn(
      ...['--write-object', file, '--type', 'privkey', '--id', '07'],
      ...['--usage-decrypt']
    );
  } catch (error) {
    return code(/CKR_\w+/.exec(error.stderr)?.[0] ?? error.stderr);
  }
  const found = stage.ukey.objects().some(({ id }) => id === '07');
  return found ? 'imported' : 'lost';
}

/** A wrong PIN, or the yes to the last try and then a wrong PIN; what came of it. */
async function wrongPin(stage, params) {
  const final = (await stage.token()).pin.state === 'final';
  const call = stage.call('renewal.begin', params);
  const not = final ? await stage.display.agree() : undefined;
  await stage.typePin(call, WRONG_PIN, { not });
  return outcome(call, () => 'taken');
}

async function unblock(stage, token, tool) {
  const call = stage.call('pin.unblock', { token }, { origin: 'ui' });
  const window = await stage.typePin(call, SO_PIN);
  await stage.typeNewPin(call, window, NEW_PIN);
  const seen = await outcome(call, () => 'done');
  const other = seen === 'done' || !tool ? '' : ` and by ${await tool(stage)}`;
  return `${seen}${other}, then ${await pinOf(stage)}`;
}

/** Wrong PINs until the lock and out of it. */
async function pins(stage, { unblock: tool }) {
  const { params } = await renewing(stage);
  const cells = {};
  const first = await tries(() => wrongPin(stage, params));
  cells['wrong PIN'] = `${first}, then ${await pinOf(stage)}`;
  for (let i = 1; i < WRONG_PINS; i++) {
    if ((await pinOf(stage)) === '`final`') break;
    await wrongPin(stage, params);
  }
  const state = await pinOf(stage);
  if (state === '`final`') {
    const declined = await tries(async () => {
      const call = stage.call('renewal.begin', params);
      await stage.display.cancelDialog();
      return outcome(call, () => 'taken');
    });
    cells['last try, declined'] = `${state}, ${declined}`;
    const spent = await wrongPin(stage, params);
    const again = await tries(() =>
      outcome(stage.withoutDialog('renewal.begin', params), () => 'taken')
    );
    cells['last try, wrong'] = `${spent}, then ${await pinOf(stage)}`;
    cells.locked = `${again}, no dialog`;
  } else {
    const never = `counts none: ${state} after ${WRONG_PINS} wrong PINs`;
    cells['last try, declined'] = never;
    cells['last try, wrong'] = never;
    cells.locked = never;
  }
  cells.unblocked = await unblock(stage, params.token, tool);
  const { renewal } = await stage.withPin('renewal.begin', params, {
    pin: NEW_PIN
  });
  assert.equal(renewal.state, 'requested', 'usable in the end');
  return cells;
}

async function pulled(stage) {
  const { params } = await renewing(stage);
  const call = stage.call('renewal.begin', params);
  await stage.display.dialog();
  await stage.ukey.pull();
  await until(
    async () => (await stage.tokens()).length === 0
  ); /* a reader takes its time */
  await stage.typePin(call);
  const seen = await outcome(call, () => 'taken');
  await stage.ukey.plug();
  return seen;
}

async function inserted(stage) {
  const { id } = await stage.token();
  await stage.call('tokens.watch', { enabled: true });
  const kinds = [];
  for (const move of ['pull', 'plug']) {
    await stage.ukey[move]();
    const { method, params } = await stage.broker.next();
    assert.equal(method, 'tokens.changed');
    assert.equal(params.token.id, id, 'the same UKey');
    kinds.push(code(params.kind));
  }
  return kinds.join(', ');
}

async function list(stage) {
  const { length } = await stage.tokens();
  return `${length} UKey, ${(await stage.certificates()).length} certificate`;
}

/** Row → what to do; resolves with its cell, or with several rows' cells. */
const ROWS = {
  list,
  'generate RSA-2048': (stage) => generate(stage, 'RSA-2048'),
  'generate EC-P256': (stage) => generate(stage, 'EC-P256'),
  'write a certificate, new key': (stage) => write(stage, 'new'),
  'write a certificate, same key': (stage) => write(stage, 'same'),
  'the same, of a key that wants the PIN each time': {
    pairs: [],
    act: writeGuarded
  },
  'delete a new key': remove,
  'import a key (`pkcs11-tool`)': importKey,
  PINs: pins,
  'pulled while the PIN is typed': pulled,
  'told of an insertion': inserted
};

const seen = {};

before(() => screen());

for (const [name, token] of Object.entries(TOKENS)) {
  seen[name] = {};
  for (const [row, what] of Object.entries(ROWS)) {
    const { act, ...options } = what.act ? what : { act: what };
    const cannot = token.cannot?.[row];
    const skip = token.missing ?? cannot ?? false;
    if (cannot) seen[name][row] = `cannot be tried: ${cannot}`;
    test(`${name}: ${row}`, { skip }, async (t) => {
      const stage = await token.make(t, { policy: POLICY, ...options });
      const cell = await act(stage, token);
      if (typeof cell === 'string') seen[name][row] = cell;
      else Object.assign(seen[name], cell);
    });
  }
}

const INTRODUCTION = `# Test tokens
What each token of the tests did, made by a run of \`tests/integration/tokens-table.test.mjs\`, which fails when this file
says anything else (\`UKB_WRITE_TABLE=1\` writes it). Every cell is what the host answered, but where a tool is
named; \`code\` is a reason, a state or an event of [protocol.md](protocol.md). *PINs tried* is what the ledger counted
that is between the host and every module (\`tests/module/README.md\`). A token that cannot be brought to something says
why. Tokens that are pulled at each single write are in \`card.test.mjs\` and \`module-cut.test.mjs\`, beside it.

`;

/** The table as text. */
function table() {
  const names = Object.keys(TOKENS);
  const rows = Object.keys(seen[names[0]]);
  const line = (cells) => `| ${cells.join(' | ')} |\n`;
  return (
    line(['', ...names]) +
    `|${'---|'.repeat(names.length + 1)}\n` +
    rows.map((row) => line([row, ...names.map((n) => seen[n][row])])).join('')
  );
}

/** What the file says of a token: `{row: cell}`. */
function said(name) {
  const lines = readFileSync(FILE, 'utf8').split('\n');
  const [head, , ...rows] = lines
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const column = head.indexOf(name);
  return Object.fromEntries(rows.map((cells) => [cells[1], cells[column]]));
}

if (process.env.UKB_WRITE_TABLE) {
  test('the table is written', () => {
    writeFileSync(FILE, INTRODUCTION + table());
  });
}

for (const [name, { missing }] of Object.entries(TOKENS)) {
  test(
    `the table says of ${name} what this run saw`,
    { skip: missing ?? false },
    () => {
      assert.deepEqual(said(name), seen[name]);
    }
  );
}
