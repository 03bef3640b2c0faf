// SPDX-License-Identifier: MIT
// What a message must look like, and what comes of one that does not: an answer, and the host serves on.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { frame, page } from '../lib/host.mjs';
import { scene } from '../lib/scene.mjs';

const BIG = 2 ** 53;
const PING = '"jsonrpc":"2.0","method":"host.ping"';

async function broker(t) {
  const stage = await scene(t, { pairs: null, screen: false });
  return stage.broker;
}

/** Send a body (text or bytes), then a ping: the reply to the first, or nothing when the ping's came alone. */
async function answer(host, body) {
  host.raw(frame(body));
  host.send({ jsonrpc: '2.0', id: 'after', method: 'host.ping' });
  const first = await host.next();
  if (first.id === 'after') return undefined;
  assert.equal((await host.next()).id, 'after');
  return first;
}

const nested = (depth) =>
  `{${PING},"id":1,"params":${'{"a":'.repeat(depth - 2)}{}${'}'.repeat(depth - 2)}}`;

const NOT_JSON = {
  nothing: '',
  spaces: '  ',
  'two values': `{${PING},"id":1}{}`,
  'a tail': `{${PING},"id":1}x`,
  'a NUL behind': `{${PING},"id":1}\0`,
  'an open object': `{${PING},"id":1`,
  'a byte-order mark': `\uFEFF{${PING},"id":1}`,
  'a key twice': `{${PING},"id":1,"id":2}`,
  'a key twice, once escaped': `{${PING},"id":1,"\\u0069d":2}`,
  'a key twice, deep': `{${PING},"id":1,"params":{"a":{"b":1,"b":1}}}`,
  'a leading zero': `{${PING},"id":01}`,
  'a plus': `{${PING},"id":+1}`,
  'a bare point': `{${PING},"id":1.}`,
  'no digit before the point': `{${PING},"id":.5}`,
  'a bare exponent': `{${PING},"id":1e}`,
  hexadecimal: `{${PING},"id":0x1}`,
  NaN: `{${PING},"id":NaN}`,
  'a single quote': `{${PING},"id":'a'}`,
  'a trailing comma': `{${PING},"id":1,}`,
  'a comment': `{${PING},"id":1}/* x */`,
  'capital literals': `{${PING},"id":1,"params":TRUE}`,
  'a raw tab in a string': `{${PING},"id":"\t"}`,
  'a raw line end in a string': `{${PING},"id":"\n"}`,
  'an unknown escape': `{${PING},"id":"\\x41"}`,
  'an escaped NUL': `{${PING},"id":"a\\u0000b"}`,
  'half a surrogate pair': `{${PING},"id":"\\ud800"}`,
  'the other half': `{${PING},"id":"\\udc00"}`,
  'a form feed between': `{\f${PING},"id":1}`,
  'a wrong byte': Buffer.from(`{${PING},"id":"\xff"}`, 'latin1'),
  'a cut character': Buffer.from(`{${PING},"id":"\xe6\xb1"}`, 'latin1'),
  'an overlong slash': Buffer.from(`{${PING},"id":"\xc0\xaf"}`, 'latin1'),
  'a surrogate as UTF-8': Buffer.from(
    `{${PING},"id":"\xed\xa0\x80"}`,
    'latin1'
  ),
  'UTF-16': Buffer.from(`{${PING},"id":1}`, 'utf16le'),
  'depth 17': nested(17)
};

/** name → [body, the reply's id] */
const NOT_REQUESTS = {
  'a batch': [`[{${PING},"id":1}]`, null],
  'an empty batch': ['[]', null],
  'a string': ['"host.ping"', null],
  'a number': ['1', null],
  null: ['null', null],
  'a fraction as id': [`{${PING},"id":1.5}`, null],
  '2^53 as id': [`{${PING},"id":${BIG}}`, null],
  '-2^53 as id': [`{${PING},"id":-${BIG}}`, null],
  'an endless id': [`{${PING},"id":1e999}`, null],
  'null as id': [`{${PING},"id":null}`, null],
  'true as id': [`{${PING},"id":true}`, null],
  'an object as id': [`{${PING},"id":{}}`, null],
  'an array as id': [`{${PING},"id":[1]}`, null],
  'an id of 65 bytes': [`{${PING},"id":"${'x'.repeat(65)}"}`, null],
  'an id of 22 characters, 66 bytes': [
    `{${PING},"id":"${'江'.repeat(22)}"}`,
    null
  ],
  'no version': ['{"id":1,"method":"host.ping"}', 1],
  'version 1.0': ['{"jsonrpc":"1.0","id":1,"method":"host.ping"}', 1],
  'a number as version': ['{"jsonrpc":2.0,"id":1,"method":"host.ping"}', 1],
  'no method': ['{"jsonrpc":"2.0","id":1}', 1],
  'no method and no id': ['{"jsonrpc":"2.0"}', null],
  'a number as method': ['{"jsonrpc":"2.0","id":1,"method":1}', 1],
  'a result': ['{"jsonrpc":"2.0","id":1,"result":{}}', 1],
  'an error': ['{"jsonrpc":"2.0","id":"a","error":{"code":1}}', 'a'],
  'a string as params': [`{${PING},"id":1,"params":"x"}`, 1],
  'null as params': [`{${PING},"id":1,"params":null}`, 1],
  'a string as context': [`{${PING},"id":1,"context":"ui"}`, 1],
  'a number as origin': [`{${PING},"id":1,"context":{"origin":1}}`, 1],
  'a string as ui': [`{${PING},"id":1,"context":{"ui":"yes"}}`, 1],
  'both kinds of context': [
    `{${PING},"id":1,"context":{"ui":true,"origin":"https://portal.example"}}`,
    1
  ]
};

