// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';

import { formatDay } from '../../../extension/shared/dates.js';

/** @type {typeof import('../../../extension/popup/words.js')} */
let words;

before(async () => {
  globalThis.chrome = {
    i18n: {
      getMessage: (key, values) => [key, ...values].join(' '),
      getUILanguage: () => 'en-US'
    }
  };
  words = await import('../../../extension/popup/words.js');
});

describe('a certificate’s state in words', () => {
  const cases = [
    ['valid', 200, 'good', 'state_valid_other 200'],
    ['valid', 1, 'good', 'state_valid_one'],
    ['expiring', 12, 'warn', 'state_expiring_other 12'],
    ['expiring', 1, 'warn', 'state_expiring_one'],
    ['expiring', 0, 'warn', 'state_expiring_today'],
    ['expired', 0, 'bad', 'state_expired_today'],
    ['expired', -1, 'bad', 'state_expired_one'],
    ['expired', -40, 'bad', 'state_expired_other 40'],
    ['not-yet-valid', 365, 'info', 'state_not_yet_valid']
  ];
  for (const [state, daysLeft, tone, text] of cases) {
    it(`${state}, ${daysLeft} days`, () => {
      const badge = words.stateBadge({ state, daysLeft });
      assert.equal(badge.tone, tone);
      assert.equal(badge.text, text);
    });
  }
});

describe('names of things', () => {
  it('survive what a newer host may say', () => {
    assert.equal(words.roleName('timestamping'), 'role_unknown');
    assert.equal(words.pinBadge({ state: 'biometric' }).text, 'pin_ok');
    const newer = { module: 'm', reason: 'NEWER' };
    assert.equal(words.problemText(newer), 'error_INTERNAL –');
    const hung = { module: 'm', reason: 'MODULE_HUNG' };
    assert.equal(words.problemText(hung), 'error_MODULE_HUNG m');
  });

  it('say calmly that two drivers show one UKey', () => {
    const same = { module: 'm', reason: 'SAME_TOKEN', token: 't' };
    assert.equal(words.problemText(same), 'problem_same_token m');
    assert.equal(words.isFault(same), false);
    assert.equal(words.isFault({ reason: 'MODULE_HUNG' }), true);
  });

  it('differ for each PIN state', () => {
    const states = ['ok', 'low', 'final', 'locked', 'uninitialised'];
    const all = [...states, 'must-change', 'pad'];
    const texts = new Set(all.map((state) => words.pinBadge({ state }).text));
    assert.equal(texts.size, all.length);
  });
});

describe('a day', () => {
  it('is written as its readers write it', () => {
    assert.equal(formatDay('2026-12-31T12:00:00Z', 'zh-CN'), '2026年12月31日');
    assert.equal(formatDay('2026-12-31T12:00:00Z', 'en'), 'Dec 31, 2026');
  });

  it('that is none is a dash', () => {
    assert.equal(formatDay('soon', 'en'), '–');
  });
});
