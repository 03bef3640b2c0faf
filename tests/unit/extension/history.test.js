// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';

import { recordsOf } from '../../../extension/history/records.js';

/** @type {typeof import('../../../extension/history/csv.js')} */
let csv;
/** @type {typeof import('../../../extension/history/next.js')} */
let steps;
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

const order = (more = {}) => ({
  portal: 'https://portal.example',
  order: 'A-1',
  url: 'https://portal.example/secret/status',
  state: 'reviewing',
  since: Date.parse('2026-01-03T00:00:00Z'),
  checked: Date.parse('2026-01-04T00:00:00Z'),
  failures: 0,
  ...more
});

before(async () => {
  globalThis.chrome = {
    i18n: {
      getMessage: (key, values = []) => [key, ...values].join(' '),
      getUILanguage: () => 'en-US'
    }
  };
  csv = await import('../../../extension/history/csv.js');
  steps = await import('../../../extension/history/next.js');
  words = await import('../../../extension/history/words.js');
});

describe('the next step', () => {
  const next = (state, of) =>
    steps.nextOf({ renewal: renewal({ state }), order: of });

  it('is to continue what was cut off, and only that', () => {
    for (const state of ['installing', 'needs-attention', 'paused']) {
      const { recover, abandon, site } = next(state, order());
      const found = [recover, abandon, site];
      assert.deepEqual(found, [true, undefined, undefined], state);
    }
  });

  it('is the site, or to give up, while nothing is written', () => {
    const { site, abandon, recover } = next('requested');
    assert.deepEqual([site, abandon, recover], [true, true, undefined]);
  });

  it('is what the order’s state asks for while nothing is written', () => {
    for (const state of [
      'created',
      'paid',
      'reviewing',
      'issued',
      'rejected'
    ]) {
      const { text, site, abandon } = next('requested', order({ state }));
      assert.deepEqual([text, site, abandon], [`next_${state}`, true, true]);
    }
  });

  it('is told even when nothing is to be done, and has no button then', () => {
    for (const state of ['installed', 'abandoned', 'toString']) {
      const { text, ...rest } = next(state, order());
      assert.ok(text.length > 0, state);
      if (state !== 'toString') assert.deepEqual(rest, {}, state);
    }
    const done = renewal({ new: [{ notAfter: '2028-01-05T00:00:00Z' }] });
    assert.match(steps.nextText({ renewal: done }), /until Jan 5, 2028/);
  });

  it('of an order without a renewal is its portal, or to forget it', () => {
    const { text, site, drop } = steps.nextOf({ order: order() });
    assert.deepEqual([text, site, drop], ['next_reviewing', true, true]);
    const over = steps.nextOf({ order: order({ state: 'installed' }) });
    assert.deepEqual([over.site, over.drop], [undefined, true]);
  });
});

describe('where an entry leads', () => {
  const portal = 'https://portal.example';
  const page = `${portal}/renew?order=A-1`;

  it('is the page of its order, else the site it was begun at', () => {
    for (const allowed of [portal, 'https://*.example']) {
      const of = (entry) => steps.addressOf(entry, [allowed]);
      assert.equal(of({ renewal: renewal() }), `${portal}/`);
      assert.equal(of({ order: order() }), `${portal}/`);
      const both = { renewal: renewal(), order: order({ page }) };
      assert.equal(of(both), page);
    }
  });

  it('is nowhere where that site is not allowed any more', () => {
    const others = ['https://other.example', 'https://*.portal.example'];
    for (const allowed of [[], others]) {
      const of = (entry) => steps.addressOf(entry, allowed);
      assert.equal(of({ renewal: renewal() }), undefined);
      assert.equal(of({ order: order({ page }) }), undefined);
    }
    const own = renewal({ origin: undefined });
    assert.equal(steps.addressOf({ renewal: own }, others), undefined);
  });
});

describe('orders and renewals', () => {
  it('are one entry where portal and order are the same', () => {
    const mine = order();
    const strange = order({ portal: 'https://other.example', since: 0 });
    const [first, second] = recordsOf([renewal()], [mine, strange]);
    assert.equal(first.order, mine);
    assert.equal(first.renewal.id, 'r');
    assert.deepEqual(second, { order: strange });
  });

  it('come with what changed last first', () => {
    const late = renewal({ id: 'late', updated: '2026-02-01T00:00:00Z' });
    const other = renewal({ id: 'other', order: 'A-2' });
    const found = recordsOf([other, late], [order()]);
    assert.deepEqual(
      found.map((entry) => entry.renewal.id),
      ['late', 'other']
    );
    assert.equal(recordsOf([other], [order()])[0].renewal, undefined);
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
  const toCsv = (list) => csv.toCsv(list.map((each) => ({ renewal: each })));
  const lines = (...renewals) => toCsv(renewals).split('\r\n');

  it('has a line for each renewal, in a form that Excel reads', () => {
    const [head, first, end] = lines(renewal());
    assert.ok(
      head.startsWith('\ufeffhistory_number,csv_kind,csv_state,history_portal,')
    );
    assert.match(
      first,
      /^r,renew,installed,https:\/\/portal\.example,A-1,,,t,/
    );
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

  it('has the order, what to do next, and no address of a resource', () => {
    const text = csv.toCsv([{ order: order() }]);
    const [head, row] = text.split('\r\n');
    const cells = row.split(',');
    const cell = (name) => cells[head.split(',').indexOf(name)];
    assert.equal(cell('history_portal'), 'https://portal.example');
    assert.equal(cell('history_order_state'), 'reviewing');
    assert.equal(cell('history_order_checked'), '2026-01-04T00:00:00Z');
    assert.equal(cell('csv_next'), 'next_reviewing');
    assert.ok(!text.includes('secret'));
  });

  it('leaves out what is not there', () => {
    const none = renewal({ origin: undefined, order: undefined });
    assert.match(lines(none)[1], /^r,renew,installed,,,,,t,/);
  });

  it('tells the steps with their times', () => {
    const at = '2026-01-01T00:00:01Z';
    const steps = [{ name: 'commit', at, outcome: 'ok' }];
    assert.ok(lines(renewal({ steps }))[1].endsWith(`${at} commit ok`));
  });
});