test('what is not strict JSON: -32700', async (t) => {
  const host = await broker(t);
  for (const [name, body] of Object.entries(NOT_JSON)) {
    const reply = await answer(host, body);
    assert.equal(reply?.error?.code, -32700, name);
    assert.equal(reply.id, null, name);
  }
});

test('what is no request: -32600', async (t) => {
  const host = await broker(t);
  for (const [name, [body, id]] of Object.entries(NOT_REQUESTS)) {
    const reply = await answer(host, body);
    assert.equal(reply?.error?.code, -32600, name);
    assert.equal(reply.id, id, name);
  }
});

test('every id that is allowed comes back as it was', async (t) => {
  const host = await broker(t);
  const ids = [0, -1, BIG - 1, 1 - BIG, '', 'x'.repeat(64), '江"\\\n😀', '1'];
  for (const id of ids) {
    const body = JSON.stringify({ jsonrpc: '2.0', id, method: 'host.ping' });
    const reply = await answer(host, body);
    assert.deepEqual(reply, { jsonrpc: '2.0', id, result: {} });
  }
  const twelve = await answer(host, `{${PING},"id":1.2e1}`);
  assert.equal(twelve.id, 12);
});

test('depth 16 is taken', async (t) => {
  const host = await broker(t);
  const { error } = await answer(host, nested(16));
  assert.equal(error.code, -32602);
});

test('an id that is in use', async (t) => {
  const { broker: host } = await scene(t, { screen: false });
  const list = JSON.stringify({
    jsonrpc: '2.0',
    id: 5,
    method: 'tokens.list',
    context: page()
  });
  host.raw(Buffer.concat([frame(list), frame(list)]));
  const refusal = await host.next();
  assert.equal(refusal.error.code, -32600);
  assert.equal(refusal.id, null);
  const reply = await host.next();
  assert.equal(reply.id, 5);
  assert.equal(reply.error, undefined);
});

test('unknown methods, and parameters that are none', async (t) => {
  const host = await broker(t);
  for (const method of ['nothing', 'host.Ping', 'rpc.discover', 'host.']) {
    const reply = await answer(
      host,
      JSON.stringify({ jsonrpc: '2.0', id: 1, method })
    );
    assert.equal(reply.error.code, -32601, method);
  }
  for (const [params, field] of [
    ['[]', 'params'],
    ['{"x":1}', 'x'],
    ['{"__proto__":1,"x":2}', '__proto__'],
    ['{"":1}', '']
  ]) {
    const reply = await answer(host, `{${PING},"id":1,"params":${params}}`);
    assert.equal(reply.error.code, -32602, params);
    assert.equal(reply.error.data.field, field, params);
  }
});

test('a notification is not answered, whatever is wrong with it', async (t) => {
  const host = await broker(t);
  for (const body of [
    `{${PING}}`,
    '{"jsonrpc":"2.0","method":"nothing"}',
    `{${PING},"params":{"x":1}}`,
    `{${PING},"params":[]}`,
    '{"jsonrpc":"2.0","method":"tokens.list"}',
    JSON.stringify({
      jsonrpc: '2.0',
      method: 'tokens.list',
      context: { origin: 'x' }
    })
  ]) {
    assert.equal(await answer(host, body), undefined, body);
  }
});

test('unknown members beside the envelope do no harm', async (t) => {
  const host = await broker(t);
  const reply = await answer(host, `{${PING},"id":1,"trace":{"a":[1]}}`);
  assert.deepEqual(reply.result, {});
});
