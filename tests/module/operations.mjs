// SPDX-License-Identifier: MIT
// operations - what a host does with a UKey, each from a state that was prepared once, and what must be true after it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes, verify, X509Certificate } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

import { issue, scene, theCa } from '../lib/scene.mjs';
import { PIN, UKey } from '../lib/ukey.mjs';
import { faultScene } from './fault.mjs';

const LABEL = 'UKey one';
const PAIRS = [{ algorithm: 'EC-P256', label: 'my bids' }];
const OURS = /^554b4231[0-9a-f]{24}$/; /* UKB1… */
const kept = mkdtempSync(join(tmpdir(), 'ukb-prepared-'));

after(() => rmSync(kept, { recursive: true, force: true }));

/** Make the UKey and journal of a state, and keep copies. */
async function make(t, name, key) {
  const stage = await scene(t, { pairs: PAIRS });
  const [old] = await stage.certificates();
  const { token, id: certificate } = old;
  const begin = { token, kind: 'renew', certificate, key };
  const state = { dir: join(kept, name), old, begin, install: null };
  if (name.startsWith('requested')) {
    const { renewal } = await stage.withPin('renewal.begin', begin);
    const signing = await issue(renewal, old.pem);
    const chain = [(await theCa()).certificatePem];
    state.install = { renewal: renewal.id, signing, chain };
  }
  await stage.broker.end();
  cpSync(stage.place.tokens, join(state.dir, 'tokens'), { recursive: true });
  const { XDG_STATE_HOME } = stage.place.env;
  mkdirSync(XDG_STATE_HOME, {
    recursive: true
  }); /* nobody may have needed it */
  cpSync(XDG_STATE_HOME, join(state.dir, 'state'), { recursive: true });
  return state;
}

const states = new Map();

/** A scene in that state: `fresh`, `requested same`, `requested new`. */
async function inState(t, name, key) {
  const id = `${name} ${key}`;
  if (!states.has(id)) states.set(id, await make(t, id, key));
  const state = states.get(id);
  const stage = await faultScene(t, { pairs: null });
  const { place } = stage;
  cpSync(join(state.dir, 'tokens'), place.tokens, { recursive: true });
  const to = place.env.XDG_STATE_HOME;
  cpSync(join(state.dir, 'state'), to, { recursive: true });
  stage.ukey = new UKey(place, LABEL, { pin: PIN, copied: true });
  return { stage, state };
}

/** Does the key of that id, by pkcs11-tool, sign what this certificate verifies? */
function signsFor({ ukey, place }, id, x509) {
  const message = randomBytes(32);
  const input = join(place.dir, 'digest');
  const output = join(place.dir, 'signature');
  writeFileSync(input, createHash('sha256').update(message).digest());
  ukey.loggedIn(
    ...['--sign', '--mechanism', 'ECDSA', '--id', id],
    ...['--input-file', input, '--output-file', output]
  );
  const key = { key: x509.publicKey, dsaEncoding: 'ieee-p1363' };
  return verify('sha256', message, key, readFileSync(output));
}

/** The certificate under that id is this one, and the key beside it signs for it. */
function proves(stage, id, pem) {
  const x509 = new X509Certificate(stage.ukey.read('cert', id));
  assert.deepEqual(x509.raw, new X509Certificate(pem).raw);
  assert.ok(signsFor(stage, id, x509), 'proof');
}

/** The objects of the UKey as "type id", sorted. */
const objects = ({ ukey }) =>
  ukey
    .objects()
    .map(({ type, id }) => `${type} ${id}`)
    .sort();

const PAIR = ['Certificate 01', 'Private Key 01', 'Public Key 01'];

function untouched(stage, { old }) {
  assert.deepEqual(objects(stage), PAIR);
  proves(stage, '01', old.pem);
}

/** The id of the one key of ours. */
function ourKey(stage) {
  const ours = objects(stage).filter((line) => !PAIR.includes(line));
  const [id] = ours.map((line) => line.split(' ').at(-1));
  assert.match(id, OURS);
  return { id, types: ours.map((line) => line.slice(0, -id.length - 1)) };
}

function requestHasKey(stage, pem, id) {
  const file = join(stage.place.dir, 'request.pem');
  writeFileSync(file, pem);
  const args = ['req', '-in', file, '-noout', '-verify', '-pubkey'];
  const text = execFileSync('openssl', args, {
    stdio: ['ignore', 'pipe', 'ignore']
  });
  const spki = Buffer.from(
    text.toString().replace(/-----[^-]+-----|\s/g, ''),
    'base64'
  );
  assert.deepEqual(spki, stage.ukey.read('pubkey', id));
}

const list = (state) => [
  'certificates.list',
  { token: state.old.token, pem: true }
];

