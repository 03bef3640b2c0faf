// SPDX-License-Identifier: MIT
/* global chrome */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';

import {
  onReminderButton,
  onReminderClick,
  remind
} from '../../../extension/background/reminders.js';
import { changeSettings } from '../../../extension/shared/settings.js';
import { WAYS } from '../../../extension/shared/ways.js';
import { fakeStorage } from './fakes.js';

const NOON = new Date(2026, 5, 15, 12).getTime();
const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;

let certificates;
let renewals;
let portals;
let told;
let cleared;
let opened;
let badge;

const certificate = (id, state, daysLeft, more = {}) => ({
  id,
  state,
  daysLeft,
  history: false,
  subject: { dn: 'CN=o', commonName: 'Owner' },
  issuer: { dn: 'CN=A' },
  ...more
});

const call = async (method, params) => {
  const replies = {
    'tokens.list': () => ({ tokens: [{ id: 't' }], problems: [] }),
    'certificates.list': () =>
      params.cursor === undefined && certificates.length > 1
        ? { certificates: certificates.slice(0, 1), next: 'more' }
        : { certificates: certificates.slice(params.cursor ? 1 : 0) },
    'renewal.list': () => ({ renewals }),
    'portals.list': () => ({ portals, userPortals: true })
  };
  return replies[method]();
};

beforeEach(() => {
  certificates = [certificate('a', 'expiring', 20)];
  renewals = [];
  portals = [];
  told = [];
  cleared = [];
  opened = [];
  globalThis.chrome = {
    storage: fakeStorage(),
    runtime: { getURL: (path) => `chrome-extension://x/${path}` },
    i18n: {
      getMessage: (key, values = []) => [key, ...values].join(' '),
      getUILanguage: () => 'en-US'
    },
    notifications: {
      create: async (id, what) => told.push([id, what]),
      clear: async (id) => cleared.push(id)
    },
    action: {
      setBadgeText: async ({ text }) => (badge = text),
      setBadgeBackgroundColor: async () => {}
    },
    tabs: { create: async ({ url }) => opened.push(url) }
  };
});

/** A clock that stands at noon. */
function clock(t) {
  t.mock.timers.enable({ apis: ['Date'], now: NOON });
  return t.mock.timers;
}

describe('a reminder', () => {
  it('names owner and days, and has a badge', async (t) => {
    clock(t);
    await remind(call);
    const [[id, { message, buttons }]] = told;
    assert.equal(id, 'ending:t');
    assert.match(message, /remind_expiring Owner state_expiring_other 20/);
    assert.deepEqual(buttons, [{ title: 'remind_snooze' }]);
    assert.equal(badge, '1');
  });

  it('has no button in Firefox, which would refuse it', async (t) => {
    clock(t);
    await remind(call, WAYS.firefox);
    assert.equal('buttons' in told[0][1], false);
  });

  it('has a sound where the user likes it, and the browser can be told', async (t) => {
    const time = clock(t);
    await remind(call);
    assert.equal(told[0][1].silent, false);
    await changeSettings({ sound: false });
    time.tick(DAY);
    await remind(call);
    assert.equal(told[1][1].silent, true);
    time.tick(DAY);
    await remind(call, WAYS.firefox);
    assert.equal('silent' in told[2][1], false);
  });

  it('comes once a day for one certificate, and again the next day', async (t) => {
    const time = clock(t);
    await remind(call);
    await remind(call);
    time.tick(11 * HOUR);
    await remind(call);
    assert.equal(told.length, 1);
    time.tick(2 * HOUR);
    await remind(call);
    assert.equal(told.length, 2);
  });

  it('comes for another certificate the same day', async (t) => {
    clock(t);
    await remind(call);
    certificates.push(certificate('b', 'expired', -1));
    await remind(call);
    assert.equal(told.length, 2);
    assert.match(told[1][1].message, /remind_expired/, 'the first to end');
    assert.equal(badge, '2');
  });

  it('is one for two halves of a pair', async (t) => {
    clock(t);
    certificates.push(certificate('b', 'expiring', 20));
    await remind(call);
    assert.equal(told.length, 1);
  });

  it('does not come for what the host calls valid, or is superseded', async (t) => {
    clock(t);
    certificates = [
      certificate('a', 'valid', 5),
      certificate('b', 'expired', -5, { history: true }),
      certificate('c', 'not-yet-valid', 300)
    ];
    await remind(call);
    assert.deepEqual([told, badge], [[], '']);
  });

  it('does not come where its user switched it off', async (t) => {
    clock(t);
    await remind(call);
    await changeSettings({ reminders: false });
    certificates = [certificate('b', 'expiring', 2)];
    await remind(call);
    assert.deepEqual([told.length, badge], [1, '']);
  });

  it('that is put off comes after a week', async (t) => {
    const time = clock(t);
    await remind(call);
    await onReminderButton(call, 'ending:t', 0);
    assert.deepEqual(cleared, ['ending:t']);
    time.tick(6 * DAY);
    await remind(call);
    assert.equal(told.length, 1);
    time.tick(2 * DAY);
    await remind(call);
    assert.equal(told.length, 2);
  });
});

describe('a click', () => {
  it('leads to the site that renewed before', async () => {
    const origin = 'https://portal.example';
    renewals = [
      { origin, updated: '2026-01-01T00:00:00Z', old: certificates, new: [] }
    ];
    portals = [
      { origin, from: 'user' },
      { origin: 'https://other.example', from: 'user' }
    ];
    await onReminderClick(call, 'ending:t');
    assert.deepEqual(opened, [`${origin}/`]);
    portals = [];
    await onReminderClick(call, 'ending:t');
    const popup = 'chrome-extension://x/popup/popup.html';
    assert.equal(opened[1], popup, 'it is allowed no more');
  });

  it('leads where the administrator says that it is renewed', async () => {
    const portal = 'https://told.example/renew';
    certificates = certificates.map((known) => ({ ...known, portal }));
    await onReminderClick(call, 'ending:t');
    assert.deepEqual(opened, [portal]);
  });

  it('leads to the popup where no site is known', async () => {
    await onReminderClick(call, 'ending:t');
    assert.deepEqual(opened, ['chrome-extension://x/popup/popup.html']);
  });

  it('leads to the popup where the host is gone', async () => {
    const gone = async () => {
      throw new Error('gone');
    };
    await onReminderClick(gone, 'ending:t');
    assert.deepEqual(opened, ['chrome-extension://x/popup/popup.html']);
  });

  it('on another notification is not ours', async () => {
    await onReminderClick(call, 'other');
    await onReminderButton(call, 'other', 0);
    assert.deepEqual([opened, cleared], [[], []]);
    assert.equal(
      (await chrome.storage.local.get('reminded')).reminded,
      undefined
    );
  });
});

describe('what was read', () => {
  it('is there for the popup, and goes with the last UKey', async (t) => {
    clock(t);
    portals = [{ origin: 'https://portal.example', from: 'policy' }];
    await remind(call);
    const kept = async () =>
      (await chrome.storage.session.get('reading')).reading;
    const { contents, problems } = await kept();
    assert.equal(contents.length, 1);
    assert.equal(contents[0].certificates[0].id, 'a');
    assert.equal(contents[0].portal, 'https://portal.example/');
    assert.deepEqual(problems, []);
    const none = async (method, params) =>
      method === 'tokens.list'
        ? { tokens: [], problems: [] }
        : call(method, params);
    await remind(none);
    assert.equal(await kept(), undefined);
  });
});
