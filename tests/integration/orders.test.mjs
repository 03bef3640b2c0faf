// SPDX-License-Identifier: MIT
// orders.check from end to end: the demo portal's order resource, and the JSON Schema that portals are given.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';

import { UKEY } from '../portal/testkit.js';
import { startPortal } from '../portal/server.js';
import { TOP } from '../lib/place.mjs';
import { refused, scene, theCa } from '../lib/scene.mjs';

const ui = { origin: 'ui' };
const schema = JSON.parse(
  readFileSync(join(TOP, 'host/docs/order.schema.json'), 'utf8')
);

/** A scene with the demo portal on loopback, allowed by policy; `order` is one that was just made there. */
async function withPortal(t, others = []) {
  const { dir } = await theCa();
  const portal = await startPortal({ caDir: dir, issueDelayMs: 0 });
  t.after(() => portal.close());
  const stage = await scene(t, {
    policy: {
      portals: [portal.url, ...others],
      allowLoopback: true,
      userModules: true
    }
  });
  const post = async (path, body) => {
    const response = await fetch(portal.url + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body)
    });
    assert.ok(response.ok, `${path}: ${response.status}`);
    return response.json();
  };
  const page = { origin: portal.url };
  const [{ id: token }] = await stage.tokens(page);
  const { certificates } = await stage.call(
    'certificates.list',
    { token, pem: true },
    page
  );
  const order = await post('/api/orders', {
    certificatePem: certificates[0].pem,
    ukey: UKEY
  });
  const asked = {
    portal: portal.url,
    order: order.number,
    url: `${portal.url}/api/orders/${order.id}/status`
  };
  const check = async (changed = {}) => {
    const orders = [{ ...asked, ...changed }];
    const result = await stage.call('orders.check', { orders }, ui);
    return result.orders[0];
  };
  return { portal, stage, post, page, token, certificates, order, check };
}

test("a renewal's order, from its making to its installation", async (t) => {
  const made = await withPortal(t);
  const { stage, post, page, token, certificates, order, check } = made;
  const first = await check();
  assert.equal(first.state, 'created');
  assert.equal(first.page, `${made.portal.url}/?order=${order.id}`);
  assert.equal(first.certificate, undefined);
  await post(`/api/orders/${order.id}/pay`, {});
  assert.equal((await check()).state, 'paid');
  const { renewal } = await stage.withPin(
    'renewal.begin',
    {
      token,
      kind: 'renew',
      certificate: certificates[0].id,
      key: 'same',
      challenge: order.challenge,
      order: order.number
    },
    page
  );
  await post(`/api/orders/${order.id}/request`, {
    pem: renewal.requests[0].pem
  });
  let now = await check();
  assert.ok(['reviewing', 'issued'].includes(now.state), now.state);
  while (now.state === 'reviewing') now = await check();
  assert.equal(now.state, 'issued');
  assert.ok(now.certificate.notAfter > certificates[0].notAfter);
  const resource = await fetch(
    `${made.portal.url}/api/orders/${order.id}/status`
  );
  assert.deepEqual(faults(schema, await resource.json()), []);
});

test('what a portal answers instead', async (t) => {
  const { portal, order, check } = await withPortal(t);
  const gone = await check({ url: `${portal.url}/api/orders/none/status` });
  assert.equal(gone.error.reason, 'HTTP_STATUS');
  assert.equal(gone.error.status, 404);
  const html = await check({ url: `${portal.url}/` });
  assert.equal(html.error.reason, 'BAD_REPLY');
  const other = await check({ order: 'another' });
  assert.equal(other.error.reason, 'BAD_REPLY');
  assert.equal(other.order, 'another');
  const whole = await check({ url: `${portal.url}/api/orders/${order.id}` });
  assert.equal(whole.error.reason, 'BAD_REPLY');
  await portal.close();
  assert.equal((await check()).error.reason, 'NETWORK');
});

test('no other site is asked, whoever names it', async (t) => {
  const { portal, check, stage } = await withPortal(t);
  let asked = 0;
  const evil = createServer((_, response) => {
    asked += 1;
    response.end();
  });
  await new Promise((resolve) => evil.listen(0, '127.0.0.1', resolve));
  t.after(() => evil.close());
  const url = `http://127.0.0.1:${evil.address().port}/`;
  assert.equal((await check({ url })).error.reason, 'BAD_ORIGIN');
  const own = await check({ portal: url.slice(0, -1), url });
  assert.equal(own.error.reason, 'ORIGIN_NOT_ALLOWED');
  assert.equal(asked, 0);
  await refused(
    stage.call('orders.check', { orders: [] }, { origin: portal.url }),
    'UI_ONLY'
  );
});

