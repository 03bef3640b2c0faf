// SPDX-License-Identifier: MIT
/* global chrome */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';

import {
  dropLeftovers,
  fulfilWish,
  registerAll,
  revoke
} from '../../../extension/background/portals.js';
import { stateOf } from '../../../extension/popup/site.js';
import {
  isOf,
  matchPattern,
  portalOrigin
} from '../../../extension/shared/origins.js';
import {
  addSite,
  allowedSites,
  makeWish,
  refusalOf
} from '../../../extension/shared/sites.js';
import { WAYS } from '../../../extension/shared/ways.js';
import { CallError } from '../../../extension/shared/errors.js';
import { fakeStorage } from './fakes.js';

const ORIGIN = 'https://portal.example';
const PATTERN = 'https://portal.example:443/*';
let granted;
let scripts;
let injected;
let calls;
let answer;
const call = async (method, params) => {
  calls.push([method, params]);
  return answer();
};

beforeEach(() => {
  granted = new Set([PATTERN]);
  scripts = new Map();
  injected = [];
  calls = [];
  answer = () => ({});
  globalThis.chrome = {
    storage: fakeStorage(),
    runtime: {
      getManifest: () => ({
        content_scripts: [{ matches: ['https://packed.example:443/*'] }]
      })
    },
    permissions: {
      contains: async ({ origins }) => origins.every((o) => granted.has(o)),
      remove: async ({ origins }) => origins.forEach((o) => granted.delete(o)),
      getAll: async () => ({ origins: [...granted] })
    },
    scripting: {
      registerContentScripts: async (list) =>
        list.forEach((script) => {
          assert.ok(!scripts.has(script.id), 'registered twice');
          scripts.set(script.id, script);
        }),
      getRegisteredContentScripts: async ({ ids }) =>
        ids.filter((id) => scripts.has(id)),
      unregisterContentScripts: async ({ ids }) =>
        ids.forEach((id) => scripts.delete(id)),
      executeScript: async (what) => injected.push(what)
    }
  };
});

const wish = (once = false) => makeWish({ origin: ORIGIN, once, tabId: 7 });

describe('a site that its user allows', () => {
  it('is told to the host, registered, and served without a reload', async () => {
    await wish();
    await fulfilWish(call);
    assert.deepEqual(calls, [['portals.allow', { origin: ORIGIN }]]);
    const script = scripts.get(ORIGIN);
    assert.deepEqual(script.matches, [PATTERN]);
    assert.equal(script.persistAcrossSessions, true);
    assert.equal(script.allFrames, false);
    assert.equal(injected[0].target.tabId, 7);
    const [site] = await allowedSites();
    assert.deepEqual([site.origin, site.once], [ORIGIN, false]);
  });

  it('once, is forgotten with the browser', async () => {
    await wish(true);
    await fulfilWish(call);
    assert.deepEqual(calls[0][1], { origin: ORIGIN, once: true });
    assert.equal(scripts.get(ORIGIN).persistAcrossSessions, false);
    assert.deepEqual(await chrome.storage.local.get('sites'), {});
    assert.equal((await allowedSites())[0].once, true);
  });

  it('is not served when the browser’s question was declined', async () => {
    granted.clear();
    await wish();
    await fulfilWish(call);
    assert.deepEqual([calls, injected, scripts.size], [[], [], 0]);
    assert.deepEqual(await allowedSites(), []);
  });

  it('is not served when the host refuses, and the permission goes', async () => {
    const data = { reason: 'ORIGIN_NOT_ALLOWED' };
    answer = () => {
      throw new CallError({ code: -32001, message: 'm', data });
    };
    await wish();
    await fulfilWish(call);
    assert.deepEqual([injected, scripts.size, granted.size], [[], 0, 0]);
    assert.deepEqual((await refusalOf(ORIGIN)).data, data);
    assert.equal(await refusalOf('https://other.example'), undefined);
  });

  it('is allowed by one wish once, whoever tells of it', async () => {
    await wish();
    await Promise.all([fulfilWish(call), fulfilWish(call)]);
    await fulfilWish(call);
    assert.equal(calls.length, 1);
  });
});

