// SPDX-License-Identifier: MIT
/* global chrome */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';

import { remind } from '../../../extension/background/portals.js';
import {
  addSite,
  allowedSites,
  removeSite,
  siteOf,
  touchSite
} from '../../../extension/shared/sites.js';
import { fakeStorage } from './fakes.js';

const SITES = ['https://a.example', 'https://b.example', 'https://c.example'];
const [A, B] = SITES;
const NOW = Date.parse('2026-06-15T12:00:00Z');

beforeEach((t) => {
  t.mock.timers.enable({ apis: ['Date'], now: NOW });
  globalThis.chrome = { storage: fakeStorage() };
});

const origins = async () =>
  (await allowedSites()).map(({ origin }) => origin).sort();

describe('sites that change at once', () => {
  it('are neither lost nor doubled when they are added', async () => {
    await Promise.all(SITES.map((origin) => addSite(origin, false)));
    await Promise.all(SITES.map((origin) => addSite(origin, true)));
    assert.deepEqual(await origins(), SITES);
  });

  it('are neither lost nor doubled when several tabs come', async (t) => {
    for (const origin of SITES) {
      await addSite(origin, origin === B);
    }
    t.mock.timers.tick(1000);
    const tabs = [...SITES, ...SITES, ...SITES];
    await Promise.all(tabs.map((origin) => touchSite(origin)));
    assert.deepEqual(await origins(), SITES);
    for (const { origin, once, lastUsed } of await allowedSites()) {
      assert.deepEqual([once, lastUsed], [origin === B, NOW + 1000], origin);
    }
  });

  it('stay removed, whoever comes before and after', async () => {
    for (const once of [false, true]) {
      await addSite(A, once);
      await Promise.all([touchSite(A), removeSite(A), touchSite(A)]);
      assert.deepEqual(await allowedSites(), []);
    }
  });

  it('go on changing after a change that failed', async () => {
    const { set } = chrome.storage.local;
    chrome.storage.local.set = async () => {
      throw new Error('full');
    };
    await assert.rejects(addSite(A, false), /full/);
    chrome.storage.local.set = set;
    await addSite(B, false);
    assert.deepEqual(await origins(), [B]);
  });
});

describe('the host', () => {
  it('is reminded of a site that is allowed once, and of no other', async () => {
    const calls = [];
    const call = async (method, params) => calls.push([method, params]);
    await addSite(A, true);
    await addSite(B, false);
    await remind(call, A);
    assert.deepEqual(calls, [['portals.allow', { origin: A, once: true }]]);
    await remind(call, B);
    await removeSite(A);
    await remind(call, A);
    assert.equal(await siteOf(A), undefined);
    assert.equal(calls.length, 1);
  });
});