/** A portal that takes a question and says nothing. */
async function silentPortal(t) {
  const silent = createServer(() => {});
  await new Promise((resolve) => silent.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    silent.closeAllConnections();
    silent.close();
  });
  return `http://127.0.0.1:${silent.address().port}`;
}

test('a portal that does not answer keeps no other call waiting', async (t) => {
  const portal = await silentPortal(t);
  const stage = await scene(t, {
    policy: { portals: [portal], allowLoopback: true },
    pairs: null,
    screen: false
  });
  const orders = [{ portal, order: 'R-1', url: `${portal}/o` }];
  let over = false;
  const call = stage.call('orders.check', { orders }, ui);
  const ended = refused(call, 'CANCELLED').then(() => (over = true));
  assert.deepEqual(await stage.call('renewal.list', {}, ui), { renewals: [] });
  assert.equal(over, false);
  await stage.broker.call('host.cancel', { id: call.id });
  await ended;
});

test('a portal that does not answer keeps no question to another waiting', async (t) => {
  const slow = await silentPortal(t);
  const { check, stage } = await withPortal(t, [slow]);
  const orders = [{ portal: slow, order: 'R-1', url: `${slow}/o` }];
  const call = stage.call('orders.check', { orders }, ui);
  const ended = refused(call, 'CANCELLED').then(() => 'slow');
  const quick = check().then(({ state }) => state);
  assert.equal(await Promise.race([ended, quick]), 'created');
  assert.equal((await check({ order: 'x' })).error.reason, 'BAD_REPLY');
  await stage.broker.call('host.cancel', { id: call.id });
  assert.equal(await ended, 'slow');
});

/** What is wrong with a value by a schema that uses no more than these words. */
function faults(rule, value, at = '$') {
  const found = [];
  const words = ['$schema', '$id', 'title', 'description', 'format', 'then'];
  for (const [word, arg] of Object.entries(rule)) {
    if (words.includes(word)) continue;
    if (word === 'type') {
      const type = Array.isArray(value) ? 'array' : typeof value;
      if (type !== arg) found.push(`${at}: ${type}, not ${arg}`);
    } else if (word === 'enum') {
      if (!arg.includes(value)) found.push(`${at}: ${value}`);
    } else if (word === 'required') {
      const missing = arg.filter((name) => value?.[name] === undefined);
      found.push(...missing.map((name) => `${at}.${name} is missing`));
    } else if (word === 'properties') {
      for (const [name, inner] of Object.entries(arg)) {
        if (value?.[name] === undefined) continue;
        found.push(...faults(inner, value[name], `${at}.${name}`));
      }
    } else if (word === 'minLength') {
      if (value.length < arg) found.push(`${at}: too short`);
    } else if (word === 'maxLength') {
      if (value.length > arg) found.push(`${at}: too long`);
    } else if (word === 'pattern') {
      if (!new RegExp(arg, 'u').test(value)) found.push(`${at}: ${value}`);
    } else if (word === 'if') {
      if (faults(arg, value, at).length === 0) {
        found.push(...faults(rule.then, value, at));
      }
    } else throw new Error(`the schema has a word unknown here: ${word}`);
  }
  return found;
}

test('the schema says what the host takes', () => {
  const certificate = {
    notBefore: '2026-11-28T00:00:00Z',
    notAfter: '2027-11-28T00:00:00Z'
  };
  const good = { order: 'R-1', state: 'issued', certificate, more: 1 };
  assert.deepEqual(faults(schema, good), []);
  assert.deepEqual(faults(schema, { order: 'R-1', state: 'paid' }), []);
  for (const bad of [
    { state: 'paid' },
    { order: 'R-1' },
    { order: '', state: 'paid' },
    { order: 'R-1', state: 'dreaming' },
    { order: 'R-1', state: 'issued' },
    { order: 'R-1', state: 'installed' },
    { ...good, certificate: {} },
    { ...good, updated: 'yesterday' },
    []
  ]) {
    assert.notDeepEqual(faults(schema, bad), [], JSON.stringify(bad));
  }
});
