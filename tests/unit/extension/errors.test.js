// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

import {
  CODE_OF_REASON,
  failure,
  toWireError
} from '../../../extension/shared/errors.js';
import { sentence, withText } from '../../../extension/shared/sentences.js';

const top = new URL('../../../extension/', import.meta.url);
const read = (path) => readFileSync(new URL(path, top), 'utf8');
const translate = (key, values = []) => [key, ...values].join(' ');
const say = (reason, data = {}) =>
  sentence(
    { code: CODE_OF_REASON[reason], message: '', data: { reason, ...data } },
    translate
  );

it('the SDK’s types name the same reasons under the same codes', () => {
  const types = read('sdk/ukeybridge.d.ts').split('/** Code ').slice(1);
  const declared = types.flatMap((text) => {
    const code = Number(text.match(/^-\d+/)[0]);
    const union = text.slice(0, text.indexOf(';'));
    return [...union.matchAll(/'([A-Z_]+)'/g)].map(([, reason]) => [
      reason,
      code
    ]);
  });
  assert.deepEqual(Object.fromEntries(declared), { ...CODE_OF_REASON });
  assert.equal(declared.length, Object.keys(CODE_OF_REASON).length);
});

describe('sentences', () => {
  it('fill in the numbers', () => {
    assert.equal(
      say('RATE_LIMITED', { retryAfter: 12 }),
      'error_RATE_LIMITED 12'
    );
    assert.equal(say('HTTP_STATUS', { status: 503 }), 'error_HTTP_STATUS 503');
    assert.equal(say('MODULE_HUNG', { module: 'm' }), 'error_MODULE_HUNG m');
  });

  it('do without a number that the host has not given', () => {
    assert.equal(say('RATE_LIMITED'), 'error_RATE_LIMITED 60');
    assert.equal(say('TOKEN_ERROR'), 'error_TOKEN_ERROR –');
  });

  it('warn of the last PIN try, and never invent a number', () => {
    const one = { retriesLeft: 1 };
    assert.equal(say('PIN_INCORRECT', one), 'error_PIN_INCORRECT_ONE_LEFT');
    assert.equal(
      say('PIN_INCORRECT', { retriesLeft: null }),
      'error_PIN_INCORRECT'
    );
    assert.equal(say('PIN_INCORRECT'), 'error_PIN_INCORRECT');
  });

  it('exist for errors without a reason, or with an unknown one', () => {
    const internal = { code: -32603, message: '', data: { incident: 'i7' } };
    assert.equal(sentence(internal, translate), 'error_INTERNAL i7');
    const params = { code: -32602, message: '' };
    assert.equal(sentence(params, translate), 'error_REQUEST -32602');
    const future = { code: -32003, message: '', data: { reason: 'NEWER' } };
    assert.equal(sentence(future, translate), 'error_REQUEST -32003');
    const sly = { code: -32003, message: '', data: { reason: 'toString' } };
    assert.equal(sentence(sly, translate), 'error_REQUEST -32003');
  });

  it('are added beside what the host said', () => {
    const { wire } = failure('NO_TOKEN', 'none');
    assert.deepEqual(withText(wire, translate), {
      code: -32003,
      message: 'none',
      data: { reason: 'NO_TOKEN', text: 'error_NO_TOKEN' }
    });
  });
});

it('whatever is thrown becomes an error of the wire', () => {
  assert.equal(toWireError(failure('BUSY', 'm')).code, -32002);
  assert.equal(toWireError(new TypeError('oops')).code, -32603);
  assert.equal(toWireError(undefined).code, -32603);
});
