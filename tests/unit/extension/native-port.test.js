// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';

import { NativePort } from '../../../extension/background/native-port.js';
import { CONFIG } from '../../../extension/shared/config.js';
import { FakePort, METHODS, answer, greet, settled } from './fakes.js';

let ports;
let asked;
let lastError;
let notifications;
let disconnects;
let results;
let native;

afterEach(() => mock.timers.reset());

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  ports = [];
  lastError = undefined;
  notifications = [];
  disconnects = 0;
  results = [];
  native = new NativePort({
    connect: () => {
      const port = new FakePort();
      ports.push(port);
      return port;
    },
    lastError: (port) => {
      asked = port;
      return lastError;
    },
    onNotification: (...args) => notifications.push(args),
    onResult: (method) => results.push(method),
    onDisconnect: () => disconnects++,
    version: '0.1.0'
  });
});

const reasonOf = (promise) =>
  promise.then(
    () => assert.fail('must reject'),
    ({ wire }) => wire.data?.reason ?? wire.code
  );

describe('greeting', () => {
  it('connects at the first call, not before', () => {
    assert.equal(ports.length, 0);
    native.request('host.ping');
    assert.equal(ports.length, 1);
  });

  it('says hello before it sends anything else', async () => {
    native.request('host.ping');
    native.request('tokens.list');
    assert.deepEqual(ports[0].methods(), ['host.hello']);
    assert.deepEqual(ports[0].sent[0].params, {
      client: { name: 'UKey Bridge', version: '0.1.0' },
      protocol: 1
    });

    await greet(ports[0]);
    assert.deepEqual(ports[0].methods().slice(1), ['host.ping', 'tokens.list']);
  });

  it('refuses a host of another protocol', async () => {
    const reason = reasonOf(native.request('host.ping').reply);
    await greet(ports[0], { protocol: 2, methods: METHODS });
    assert.equal(await reason, 'HOST_TOO_OLD');
    assert.deepEqual(ports[0].methods(), ['host.hello']);
    assert.ok(ports[0].isDisconnected);
  });

  it('refuses a host that lists no methods', async () => {
    const reason = reasonOf(native.request('host.ping').reply);
    await greet(ports[0], { protocol: 1 });
    assert.equal(await reason, 'HOST_TOO_OLD');
  });

  it('rejects with the error that the host greets with', async () => {
    const reason = reasonOf(native.request('host.ping').reply);
    const { id } = ports[0].last('host.hello');
    const data = { reason: 'SHUTTING_DOWN' };
    ports[0].onMessage.fire({ id, error: { code: -32099, message: '', data } });
    assert.equal(await reason, 'SHUTTING_DOWN');
  });

  it('does not send a method that the host has not listed', async () => {
    const reason = reasonOf(native.request('no.such').reply);
    await greet(ports[0]);
    assert.equal(await reason, -32601);
    assert.equal(ports[0].last('no.such'), undefined);
  });
});

describe('replies', () => {
  it('match calls in any order', async () => {
    const first = native.request('host.ping');
    const second = native.request('tokens.list');
    await greet(ports[0]);
    ports[0].onMessage.fire({ id: second.id, result: 2 });
    ports[0].onMessage.fire({ id: first.id, result: 1 });
    assert.deepEqual(await Promise.all([first.reply, second.reply]), [1, 2]);
    assert.deepEqual(results, ['host.hello', 'tokens.list', 'host.ping']);
  });

  it('of nobody are ignored', async () => {
    native.request('host.ping');
    await greet(ports[0]);
    for (const stray of [{ id: 999, result: {} }, { id: null }, {}, null]) {
      ports[0].onMessage.fire(stray);
    }
  });

  it('carry the host’s errors unchanged', async () => {
    const { id, reply } = native.request('tokens.list');
    await greet(ports[0]);
    const error = { code: -32003, message: 'm', data: { reason: 'NO_TOKEN' } };
    ports[0].onMessage.fire({ id, error });
    await assert.rejects(reply, (thrown) => thrown.wire === error);
    assert.deepEqual(results, ['host.hello'], 'an error is no result');
  });
});

describe('notifications', () => {
  it('tell progress to the call it belongs to', async () => {
    const told = [];
    const { id } = native.request('renewal.begin', {}, {}, (p) => told.push(p));
    native.request('tokens.list', {}, {}, () => assert.fail('not mine'));
    await greet(ports[0]);
    const params = { id, step: 'generate-key', done: 1, total: 2 };
    ports[0].onMessage.fire({ method: 'progress', params });
    ports[0].onMessage.fire({ method: 'progress', params: { id: 999 } });
    assert.deepEqual(told, [params]);
  });

  it('tell all else to the outside', async () => {
    native.request('host.ping');
    await greet(ports[0]);
    const params = { kind: 'inserted' };
    ports[0].onMessage.fire({ method: 'tokens.changed', params });
    assert.deepEqual(notifications, [['tokens.changed', params]]);
  });
});

