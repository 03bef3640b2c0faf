// SPDX-License-Identifier: MIT
// ledger - the PINs that people typed, and those that workers tried: nobody spends a try that no person asked for.
//
// libukb-ledger.so (tests/module) writes down what workers try, whatever the module; Display.typePin what is typed. A
// PIN is known by a mark. tests/run sets UKB_LEDGER_DIR and counts in the end; see tests/module/README.md.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const FNV_OFFSET = 0xcbf29ce484222325n;
const FNV_PRIME = 0x100000001b3n;
const NO_PIN = '-';
const RIGHT = 0n; /* CKR_OK */
/* CKR_USER_NOT_LOGGED_IN: C_SetPIN wants a login first. CKR_PIN_EXPIRED: C_Login wants another PIN first. */
const NO_TRIES = [0x101n, 0xa3n];

function markOf(key, pin) {
  if (pin === undefined) return NO_PIN;
  let state = FNV_OFFSET;
  for (const byte of Buffer.from(key + pin)) {
    state = BigInt.asUintN(64, (state ^ BigInt(byte)) * FNV_PRIME);
  }
  return state.toString(16).padStart(16, '0');
}

/** One line: `{what: 'tries' | 'answer', pid, call, user, mark, rv}`, `{what: 'typed', mark}` or `{what: 'settled'}`. */
function parse(line) {
  const [what, ...words] = line.split(' ');
  if (what === 'typed') return { what, mark: words[0] };
  const [pid, call, user, mark, rv] = words;
  return { what, pid, call, user, mark, ...(rv && { rv: BigInt(rv) }), line };
}

/** The tries among these lines that no typed PIN covers, and how many there were. */
function judge(lines) {
  const typed = new Map();
  for (const { what, mark } of lines) {
    if (what === 'typed') typed.set(mark, (typed.get(mark) ?? 0) + 1);
  }
  const right =
    new Set(); /* the PIN of a worker's one call, which the token has accepted */
  const tries = lines.filter(({ what }) => what === 'tries');
  const unasked = [];
  for (const { what, pid, mark, rv, line } of lines) {
    const left = typed.get(mark) ?? 0;
    const own = `${pid} ${mark}`;
    if (what === 'tries' && !right.has(own)) {
      if (left === 0) unasked.push(line);
      else typed.set(mark, left - 1);
    } else if (what === 'answer' && rv === RIGHT) {
      if (mark !== NO_PIN) right.add(own);
    } else if (what === 'answer' && NO_TRIES.includes(rv)) {
      typed.set(mark, left + 1);
    }
  }
  return { tries: tries.length, unasked };
}

export class Ledger {
  constructor(file, key = randomBytes(8).toString('hex')) {
    this.file = file;
    this.key = key;
  }

  /** What makes a program's workers write to it. */
  env(library) {
    const { file, key } = this;
    return { LD_PRELOAD: library, UKB_LEDGER: file, UKB_LEDGER_KEY: key };
  }

  /** A person types this PIN; undefined: on the reader. Or one's PIN comes from the portal's server. */
  typed(pin) {
    appendFileSync(this.file, `${this.lineFor(pin)}\n`);
  }

  /** What typed() writes, for a program that does so itself. */
  lineFor(pin) {
    return `typed ${markOf(this.key, pin)}`;
  }

  #sections() {
    const text = existsSync(this.file) ? readFileSync(this.file, 'utf8') : '';
    return text
      .split(/^settled\n/m)
      .map((part) => part.split('\n').filter(Boolean).map(parse));
  }

  /** All tests together: how many PINs were typed and tried, and the tries that nobody asked for. */
  sum() {
    const parts = this.#sections();
    const judged = parts.map(judge);
    return {
      typed: parts.flat().filter(({ what }) => what === 'typed').length,
      tries: judged.reduce((sum, { tries }) => sum + tries, 0),
      unasked: judged.flatMap(({ unasked }) => unasked)
    };
  }

  /** The end of a test, whose processes have ended: what was typed in it covers no later try. */
  settle() {
    const { unasked } = judge(this.#sections().at(-1));
    if (existsSync(this.file)) appendFileSync(this.file, 'settled\n');
    assert.deepEqual(unasked, [], 'PINs tried that nobody typed');
  }
}

let own;

/** The ledger of this process; of a program that a test has started, that test's. */
export function ledger() {
  const { UKB_LEDGER, UKB_LEDGER_KEY } = process.env;
  if (UKB_LEDGER) own ??= new Ledger(UKB_LEDGER, UKB_LEDGER_KEY);
  return own;
}

/** Keep a ledger from here on; for tests. */
export function keepLedger() {
  if (ledger()) return;
  const { UKB_LEDGER_DIR } = process.env;
  const dir = UKB_LEDGER_DIR ?? mkdtempSync(join(tmpdir(), 'ukb-ledger-'));
  if (!UKB_LEDGER_DIR) {
    process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  }
  mkdirSync(dir, { recursive: true });
  const file = join(dir, `${basename(process.argv[1])}.${process.pid}`);
  own = new Ledger(file);
  process.env.UKB_LEDGER = own.file;
  process.env.UKB_LEDGER_KEY = own.key;
}
