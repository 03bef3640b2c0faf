// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';

import { admit, expel } from '../../../extension/background/doorway.js';
import { addSite, siteOf, touchSite } from '../../../extension/shared/sites.js';
import { FakePort, fakeStorage, settled } from './fakes.js';

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
  globalThis.chrome = { storage: fakeStorage() };
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
    await expel('https://other.example');
    assert.equal(made.isClosed, false);
    await expel(ORIGIN);
    assert.ok(made.isClosed && port.isDisconnected);
  });
});

describe('a site that is revoked while its page connects', () => {
  const found = async () => {
    const site = await siteOf(ORIGIN);
    await touchSite(ORIGIN);
    const isStill = async () => (await siteOf(ORIGIN)) !== undefined;
    return site && { context: { origin: ORIGIN }, isStill };
  };
  const connect = async (turns) => {
    await addSite(ORIGIN, true);
    port = new FakePort();
    made = undefined;
    const admitted = admit(port, found(), make);
    for (let i = 0; i < turns; i++) {
      await null;
    }
    await expel(ORIGIN);
    await admitted;
  };

  it('is not let in, whenever that is', async () => {
    for (let turns = 0; turns < 64; turns++) {
      await connect(turns);
      assert.equal(await siteOf(ORIGIN), undefined);
      assert.ok(port.isDisconnected, `after ${turns} turns`);
      assert.ok(made === undefined || made.isClosed, `after ${turns} turns`);
    }
  });

  it('is let in else', async () => {
    await addSite(ORIGIN, true);
    await admit(port, found(), make);
    assert.equal(made.isClosed, false);
  });
});