/** Each: a state to start from, the call, and what must be true when it has succeeded. */
export const OPERATIONS = {
  'tokens.list': {
    from: ['fresh', 'same'],
    call: () => ['tokens.list', undefined],
    check(stage, state, { tokens, problems }) {
      assert.deepEqual(
        tokens.map(({ id }) => id),
        [state.old.token]
      );
      assert.deepEqual(problems, []);
    }
  },
  'certificates.list': {
    from: ['fresh', 'same'],
    call: list,
    check(stage, state, { certificates }) {
      assert.deepEqual(
        certificates.map(({ id }) => id),
        [state.old.id]
      );
    }
  },
  'begin, same key': {
    from: ['fresh', 'same'],
    dialog: true,
    call: ({ begin }) => ['renewal.begin', begin],
    check(stage, state, { renewal }) {
      assert.equal(renewal.state, 'requested');
      untouched(stage, state);
      requestHasKey(stage, renewal.requests[0].pem, '01');
    }
  },
  'begin, new key': {
    from: ['fresh', 'new'],
    dialog: true,
    call: ({ begin }) => ['renewal.begin', begin],
    check(stage, state, { renewal }) {
      assert.equal(renewal.state, 'requested');
      const { id, types } = ourKey(stage);
      assert.deepEqual(types, ['Private Key', 'Public Key']);
      requestHasKey(stage, renewal.requests[0].pem, id);
      proves(stage, '01', state.old.pem);
    }
  },
  'install, same key': {
    from: ['requested', 'same'],
    dialog: true,
    call: ({ install }) => ['renewal.install', install],
    check(stage, { install }, { renewal }) {
      assert.equal(renewal.state, 'installed');
      assert.deepEqual(objects(stage), PAIR);
      proves(stage, '01', install.signing);
    }
  },
  'install, new key': {
    from: ['requested', 'new'],
    dialog: true,
    call: ({ install }) => ['renewal.install', install],
    check(stage, { install, old }, { renewal }) {
      assert.equal(renewal.state, 'installed');
      const { id, types } = ourKey(stage);
      assert.deepEqual(types, ['Certificate', 'Private Key', 'Public Key']);
      proves(stage, id, install.signing);
      proves(stage, '01', old.pem);
    }
  }
};

/** Do it once; the reply or the error. */
async function attempt(stage, operation, state, host) {
  const [method, params] = operation.call(state);
  const call = operation.dialog
    ? stage.withPin(method, params, { host })
    : stage.call(method, params, { host });
  return call.then(
    (result) => ({ result }),
    (error) => ({ error, reason: error.reason ?? error.code })
  );
}

/** The host sees exactly one current signing certificate. */
async function seesOne(stage, state, host) {
  const [method, params] = list(state);
  const { certificates } = await stage.call(method, params, { host });
  const current = certificates.filter(
    ({ role, history }) => role === 'signing' && !history
  );
  assert.equal(current.length, 1, 'current signing certificates');
}

/** Whatever failed: the old key is there, with a certificate for it; and after a roll-back nothing else has changed. */
async function intact(stage, state, { reason, error }) {
  const { publicKey } = new X509Certificate(state.old.pem);
  const usable = stage.ukey
    .certificates()
    .filter(({ x509 }) => x509.publicKey.equals(publicKey));
  assert.ok(usable.length > 0, 'a certificate for the old key');
  assert.ok(signsFor(stage, '01', usable[0].x509), 'the old key');
  if (!state.install) return;
  const { renewal } = state.install;
  const { renewal: now } = await stage.call('renewal.get', { renewal });
  assert.ok(['requested', 'installing'].includes(now.state), now.state);
  if (reason !== 'ROLLED_BACK') return;
  assert.equal(now.state, 'requested');
  assert.equal(now.error.reason, error.data.cause);
  proves(stage, '01', state.old.pem);
  assert.equal(usable.length, 1);
}

/** Which functions an operation calls without a fault, and how often: `{C_Login: 1, …}`. */
export async function countCalls(t, name) {
  const operation = OPERATIONS[name];
  const { stage, state } = await inState(t, ...operation.from);
  const host = stage.fault.host('', { counted: true });
  const { result, error } = await attempt(stage, operation, state, host);
  if (error) throw error;
  const counts = {};
  for (const { name: called } of stage.fault.calls()) {
    counts[called] = (counts[called] ?? 0) + 1;
  }
  delete counts.C_Finalize; /* behind the reply, when the worker ends */
  operation.check(stage, state, result);
  return counts;
}

/** A failed attempt: no PIN for nothing, nothing lost. */
async function failed(stage, state, operation, attempted) {
  const { typed } = stage.fault;
  const spent = stage.fault.calls('C_Login').length;
  stage.fault.kept = typed - spent; /* a fault between dialog and login */
  assert.ok(attempted.error || stage.fault.kept === 0, 'a PIN for nothing');
  if (!operation.dialog || !attempted.error) return;
  await intact(stage, state, attempted);
}

/**
 * Do an operation with faults until it succeeds, and once more if that is the first time: resolves with all attempts
 * but the last, which must be among the first `most`. Faults are counted over all processes, so each happens once.
 * `slots` are the readers at first; `mend` is done after each attempt, with its number; `fresh`: the later ones are without the script.
 */
export async function again(t, name, script, options = {}) {
  const { slots = [], mend, most = 2, fresh = false } = options;
  const operation = OPERATIONS[name];
  const { stage, state } = await inState(t, ...operation.from);
  if (slots.length > 0) stage.fault.slots(...slots);
  let host = stage.fault.host(script, { counted: true });
  const attempts = [await attempt(stage, operation, state, host)];
  if (fresh) host = stage.fault.host();
  do {
    await failed(stage, state, operation, attempts.at(-1));
    await mend?.(stage, attempts.length);
    attempts.push(await attempt(stage, operation, state, host));
  } while (attempts.at(-1).error && attempts.length < most);
  const last = attempts.pop();
  assert.ok(last.result, `again: ${last.error}`);
  operation.check(stage, state, last.result);
  await seesOne(stage, state, host);
  const [, called, n] = /^(\w+):(\d+)/.exec(script);
  assert.ok(stage.fault.calls(called).length >= Number(n), 'no fault happened');
  return attempts;
}
