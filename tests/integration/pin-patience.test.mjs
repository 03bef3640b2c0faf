// SPDX-License-Identifier: MIT
// A site whose dialogs the user turns away again and again is silenced for a minute; nobody else is.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { OTHER_ORIGIN, refused, scene, screen } from '../lib/scene.mjs';

const REFUSALS = 3;

before(() => screen());

async function asking(t) {
  const stage = await scene(t);
  const [old] = await stage.certificates();
  const { token, id: certificate } = old;
  return { stage, params: { token, kind: 'renew', certificate } };
}

async function turnAway(stage, params, times, options) {
  for (let i = 0; i < times; i++) {
    const call = stage.call('renewal.begin', params, options);
    await stage.display.cancelDialog();
    await refused(call, 'PIN_CANCELLED');
    await stage.display.dialogGone();
  }
}

test('three dialogs turned away are enough', async (t) => {
  const { stage, params } = await asking(t);
  await turnAway(stage, params, REFUSALS);
  const call = stage.withoutDialog('renewal.begin', params);
  const error = await refused(call, 'RATE_LIMITED');
  assert.equal(error.code, -32002);
  assert.ok(error.data.retryAfter > 50 && error.data.retryAfter <= 60);

  assert.equal((await stage.tokens()).length, 1);
  await stage.call('renewal.list', {});
  const origin = OTHER_ORIGIN;
  const { renewal } = await stage.withPin('renewal.begin', params, { origin });
  assert.equal(renewal.origin, origin);
  const still = stage.withoutDialog('renewal.begin', params);
  await refused(still, 'RATE_LIMITED');
});

test('a dialog that got its PIN makes up for those before', async (t) => {
  const { stage, params } = await asking(t);
  await turnAway(stage, params, REFUSALS - 1);
  const { renewal } = await stage.withPin('renewal.begin', params);
  await stage.withoutDialog('renewal.abandon', { renewal: renewal.id });
  await turnAway(stage, params, REFUSALS - 1);
  await stage.withPin('renewal.begin', params);
});

test('an answer without a dialog makes up for nothing', async (t) => {
  const { stage, params } = await asking(t);
  const { renewal } = await stage.withPin('renewal.begin', params);
  const abandon = { renewal: renewal.id };
  await stage.withoutDialog('renewal.abandon', abandon);
  await turnAway(stage, params, REFUSALS - 1);
  await stage.withoutDialog('renewal.abandon', abandon); /* it is already */
  await turnAway(stage, params, 1);
  const call = stage.withoutDialog('renewal.begin', params);
  await refused(call, 'RATE_LIMITED');
});

test('wrong PINs are no refusals', async (t) => {
  const { stage, params } = await asking(t);
  for (let i = 0; i < REFUSALS; i++) {
    const wrong = stage.withPin('renewal.begin', params, { pin: '654321' });
    await refused(wrong, 'PIN_INCORRECT');
  }
  await stage.withPin('renewal.begin', params);
});

test('a page that opens dialogs and closes them is silenced too', async (t) => {
  const { stage, params } = await asking(t);
  for (let i = 0; i < REFUSALS; i++) {
    const call = stage.call('renewal.begin', params);
    await stage.display.dialog();
    await stage.call('host.cancel', { id: call.id });
    await refused(call, 'CANCELLED');
    await stage.display.dialogGone();
  }
  await refused(stage.call('renewal.begin', params), 'RATE_LIMITED');
});

test("the extension's own pages are never silenced", async (t) => {
  const { stage, params } = await asking(t);
  const origin = 'ui';
  await turnAway(stage, params, REFUSALS + 1, { origin });
  await stage.withPin('renewal.begin', params, { origin });
});
