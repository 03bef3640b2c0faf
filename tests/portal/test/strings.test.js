// SPDX-License-Identifier: MIT
// @ts-check
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { strings } from '../public/strings.js';

const PUBLIC = new URL('../public/', import.meta.url);

/** @param {string} text @returns {string[]} */
const placeholders = (text) => (text.match(/\{\w+\}/g) ?? []).sort();

test('both languages have the same keys and placeholders', () => {
  const { zh, en } = strings;
  assert.deepEqual(Object.keys(en).sort(), Object.keys(zh).sort());
  for (const [key, text] of Object.entries(zh)) {
    assert.deepEqual(placeholders(en[key]), placeholders(text), key);
    assert.ok(text && en[key], `${key} is empty`);
  }
});

test('every text that a module asks for is there', async () => {
  const names = await readdir(PUBLIC);
  for (const name of names.filter((file) => file.endsWith('.js'))) {
    const source = await readFile(new URL(name, PUBLIC), 'utf8');
    for (const [, key] of source.matchAll(/\bt\('([^']+)'/g)) {
      assert.ok(Object.hasOwn(strings.zh, key), `${name}: ${key}`);
    }
  }
});

test('no module writes HTML', async () => {
  const names = await readdir(PUBLIC);
  for (const name of names.filter((file) => file.endsWith('.js'))) {
    const source = await readFile(new URL(name, PUBLIC), 'utf8');
    assert.doesNotMatch(source, /innerHTML|outerHTML|insertAdjacent|eval\(/);
  }
});

test('every text is asked for by some module', async () => {
  const names = (await readdir(PUBLIC)).filter((file) => file.endsWith('.js'));
  const words = /^(strings|trouble)-/;
  const sources = await Promise.all(
    names
      .filter((name) => !words.test(name))
      .map((name) => readFile(new URL(name, PUBLIC), 'utf8'))
  );
  const all = sources.join('\n');
  for (const key of Object.keys(strings.zh)) {
    const [group, name] = key.split('.');
    const literal = all.includes(`'${key}'`) || all.includes(`\`${group}.$`);
    const fact = group === 'fact' && new RegExp(`['\\[]${name}'`).test(all);
    assert.ok(literal || fact, `${key} is not used`);
  }
});
