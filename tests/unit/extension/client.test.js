// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';

import { Client } from '../../../extension/background/client.js';
import { NativePort } from '../../../extension/background/native-port.js';
import { Watchers } from '../../../extension/background/watchers.js';
import { CONFIG } from '../../../extension/shared/config.js';
import { FakePort, answer, fakeStorage, greet, settled } from './fakes.js';

let host;
let native;
let watchers;
let watched;

afterEach(() => mock.timers.reset());

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout'] });
  globalThis.chrome = { storage: fakeStorage() };
  host = undefined;
  native = new NativePort({
    connect: () => (host = new FakePort()),
    lastError: () => undefined,
    onNotification: (...args) => watchers.tell(...args),
    onDisconnect: () => watchers.clear(),
    version: '0.1.0'
  });
  watchers = new Watchers(native);
  watched = [];
});

function client(context, remind) {
  const port = new FakePort();
  const describe = (error) => ({
    ...error,
    data: { ...error.data, text: 't' }
  });
  const orders = {
    watch: async (...args) => {
      watched.push(args);
      return {};
    }
  };
  const options = {
    ...{ port, native, context, describe, watchers, orders },
    remind
  };
  return { port, client: new Client(options) };
}

const page = (origin = 'https://portal.example') =>
  client({ origin, topOrigin: origin, documentId: 'D', lang: 'en' });
const ui = () => client({ ui: true, lang: 'en' });

const request = (id, method, params) => ({
  message: { jsonrpc: '2.0', id, method, params }
});

async function greeted(...clients) {
  clients[0].client.receive(request('warm-up', 'host.ping'));
  await greet(host);
  await answer(host, 'host.ping');
  clients.forEach(({ port }) => port.sent.splice(0));
}

describe('a call', () => {
  it('goes out under the host’s id and comes back under the page’s', async () => {
    const a = page();
    a.client.receive(request('mine', 'tokens.list'));
    await greet(host);
    assert.notEqual(host.last('tokens.list').id, 'mine');
    await answer(host, 'tokens.list', { tokens: [] });
    assert.deepEqual(a.port.sent, [
      { jsonrpc: '2.0', id: 'mine', result: { tokens: [] } }
    ]);
  });

  it('carries the context of its port, whoever claims what', async () => {
    const a = page();
    a.client.receive({ ...request(1, 'tokens.list'), userActivation: true });
    await greet(host);
    const { context } = host.last('tokens.list');
    assert.equal(context.origin, 'https://portal.example');
    assert.equal(context.userActivation, true);
  });

  it('counts nothing but true as user activation', async () => {
    const a = page();
    a.client.receive({ ...request(1, 'tokens.list'), userActivation: 'yes' });
    await greet(host);
    assert.equal(host.last('tokens.list').context.userActivation, false);
  });

  it('of one page does not collide with the same id of another', async () => {
    const [a, b] = [page(), page('https://other.example')];
    await greeted(a, b);
    a.client.receive(request(1, 'tokens.list'));
    b.client.receive(request(1, 'certificates.list'));
    await answer(host, 'tokens.list', 'for a');
    await answer(host, 'certificates.list', 'for b');
    assert.equal(a.port.sent[0].result, 'for a');
    assert.equal(b.port.sent[0].result, 'for b');
  });

  it('with an id in use is refused, and the first goes on', async () => {
    const a = page();
    await greeted(a);
    a.client.receive(request(1, 'tokens.list'));
    await a.client.receive(request(1, 'tokens.list'));
    assert.equal(a.port.sent[0].error.code, -32600);
    await answer(host, 'tokens.list', 'first');
    assert.equal(a.port.sent[1].result, 'first');
  });

  it('beyond the limit of open calls is refused BUSY', async () => {
    const a = page();
    await greeted(a);
    for (let id = 0; id <= CONFIG.maxOpenCallsPerClient; id++) {
      a.client.receive(request(id, 'tokens.list'));
    }
    await settled();
    assert.equal(a.port.sent.length, 1);
    assert.equal(a.port.sent[0].error.data.reason, 'BUSY');
  });

  it('that is malformed is answered with its id where it has one', async () => {
    const a = page();
    await a.client.receive({ message: { id: 5, method: 'host.ping' } });
    await a.client.receive({ message: 'nonsense' });
    await a.client.receive(undefined);
    assert.deepEqual(
      a.port.sent.map(({ id, error }) => [id, error.code, error.data.text]),
      [
        [5, -32600, 't'],
        [null, -32600, 't'],
        [null, -32600, 't']
      ]
    );
    assert.equal(host, undefined);
  });

  it('that fails says why in the user’s words', async () => {
    const a = page();
    a.client.receive(request(1, 'tokens.list'));
    host.onDisconnect.fire();
    await settled();
    const { reason, text } = a.port.sent[0].error.data;
    assert.deepEqual([reason, text], ['HOST_DISCONNECTED', 't']);
  });
});

