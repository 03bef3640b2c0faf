// SPDX-License-Identifier: MIT
// place - a throw-away home for one test: XDG folders, the user's configuration, the administrator's policy.
//
// The policy's place is fixed when the host is built (UKEYBRIDGE_SYSCONFDIR), so tests that need their own policy run
// a copy of the two executables built for that: see tests/run.
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { laneOf } from './lane.mjs';
import { ledger } from './ledger.mjs';
import { TOP } from './tree.mjs';

export { TOP };

/** The build under test; tests/run sets it, or names several of which this is one. */
export const BUILD = await laneOf(
  process.env.UKEYBRIDGE_BUILD ?? join(TOP, 'build-tests')
);

export const HOST = join(BUILD, 'host', 'ukeybridge');

/** Where that build looks for policy.json. */
export const POLICY_FILE = join(BUILD, 'etc', 'ukeybridge', 'policy.json');

export const SOFTHSM = '/usr/lib/softhsm/libsofthsm2.so';

/** Preloaded, it writes down which PINs workers try; see ledger.mjs. */
export const LEDGER_LIBRARY = join(
  BUILD,
  'tests',
  'module',
  'libukb-ledger.so'
);

const REMOVE_TRIES = 200;

/** The PIN dialog that display.mjs knows how to use. */
export const PINENTRY = '/usr/bin/pinentry-gtk-2';

/** What preloads a library into a host, before the one that a test's place preloads. */
export const preloading = (library) => ({
  LD_PRELOAD: `${library}:${LEDGER_LIBRARY}`
});

/** Write the administrator's policy (an object, or text as it is); null removes it. */
export function setPolicy(policy) {
  if (policy === null) {
    rmSync(POLICY_FILE, { force: true });
    return;
  }
  const folder = dirname(POLICY_FILE);
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755); /* whatever the umask: others may write neither */
  const text = typeof policy === 'string' ? policy : JSON.stringify(policy);
  /* in one step: workers of another scene's host may be starting by it */
  writeFileSync(`${POLICY_FILE}.new`, text);
  chmodSync(`${POLICY_FILE}.new`, 0o644);
  renameSync(`${POLICY_FILE}.new`, POLICY_FILE);
}

/** Remove a folder that the last processes of a browser may still be writing to. */
function removeTree(dir) {
  for (let tries = REMOVE_TRIES; ; tries--) {
    try {
      rmSync(dir, { recursive: true, force: true });
      return;
    } catch (error) {
      if (tries === 0) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    }
  }
}

/** A folder of its own with an environment that points into it. `remove()` takes it away. */
export function makePlace() {
  const dir = mkdtempSync(join(tmpdir(), 'ukb-'));
  const env = {
    PATH: process.env.PATH,
    HOME: dir,
    LANG: 'C.UTF-8',
    XDG_CONFIG_HOME: join(dir, 'config'),
    XDG_STATE_HOME: join(dir, 'state'),
    XDG_RUNTIME_DIR: join(dir, 'run'),
    SOFTHSM2_CONF: join(dir, 'softhsm2.conf'),
    ...ledger()?.env(LEDGER_LIBRARY)
  };
  mkdirSync(env.XDG_RUNTIME_DIR, { mode: 0o700 });
  mkdirSync(join(dir, 'tokens'));
  writeFileSync(
    env.SOFTHSM2_CONF,
    `directories.tokendir = ${join(dir, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`
  );
  return {
    dir,
    env,
    tokens: join(dir, 'tokens'),
    /** Write the user's config.json (an object, or text as it is). */
    configure(config) {
      const folder = join(env.XDG_CONFIG_HOME, 'ukeybridge');
      const text = typeof config === 'string' ? config : JSON.stringify(config);
      mkdirSync(folder, { recursive: true });
      chmodSync(folder, 0o755);
      writeFileSync(join(folder, 'config.json'), text);
      chmodSync(join(folder, 'config.json'), 0o644);
    },
    remove() {
      chmodSync(dir, 0o700);
      removeTree(dir);
    }
  };
}

/** What a browser's first start leaves in its folder, as far as anybody looks. */
export function useBrowser(home, profile) {
  mkdirSync(join(home, profile), { recursive: true });
  writeFileSync(join(home, profile, 'Local State'), '{}');
}

/** What a look finds; nothing of what has gone meanwhile, as the file of a rollback does. */
function ifThere(look) {
  try {
    return look();
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  }
}

/** Every regular file below a folder, with its bytes. */
export function* filesBelow(dir) {
  for (const name of ifThere(() => readdirSync(dir)) ?? []) {
    const path = join(dir, name);
    const kind = ifThere(() => statSync(path));
    if (kind?.isDirectory()) yield* filesBelow(path);
    if (!kind?.isFile()) continue;
    const bytes = ifThere(() => readFileSync(path));
    if (bytes) yield { path, bytes };
  }
}
