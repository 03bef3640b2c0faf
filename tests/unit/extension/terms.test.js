// SPDX-License-Identifier: MIT
// One thing has one name: no text for users has a word that host/docs/terms.md does without.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const TOP = new URL('../../../', import.meta.url);
const read = (path) => readFileSync(new URL(path, TOP), 'utf8');

/** Each row: the thing, and in both languages its name and the words that are not used. */
const TERMS = read('host/docs/terms.md')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .slice(1)
  .map((line) => {
    const [thing, ...cells] = line
      .slice(2, -2)
      .split(' | ')
      .map((cell) => cell.trim());
    const [zh, notZh, en, notEn] = cells;
    return {
      thing,
      zh: { name: zh, not: notZh.split(', ') },
      en: { name: en, not: notEn.split(', ') }
    };
  });

const isChinese = (text) => /\p{Script=Han}/u.test(text);

/** The string literals of a C file; those that stand behind each other are one. */
const literalsOf = (source) =>
  [
    ...source
      .replace(/\/\*.*?\*\//gs, '')
      .matchAll(/"(?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*/g)
  ].map(([text]) => text.replace(/"\s*"/g, ''));

/** Where a command says something, English stands before Chinese. */
const literalsBeforeChinese = (literals) =>
  literals.filter(
    (text, i) =>
      !isChinese(text) && literals[i + 1] && isChinese(literals[i + 1])
  );

const COMMANDS = readdirSync(new URL('host/broker/', TOP))
  .filter((file) => file.endsWith('.c'))
  .map((file) => literalsOf(read(`host/broker/${file}`)));

const messages = (language) =>
  Object.values(
    JSON.parse(read(`extension/_locales/${language}/messages.json`))
  ).map(({ message }) => message);

/** Everything that a user may read. */
const TEXTS = [
  ...['causes.c', 'checks.c', 'known.c'].flatMap((file) =>
    literalsOf(read(`host/doctor/${file}`))
  ),
  ...literalsOf(read('host/dialog/sentences.c')),
  ...COMMANDS.flat().filter(isChinese),
  ...COMMANDS.flatMap(literalsBeforeChinese),
  ...messages('zh_CN'),
  ...messages('en'),
  ...[...read('extension/sdk/ukeybridge.js').matchAll(/'([^'\n]*)'/g)]
    .map(([, text]) => text)
    .filter(isChinese),
  ...[
    'kit/kit_windows.py',
    'data/org.ukeybridge.host.metainfo.xml',
    'man/ukeybridge.zh_CN.mdoc'
  ].flatMap((file) => read(`packaging/${file}`).split('\n').filter(isChinese))
];

/** What is read and not an identifier. */
const SENTENCE = /[ \p{Script=Han}]/u;

/** Chinese puts no spaces between words. */
const holds = {
  zh: (text, word) => text.includes(word),
  en: (text, word) => new RegExp(`\\b${word}\\b`, 'i').test(text)
};

/** What is left of a text without identifiers and the names in use: a word within one of them is no word. */
const without = (text, names) =>
  names.reduce(
    (rest, name) => rest.replaceAll(name, ''),
    text.replace(/\$\w+\$|org\.ukeybridge\.host/g, '')
  );

for (const language of ['zh', 'en']) {
  test(`no text has a word that is not used, ${language}`, () => {
    const texts = TEXTS.filter(
      (text) => isChinese(text) === (language === 'zh') && SENTENCE.test(text)
    );
    assert.ok(texts.length > 200, String(texts.length));
    const names = TERMS.map((term) => term[language].name);
    const found = texts.flatMap((text) => {
      const rest = without(text, names);
      return TERMS.flatMap(({ thing, [language]: { not } }) =>
        not
          .filter((word) => holds[language](rest, word))
          .map((word) => `${thing}, “${word}”: ${text}`)
      );
    });
    assert.deepEqual(found, []);
  });
}

/** A C file's table of codes with their Chinese words. */
const wordsOf = (file, name) => {
  const [, body] = new RegExp(`\\b${name}\\[\\] = \\{(.*?)\\};`, 's').exec(
    read(`host/broker/${file}`)
  );
  return [...body.matchAll(/\{ "([\w-]+)", "([^"]+)" \}/g)].map(
    ([, code, zh]) => [code.replaceAll('-', '_'), zh]
  );
};

for (const [file, name, prefix, but] of [
  ['lists.c', 'kinds', 'kind_', []],
  ['lists.c', 'renewal_states', 'renewal_', ['needs_attention']],
  ['doctor_list.c', 'states', 'check_', ['ok', 'repaired']],
  ['command.c', 'meanings', 'error_', ['JOURNAL_UNAVAILABLE']]
]) {
  test(`a command and the extension have the same words: ${name}`, () => {
    const chinese = JSON.parse(read('extension/_locales/zh_CN/messages.json'));
    const words = wordsOf(file, name).filter(([code]) => !but.includes(code));
    assert.ok(words.length > 2);
    for (const [code, zh] of words) {
      const { message } = chinese[prefix + code];
      assert.equal(zh, message.replace(/（[^）]*\$\w+\$）/, ''));
    }
  });
}

test('the table has words for each thing, and they are used', () => {
  assert.ok(TERMS.length > 10);
  for (const { zh, en } of TERMS) {
    assert.ok(isChinese(zh.name), zh.name);
    assert.ok(en.name, zh.name);
  }
  const all = TEXTS.join('\n');
  for (const name of ['PIN 码', '扩展程序', '驱动', '办理记录', '浏览器策略']) {
    assert.ok(
      TERMS.some(({ zh }) => zh.name === name),
      name
    );
    assert.ok(all.includes(name), name);
  }
});
