// SPDX-License-Identifier: MIT
// matrix - a renewal with one fault at one place: what is left, what the next start of the host makes of it, and whether
// the UKey and the journal agree then. The places are listed by an undisturbed run; see faults.test.mjs.
import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

import { Card, OPENSC, stock as cardStock, wounds } from '../lib/card.mjs';
import { dualPairs, requestDual, roleOf } from '../lib/dual.mjs';
import { BUILD, preloading, SOFTHSM } from '../lib/place.mjs';
import { issue, theCa } from '../lib/scene.mjs';
import { PIN, UKey } from '../lib/ukey.mjs';
import { VENDOR } from './fault.mjs';
import { nameOf, shapeOf, uses } from './look.mjs';
import { personCardScene, personScene } from './person.mjs';

const LABEL = 'UKey one';
const kept = mkdtempSync(join(tmpdir(), 'ukb-matrix-'));

after(() => rmSync(kept, { recursive: true, force: true }));

/**
 * What is done to a UKey. `key` and `dual` say what is renewed, `retire` is the policy's word on the old pair; `not`
 * where it is not tried.
 */
export const OPERATIONS = {
  'begin, new key': { key: 'new', begins: true },
  'install, same key': { key: 'same' },
  'install, new key': { key: 'new' },
  'install both, same keys': { key: 'same', dual: true },
  /* OpenSC lets no imported EC key agree: the proof fails, and all is undone */
  'install both, new keys': { key: 'new', dual: true, not: ['card'] },
  'install, new key, old one retired now': {
    key: 'new',
    retire: 'now',
    not: ['card']
  },
  'install both, new keys, RSA': {
    key: 'new',
    dual: true,
    algorithm: 'RSA-2048',
    not: ['power cut']
  }
};

/** The administrator's word in these tests: p11-kit knows SoftHSM, too, which fails at nothing. */
export const policyOf = ({ retire }) => ({
  systemModules: false,
  userPortals: true,
  ...(retire && { retireOldSigning: retire })
});

const pairsOf = ({ dual, algorithm = 'EC-P256' }) =>
  dual ? dualPairs(algorithm) : [{ algorithm }];

const CUT = join(BUILD, 'tests', 'module', 'libukb-cut.so');

/** The environment in which the power fails before the n-th change of a file of the UKey or the journal. */
const cutEnv = (stage, at) => ({
  ...preloading(CUT),
  UKB_CUT_UKEY: stage.place.tokens,
  UKB_CUT_JOURNAL: stateHome(stage),
  UKB_CUT_LOG: join(stage.place.dir, 'changes'),
  UKB_CUT_AT: at
});

/** The environment in which libukb-fault.so does `script`, counted over all processes; `cut`: and the power fails. */
function faultEnv(stage, module, { script = '', cut } = {}) {
  const state = mkdtempSync(join(stage.place.dir, 'state-'));
  return {
    ...(cut !== undefined && cutEnv(stage, cut)),
    UKB_FAULT_MODULE: module,
    UKB_FAULT: script,
    UKB_FAULT_LOG: join(stage.place.dir, 'calls'),
    UKB_FAULT_STATE: state,
    ...(stage.slots && { UKB_FAULT_SLOTS: stage.slots })
  };
}

/** What differs between a soft UKey and a card. */
const TOKENS = {
  SoftHSM: {
    module: SOFTHSM,
    async scene(operation, from) {
      const stage = personScene({ modules: [VENDOR] });
      if (from) {
        cpSync(from, stage.place.tokens, { recursive: true });
        stage.ukey = new UKey(stage.place, LABEL, { pin: PIN, copied: true });
      } else {
        stage.ukey = await stage.insert({ pairs: pairsOf(operation) });
      }
      stage.slots = join(stage.place.dir, 'slots');
      this.mend(stage);
      return stage;
    },
    keep: (stage, to) => cpSync(stage.place.tokens, to, { recursive: true }),
    mend: ({ slots }) => writeFileSync(slots, `${LABEL}\n`)
  },
  card: {
    module: OPENSC,
    async scene(operation, from) {
      const pairs = pairsOf(operation);
      const state = from ?? (await cardStock(LABEL, PIN, pairs));
      return personCardScene({ modules: [VENDOR] }, (place) =>
        Card.start(place, { label: LABEL, from: state })
      );
    },
    keep: (stage, to) => cpSync(stage.card.state, to),
    async mend({ card }) {
      const { in: isIn } = await card.order('status');
      if (!isIn) await card.plug();
    }
  }
};

