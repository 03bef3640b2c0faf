// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';

import { toCsv } from '../../../extension/history/csv.js';

/** @type {typeof import('../../../extension/history/words.js')} */
let words;

const renewal = (more = {}) => ({
  id: 'r',
  kind: 'renew',
  state: 'installed',
  token: 't',
  origin: 'https://portal.example',
  order: 'A-1',
  created: '2026-01-01T00:00:00Z',
  updated: '2026-01-02T00:00:00Z',
  requests: [],
  old: [{ serial: '0a', subject: { dn: 'CN=o', commonName: 'Old' } }],
  new: [],
  steps: [],
  ...more
});

before(async () => {
  globalThis.chrome = {
    i18n: { getMessage: (key) => key, getUILanguage: () => 'en-US' }
  };
  words = await import('../../../extension/history/words.js');
});

describe('a renewal’s next step', () => {
  const next = (state) => words.nextOf({ state });

  it('is to continue what was cut off, and only that', () => {
    for (const state of ['installing', 'needs-attention']) {
      assert.equal(next(state).recover, true, state);
      assert.equal(next(state).abandon, undefined, state);
    }
  });

  it('is the site, or to give up, while nothing is written', () => {
    const { site, abandon, recover } = next('requested');
    assert.deepEqual([site, abandon, recover], [true, true, undefined]);
  });

  it('is none when it is over, or of a newer host', () => {
    for (const state of ['installed', 'abandoned', 'paused', 'toString']) {
      assert.deepEqual(next(state), {}, state);
    }
  });
});

describe('words', () => {
  it('survive what a newer host may say', () => {
    assert.equal(words.stepOf('commit'), 'done_commit');
    assert.equal(words.stepOf('valueOf'), 'valueOf');
    assert.equal(words.stateOf({ state: 'paused' }).text, 'renewal_attention');
    assert.equal(words.kindOf({ kind: 'borrow' }), 'kind_renew');
    assert.equal(words.ownerOf(renewal({ old: [] })), '');
    assert.equal(words.ownerOf(renewal()), 'Old');
  });
});

describe('the CSV', () => {
  const lines = (...renewals) => toCsv(renewals).split('\r\n');

  it('has a line for each renewal, in a form that Excel reads', () => {
    const [head, first, end] = lines(renewal());
    assert.ok(head.startsWith('\ufeffid,kind,state,portal,order,'));
    assert.match(first, /^r,renew,installed,https:\/\/portal\.example,A-1,t,/);
    assert.equal(end, '');
  });

  it('quotes what needs it', () => {
    const [, row] = lines(renewal({ order: 'a,"b"' }));
    assert.ok(row.includes(',"a,""b""",'), row);
  });

  it('has no formula, whatever a site called its order', () => {
    for (const order of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1']) {
      const [, row] = toCsv([renewal({ order })]).split('\r\n');
      const cell = row.split('https://portal.example,')[1];
      assert.match(cell, /^"?'/, JSON.stringify(order));
    }
  });

  it('leaves out what is not there', () => {
    const none = renewal({ origin: undefined, order: undefined });
    assert.match(lines(none)[1], /^r,renew,installed,,,t,/);
  });

  it('tells the steps with their times', () => {
    const at = '2026-01-01T00:00:01Z';
    const steps = [{ name: 'commit', at, outcome: 'ok' }];
    assert.ok(lines(renewal({ steps }))[1].endsWith(`${at} commit ok`));
  });
});