describe('a site that is revoked', () => {
  it('is gone from everywhere', async () => {
    await wish();
    await fulfilWish(call);
    await revoke(call, ORIGIN);
    assert.deepEqual([scripts.size, granted.size], [0, 0]);
    assert.deepEqual(await allowedSites(), []);
    assert.deepEqual(calls.at(-1), ['portals.revoke', { origin: ORIGIN }]);
  });

  it('is no longer reached even when the host is missing', async () => {
    await wish();
    await fulfilWish(call);
    answer = () => {
      throw new CallError({ code: -32050, message: 'gone' });
    };
    await assert.rejects(revoke(call, ORIGIN));
    assert.deepEqual(await allowedSites(), []);
    assert.equal(granted.size, 0);
  });
});

describe('a permission that two sites share', () => {
  /** As where a pattern has no port: every site of the host has this one. */
  const packed = () => ({ content_scripts: [{ matches: [PATTERN] }] });

  it('stays until nobody needs it', async () => {
    await wish();
    await fulfilWish(call);
    chrome.runtime.getManifest = packed;
    await revoke(call, ORIGIN);
    assert.deepEqual([scripts.size, granted.size], [0, 1]);
    assert.deepEqual(await allowedSites(), []);
  });

  it('stays when the host refuses one of them', async () => {
    answer = () => {
      throw new CallError({ code: -32001, message: 'm' });
    };
    chrome.runtime.getManifest = packed;
    await wish();
    await fulfilWish(call);
    assert.deepEqual([scripts.size, granted.size], [0, 1]);
  });
});

describe('over time', () => {
  it('an update registers what it took away', async () => {
    await addSite(ORIGIN, false);
    await registerAll();
    await registerAll();
    assert.deepEqual([...scripts.keys()], [ORIGIN]);
  });

  it('permissions of once do not outlive the browser', async () => {
    granted.add('https://kept.example:443/*');
    granted.add('https://packed.example:443/*');
    await addSite('https://kept.example', false);
    await dropLeftovers();
    assert.deepEqual([...granted].sort(), [
      'https://kept.example:443/*',
      'https://packed.example:443/*'
    ]);
  });
});

describe('origins', () => {
  it('of tabs that no portal is in are none', () => {
    const none = [
      undefined,
      '',
      'about:blank',
      'chrome://settings/',
      'http://portal.example/',
      'http://localhost.evil.example/',
      'file:///etc/passwd',
      'chrome-extension://abc/popup.html'
    ];
    for (const url of none) {
      assert.equal(portalOrigin(url), undefined, url);
    }
    assert.equal(portalOrigin(`${ORIGIN}/a?b#c`), ORIGIN);
    assert.equal(portalOrigin('http://[::1]:80/'), 'http://[::1]');
  });

  it('have patterns of one port', () => {
    assert.equal(matchPattern(ORIGIN), PATTERN);
    const local = 'http://127.0.0.1:8080';
    assert.equal(matchPattern(local), `${local}/*`);
    assert.equal(matchPattern('http://localhost'), 'http://localhost:80/*');
  });

  it('have patterns of every port where a pattern has none', () => {
    const { firefox } = WAYS;
    assert.equal(matchPattern(`${ORIGIN}:8443`, firefox), `${ORIGIN}/*`);
    assert.equal(matchPattern(ORIGIN, firefox), `${ORIGIN}/*`);
    assert.equal(matchPattern('http://[::1]:80', firefox), 'http://[::1]/*');
  });

  it('match the policy’s patterns as the host does', () => {
    assert.ok(isOf('https://*.gov.example', 'https://a.b.gov.example'));
    assert.ok(!isOf('https://*.gov.example', 'https://gov.example'));
    assert.ok(!isOf('https://*.gov.example', 'https://evilgov.example'));
    assert.ok(!isOf('https://*.gov.example', 'https://a.gov.example:8443'));
    assert.ok(!isOf('https://*.gov.example', 'http://a.gov.example'));
    assert.ok(isOf(ORIGIN, ORIGIN));
    assert.ok(!isOf(ORIGIN, `${ORIGIN}:8443`));
  });

  it('are asked for, allowed, or fixed by the administrator', () => {
    const listed = [{ origin: ORIGIN, from: 'policy' }];
    const fixed = { portals: listed, userPortals: false };
    const free = { portals: [], userPortals: true };
    assert.equal(stateOf(fixed, ORIGIN, [ORIGIN]), 'allowed');
    assert.equal(stateOf(fixed, ORIGIN, []), 'ask');
    assert.equal(stateOf(fixed, 'https://b.example', []), 'fixed');
    assert.equal(stateOf(free, ORIGIN, []), 'ask');
    assert.equal(stateOf(free, ORIGIN, [ORIGIN]), 'ask');
  });
});