export const stateHome = ({ place }) => place.env.XDG_STATE_HOME;

async function requested(stage, { key, dual }) {
  if (dual) return (await requestDual(stage, { key })).params;
  const old = roleOf(await stage.certificates(), 'signing');
  const { renewal } = await stage.withPin('renewal.begin', beginOf(old, key));
  const signing = await issue(renewal, old.pem);
  const chain = [(await theCa()).certificatePem];
  return { renewal: renewal.id, signing, chain };
}

const beginOf = (old, key) => ({
  token: old.token,
  kind: 'renew',
  certificate: old.id,
  key
});

const prepared = new Map();

/** A UKey and a journal from which the operation starts, made once: `{tokens, journal, call, names, token}`. */
export async function prepare(token, name) {
  const id = `${token} ${name}`;
  if (prepared.has(id)) return prepared.get(id);
  const operation = OPERATIONS[name];
  const kind = TOKENS[token];
  const stage = await kind.scene(operation);
  const dir = join(kept, id.replaceAll(/\W+/g, '-'));
  const state = {
    token,
    name,
    operation,
    tokens: join(dir, 'tokens'),
    journal: join(dir, 'journal'),
    names: new Map()
  };
  try {
    stage.host(faultEnv(stage, kind.module));
    const certificates = await stage.certificates();
    for (const { role, pem } of certificates) {
      nameOf(state.names, pem, role, 'old');
    }
    const old = roleOf(certificates, 'signing');
    state.id = old.token;
    state.old = old;
    if (operation.begins) {
      state.call = ['renewal.begin', beginOf(old, operation.key)];
    } else {
      const params = await requested(stage, operation);
      nameOf(state.names, params.signing, 'signing', 'new');
      if (params.encryption) {
        nameOf(state.names, params.encryption, 'encryption', 'new');
      }
      state.params = params;
      state.call = ['renewal.install', params];
    }
    await stage.broker.end();
    mkdirSync(dir, { recursive: true });
    kind.keep(stage, state.tokens);
    mkdirSync(stateHome(stage), { recursive: true });
    cpSync(stateHome(stage), state.journal, { recursive: true });
    state.before = await shapeOf(stage.ukey, state.names);
  } finally {
    await stage.close({ among: true });
  }
  await undisturbed(state);
  prepared.set(id, state);
  return state;
}

/** A copy of that state. */
export async function copyOf(state) {
  const stage = await TOKENS[state.token].scene(state.operation, state.tokens);
  cpSync(state.journal, stateHome(stage), { recursive: true });
  return stage;
}

/** A broker whose module and files fail as `point` says; `where`: in a space. */
export const hostOf = (stage, state, point, where = {}) =>
  stage.host(faultEnv(stage, TOKENS[state.token].module, point), where);

/** A name for the certificate of yet another renewal. */
export const nameNew = (names, pem) => nameOf(names, pem, 'signing', 'newer');

export const outcome = (promise) =>
  promise.then(
    (result) => ({ result, reply: 'done' }),
    (error) => ({ error, reply: error.reason ?? error.message })
  );

function calls(stage) {
  const file = join(stage.place.dir, 'calls');
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' '))
    .map(([pid, what, n]) => ({ pid, what, n: Number(n) }));
}

/** The card's commands by their second byte (ISO 7816-4, -8 and -9); those of WRITES leave a trace. */
const COMMANDS = {
  20: 'VERIFY',
  22: 'MANAGE SECURITY ENVIRONMENT',
  '2a': 'PERFORM SECURITY OPERATION',
  46: 'GENERATE',
  a4: 'SELECT',
  b0: 'READ BINARY',
  c0: 'GET RESPONSE',
  ca: 'GET DATA',
  d6: 'UPDATE BINARY',
  da: 'PUT DATA',
  e0: 'CREATE FILE',
  e4: 'DELETE FILE'
};
const WRITES = ['46', 'd6', 'da', 'e0', 'e4'];

