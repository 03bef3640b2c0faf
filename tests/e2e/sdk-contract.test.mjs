// SPDX-License-Identifier: MIT
// The SDK, the extension's table of errors and the page about the protocol say what the host's own tables say.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { CODE_OF_REASON } from '../../extension/shared/errors.js';
import {
  DIALOG_METHODS,
  NEEDED_METHODS
} from '../../extension/shared/config.js';
import { UKeyBridge } from '../../extension/sdk/ukeybridge.js';
import { HOST, TOP } from '../lib/place.mjs';
import { OF_EXTENSION, assertions, isOwn, program } from './contract-types.mjs';

const OUT = join(TOP, 'tests/out');
const TSC = join(TOP, 'tests/node_modules/.bin/tsc');
const PAGE = readFileSync(join(TOP, 'host/docs/protocol.md'), 'utf8');
const contract = JSON.parse(execFileSync(HOST, ['describe']));
const reasons = contract.errors.filter(({ reason }) => reason);

/** What tsc says against a list of assertions: the words of those that do not hold. */
function judge(list) {
  const { text, firstLine } = program(list);
  mkdirSync(OUT, { recursive: true });
  const file = join(OUT, 'contract.ts');
  writeFileSync(file, text);
  const { status, stdout } = spawnSync(
    TSC,
    [
      '--noEmit',
      '--ignoreConfig',
      '--strict',
      '--pretty',
      'false',
      '--target',
      'es2022'
    ]
      .concat(['--module', 'esnext', '--moduleResolution', 'bundler'])
      .concat(['--lib', 'es2022,dom', '--types', '', file]),
    { encoding: 'utf8', cwd: OUT }
  );
  rmSync(file);
  if (status === 0) return [];
  const lines = [...stdout.matchAll(/contract\.ts\((\d+),/g)];
  assert.ok(lines.length > 0, stdout);
  return lines.map(([, line]) => {
    const at = list[line - firstLine];
    return at ? `${at.what}: ${at.type}` : stdout;
  });
}

/** The rows of the first table behind a heading: cells as text. */
function tableBehind(heading) {
  const [, after] = PAGE.split(`\n## ${heading}\n`);
  const rows = /\n\|-[-|]*\|\n((?:\|.*\|\n)+)/.exec(after)[1];
  return rows
    .trimEnd()
    .split('\n')
    .map((row) =>
      row
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim())
    );
}

const quoted = (cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, t]) => t);

test("the SDK's types are the contract's", () => {
  assert.deepEqual(judge(assertions(contract)), []);
});

test('the comparison finds what differs', () => {
  const other = structuredClone(contract);
  const method = (name) => other.methods.find((m) => m.name === name);
  method('renewal.install').params.push({
    name: 'moon',
    type: 'string',
    required: false
  });
  method('certificates.list').params[0].required = false;
  other.objects.token.pop();
  other.objects.pin[0].values.push('melted');
  other.errors.push({ code: -32001, reason: 'WRONG_MOON' });
  const found = judge(assertions(other)).map((words) => words.split(': S')[0]);
  assert.deepEqual(found.sort(), [
    'params of certificates.list: which may be absent',
    'params of renewal.install.moon',
    'params of renewal.install: names of members',
    'params of renewal.install: which may be absent',
    'pin.state',
    'reasons',
    'reasons of -32001',
    'token: names of members'
  ]);
});

test('the SDK has the functions that its types promise', () => {
  const bridge = UKeyBridge.over({
    onmessage: null,
    postMessage() {},
    close() {}
  });
  const below = ([name, value]) =>
    typeof value === 'function'
      ? [name]
      : Object.entries(value ?? {})
          .flatMap(below)
          .map((verb) => `${name}.${verb}`);
  const functions = Object.entries(bridge).flatMap(below);
  const methods = contract.methods
    .map(({ name }) => name)
    .filter((name) => name !== 'host.cancel' && !isOwn(name));
  const more = ['certificates.all', ...OF_EXTENSION];
  assert.deepEqual(functions.sort(), [...methods, ...more].sort());
});

test('the extension knows the same reasons and dialogs', () => {
  const described = reasons.map(({ code, reason }) => [reason, code]);
  assert.deepEqual(CODE_OF_REASON, Object.fromEntries(described));
  for (const { name, dialog } of contract.methods) {
    assert.equal(DIALOG_METHODS.includes(name), dialog, name);
  }
});

test('the page about the protocol lists the methods, their grants and parameters', () => {
  const rows = tableBehind('Methods').map(([name, grant, params]) => ({
    name: quoted(name)[0],
    grant: /^\w+/.exec(grant)[0],
    dialog: /\bdialog\b/.test(grant),
    params: quoted(params)
      .map((text) => text.replace(/[?{].*/, ''))
      .sort()
  }));
  const described = contract.methods.map(({ name, grant, dialog, params }) => ({
    name,
    grant,
    dialog,
    params: params.map((field) => field.name).sort()
  }));
  const install = rows.find(({ name }) => name === 'renewal.install');
  const preview = rows.find(({ name }) => name === 'renewal.preview');
  assert.deepEqual(install.params, [], 'as preview');
  install.params = preview.params;
  assert.deepEqual(rows, described);
});

test('the page about the protocol tells of the calls that the extension answers', () => {
  for (const name of OF_EXTENSION) {
    assert.ok(PAGE.includes(`\n### ${name}\n`), name);
    assert.ok(!contract.methods.some((method) => method.name === name), name);
  }
});

test('the page about the protocol lists the reasons', () => {
  const listed = tableBehind('Errors').flatMap(([code, cell]) =>
    quoted(cell)
      .filter((text) => /^[A-Z_]+$/.test(text))
      .map((reason) => ({ code: Number.parseInt(code, 10), reason }))
  );
  assert.deepEqual(listed, reasons);
});

test('the host has what the extension’s own pages cannot do without', () => {
  const names = contract.methods.map(({ name }) => name);
  const missing = NEEDED_METHODS.filter((name) => !names.includes(name));
  assert.deepEqual(missing, []);
});
