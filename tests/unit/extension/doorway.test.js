// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';

import { admit, expel } from '../../../extension/background/doorway.js';
import { FakePort, settled } from './fakes.js';

const ORIGIN = 'https://portal.example';
let port;
let made;
let tell;

const make = () => {
  made = {
    received: [],
    isClosed: false,
    receive: (letter) => made.received.push(letter),
    close: () => (made.isClosed = true)
  };
  return made;
};

beforeEach(() => {
  port = new FakePort();
  made = undefined;
  admit(port, new Promise((resolve) => (tell = resolve)), make);
});

describe('a port', () => {
  it('loses nothing that comes while it is found out who is there', async () => {
    port.onMessage.fire('first');
    tell({ context: { origin: ORIGIN } });
    await settled();
    port.onMessage.fire('second');
    assert.deepEqual(made.received, ['first', 'second']);
    assert.deepEqual(port.sent, [{ ukeybridge: 1, connected: true }]);
  });

  it('of a stranger is closed without a word', async () => {
    port.onMessage.fire('first');
    tell(undefined);
    await settled();
    assert.deepEqual([made, port.sent], [undefined, []]);
    assert.ok(port.isDisconnected);
  });

  it('that went meanwhile gets no client', async () => {
    port.onDisconnect.fire();
    tell({ context: { origin: ORIGIN } });
    await settled();
    assert.equal(made, undefined);
  });

  it('of a site that is revoked is closed, and no other', async () => {
    tell({ context: { origin: ORIGIN } });
    await settled();
    expel('https://other.example');
    assert.equal(made.isClosed, false);
    expel(ORIGIN);
    assert.ok(made.isClosed && port.isDisconnected);
  });
});
