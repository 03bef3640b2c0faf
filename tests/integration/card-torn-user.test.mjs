// SPDX-License-Identifier: MIT
// What the user of a card sees that was pulled out in the middle of one call of OpenSC; see card-torn.test.mjs.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { cardMissing, wounds } from '../lib/card.mjs';
import { idOf, request, requestedOnCard } from '../lib/card-renewal.mjs';
import { ORIGIN, refused, until } from '../lib/scene.mjs';
import { PIN } from '../lib/ukey.mjs';

const skip = cardMissing() ?? false;

/** How many commands after the start of its installation the old certificate's file is deleted. */
async function deletion(t) {
  const { stage, params } = await requestedOnCard(t);
  const { count } = await stage.card.order('status');
  await stage.card.order('log');
  await stage.withPin('renewal.install', params);
  const { log } = await stage.card.order('log');
  return log.find(({ command }) => /^..e4/.test(command)).n - count;
}

/** What `token.pending` says after a list. */
async function told(stage) {
  await stage.certificates();
  const messages = stage.broker.frames.map(({ message }) => message);
  return messages.findLast(({ method }) => method === 'token.pending')?.params;
}

test(
  'its user is told, types the PIN to mend it, and once more to go on',
  { skip },
  async (t) => {
    const at = await deletion(t);
    const { stage, old, token, params } = await requestedOnCard(t);
    await stage.card.pullAt(at, 'after');
    await refused(stage.withPin('renewal.install', params), 'TOKEN_REMOVED');
    await stage.card.plug();
    assert.notDeepEqual(await wounds(stage.card), []);

    const { next, renewal } = await told(stage);
    assert.equal(next, 'finish');
    assert.equal(renewal.id, params.renewal);

    const { signing, chain } = params;
    for (const same of [params, { token, signing, chain }]) {
      const { changes } = await stage.call('renewal.preview', same);
      assert.deepEqual(
        changes.map(({ action, certificate }) => [action, certificate.id]),
        [
          ['remove', old.id],
          ['add', idOf(signing)]
        ]
      );
    }
    const other = { ...params, signing: old.pem };
    await refused(stage.call('renewal.preview', other), 'WRONG_STATE');

    const call = stage.call('renewal.recover', { token }, { origin: 'ui' });
    const window = await stage.typePin(call);
    await stage.typePin(call, PIN, { not: window });
    const { renewals } = await call;
    assert.deepEqual(
      renewals.map(({ id, state }) => [id, state]),
      [[params.renewal, 'installed']]
    );
    assert.deepEqual(await wounds(stage.card), []);
    const [now, ...others] = await stage.certificates();
    assert.deepEqual(others, []);
    assert.equal(now.pem.trim(), params.signing.trim());
  }
);

test(
  'a PIN that is refused mends nothing, and nothing is tried again',
  { skip },
  async (t) => {
    const at = await deletion(t);
    const { stage, token, params } = await requestedOnCard(t);
    await stage.card.pullAt(at, 'after');
    await refused(stage.withPin('renewal.install', params), 'TOKEN_REMOVED');
    await stage.card.plug();
    const files = async () => (await stage.card.order('files')).files;
    const before = await files();
    for (const pin of ['654321', null]) {
      const call = stage.call('renewal.recover', { token }, { origin: 'ui' });
      if (pin) await stage.typePin(call, pin);
      else await stage.display.cancelDialog();
      await refused(call, pin ? 'PIN_INCORRECT' : 'PIN_CANCELLED');
      assert.deepEqual(await files(), before);
    }
  }
);

/** A renewal after whose end an expired pair of an earlier one goes: what installs it; `count` commands came before. */
async function retiring(t) {
  const { stage, old, token, params } = await requestedOnCard(t, {
    key: 'new',
    days: -1,
    policy: { portals: [ORIGIN], retireOldSigning: 'expired' }
  });
  await stage.withPin('renewal.install', params);
  assert.equal((await stage.certificates()).length, 2, 'not in its own call');
  const next = await request(stage, token, 'new');
  const { count } = await stage.card.order('status');
  return { stage, expired: old.id, token, params: next.params, count };
}

test(
  'a card that is torn while an expired pair goes is told, and mended by a click',
  { skip },
  async (t) => {
    const first = await retiring(t);
    await first.stage.card.order('log');
    await first.stage.withPin('renewal.install', first.params);
    assert.equal((await first.stage.certificates()).length, 2);
    const { log } = await first.stage.card.order('log');
    const last = log.findLast(({ command }) => /^..e4/.test(command));

    const { stage, expired, token, params } = await retiring(t);
    await stage.card.pullAt(last.n - first.count, 'after');
    await stage.withPin('renewal.install', params).catch(() => {});
    await until(async () => !(await stage.card.order('status')).in);
    await stage.card.plug();
    assert.notDeepEqual(await wounds(stage.card), []);

    const { next, renewal } = await told(stage);
    assert.equal(next, 'finish');
    assert.equal(renewal.id, params.renewal);
    assert.equal(renewal.state, 'installed');

    const call = stage.call('renewal.recover', { token }, { origin: 'ui' });
    await stage.typePin(call);
    await call;
    assert.deepEqual(await wounds(stage.card), []);
    const ids = (await stage.certificates()).map(({ id }) => id);
    assert.equal(ids.length, 2);
    assert.ok(ids.includes(idOf(params.signing)) && !ids.includes(expired));
  }
);