describe('a call of a site that is allowed once', () => {
  const once = () => {
    let tell;
    const reminded = new Promise((resolve) => (tell = resolve));
    const context = { origin: 'https://portal.example', lang: 'en' };
    const one = client(context, () => reminded);
    return { ...one, tell };
  };

  it('goes out behind what the host is reminded of', async () => {
    await greeted(page());
    const { client: one, tell } = once();
    one.receive(request(1, 'tokens.list'));
    one.receive(request(2, 'certificates.list'));
    await settled();
    assert.equal(host.last('tokens.list'), undefined);
    tell();
    await settled();
    const asked = ['tokens.list', 'certificates.list'];
    assert.deepEqual(host.methods().slice(-2), asked);
  });

  it('does not go out when its page left meanwhile', async () => {
    await greeted(page());
    const { client: one, tell } = once();
    one.receive(request(1, 'tokens.list'));
    one.close();
    tell();
    await settled();
    assert.equal(host.last('tokens.list'), undefined);
  });
});

describe('an order to be watched', () => {
  it('is the extension’s business, and no host is asked by the page', async () => {
    const a = page();
    const params = { order: 'o', url: 'https://portal.example/o' };
    await a.client.receive(request(1, 'orders.watch', params));
    const [[context, given]] = watched;
    assert.deepEqual(
      [context.origin, given],
      ['https://portal.example', params]
    );
    assert.deepEqual(a.port.sent, [{ jsonrpc: '2.0', id: 1, result: {} }]);
    assert.equal(host, undefined);
  });
});

describe('progress', () => {
  it('reaches the one who asked, under its own id', async () => {
    const [a, b] = [page(), page()];
    await greeted(a, b);
    a.client.receive(request('r', 'renewal.begin'));
    const { id } = host.last('renewal.begin');
    const params = { id, step: 's', done: 1, total: 2, interruptible: true };
    host.onMessage.fire({ method: 'progress', params });
    assert.deepEqual(a.port.sent[0].params, { ...params, id: 'r' });
    assert.equal(b.port.sent.length, 0);
  });
});

describe('cancelling', () => {
  it('is not what a popup does that its own PIN dialog closed', async () => {
    const popup = ui();
    popup.client.receive(request(1, 'renewal.begin', { token: 't' }));
    popup.client.receive(request(2, 'tokens.list'));
    await greet(host);
    const cancelled = () =>
      host.sent
        .filter(({ method }) => method === 'host.cancel')
        .map(({ params }) => params.id);
    popup.client.close();
    await settled();
    assert.deepEqual(cancelled(), [host.last('tokens.list').id]);
  });

  it('is what a page that goes does to its PIN dialog', async () => {
    const portal = page();
    portal.client.receive(request(1, 'renewal.begin', { token: 't' }));
    await greet(host);
    portal.client.close();
    await settled();
    const { id } = host.last('renewal.begin');
    assert.equal(host.last('host.cancel').params.id, id);
  });

  it('translates the id', async () => {
    const a = page();
    await greeted(a);
    a.client.receive(request('r', 'renewal.begin'));
    const { id } = host.last('renewal.begin');
    a.client.receive(request('c', 'host.cancel', { id: 'r' }));
    await settled();
    assert.deepEqual(host.last('host.cancel').params, { id });
    await answer(host, 'host.cancel', { cancelled: true });
    assert.deepEqual(a.port.sent[0].result, { cancelled: true });
  });

  it('reaches no one else’s call, by their id or by the host’s', async () => {
    const [a, b] = [page(), page('https://other.example')];
    await greeted(a, b);
    a.client.receive(request('r', 'renewal.begin'));
    const hostId = host.last('renewal.begin').id;
    for (const id of ['r', hostId, undefined, null]) {
      await b.client.receive(request('c', 'host.cancel', { id }));
    }
    assert.deepEqual(
      b.port.sent.map(({ result }) => result.cancelled),
      [false, false, false, false]
    );
    assert.equal(host.last('host.cancel'), undefined);
  });

  it('is done for every open call when the document goes', async () => {
    const [a, b] = [page(), page()];
    await greeted(a, b);
    a.client.receive(request(1, 'renewal.begin'));
    b.client.receive(request(1, 'tokens.list'));
    const { id } = host.last('renewal.begin');
    a.client.close();
    await settled();
    const cancels = host.sent.filter(({ method }) => method === 'host.cancel');
    assert.deepEqual(
      cancels.map(({ params }) => params),
      [{ id }]
    );
    await answer(host, 'renewal.begin');
    assert.equal(a.port.sent.length, 0, 'nothing is posted to a closed port');
  });
});

