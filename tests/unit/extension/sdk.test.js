// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';

import {
  UKeyBridge,
  UKeyBridgeError
} from '../../../extension/sdk/ukeybridge.js';

let bridge;
let far;
/** The next message that the SDK sends. */
let next;

beforeEach(() => {
  const { port1, port2 } = new MessageChannel();
  const received = [];
  let waiting;
  port2.onmessage = ({ data }) => {
    received.push(data);
    waiting?.();
  };
  next = async () => {
    if (received.length === 0) {
      await new Promise((resolve) => (waiting = resolve));
    }
    return received.shift();
  };
  far = port2;
  bridge = UKeyBridge.over(port1);
});

afterEach(() => {
  bridge.close();
  far.close();
});

const fail = (id, reason, more = {}) => {
  const data = { reason, ...more };
  far.postMessage({
    jsonrpc: '2.0',
    id,
    error: { code: -1, message: 'm', data }
  });
};

describe('methods', () => {
  const methods = [
    [() => bridge.host.ping(), 'host.ping', undefined],
    [() => bridge.tokens.list(), 'tokens.list', undefined],
    [
      () => bridge.certificates.list({ token: 't', pem: true }),
      'certificates.list',
      { token: 't', pem: true }
    ],
    ...['change', 'unblock'].map((verb) => [
      () => bridge.pin[verb]({ token: 't' }),
      `pin.${verb}`,
      { token: 't' }
    ]),
    ...['begin', 'finish'].map((verb) => [
      () => bridge.pin.reset[verb]({ token: 't' }),
      `pin.reset.${verb}`,
      { token: 't' }
    ]),
    ...['begin', 'preview', 'install', 'get', 'list', 'abandon'].map((verb) => [
      () => bridge.renewal[verb]({ renewal: 'r' }),
      `renewal.${verb}`,
      { renewal: 'r' }
    ])
  ];
  for (const [call, method, params] of methods) {
    it(`map one to one: ${method}`, async () => {
      const reply = call();
      const message = await next();
      assert.equal(message.jsonrpc, '2.0');
      assert.equal(message.method, method);
      assert.deepEqual(message.params, params);
      assert.ok(!('context' in message));
      far.postMessage({ jsonrpc: '2.0', id: message.id, result: { ok: 1 } });
      assert.deepEqual(await reply, { ok: 1 });
    });
  }

  it('fill in the greeting', async () => {
    const reply = bridge.host.hello();
    const { id, params } = await next();
    assert.equal(params.protocol, 1);
    assert.equal(params.client.name, 'ukeybridge-sdk');
    far.postMessage({ id, result: { protocol: 1 } });
    assert.equal((await reply).protocol, 1);
  });

  it('cannot be replaced by the page’s other scripts', () => {
    assert.throws(() => (bridge.renewal.install = () => {}), TypeError);
    assert.throws(() => (bridge.certificates.all = () => {}), TypeError);
  });

  it('match replies in any order', async () => {
    const replies = [bridge.host.ping(), bridge.tokens.list()];
    const [first, second] = [await next(), await next()];
    far.postMessage({ id: second.id, result: 2 });
    far.postMessage({ id: first.id, result: 1 });
    assert.deepEqual(await Promise.all(replies), [1, 2]);
  });

  it('ignore what answers no call', async () => {
    for (const stray of [null, 5, {}, { id: 77, result: 1 }, { id: null }]) {
      far.postMessage(stray);
    }
    far.postMessage({ method: 'progress', params: { id: 77 } });
    far.postMessage({ ukeybridge: 1, connected: true });
    const reply = bridge.host.ping();
    far.postMessage({ id: (await next()).id, result: {} });
    assert.deepEqual(await reply, {});
  });
});

describe('certificates.all', () => {
  it('follows the cursor', async () => {
    const all = bridge.certificates.all({ token: 't', pem: true });
    const first = await next();
    assert.deepEqual(first.params, { token: 't', pem: true });
    const page = { certificates: [{ id: 'a' }], next: 'cursor-2' };
    far.postMessage({ id: first.id, result: page });
    const second = await next();
    const params = { token: 't', pem: true, cursor: 'cursor-2' };
    assert.deepEqual(second.params, params);
    far.postMessage({ id: second.id, result: { certificates: [{ id: 'b' }] } });
    assert.deepEqual(await all, { certificates: [{ id: 'a' }, { id: 'b' }] });
  });

  it('does not follow a cursor for ever', async () => {
    const all = bridge.certificates.all({ token: 't' });
    let pages = 0;
    far.onmessage = ({ data }) => {
      pages++;
      far.postMessage({
        id: data.id,
        result: { certificates: [], next: 'again' }
      });
    };
    await all;
    assert.equal(pages, 100);
  });

  it('rejects when one page fails', async () => {
    const all = bridge.certificates.all({ token: 't' });
    fail((await next()).id, 'TOKEN_REMOVED');
    await assert.rejects(all, { reason: 'TOKEN_REMOVED' });
  });
});

