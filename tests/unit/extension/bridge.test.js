// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { beforeEach, describe, it } from 'node:test';
import vm from 'node:vm';

import { FakePort } from './fakes.js';

const file = new URL('../../../extension/bridge/bridge.js', import.meta.url);
const source = readFileSync(file, 'utf8');
const ORIGIN = 'https://portal.example';
const CONNECT = { ukeybridge: 1, connect: true };

let listeners;
let page;
let runtimePorts;
let runtime;
let timers;

/** A MessagePort whose other end is the test. */
class FakePagePort {
  sent = [];
  isClosed = false;

  postMessage(message) {
    this.sent.push(JSON.parse(JSON.stringify(message)));
  }

  close() {
    this.isClosed = true;
  }

  say(data) {
    this.onmessage({ data });
  }
}

beforeEach(() => {
  listeners = {};
  runtimePorts = [];
  runtime = {
    id: 'x',
    connect: ({ name }) => {
      assert.equal(name, 'page');
      const port = new FakePort();
      runtimePorts.push(port);
      return port;
    }
  };
  timers = [];
  page = {
    isSecureContext: true,
    addEventListener: (type, listener) => (listeners[type] = listener)
  };
  page.top = page;
  vm.runInNewContext(source, {
    window: page,
    location: { origin: ORIGIN },
    document: (page.document = {}),
    navigator: { userActivation: { isActive: true } },
    setTimeout: (what) => timers.push(what),
    chrome: { runtime, i18n: { getMessage: (key) => key } }
  });
});

/** Post to the page's window, as some script does. */
function post(changes = {}) {
  const port = new FakePagePort();
  const event = { source: page, origin: ORIGIN, data: CONNECT, ports: [port] };
  listeners.message({ ...event, ...changes });
  return port;
}

const greet = (port) => port.onMessage.fire({ ukeybridge: 1, connected: true });
/** The moment after a loss has passed. */
const later = () => timers.splice(0).forEach((what) => what());
const ping = (id) => ({ jsonrpc: '2.0', id, method: 'host.ping' });

function connected() {
  const port = post();
  greet(runtimePorts.at(-1));
  port.sent.splice(0);
  return { port, runtimePort: runtimePorts.at(-1) };
}

describe('a connection', () => {
  it('is answered when the service worker took it', () => {
    const port = post();
    assert.deepEqual(port.sent, []);
    greet(runtimePorts[0]);
    assert.deepEqual(port.sent, [{ ukeybridge: 1, connected: true }]);
  });

  it('that the service worker refuses stays without an answer', () => {
    const port = post();
    port.say(ping(1));
    runtimePorts[0].onDisconnect.fire();
    assert.deepEqual(port.sent, []);
    assert.ok(port.isClosed);
  });

  const ignored = {
    'from another window': { source: {} },
    'from another origin': { origin: 'https://evil.example' },
    'from an opaque origin': { origin: 'null' },
    'without the word': { data: { connect: true } },
    'of another version': { data: { ukeybridge: 2, connect: true } },
    'that is no connect': { data: { ukeybridge: 1 } },
    'with a truthy connect': { data: { ukeybridge: 1, connect: 1 } },
    'without data': { data: undefined },
    'without a port': { ports: [] }
  };
  for (const [name, changes] of Object.entries(ignored)) {
    it(`is ignored ${name}`, () => {
      post(changes);
      assert.equal(runtimePorts.length, 0);
    });
  }

  const refusing = {
    'in a sub-frame': () => (page.top = {}),
    'in an insecure page': () => (page.isSecureContext = false),
    'while prerendering': () => (page.document.prerendering = true)
  };
  for (const [name, arrange] of Object.entries(refusing)) {
    it(`is ignored ${name}`, () => {
      arrange();
      post();
      assert.equal(runtimePorts.length, 0);
    });
  }

  it('is one of eight at most, until one is closed', () => {
    const ports = Array.from({ length: 8 }, () => connected().port);
    const ninth = post();
    assert.deepEqual(ninth.sent, [
      { ukeybridge: 1, connected: false, reason: 'BUSY' }
    ]);
    assert.equal(runtimePorts.length, 8);

    ports[0].say({ ukeybridge: 1, close: true });
    assert.ok(runtimePorts[0].isDisconnected);
    post();
    assert.equal(runtimePorts.length, 9);
  });
});

