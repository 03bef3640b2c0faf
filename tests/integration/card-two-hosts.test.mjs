// SPDX-License-Identifier: MIT
// Two hosts at one card. Its module keeps what it has read, and writes the card's directories back from that: one that
// had read them before the other wrote would lose what came in between.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { cardMissing, cardScene } from '../lib/card.mjs';
import { setPolicy } from '../lib/place.mjs';
import { ORIGIN, OTHER_ORIGIN } from '../lib/scene.mjs';
import { PIN } from '../lib/ukey.mjs';
import { nameOf, shapeOf } from '../module/look.mjs';
import { copyOf, hostOf, policyOf, prepare } from '../module/matrix.mjs';

const skip = cardMissing() ?? false;

const BOTH =
  '01: old signing, private, public; UKB1: private, public; UKB1: private, public';

before(() => setPolicy(policyOf({})));
after(() => setPolicy(null));

test(
  'a key that is made while another host looks stays when that makes its own',
  { skip },
  async (t) => {
    const state = await prepare('card', 'begin, new key');
    const stage = await copyOf(state);
    t.after(() => stage.close({ among: true }));
    const slowly = { script: 'C_GenerateKeyPair:1=delay(1500)' };
    const hosts = [hostOf(stage, state, slowly), hostOf(stage, state)];
    const [method, params] = state.call;
    let other;
    await stage.call(method, params, {
      host: hosts[0],
      onProgress({ step }) {
        if (step !== 'generate-key') return;
        other = stage.call(method, params, {
          host: hosts[1],
          origin: OTHER_ORIGIN
        });
      }
    });
    await other;
    assert.equal(await shapeOf(stage.ukey, state.names), BOTH);
  }
);

test(
  'a key that is made while the user types stays when that call makes its own',
  { skip },
  async (t) => {
    const stage = await cardScene(t, {
      pairs: [{ label: 'my bids' }],
      config: { portals: [ORIGIN, OTHER_ORIGIN] }
    });
    const [{ token, id, pem }] = await stage.certificates();
    const wish = { token, kind: 'renew', certificate: id, key: 'new' };
    const first = stage.call('renewal.begin', wish);
    const window = await stage.display.dialog();
    let second;
    await new Promise((resolve) => {
      second = stage.call('renewal.begin', wish, {
        host: stage.host(),
        origin: OTHER_ORIGIN,
        onProgress: ({ step }) => step === 'pin' && resolve()
      });
    });
    await stage.typePin(first);
    await stage.typePin(second, PIN, { not: window });
    await Promise.all([first, second]);
    const names = new Map();
    nameOf(names, pem, 'signing', 'old');
    assert.equal(await shapeOf(stage.card, names), BOTH);
  }
);
