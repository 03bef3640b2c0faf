// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  checkRequest,
  checkSize
} from '../../../extension/background/envelope.js';

const good = { jsonrpc: '2.0', id: 1, method: 'host.ping' };

describe('a page’s request', () => {
  const accepted = [
    ['integer id', good],
    ['negative id', { ...good, id: -3 }],
    ['string id of 64 bytes', { ...good, id: 'é'.repeat(32) }],
    ['params', { ...good, params: { token: 'x' } }]
  ];
  for (const [name, message] of accepted) {
    it(`is accepted: ${name}`, () => {
      assert.equal(checkRequest(message), message);
    });
  }

  const refused = [
    ['no object', 5],
    ['null', null],
    ['undefined', undefined],
    ['a string', '{"jsonrpc":"2.0","id":1,"method":"host.ping"}'],
    ['a batch', [good]],
    ['a context of its own', { ...good, context: { ui: true } }],
    ['another member', { ...good, origin: 'https://other.example' }],
    ['a reply', { jsonrpc: '2.0', id: 1, result: {} }],
    ['no version', { id: 1, method: 'host.ping' }],
    ['version 1.0', { ...good, jsonrpc: '1.0' }],
    ['version 2', { ...good, jsonrpc: 2 }],
    ['no id', { jsonrpc: '2.0', method: 'host.ping' }],
    ['id null', { ...good, id: null }],
    ['fractional id', { ...good, id: 1.5 }],
    ['id beyond 2^53 - 1', { ...good, id: 2 ** 53 }],
    ['id NaN', { ...good, id: NaN }],
    ['boolean id', { ...good, id: true }],
    ['object id', { ...good, id: {} }],
    ['string id of 65 bytes', { ...good, id: 'a'.repeat(65) }],
    ['string id of 66 bytes', { ...good, id: '证'.repeat(22) }],
    ['no method', { jsonrpc: '2.0', id: 1 }],
    ['numeric method', { ...good, method: 7 }],
    ['endless method', { ...good, method: 'a'.repeat(65) }],
    ['array params', { ...good, params: [1] }],
    ['null params', { ...good, params: null }],
    ['string params', { ...good, params: 'x' }]
  ];
  for (const [name, message] of refused) {
    it(`is refused: ${name}`, () => {
      assert.throws(
        () => checkRequest(message),
        ({ wire }) => wire.code === -32600
      );
    });
  }
});

describe('a request’s size', () => {
  const sized = (chars) => ({ ...good, params: { x: 'a'.repeat(chars) } });
  const frame = JSON.stringify({ ...sized(0), context: {} }).length;

  it('may be 1 MiB with its context', () => {
    checkSize(sized(1024 * 1024 - frame), {});
  });

  it('may not be a byte more', () => {
    assert.throws(
      () => checkSize(sized(1024 * 1024 - frame + 1), {}),
      ({ wire }) => wire.data.reason === 'TOO_LARGE'
    );
  });

  it('is counted in bytes, not in characters', () => {
    const params = { x: '证'.repeat(400_000) };
    assert.throws(() => checkSize({ ...good, params }, {}));
  });
});
