// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { UKeyBridge } from '../../../extension/sdk/ukeybridge.js';

const ORIGIN = 'https://portal.example';
let posted;
let onPost;

beforeEach(() => {
  posted = [];
  onPost = () => {};
  const page = {
    isSecureContext: true,
    postMessage: (message, target, [port]) => {
      posted.push({ message, target, port });
      onPost(port);
    }
  };
  page.top = page;
  globalThis.window = page;
  globalThis.location = { origin: ORIGIN };
  globalThis.document = { documentElement: { lang: 'zh-CN' } };
});

afterEach(() => {
  posted.forEach(({ port }) => port.close());
  delete globalThis.window;
  delete globalThis.location;
  delete globalThis.document;
});

it('offers a port to its own origin and waits for the greeting', async () => {
  onPost = (port) => port.postMessage({ ukeybridge: 1, connected: true });
  const bridge = await UKeyBridge.connect();
  assert.deepEqual(posted[0].message, { ukeybridge: 1, connect: true });
  assert.equal(posted[0].target, ORIGIN);
  bridge.close();
});

describe('rejects EXTENSION_UNREACHABLE', () => {
  const reason = 'EXTENSION_UNREACHABLE';

  it('when nobody answers', async () => {
    await assert.rejects(UKeyBridge.connect({ timeoutMs: 10 }), {
      reason,
      code: -32050,
      text: /扩展/
    });
  });

  it('in the document’s language', async () => {
    document.documentElement.lang = 'en-GB';
    await assert.rejects(UKeyBridge.connect({ timeoutMs: 10 }), {
      reason,
      text: /extension cannot be reached/
    });
  });

  it('in a frame, and says so', async () => {
    window.top = {};
    const connecting = UKeyBridge.connect({ timeoutMs: 10 });
    await assert.rejects(connecting, { reason, message: /frame/ });
    assert.equal(posted.length, 0);
  });

  it('in an insecure page, and says so', async () => {
    window.isSecureContext = false;
    const connecting = UKeyBridge.connect({ timeoutMs: 10 });
    await assert.rejects(connecting, { reason, message: /https/ });
    assert.equal(posted.length, 0);
  });

  it('when something else answers', async () => {
    onPost = (port) => port.postMessage({ connected: true });
    const connecting = UKeyBridge.connect({ timeoutMs: 10 });
    await assert.rejects(connecting, { reason });
  });
});

it('rejects BUSY when the document has too many', async () => {
  const reason = 'BUSY';
  onPost = (port) =>
    port.postMessage({ ukeybridge: 1, connected: false, reason });
  await assert.rejects(UKeyBridge.connect(), { reason, code: -32002 });
});
