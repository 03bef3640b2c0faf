// SPDX-License-Identifier: MIT
/* global chrome */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';

import { setBadge } from '../../../extension/background/badge.js';
import { dueAt, isOpen } from '../../../extension/background/order-times.js';
import { OrderKeeper } from '../../../extension/background/orders.js';
import { failure } from '../../../extension/shared/errors.js';
import {
  keepOrders,
  knownOrders,
  pageOf
} from '../../../extension/shared/orders.js';
import { changeSettings } from '../../../extension/shared/settings.js';
import { FakeEvent, fakeStorage, settled } from './fakes.js';

const NOW = Date.parse('2026-06-15T12:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ORIGIN = 'https://portal.example';
const PAGE = { origin: ORIGIN };
const url = `${ORIGIN}/o/status`;

/** What portals answer, by order. */
let answers;
let asked;
let told;
let cleared;
let opened;
let alarm;
let badge;
let keeper;
let time;

const call = async (method, { orders }) => {
  assert.equal(method, 'orders.check');
  asked.push(orders);
  return {
    orders: orders.map(({ portal, order }) => ({
      portal,
      order,
      ...(answers[order] ?? { error: { reason: 'NETWORK', message: 'no' } })
    }))
  };
};

beforeEach((t) => {
  t.mock.timers.enable({ apis: ['Date'], now: NOW });
  time = t.mock.timers;
  answers = { A: { state: 'reviewing' } };
  asked = [];
  told = [];
  cleared = [];
  opened = [];
  alarm = undefined;
  globalThis.chrome = {
    storage: fakeStorage(),
    runtime: { getURL: (path) => path },
    i18n: {
      getMessage: (key, values = []) => [key, ...values].join(' '),
      getUILanguage: () => 'en-US'
    },
    alarms: {
      onAlarm: new FakeEvent(),
      create: async (_, { when }) => (alarm = when),
      clear: async () => (alarm = undefined),
      get: async () => (alarm === undefined ? alarm : { scheduledTime: alarm })
    },
    notifications: {
      onClicked: new FakeEvent(),
      create: async (id, what) => told.push([id, what]),
      clear: async (id) => cleared.push(id)
    },
    action: {
      setBadgeText: async ({ text }) => (badge = text),
      setBadgeBackgroundColor: async () => {}
    },
    tabs: { create: async (tab) => opened.push(tab.url) }
  };
  keeper = new OrderKeeper(call);
  keeper.start();
});

const watch = (order = 'A') => keeper.watch(PAGE, { order, url });

/** The alarm rings when it was set to. */
async function ring() {
  time.setTime(alarm);
  chrome.alarms.onAlarm.fire({ name: 'orders' });
  await settled();
}

describe('a page’s order', () => {
  it('is asked for at once, kept, and asked for again', async () => {
    assert.deepEqual(await watch(), {});
    assert.deepEqual(asked, [[{ portal: ORIGIN, order: 'A', url }]]);
    const [{ state, since, checked }] = await knownOrders();
    assert.deepEqual([state, since, checked], ['reviewing', NOW, NOW]);
    assert.equal(alarm, NOW + 30 * MINUTE);
    await ring();
    assert.equal(asked.length, 2);
  });

  it('is kept once, however often it is told', async () => {
    await watch();
    time.tick(MINUTE);
    answers.A = { state: 'issued', page: `${ORIGIN}/p` };
    await watch();
    const [{ state, page }, ...others] = await knownOrders();
    assert.deepEqual([state, page], ['issued', `${ORIGIN}/p`]);
    assert.equal(others.length, 0);
  });

  it('is refused with what is wrong with its resource, and not kept', async () => {
    answers.A = { error: { reason: 'HTTP_STATUS', message: 'x', status: 404 } };
    const { wire } = await watch().catch((error) => error);
    assert.equal(wire.code, -32030);
    assert.deepEqual(wire.data, { reason: 'HTTP_STATUS', status: 404 });
    assert.deepEqual(await knownOrders(), []);
    assert.equal(alarm, undefined);
  });

  it('of which no answer came tells a page nothing of the computer', async () => {
    const message = '/home/someone/.config/ukeybridge/config.json: unknown';
    answers.A = { error: { reason: 'POLICY_INVALID', message } };
    const { wire } = await watch().catch((error) => error);
    assert.equal(wire.data.reason, 'POLICY_INVALID');
    assert.ok(!wire.message.includes('someone'), wire.message);
  });

  it('is of the page’s own origin', async () => {
    const strangers = [
      'https://other.example/o',
      `${ORIGIN}.evil.example/`,
      `${ORIGIN}@evil.example/`,
      ORIGIN
    ];
    for (const other of strangers) {
      const params = { order: 'A', url: other };
      const { wire } = await keeper.watch(PAGE, params).catch((e) => e);
      assert.equal(wire.data.reason, 'BAD_ORIGIN', other);
    }
    const ui = await keeper.watch({}, { order: 'A', url }).catch((e) => e);
    assert.equal(ui.wire.data.reason, 'BAD_ORIGIN');
    assert.deepEqual(asked, []);
  });

  it('has the parameters that the page about it names, and no others', async () => {
    const wrong = {
      order: [undefined, '', 7, 'x'.repeat(129)],
      url: [undefined, '', {}, `${ORIGIN}/${'x'.repeat(2048)}`],
      portal: [ORIGIN]
    };
    for (const [field, values] of Object.entries(wrong)) {
      for (const value of values) {
        const params = { order: 'A', url, [field]: value };
        const { wire } = await keeper.watch(PAGE, params).catch((e) => e);
        assert.deepEqual([wire.code, wire.data], [-32602, { field }]);
      }
    }
    assert.deepEqual(asked, []);
  });

  it('is one of sixteen of its portal: the oldest gives way', async () => {
    for (let i = 0; i < 18; i++) {
      answers[`n${i}`] = { state: 'paid' };
      await watch(`n${i}`);
    }
    const names = (await knownOrders()).map(({ order }) => order);
    assert.equal(names.length, 16);
    assert.deepEqual([names[0], names[15]], ['n17', 'n2']);
  });

  it('is refused while eight wait', async () => {
    const calls = Array.from({ length: 9 }, () => watch());
    const last = await calls[8].catch((error) => error);
    assert.equal(last.wire.data.reason, 'BUSY');
    await Promise.all(calls.slice(0, 8));
    assert.deepEqual(await watch(), {});
  });
});

describe('the user', () => {
  it('is told once when the certificate is ready', async () => {
    await watch();
    answers.A = { state: 'issued', page: `${ORIGIN}/?order=A` };
    await ring();
    const [[id, { title, message }]] = told;
    assert.equal(id, `order:${ORIGIN} A`);
    assert.equal(title, 'order_ready_title');
    assert.match(message, /portal\.example order_ready_text A/);
    assert.equal(badge, '1');
    await ring();
    assert.equal(told.length, 1);
    chrome.notifications.onClicked.fire(id);
    await settled();
    assert.deepEqual(opened, [`${ORIGIN}/?order=A`]);
  });

  it('is told when it is turned down, in the portal’s words', async () => {
    await watch();
    answers.A = { state: 'rejected', message: 'Name differs' };
    await ring();
    assert.match(told[0][1].message, /portal\.example Name differs/);
    assert.equal(alarm, undefined, 'it is over');
    assert.equal(badge, '');
  });

  it('is told nothing twice, however often the portal changes its mind', async () => {
    const states = ['issued', 'reviewing', 'issued', 'rejected', 'issued'];
    for (const state of states) {
      answers.A = { state };
      await watch();
      time.tick(2 * HOUR);
    }
    const titles = told.map(([, { title }]) => title);
    assert.deepEqual(titles, ['order_ready_title', 'order_rejected_title']);
    assert.equal(cleared.length, 2, 'none says what is so no more');
    await watch();
    assert.equal(cleared.length, 2);
  });

  it('is told four things an hour by one portal, and the rest later', async () => {
    for (let i = 0; i < 6; i++) {
      answers[`n${i}`] = { state: 'issued' };
      await watch(`n${i}`);
      await keeper.dropOrder({ portal: ORIGIN, order: i < 3 ? `n${i}` : '' });
    }
    assert.equal(told.length, 4);
    const other = 'https://other.example';
    answers.B = { state: 'issued' };
    await keeper.watch({ origin: other }, { order: 'B', url: `${other}/s` });
    assert.equal(told.length, 5, 'another portal has its own');
    time.tick(HOUR);
    await watch('n5');
    await watch('n5');
    const late = told.slice(5).map(([id]) => id.split(' ')[1]);
    assert.deepEqual(late.sort(), ['n4', 'n5']);
  });

  it('reads words on one line, in their own direction', async () => {
    const message = '\u202eName\r\ndiffers\u2066\u200f\u0007';
    answers.A = { state: 'rejected', message };
    await watch();
    answers.B = { state: 'rejected', message: '\n\u200e' };
    await watch('B');
    const [first, second] = told.map(([, { message: words }]) => words);
    assert.equal(first, 'order_says portal.example Name  differs');
    assert.match(second, /order_rejected_text B$/);
  });

  it('has no notification left of an order that gave way', async () => {
    answers.A = { state: 'issued' };
    await watch();
    for (let i = 0; i < 16; i++) {
      answers[`n${i}`] = { state: 'paid' };
      await watch(`n${i}`);
    }
    assert.deepEqual(cleared, [`order:${ORIGIN} A`]);
  });

  it('has no notification left when it is done', async () => {
    answers.A = { state: 'issued' };
    await watch();
    answers.A = { state: 'installed' };
    await ring();
    assert.deepEqual(cleared, [`order:${ORIGIN} A`]);
    assert.deepEqual([badge, alarm], ['', undefined]);
  });

  it('is told nothing while reminders are off, and later what he missed', async () => {
    await changeSettings({ reminders: false });
    answers.A = { state: 'issued' };
    await watch();
    assert.deepEqual([told, badge, alarm], [[], '', undefined]);
    await changeSettings({ reminders: true });
    await settled();
    assert.deepEqual([told.length, badge], [1, '1']);
    assert.ok(alarm > NOW);
  });

  it('who removes a site or an order hears of it no more', async () => {
    answers.B = { state: 'issued' };
    await watch();
    await watch('B');
    await keeper.dropOrder({ portal: ORIGIN, order: 'B' });
    assert.deepEqual(cleared, [`order:${ORIGIN} B`]);
    assert.equal(badge, '');
    await keeper.dropPortal(ORIGIN);
    assert.deepEqual(await knownOrders(), []);
    assert.equal(alarm, undefined);
  });

  it('sees one number of all that waits', async () => {
    answers.A = { state: 'issued' };
    await watch();
    await setBadge('ending', { count: 2, isBad: true });
    assert.equal(badge, '3');
    await setBadge('ending');
    assert.equal(badge, '1');
  });
});

it('an order’s page is its portal’s, whatever was told', () => {
  const portal = ORIGIN;
  for (const page of [ORIGIN, `${ORIGIN}/`, `${ORIGIN}/p?o=A`]) {
    assert.equal(pageOf({ portal, page }), page);
  }
  const strangers = [
    undefined,
    'https://other.example/',
    `${ORIGIN}.evil.example/`,
    `${ORIGIN}@evil.example/`,
    `${ORIGIN}:8443/`,
    'javascript:x'
  ];
  for (const page of strangers) {
    assert.equal(pageOf({ portal, page }), `${ORIGIN}/`, page);
  }
});

/** An order that was not asked for since yesterday. */
const due = (host, order) => ({
  portal: `https://${host}.example`,
  order,
  url: `https://${host}.example/${order}`,
  state: 'reviewing',
  since: NOW,
  checked: NOW - DAY,
  failures: 0
});

describe('a slow portal', () => {
  /** Those of `slow` answer when they are let, by portal. */
  let slow;
  let waiting;

  beforeEach(() => {
    slow = new Set(['https://slow.example']);
    waiting = new Map();
    chrome.alarms.onAlarm = new FakeEvent(); // the other keeper is gone
    keeper = new OrderKeeper(async (method, params) => {
      const reply = call(method, params); // what it says then
      const [{ portal }] = params.orders;
      if (slow.has(portal)) {
        assert.ok(!waiting.has(portal), 'one question at a time');
        await new Promise((resolve) => waiting.set(portal, resolve));
        waiting.delete(portal);
      }
      return reply;
    });
    keeper.start();
  });

  const from = (host, order = 'A') => {
    const origin = `https://${host}.example`;
    return keeper.watch({ origin }, { order, url: `${origin}/s` });
  };
  const answer = async (host = 'slow') => {
    waiting.get(`https://${host}.example`)();
    await settled();
  };
  const states = async () =>
    Object.fromEntries(
      (await knownOrders()).map(({ portal, state }) => [
        new URL(portal).host.split('.')[0],
        state
      ])
    );

  it('does not delay what a quick one has to tell', async () => {
    await keepOrders([due('slow', 'A'), due('quick', 'B')]);
    answers = { A: { state: 'issued' }, B: { state: 'issued' } };
    chrome.alarms.onAlarm.fire({ name: 'orders' });
    await settled();
    assert.deepEqual(
      told.map(([id]) => id),
      ['order:https://quick.example B']
    );
    assert.deepEqual(await states(), { slow: 'reviewing', quick: 'issued' });
    await answer();
    assert.deepEqual(await states(), { slow: 'issued', quick: 'issued' });
    assert.equal(told.length, 2);
  });

  it('does not delay a page of another, nor what its user does', async () => {
    const first = from('slow');
    await settled();
    assert.deepEqual(await from('quick'), {});
    await keeper.dropOrder({ portal: 'https://quick.example', order: 'A' });
    assert.deepEqual(await knownOrders(), []);
    await answer();
    assert.deepEqual(await first, {});
    assert.deepEqual(await states(), { slow: 'reviewing' });
  });

  it('is asked one thing at a time, and not again what it has answered', async () => {
    const first = from('slow');
    const second = from('slow', 'B');
    answers.B = { state: 'paid' };
    await settled();
    assert.equal(asked.length, 1);
    await answer();
    assert.equal(asked.length, 2);
    await answer();
    await Promise.all([first, second]);
    time.tick(HOUR);
    const both = [keeper.refresh(), keeper.refresh()];
    await settled();
    await answer();
    await Promise.all(both);
    assert.equal(asked.length, 3);
  });

  it('that its user removes meanwhile is not kept', async () => {
    const calls = [from('slow'), from('slow', 'B')];
    answers.B = { state: 'paid' };
    await settled();
    await keeper.dropPortal('https://slow.example');
    await answer();
    await answer();
    await Promise.all(calls);
    await keepOrders([due('slow', 'C')]);
    const check = keeper.refresh();
    await settled();
    await keeper.dropOrder({ portal: 'https://slow.example', order: 'C' });
    await answer();
    await check;
    assert.deepEqual(await knownOrders(), []);
    assert.deepEqual([alarm, told], [undefined, []]);
  });

  it('is one of three: the fourth waits, and takes its turn', async () => {
    for (const host of ['s1', 's2', 's3', 's4']) {
      slow.add(`https://${host}.example`);
    }
    const calls = ['s1', 's2', 's3', 's4'].map((host) => from(host));
    await settled();
    assert.equal(waiting.size, 3);
    await answer('s2');
    assert.deepEqual(await calls[1], {});
    assert.ok(waiting.has('https://s4.example'));
    for (const host of ['s1', 's3', 's4']) {
      await answer(host);
    }
    await Promise.all(calls);
    assert.deepEqual(await from('quick'), {}, 'there is room again');
  });

  it('does not use up the places of another', async () => {
    const calls = Array.from({ length: 8 }, () => from('slow'));
    await settled();
    assert.equal((await from('slow').catch((e) => e)).wire.data.reason, 'BUSY');
    assert.deepEqual(await from('quick'), {});
    for (let i = 0; i < 8; i++) {
      await answer();
    }
    await Promise.all(calls);
  });

  it('is asked again when the service worker ended before the answer', async () => {
    await keepOrders([due('slow', 'A'), due('quick', 'B')]);
    answers = { A: { state: 'issued' }, B: { state: 'issued' } };
    alarm = undefined; // it has rung
    chrome.alarms.onAlarm.fire({ name: 'orders' });
    await settled();
    const set = alarm;
    assert.ok(set <= Date.now() + MINUTE, 'it is not over for the browser');
    chrome.alarms.onAlarm = new FakeEvent();
    time.setTime(set);
    keeper = new OrderKeeper(call);
    keeper.start();
    chrome.alarms.onAlarm.fire({ name: 'orders' });
    await settled();
    assert.deepEqual(await states(), { slow: 'issued', quick: 'issued' });
    assert.equal(told.length, 2, 'each once');
  });
});

describe('the portal', () => {
  it('that does not answer is asked ever more seldom, a day apart at most', async () => {
    await watch();
    answers = {};
    const pauses = [];
    for (let i = 0; i < 8; i++) {
      const before = Date.now();
      await ring();
      pauses.push((Date.now() - before) / MINUTE);
    }
    assert.deepEqual(pauses, [30, 60, 120, 240, 480, 960, 1440, 1440]);
    const [{ reason, state }] = await knownOrders();
    assert.deepEqual([reason, state], ['NETWORK', 'reviewing']);
  });

  it('where nothing changed for a week is asked once a day', async () => {
    await watch();
    time.tick(8 * DAY);
    await keeper.refresh();
    assert.equal(alarm, Date.now() + DAY);
    answers.A = { state: 'issued' };
    await ring();
    assert.equal(alarm, Date.now() + 4 * HOUR, 'something did');
  });

  it('is asked as soon again after an answer as before', async () => {
    await watch();
    answers = {};
    await ring();
    answers.A = { state: 'reviewing' };
    await ring();
    assert.equal(alarm - Date.now(), 30 * MINUTE);
  });

  it('is left alone without a host, and asked later', async () => {
    await watch();
    const gone = async () => {
      throw failure('HOST_MISSING', 'gone');
    };
    keeper = new OrderKeeper(gone);
    keeper.start();
    await keeper.refresh();
    time.tick(2 * MINUTE);
    await keeper.refresh();
    const [{ reason, failures }] = await knownOrders();
    assert.deepEqual([reason, failures], ['HOST_MISSING', 1]);
  });

  it('is asked by a page of ours once a minute at most', async () => {
    await watch();
    await keeper.refresh();
    assert.equal(asked.length, 1);
    time.tick(2 * MINUTE);
    await keeper.refresh();
    await keeper.refresh();
    assert.equal(asked.length, 2);
  });

  it('is asked about all its orders at once, and about no other’s', async () => {
    await keepOrders([due('p0', 'A'), due('p1', 'A'), due('p0', 'B')]);
    await keeper.refresh();
    const questions = asked.map((list) => list.map(({ url: at }) => at));
    assert.deepEqual(questions, [
      ['https://p0.example/A', 'https://p0.example/B'],
      ['https://p1.example/A']
    ]);
  });

  it('is forgotten after two months without a change', async () => {
    await watch();
    time.tick(61 * DAY);
    await keeper.refresh();
    assert.deepEqual(await knownOrders(), []);
    assert.equal(asked.length, 1);
  });

  it('is not asked about what is over', () => {
    const of = (state) => ({ state, since: 0, checked: 0, failures: 0 });
    assert.ok(!isOpen(of('installed')) && !isOpen(of('rejected')));
    for (const state of ['created', 'paid', 'reviewing', 'issued']) {
      assert.ok(isOpen(of(state)) && dueAt(of(state)) >= 30 * MINUTE, state);
    }
  });
});

it('without an order there is no alarm', async () => {
  await settled();
  assert.equal(alarm, undefined);
  await keeper.refresh();
  assert.deepEqual(asked, []);
});

it('a service worker that starts puts no alarm off, and misses none', async () => {
  await watch();
  const set = alarm;
  time.setTime(set + HOUR);
  new OrderKeeper(call).start();
  await settled();
  assert.equal(alarm, set);
  alarm = undefined; // as after an update of the extension
  new OrderKeeper(call).start();
  await settled();
  assert.ok(alarm > set);
});
