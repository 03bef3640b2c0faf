// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, it } from 'node:test';

import { CODE_OF_REASON } from '../../../extension/shared/errors.js';

const top = new URL('../../../extension/', import.meta.url);
const read = (path) => readFileSync(new URL(path, top), 'utf8');
const load = (lang) => JSON.parse(read(`_locales/${lang}/messages.json`));
const languages = readdirSync(new URL('_locales/', top));
const reference = load('zh_CN');
const keys = Object.keys(reference);

const sources = readdirSync(top, { recursive: true })
  .filter((path) => /^(?!_locales).*\.(js|html|json)$/.test(path))
  .map(read)
  .join('\n');
/** Written out in the source, or made of `error_` and a reason. */
const used = new Set([
  ...[...sources.matchAll(/__MSG_(\w+)__/g)].map(([, key]) => key),
  ...[...sources.matchAll(/'([a-z]+_\w+)'/g)].map(([, key]) => key),
  ...Object.keys(CODE_OF_REASON).map((reason) => `error_${reason}`)
]);
const prefixes = new Set(keys.map((key) => key.split('_')[0]));

it('no key is missing', () => {
  const wanted = [...used].filter((key) => prefixes.has(key.split('_')[0]));
  const missing = wanted.filter((key) => !keys.includes(key));
  assert.deepEqual(missing, []);
});

it('no key is unused', () => {
  assert.deepEqual(
    keys.filter((key) => !used.has(key)),
    []
  );
});

for (const lang of languages) {
  describe(lang, () => {
    const messages = load(lang);

    it('has the same keys', () => {
      assert.deepEqual(Object.keys(messages).sort(), [...keys].sort());
    });

    it('has the same placeholders', () => {
      for (const key of keys) {
        const wanted = reference[key].placeholders;
        assert.deepEqual(messages[key].placeholders, wanted, key);
      }
    });

    it('uses each placeholder it declares, and no other', () => {
      for (const [key, { message, placeholders = {} }] of Object.entries(
        messages
      )) {
        const named = [...message.matchAll(/\$(\w+)\$/g)].map(([, name]) =>
          name.toLowerCase()
        );
        const declared = Object.keys(placeholders);
        assert.deepEqual([...new Set(named)].sort(), declared.sort(), key);
      }
    });

    it('says something in every message', () => {
      for (const [key, { message }] of Object.entries(messages)) {
        assert.ok(message.trim().length > 0, key);
      }
    });
  });
}

it('an unreachable extension is told of in the words of the SDK', async () => {
  const { UKeyBridgeError } =
    await import('../../../extension/sdk/ukeybridge.js');
  const reason = 'EXTENSION_UNREACHABLE';
  for (const [lang, folder] of [
    ['zh-CN', 'zh_CN'],
    ['en', 'en']
  ]) {
    globalThis.document = { documentElement: { lang } };
    const error = { code: -32050, message: '', data: { reason } };
    const { text } = new UKeyBridgeError(error);
    delete globalThis.document;
    assert.equal(text, load(folder)[`error_${reason}`].message);
  }
});