/** What the card is told, `{what, n, at, writes}`: the n-th of its kind, and the at-th of all. */
async function cardCommands(stage, start) {
  const { log } = await stage.card.order('log');
  const counts = {};
  return log.map(({ command, n: at }) => {
    const code = command.slice(2, 4);
    const what = COMMANDS[code] ?? code;
    counts[what] = (counts[what] ?? 0) + 1;
    return {
      what,
      n: counts[what],
      at: at - start,
      writes: WRITES.includes(code)
    };
  });
}

/** Do it without a fault: the calls of the worker that logs in, and what the UKey is like in the end. */
async function undisturbed(state) {
  const stage = await copyOf(state);
  try {
    const host = hostOf(stage, state);
    let start = 0;
    if (stage.card) {
      start = (await stage.card.order('status')).count;
      await stage.card.order('log');
    }
    const { error } = await outcome(stage.call(...state.call, { host }));
    if (error) throw error;
    const all = calls(stage);
    const login = all.find(({ what }) => what === 'C_Login');
    state.calls = all.filter(
      ({ pid, what }) => pid === login.pid && what !== 'C_Finalize'
    );
    if (stage.card) state.commands = await cardCommands(stage, start);
    state.after = await shapeOf(stage.ukey, state.names);
  } finally {
    await stage.close({ among: true });
  }
}

/**
 * Of the changes of one file that follow each other the first and the last, and one in so many: SoftHSM writes an object
 * anew with each of its attributes, and SQLite a file page by page. Not SoftHSM's own record of the token, which it
 * empties at each login before it writes it: a power cut there leaves no token.
 */
const ONE_IN = 11;

function isTelling({ what, path }, i, all) {
  if (what === 'journal, create') return false; /* looked for, not made */
  const record = all
    .slice(0, i + 1)
    .findLast((change) => change.path.endsWith('/token.object'));
  if (record && (record === all[i] || /truncate$/.test(record.what))) {
    return false;
  }
  const isSame = (other) => other && stemOf(other.path) === stemOf(path);
  const isInside = isSame(all[i - 1]) && isSame(all[i + 1]);
  return !isInside || i % ONE_IN === 0;
}

/** An object and its lock are one. */
const stemOf = (path) => path.replace(/\.(lock|object)$/, '');

