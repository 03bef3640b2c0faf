// SPDX-License-Identifier: MIT
// The policy kit, run on a root of a file system of a test’s own.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { TOP, filesOf as filesIn } from './tree.mjs';

export const CHROME = '/etc/opt/chrome/policies/managed/ukeybridge.json';
export const POLICY = '/etc/ukeybridge/policy.json';
export const FIREFOX = '/etc/firefox/policies/policies.json';
export const CONF = '/etc/ukeybridge/policy-kit.conf';
export const STATE = '/var/lib/ukeybridge-policy/written.json';
export const SETTINGS = {
  portal: ['https://portal.example', 'https://*.example.cn'],
  module: ['vendor /usr/lib/vendor-pkcs11.so'],
  'update-url': ['https://updates.example/updates.xml?a=1&b=2'],
  'firefox-url': ['https://updates.example/ukeybridge.xpi'],
  reminders: ['off'],
  sound: ['off'],
  language: ['zh-CN']
};

/** A root of a file system. */
export function makeRoot(t) {
  const root = mkdtempSync(join(tmpdir(), 'kit-'));
  t.after(() => rmSync(root, { recursive: true }));
  return root;
}

export const run = (...args) =>
  spawnSync(join(TOP, 'packaging/policy'), args, { encoding: 'utf8' });
export const asOptions = (settings) =>
  Object.entries(settings).flatMap(([name, values]) =>
    values.flatMap((value) => [`--${name}`, value])
  );
export const asFile = (settings) =>
  Object.entries(settings)
    .flatMap(([name, values]) => values.map((value) => `${name} = ${value}\n`))
    .join('');
export const load = (path) => JSON.parse(readFileSync(path, 'utf8'));
export const filesOf = (root) => filesIn(root).map((path) => `/${path}`);

export function put(root, path, text) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

export function apply(root, settings) {
  put(root, CONF, asFile(settings));
  const done = run('--apply', '--root', root);
  assert.equal(done.status, 0, done.stderr);
  return done.stdout;
}
