// SPDX-License-Identifier: MIT
import { setImmediate } from 'node:timers/promises';

/** Let every pending promise callback run. */
export const settled = () => setImmediate();

/** An event that a test fires by hand. */
export class FakeEvent {
  listeners = [];

  addListener(listener) {
    this.listeners.push(listener);
  }

  fire(...args) {
    this.listeners.forEach((listener) => listener(...args));
  }
}

/** A chrome.runtime.Port whose other end is the test. */
export class FakePort {
  onMessage = new FakeEvent();
  onDisconnect = new FakeEvent();
  sent = [];
  isDisconnected = false;

  postMessage(message) {
    if (this.isDisconnected) {
      throw new Error('Attempting to use a disconnected port object');
    }
    this.sent.push(JSON.parse(JSON.stringify(message)));
  }

  disconnect() {
    this.isDisconnected = true;
  }

  /** The last message of a method. */
  last(method) {
    return this.sent.findLast((message) => message.method === method);
  }

  methods() {
    return this.sent.map(({ method }) => method);
  }
}

export const METHODS = [
  'host.hello',
  'host.ping',
  'host.cancel',
  'tokens.list',
  'tokens.watch',
  'certificates.list',
  'pin.reset.begin',
  'renewal.begin'
];

/** Answer the greeting of a native port as a host of our version does. */
export async function greet(port, hello = { protocol: 1, methods: METHODS }) {
  const { id } = port.last('host.hello');
  port.onMessage.fire({ jsonrpc: '2.0', id, result: hello });
  await settled();
}

/** Answer the last call of a method. */
export async function answer(port, method, result = {}) {
  const { id } = port.last(method);
  port.onMessage.fire({ jsonrpc: '2.0', id, result });
  await settled();
}

/** chrome.storage: its areas as Maps of JSON. */
export function fakeStorage() {
  return { local: fakeArea(), session: fakeArea(), managed: fakeArea() };
}

function fakeArea() {
  const kept = new Map();
  return {
    onChanged: new FakeEvent(),
    async get(keys) {
      const found = [keys].flat().filter((key) => kept.has(key));
      return Object.fromEntries(
        found.map((key) => [key, JSON.parse(kept.get(key))])
      );
    },
    async set(items) {
      for (const [key, value] of Object.entries(items)) {
        kept.set(key, JSON.stringify(value));
        this.onChanged.fire({ [key]: { newValue: value } });
      }
    },
    async remove(key) {
      kept.delete(key);
    }
  };
}