/** The changes of files of an undisturbed run on SoftHSM, `{what, n}`: the n-th of its kind. */
export async function changesOf(state) {
  const stage = await copyOf(state);
  try {
    const host = hostOf(stage, state, { cut: 'never' });
    const { error } = await outcome(stage.call(...state.call, { host }));
    if (error) throw error;
    return readFileSync(join(stage.place.dir, 'changes'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => {
        const [place, path] = line.split('\t');
        const [, what, n] = /^(.*):(\d+)$/.exec(place);
        return { what, n: Number(n), path };
      })
      .filter(isTelling);
  } finally {
    await stage.close({ among: true });
  }
}

/** A journal's state, `preparing` told from `requested`. */
export const stateOf = ({ state, requests }) =>
  state === 'requested' && requests.length === 0 ? 'preparing' : state;

export async function journalOf(stage, host) {
  const { renewals } = await stage.call(
    'renewal.list',
    {},
    { host, origin: 'ui' }
  );
  return renewals.reverse(); /* the oldest first */
}

const statesOf = (renewals) => renewals.map(stateOf).join(', ') || 'nothing';

/** The UKey is as its journal says, and what is current works. */
export async function assertAgreed(stage, state, host, renewals) {
  const { operation, names, id } = state;
  for (const renewal of renewals) {
    assert.match(stateOf(renewal), /^(installed|rolled-back|requested)$/);
  }
  const last = stateOf(
    renewals.at(-1) ?? { state: 'rolled-back', requests: [] }
  );
  const isDone = operation.begins ? last === 'requested' : last === 'installed';
  const shape = await shapeOf(stage.ukey, names);
  assert.equal(
    shape,
    isDone ? state.after : state.before,
    `UKey that is ${last}`
  );
  const { certificates } = await stage.call(
    'certificates.list',
    { token: id, pem: true },
    { host }
  );
  for (const role of operation.dual ? ['signing', 'encryption'] : ['signing']) {
    const current = certificates.filter(
      (one) => one.role === role && !one.history
    );
    assert.equal(current.length, 1, `current ${role} certificates`);
    await uses(stage, current[0].pem, role);
  }
}

/** What the host tells of a UKey by itself: `finish`, `undo` or nothing, for each renewal. */
async function pendingOf(stage, state, host) {
  await stage.call('tokens.list', undefined, { host, origin: 'ui' });
  await stage.call(
    'certificates.list',
    { token: state.id },
    { host }
  ); /* told behind the reply */
  const told = host.frames
    .map(({ message }) => message)
    .filter(({ method }) => method === 'token.pending')
    .map(({ params }) => [params.renewal.id, params.next]);
  return new Map(told);
}

/** What a cut in the middle of one of OpenSC's calls left of the card's directories; none on a soft UKey. */
const tornOf = async ({ card }) => (card ? wounds(card) : []);

async function recover(stage, state, host) {
  const params = { token: state.id };
  const call = stage.call('renewal.recover', params, { host, origin: 'ui' });
  const { reply, error } = await outcome(call);
  return { recovery: reply, error };
}

/** The interrupted ones are told of, as far as the UKey can be read. */
function assertTold(renewals, pending) {
  for (const one of renewals) {
    if (!/installing|preparing/.test(stateOf(one))) continue;
    assert.ok(pending.has(one.id), `${stateOf(one)}, and nobody is told`);
  }
}

/** Recover, or `by` repeating the call; then repeat the call until it is done. */
async function mendAll(stage, state, host, by) {
  if (by === 'repetition') {
    await stage.call(...state.call, { host });
  } else {
    const { error } = await recover(stage, state, host);
    if (error) throw error;
  }
  const recovered = await journalOf(stage, host);
  await assertAgreed(stage, state, host, recovered);
  const done = state.operation.begins ? 'requested' : 'installed';
  const { renewal } = await stage.call(...state.call, { host });
  assert.equal(stateOf(renewal), done);
  if (recovered.length === 0 || stateOf(recovered.at(-1)) !== done) {
    await assertAgreed(stage, state, host, await journalOf(stage, host));
  }
  return statesOf(recovered);
}

/** Whether a card that is pulled while it is looked for was found before depends on how soon pcscd tells. */
const GONE = ['NO_TOKEN', 'TOKEN_REMOVED'];

/** Is something of a renewal left to finish or to undo? */
const isBegun = (renewals) =>
  renewals.some((one) => ['preparing', 'installing'].includes(stateOf(one)));

/** A reply as the tables have it. Once something was begun it is told exactly. */
function replyOf({ pull }, { reply, error }, renewals) {
  if (pull && !isBegun(renewals) && GONE.includes(reply)) return 'gone';
  return reply === 'ROLLED_BACK' ? `ROLLED_BACK (${error.data.cause})` : reply;
}

/** Break off, start again, recover, repeat: `{reply, left, pending, recovered}`; throws where anything is lost. */
export async function suffer(state, point, { by = 'recovery' } = {}) {
  const stage = await copyOf(state);
  try {
    const first = hostOf(stage, state, point);
    if (point.pull) await stage.card.pullAt(...point.pull);
    const { reply, error } = await outcome(
      stage.call(...state.call, { host: first })
    );
    await first.end();
    if (point.cut && reply === 'done') return null;
    if (point.cut) assert.equal(reply, 'MODULE_CRASHED', 'no power cut');
    await TOKENS[state.token].mend(stage);
    const host = hostOf(stage, state);
    const renewals = await journalOf(stage, host);
    const pending = await pendingOf(stage, state, host);
    const torn = await tornOf(stage);
    assertTold(renewals, pending);
    const recovered = await mendAll(stage, state, host, by);
    assert.deepEqual(await tornOf(stage), [], 'the card is as a whole one');
    return {
      reply: replyOf(point, { reply, error }, renewals),
      left: statesOf(renewals) + (torn.length > 0 ? ', torn' : ''),
      pending: [...pending.values()].join(', '),
      recovered
    };
  } finally {
    await stage.close({ among: true });
  }
}