describe('errors', () => {
  it('carry code, reason, data and the user’s sentence', async () => {
    const reply = bridge.tokens.list();
    fail((await next()).id, 'PIN_INCORRECT', { retriesLeft: 1, text: '再试' });
    const error = await reply.catch((thrown) => thrown);
    assert.ok(error instanceof UKeyBridgeError && error instanceof Error);
    assert.equal(error.name, 'UKeyBridgeError');
    assert.equal(error.code, -1);
    assert.equal(error.reason, 'PIN_INCORRECT');
    assert.equal(error.data.retriesLeft, 1);
    assert.equal(error.text, '再试');
    assert.equal(error.message, 'm');
  });

  it('have a sentence even where the extension gave none', () => {
    const data = { reason: 'EXTENSION_UNREACHABLE' };
    const orphan = new UKeyBridgeError({ code: -32050, message: 'm', data });
    assert.match(orphan.text, /UKey Bridge/);
    const bare = new UKeyBridgeError({ code: -32603, message: 'm' });
    assert.equal(bare.text, 'm');
    assert.equal(bare.reason, undefined);
  });
});

describe('an AbortSignal', () => {
  it('that is aborted already sends nothing', async () => {
    const signal = AbortSignal.abort();
    await assert.rejects(bridge.renewal.begin({}, { signal }), {
      reason: 'CANCELLED'
    });
    bridge.host.ping().catch(() => {});
    assert.equal((await next()).method, 'host.ping');
  });

  it('asks the host to cancel that call', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const reply = bridge.renewal.begin({ token: 't' }, { signal });
    const { id } = await next();
    controller.abort();
    const cancel = await next();
    assert.equal(cancel.method, 'host.cancel');
    assert.deepEqual(cancel.params, { id });
    far.postMessage({ id: cancel.id, result: { cancelled: true } });
    fail(id, 'CANCELLED');
    await assert.rejects(reply, { reason: 'CANCELLED' });
  });

  it('does not hide the outcome of what can no longer stop', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const reply = bridge.renewal.install({ renewal: 'r' }, { signal });
    const { id } = await next();
    controller.abort();
    far.postMessage({ id: (await next()).id, result: { cancelled: false } });
    far.postMessage({ id, result: { renewal: { state: 'installed' } } });
    assert.equal((await reply).renewal.state, 'installed');
  });

  it('is let go when the call is over', async () => {
    const controller = new AbortController();
    const reply = bridge.host.ping({}, { signal: controller.signal });
    far.postMessage({ id: (await next()).id, result: {} });
    await reply;
    controller.abort();
    bridge.tokens.list().catch(() => {});
    assert.equal((await next()).method, 'tokens.list');
  });
});

describe('progress', () => {
  it('is told to the call it belongs to', async () => {
    const told = [];
    const onProgress = (progress) => told.push(progress);
    const reply = bridge.renewal.begin({}, { onProgress });
    const other = bridge.host.ping({}, { onProgress: assert.fail });
    const [{ id }, ping] = [await next(), await next()];
    const params = { id, step: 'write', done: 1, total: 3 };
    far.postMessage({ method: 'progress', params });
    far.postMessage({ id: ping.id, result: {} });
    far.postMessage({ id, result: {} });
    await Promise.all([reply, other]);
    assert.equal(told.length, 1);
    assert.equal(told[0].step, 'write');
  });
});

describe('close', () => {
  it('rejects open and later calls, and tells the bridge', async () => {
    const open = bridge.tokens.list();
    await next();
    bridge.close();
    bridge.close();
    await assert.rejects(open, { reason: 'CANCELLED' });
    await assert.rejects(bridge.host.ping(), { reason: 'CANCELLED' });
    assert.deepEqual(await next(), { ukeybridge: 1, close: true });
  });
});