describe('watching', () => {
  const watch = async (who, enabled = true) => {
    who.client.receive(request(`w${enabled}`, 'tokens.watch', { enabled }));
    await settled();
  };
  const watches = () =>
    host.sent
      .filter(({ method }) => method === 'tokens.watch')
      .map(({ params }) => params.enabled);
  const change = { method: 'tokens.changed', params: { kind: 'inserted' } };
  const heard = ({ port }, method = 'tokens.changed') =>
    port.sent.filter((message) => message.method === method).length;

  it('is told to those only whom the host let watch', async () => {
    const [a, b, c] = [page(), page('https://refused.example'), ui()];
    await greeted(a, b, c);
    await watch(a);
    await answer(host, 'tokens.watch');
    await watch(b);
    const { id } = host.last('tokens.watch');
    const error = { code: -32001, message: '', data: {} };
    host.onMessage.fire({ id, error });
    await watch(c);
    await answer(host, 'tokens.watch');
    host.onMessage.fire(change);
    assert.deepEqual([heard(a), heard(b), heard(c)], [1, 0, 1]);
  });

  it('is switched off by the last one only', async () => {
    const [a, b] = [page(), ui()];
    await greeted(a, b);
    for (const one of [a, b]) {
      await watch(one);
      await answer(host, 'tokens.watch');
    }
    await watch(a, false);
    assert.deepEqual(watches(), [true, true]);
    b.client.close();
    assert.deepEqual(watches(), [true, true, false]);
  });

  it('ends when its page goes before the host answers', async () => {
    const a = page();
    await greeted(a);
    await watch(a);
    a.client.close();
    await answer(host, 'tokens.watch');
    assert.deepEqual(watches(), [true, false]);
  });

  it('keeps one origin’s renewals from another', async () => {
    const [a, b, c] = [page(), page('https://other.example'), ui()];
    await greeted(a, b, c);
    for (const one of [a, b, c]) {
      await watch(one);
      await answer(host, 'tokens.watch');
    }
    const renewal = { id: 'r', origin: 'https://portal.example' };
    host.onMessage.fire({ method: 'token.pending', params: { renewal } });
    host.onMessage.fire({ method: 'token.pending', params: { renewal: 'r' } });
    const counts = [a, b, c].map((one) => heard(one, 'token.pending'));
    assert.deepEqual(counts, [1, 0, 2]);
  });

  it('is not switched off under one whom the host has not answered yet', async () => {
    const [a, b] = [page(), ui()];
    await greeted(a, b);
    await watch(a);
    await answer(host, 'tokens.watch');
    await watch(b);
    a.client.close();
    assert.deepEqual(watches(), [true, true]);
    await answer(host, 'tokens.watch');
    host.onMessage.fire(change);
    assert.equal(heard(b), 1);
    b.client.close();
    assert.deepEqual(watches(), [true, true, false]);
  });

  it('starts no host only to switch the watch off', async () => {
    const a = page();
    await greeted(a);
    await watch(a);
    await answer(host, 'tokens.watch');
    const old = host;
    host.onDisconnect.fire();
    a.client.close();
    assert.equal(host, old);
  });
});
