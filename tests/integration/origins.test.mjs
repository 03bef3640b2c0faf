// SPDX-License-Identifier: MIT
// Who may call: origins in their one form, the policy's and the user's portals, and what the refused learn.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { page, UI } from '../lib/host.mjs';
import { ORIGIN, OTHER_ORIGIN, refused, scene } from '../lib/scene.mjs';

const LIST = 'tokens.list';

/** Origins that no browser sends. */
const BAD = [
  '',
  'null',
  '*',
  'https://',
  'https:///',
  'portal.example',
  '//portal.example',
  'http://portal.example',
  'HTTPS://portal.example',
  'https://Portal.example',
  'https://portal.example/',
  'https://portal.example/path',
  'https://portal.example?',
  'https://portal.example#',
  'https://portal.example\\',
  'https://user@portal.example',
  'https://user:password@portal.example',
  'https://portal.example:443',
  'https://portal.example:',
  'https://portal.example:0',
  'https://portal.example:08',
  'https://portal.example:65536',
  'https://portal.example:8443 ',
  ' https://portal.example',
  'https://portal.example\n',
  'https://portal..example',
  'https://.portal.example',
  'https://-portal.example',
  `https://${'a'.repeat(64)}.example`,
  'https://门户.example',
  'https://portal.exa%6dple',
  'https://portal.example,https://other.example',
  'https://*.example',
  'https://0x7f.1',
  'https://127.1',
  'https://010.0.0.1',
  'https://[::1',
  'https://[0:0:0:0:0:0:0:1]',
  'ftp://portal.example',
  'file://',
  'data:text/html,x',
  'blob:https://portal.example',
  'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
  `https://${'a.'.repeat(130)}example`,
  `https://${'a.'.repeat(4000)}example`
];

/** Origins that browsers send; none of them is allowed. */
const STRANGERS = [
  'https://portal.example.evil',
  'https://evilportal.example',
  'https://sub.portal.example',
  'https://portal.example:8443',
  'https://portal',
  'https://xn--vuqs47a.example',
  'https://192.0.2.7',
  'https://[2001:db8::1]',
  'https://a_b.example',
  `https://${`${'a'.repeat(60)}.`.repeat(3)}example`
];

const LOOPBACK = [
  'http://localhost',
  'http://localhost:8080',
  'http://127.0.0.1:8080',
  'http://[::1]:8080'
];

async function open(t, policy, config = {}) {
  return scene(t, { pairs: null, screen: false, policy, config });
}

const list = (stage, origin, context = page(origin)) => {
  const promise = stage.broker.call(LIST, undefined, context);
  promise.catch(() => {});
  return promise;
};

test('an origin that no browser sends', async (t) => {
  const stage = await open(t, null);
  for (const origin of BAD) {
    const error = await refused(list(stage, origin), 'BAD_ORIGIN', origin);
    assert.equal(error.code, -32001);
  }
});

test('an origin that nobody allowed', async (t) => {
  const stage = await open(t, null);
  for (const origin of STRANGERS) {
    const error = await refused(
      list(stage, origin),
      'ORIGIN_NOT_ALLOWED',
      origin
    );
    assert.equal(error.code, -32001);
  }
});

test('a page in a frame of another', async (t) => {
  const stage = await open(t, null);
  for (const topOrigin of [OTHER_ORIGIN, 'null', 'https://portal.example/']) {
    const context = page(ORIGIN, { topOrigin });
    await refused(list(stage, ORIGIN, context), 'BAD_ORIGIN');
  }
  await list(stage, ORIGIN);
});

test('no context allows what anybody may, and no more', async (t) => {
  const stage = await open(t, null);
  const { broker } = stage;
  await broker.call('host.ping', undefined, null);
  await refused(broker.call(LIST, undefined, null), 'ORIGIN_NOT_ALLOWED');
  await refused(broker.call(LIST, undefined, {}), 'BAD_ORIGIN');
  await broker.call(LIST, undefined, UI);
  const asked = broker.call(
    'host.ping',
    undefined,
    page('http://evil.example')
  );
  await refused(asked, 'BAD_ORIGIN');
});

test('a wildcard stands for one or more labels, never for none or a port', async (t) => {
  const stage = await open(t, {
    portals: ['https://*.example.cn', 'https://*.bids.cn:8443']
  });
  const allowed = [
    'https://a.example.cn',
    'https://a.b.example.cn',
    'https://a.bids.cn:8443'
  ];
  for (const origin of allowed) await list(stage, origin);
  const strangers = [
    'https://example.cn',
    'https://aexample.cn',
    'https://a.example.cn.evil',
    'https://a.example.cn:8443',
    'https://a.bids.cn',
    'https://a.bids.cn:8444',
    'https://bids.cn:8443'
  ];
  for (const origin of strangers) {
    await refused(list(stage, origin), 'ORIGIN_NOT_ALLOWED');
  }
});

test('loopback needs the policy, and its portals', async (t) => {
  const closed = await open(t, null);
  for (const origin of LOOPBACK) {
    await refused(list(closed, origin), 'BAD_ORIGIN');
  }
});

test('loopback that the policy allows', async (t) => {
  const stage = await open(t, {
    allowLoopback: true,
    portals: LOOPBACK.slice(1)
  });
  for (const origin of LOOPBACK.slice(1)) await list(stage, origin);
  await refused(list(stage, LOOPBACK[0]), 'ORIGIN_NOT_ALLOWED');
  for (const origin of ['http://localhost:80', 'http://127.0.0.2:8080']) {
    await refused(list(stage, origin), 'BAD_ORIGIN');
  }
  await refused(list(stage, 'http://portal.example'), 'BAD_ORIGIN');
});

test("a stranger learns nothing of a method's fields", async (t) => {
  const stage = await open(t, null);
  const { broker } = stage;
  const params = { wrong: 1 };
  for (const method of ['certificates.list', 'renewal.begin']) {
    const stranger = broker.call(method, params, page('https://evil.example'));
    const error = await refused(stranger, 'ORIGIN_NOT_ALLOWED');
    assert.deepEqual(error.data, { reason: 'ORIGIN_NOT_ALLOWED' });
    const friend = broker.call(method, params, page());
    assert.equal((await refused(friend, -32602)).data.field, 'wrong');
  }
});