describe('relaying', () => {
  it('wraps what the page says, and unwraps nothing', () => {
    const { port, runtimePort } = connected();
    const message = { ...ping(1), context: { ui: true } };
    port.say(message);
    assert.deepEqual(runtimePort.sent, [{ message, userActivation: true }]);
    const reply = { jsonrpc: '2.0', id: 1, result: {} };
    runtimePort.onMessage.fire(reply);
    assert.deepEqual(port.sent, [reply]);
  });

  it('answers for what is not JSON', () => {
    const { port, runtimePort } = connected();
    runtimePort.postMessage = () => {
      throw new TypeError('Could not serialize message.');
    };
    port.say({ ...ping(1), params: { x: 1n } });
    assert.equal(port.sent[0].error.code, -32600);
    assert.equal(port.sent[0].error.data.text, 'error_REQUEST');
  });
});

describe('when the service worker dies', () => {
  it('open calls reject HOST_DISCONNECTED, answered ones do not', () => {
    const { port, runtimePort } = connected();
    [1, 'two', 3].forEach((id) => port.say(ping(id)));
    runtimePort.onMessage.fire({ jsonrpc: '2.0', id: 3, result: {} });
    port.sent.splice(0);
    runtimePort.onDisconnect.fire();
    later();
    assert.deepEqual(
      port.sent.map(({ id, error }) => [id, error.data.reason]),
      [
        [1, 'HOST_DISCONNECTED'],
        ['two', 'HOST_DISCONNECTED']
      ]
    );
    assert.equal(port.sent[0].error.data.text, 'error_HOST_DISCONNECTED');
  });

  it('the next call reconnects, and nothing is sent twice', () => {
    const { port, runtimePort } = connected();
    port.say(ping(1));
    runtimePort.onDisconnect.fire();
    assert.equal(runtimePorts.length, 1);
    port.say(ping(2));
    assert.equal(runtimePorts.length, 2);
    assert.deepEqual(
      runtimePorts[1].sent.map(({ message }) => message.id),
      [2]
    );
  });

  it('progress does not count as an answer', () => {
    const { port, runtimePort } = connected();
    port.say(ping(1));
    const params = { id: 1 };
    runtimePort.onMessage.fire({ id: 1, method: 'progress', params });
    port.sent.splice(0);
    runtimePort.onDisconnect.fire();
    later();
    assert.equal(port.sent.length, 1);
  });

  it('a page that is hidden loses its calls at once', () => {
    const { port, runtimePort } = connected();
    port.say(ping(1));
    listeners.pagehide();
    assert.ok(runtimePort.isDisconnected);
    assert.equal(port.sent[0].error.data.reason, 'HOST_DISCONNECTED');
  });

  it('for an update, the page is told to reload', () => {
    const { port, runtimePort } = connected();
    port.say(ping(1));
    runtime.id = undefined;
    runtime.connect = () => {
      throw new Error('Extension context invalidated.');
    };
    runtimePort.onDisconnect.fire();
    later();
    port.say(ping(2));
    assert.deepEqual(
      port.sent.map(({ id, error }) => [id, error.data.reason]),
      [
        [1, 'EXTENSION_UNREACHABLE'],
        [2, 'EXTENSION_UNREACHABLE']
      ]
    );
  });

  it('for an update, the page is told so though the id goes later', () => {
    const { port, runtimePort } = connected();
    port.say(ping(1));
    runtimePort.onDisconnect.fire();
    runtime.connect = () => {
      throw new Error('Extension context invalidated.');
    };
    port.say(ping(2));
    runtime.id = undefined;
    later();
    assert.deepEqual(
      port.sent.map(({ id, error }) => [id, error.data.reason]),
      [
        [2, 'EXTENSION_UNREACHABLE'],
        [1, 'EXTENSION_UNREACHABLE']
      ]
    );
  });

  it('for an update, who connects hears nothing of the old bridge', () => {
    runtime.id = undefined;
    const port = post();
    assert.deepEqual([port.sent, port.isClosed], [[], false]);
    assert.equal(runtimePorts.length, 0);
  });
});