describe('disconnect', () => {
  const cases = [
    ['Specified native messaging host not found.', 'HOST_MISSING'],
    [
      'Access to the specified native messaging host is forbidden.',
      'HOST_BLOCKED'
    ],
    ['No such native application org.ukeybridge.host', 'HOST_MISSING'],
    ['Native host has exited.', 'HOST_DISCONNECTED'],
    [undefined, 'HOST_DISCONNECTED']
  ];
  for (const [message, expected] of cases) {
    it(`rejects all calls: ${message} → ${expected}`, async () => {
      const reasons = [
        reasonOf(native.request('host.ping').reply),
        reasonOf(native.request('tokens.list').reply)
      ];
      lastError = message;
      ports[0].onDisconnect.fire();
      assert.deepEqual(await Promise.all(reasons), [expected, expected]);
      assert.equal(disconnects, 1);
      assert.equal(asked, ports[0], 'Firefox says it at the port');
    });
  }

  it('is mended by the next call, which alone is sent', async () => {
    const lost = reasonOf(native.request('renewal.begin').reply);
    await greet(ports[0]);
    ports[0].onDisconnect.fire();
    assert.equal(await lost, 'HOST_DISCONNECTED');

    const { reply } = native.request('host.ping');
    await greet(ports[1]);
    await answer(ports[1], 'host.ping', { alive: true });
    assert.deepEqual(await reply, { alive: true });
    assert.deepEqual(ports[1].methods(), ['host.hello', 'host.ping']);
  });

  it('of an old port leaves a new one alone', async () => {
    const lost = reasonOf(native.request('host.ping').reply);
    ports[0].onDisconnect.fire();
    const { reply } = native.request('host.ping'); // before the loss is heard
    assert.equal(await lost, 'HOST_DISCONNECTED');
    ports[0].onDisconnect.fire();
    await settled();
    assert.equal(ports[1].isDisconnected, false);
    await greet(ports[1]);
    await answer(ports[1], 'host.ping');
    assert.deepEqual(await reply, {});
  });
});

describe('cancel', () => {
  it('asks the host when the call was sent', async () => {
    const { id } = native.request('renewal.begin');
    await greet(ports[0]);
    const cancelled = native.cancel(id, { ui: true });
    assert.deepEqual(ports[0].last('host.cancel').params, { id });
    await answer(ports[0], 'host.cancel', { cancelled: true });
    assert.deepEqual(await cancelled, { cancelled: true });
  });

  it('of a call that waits for the greeting sends nothing', async () => {
    const { id, reply } = native.request('renewal.begin');
    const reason = reasonOf(reply);
    assert.deepEqual(await native.cancel(id), { cancelled: true });
    assert.equal(await reason, 'CANCELLED');
    await greet(ports[0]);
    assert.deepEqual(ports[0].methods(), ['host.hello']);
  });

  it('of an unknown call is false and starts no host', async () => {
    assert.deepEqual(await native.cancel(7), { cancelled: false });
    assert.equal(ports.length, 0);
  });
});

describe('time', () => {
  it('rejects a call that the host leaves open, and cancels it', async () => {
    const { id, reply } = native.request('tokens.list');
    const reason = reasonOf(reply);
    await greet(ports[0]);
    mock.timers.tick(CONFIG.quickCallCapMs);
    assert.equal(await reason, 'TIMEOUT');
    assert.deepEqual(ports[0].last('host.cancel').params, { id });
    ports[0].onMessage.fire({ id, result: {} }); // late, and ignored
  });

  it('gives a dialog longer than a list', async () => {
    const reason = reasonOf(native.request('renewal.begin').reply);
    await greet(ports[0]);
    mock.timers.tick(CONFIG.dialogCallCapMs - 1);
    assert.equal(ports[0].last('host.cancel'), undefined);
    mock.timers.tick(1);
    assert.equal(await reason, 'TIMEOUT');
  });

  it('drops a host that does not answer the greeting', async () => {
    const reason = reasonOf(native.request('tokens.list').reply);
    mock.timers.tick(CONFIG.helloTimeoutMs);
    assert.equal(await reason, 'TIMEOUT');
    assert.ok(ports[0].isDisconnected);
  });

  it('lets a quiet host go', async () => {
    native.request('host.ping');
    await greet(ports[0]);
    await answer(ports[0], 'host.ping');
    mock.timers.tick(CONFIG.idleDisconnectMs - 1);
    assert.equal(ports[0].isDisconnected, false);
    mock.timers.tick(1);
    assert.ok(ports[0].isDisconnected);
  });

  it('keeps a host in which a PIN reset may be open', async () => {
    native.request('pin.reset.begin');
    await greet(ports[0]);
    await answer(ports[0], 'pin.reset.begin');
    mock.timers.tick(CONFIG.resetOpenMs - 1);
    assert.equal(ports[0].isDisconnected, false);
    mock.timers.tick(1);
    assert.ok(ports[0].isDisconnected);
  });

  it('keeps a host with an open call, and one that is held', async () => {
    native.request('renewal.begin');
    await greet(ports[0]);
    mock.timers.tick(CONFIG.idleDisconnectMs + 1);
    assert.equal(ports[0].isDisconnected, false);

    native.hold(true);
    await answer(ports[0], 'renewal.begin');
    mock.timers.tick(CONFIG.idleDisconnectMs + 1);
    assert.equal(ports[0].isDisconnected, false);

    native.hold(false);
    mock.timers.tick(CONFIG.idleDisconnectMs);
    assert.ok(ports[0].isDisconnected);
  });
});
