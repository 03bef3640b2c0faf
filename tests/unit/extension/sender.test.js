// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  pageContext,
  uiContext
} from '../../../extension/background/sender.js';
import { WAYS } from '../../../extension/shared/ways.js';
import { ADD_ON_ID, EXTENSION_ID as ID } from '../../lib/tree.mjs';

const SELF = { id: ID, origin: `chrome-extension://${ID}` };
const PORTALS = ['https://portal.example', 'http://localhost:8080'];

describe('a page', () => {
  const page = {
    id: ID,
    tab: { id: 1 },
    frameId: 0,
    documentId: 'D1',
    documentLifecycle: 'active',
    origin: 'https://portal.example',
    url: 'https://portal.example/orders?origin=https://evil.example'
  };

  it('is known by what the browser says of it', () => {
    assert.deepEqual(pageContext(page, PORTALS, 'zh-CN'), {
      origin: 'https://portal.example',
      topOrigin: 'https://portal.example',
      documentId: 'D1',
      userActivation: false,
      lang: 'zh-CN'
    });
  });

  const refused = {
    'without a sender': undefined,
    'of another site': { ...page, origin: 'https://evil.example' },
    'of a sub-domain': { ...page, origin: 'https://a.portal.example' },
    'of another port': { ...page, origin: 'https://portal.example:8443' },
    'of another scheme': { ...page, origin: 'http://portal.example' },
    'of an opaque origin': { ...page, origin: 'null' },
    'without an origin': { ...page, origin: undefined },
    'in a sub-frame': { ...page, frameId: 4 },
    'without a frame': { ...page, frameId: undefined },
    'outside a tab': { ...page, tab: undefined },
    'that is prerendered': { ...page, documentLifecycle: 'prerender' },
    'that is cached': { ...page, documentLifecycle: 'cached' },
    'that goes away': { ...page, documentLifecycle: 'pending_deletion' },
    'of an unknown lifecycle': { ...page, documentLifecycle: undefined }
  };
  for (const [name, sender] of Object.entries(refused)) {
    it(`is refused ${name}`, () => {
      assert.equal(pageContext(sender, PORTALS, 'en'), undefined);
    });
  }

  it('in Firefox has no lifecycle, and no document id, maybe', () => {
    const known = { documentLifecycle: undefined, documentId: undefined };
    const theirs = { ...page, ...known };
    const context = pageContext(theirs, PORTALS, 'en', WAYS.firefox);
    assert.equal(context.origin, page.origin);
    assert.equal(context.documentId, '');
    const noTab = { tab: undefined };
    for (const wrong of [{ frameId: 4 }, { origin: 'null' }, noTab]) {
      const sender = { ...theirs, ...wrong };
      assert.equal(pageContext(sender, PORTALS, 'en', WAYS.firefox), undefined);
    }
  });

  it('is refused where no portal is allowed', () => {
    assert.equal(pageContext(page, [], 'en'), undefined);
  });

  it('is refused with an opaque origin even if someone listed it', () => {
    const opaque = { ...page, origin: 'null' };
    assert.equal(pageContext(opaque, ['null'], 'en'), undefined);
  });
});

describe('the extension’s own page', () => {
  const popup = {
    id: ID,
    origin: `chrome-extension://${ID}`,
    url: `chrome-extension://${ID}/popup/popup.html`
  };

  it('is known by its address', () => {
    assert.deepEqual(uiContext(popup, SELF, 'en'), { ui: true, lang: 'en' });
  });

  it('in Firefox has an address that is not made of the id', () => {
    const id = ADD_ON_ID;
    const origin = 'moz-extension://0badc0de-0000-4000-8000-000000000000';
    const sender = { id, origin, url: `${origin}/popup/popup.html` };
    assert.ok(uiContext(sender, { id, origin }, 'en'));
    assert.equal(uiContext(sender, { id: 'other@b', origin }, 'en'), undefined);
    const other = { ...sender, origin: 'moz-extension://other' };
    assert.equal(uiContext(other, { id, origin }, 'en'), undefined);
  });

  it('may be in a tab', () => {
    assert.ok(uiContext({ ...popup, tab: { id: 1 }, frameId: 0 }, SELF, 'en'));
  });

  const refused = {
    'without a sender': undefined,
    'when it is a content script': {
      id: ID,
      tab: { id: 1 },
      frameId: 0,
      origin: 'https://portal.example',
      url: 'https://portal.example/'
    },
    'when it is another extension': { ...popup, id: 'a'.repeat(32) },
    'with a foreign address': { ...popup, url: 'https://portal.example/' },
    'with an address that only begins alike': {
      ...popup,
      url: `chrome-extension://${ID}.evil.example/`
    },
    'with a foreign origin': { ...popup, origin: 'https://portal.example' },
    'when sandboxed': { ...popup, origin: 'null' },
    'without an address': { ...popup, url: undefined }
  };
  for (const [name, sender] of Object.entries(refused)) {
    it(`is refused ${name}`, () => {
      assert.equal(uiContext(sender, SELF, 'en'), undefined);
    });
  }
});
