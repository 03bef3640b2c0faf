// SPDX-License-Identifier: MIT
// Another PIN for a smart card through OpenSC's own module; the card itself says which one it has.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';

import { cardMissing, cardScene } from '../lib/card.mjs';
import { refused, screen } from '../lib/scene.mjs';
import { PIN, SO_PIN } from '../lib/ukey.mjs';

const NEW_PIN = '246810';
const WRONG_PIN = '999999';

const skip = cardMissing() ?? false;

if (!skip) before(() => screen());

/** What the card says of its PIN. */
function pinOf({ card }) {
  const { pins } = JSON.parse(readFileSync(card.state, 'utf8'));
  const { secret, left } = pins['1'].pin;
  return { pin: Buffer.from(secret, 'hex').toString().slice(0, 6), left };
}

async function withPins(stage, method, present) {
  const { id: token } = await stage.token();
  const origin = method === 'pin.unblock' ? 'ui' : undefined;
  const call = stage.call(method, { token }, { origin });
  const first = await stage.typePin(call, present);
  await stage.typeNewPin(call, first, NEW_PIN);
  return call;
}

test('a card takes its new PIN', { skip }, async (t) => {
  const stage = await cardScene(t);
  assert.deepEqual(await withPins(stage, 'pin.change', PIN), {});
  assert.deepEqual(pinOf(stage), { pin: NEW_PIN, left: 3 });
  const [{ token, id: certificate }] = await stage.certificates();
  const params = { token, kind: 'renew', certificate };
  const { renewal } = await stage.withPin('renewal.begin', params, {
    pin: NEW_PIN
  });
  assert.equal(renewal.state, 'requested');
});

test('a wrong present PIN spends one try of the card', { skip }, async (t) => {
  const stage = await cardScene(t);
  for (const [left, told] of [
    [2, null],
    [1, 1]
  ]) {
    const call = withPins(stage, 'pin.change', WRONG_PIN);
    const { data } = await refused(call, 'PIN_INCORRECT');
    assert.equal(data.retriesLeft, told);
    assert.deepEqual(pinOf(stage), { pin: PIN, left });
  }
  const { id: token } = await stage.token();
  const declined = stage.call('pin.change', { token });
  await stage.display.cancelDialog();
  await refused(declined, 'PIN_FINAL_TRY');
  assert.equal(pinOf(stage).left, 1);
});

test(
  'OpenSC replaces no PIN for an administrator, and says so',
  { skip },
  async (t) => {
    const stage = await cardScene(t);
    const wrong = withPins(stage, 'pin.unblock', WRONG_PIN);
    await refused(wrong, 'PIN_INCORRECT');
    const right = withPins(stage, 'pin.unblock', SO_PIN);
    await refused(right, 'UNSUPPORTED');
    assert.deepEqual(pinOf(stage), { pin: PIN, left: 3 });
  }
);
