// SPDX-License-Identifier: MIT
// What is kept of a card before each write (host/docs/renewal.md): for as long as it is of use, and where it can be seen.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { cardMissing, cardScene, wounds } from '../lib/card.mjs';
import { idOf, requestedOnCard } from '../lib/card-renewal.mjs';
import { refused } from '../lib/scene.mjs';

const skip = cardMissing() ?? false;

const COUNT = `
import sqlite3, sys
journal = sqlite3.connect(sys.argv[1])
print(journal.execute("SELECT count(*) FROM card_file").fetchone()[0])`;

/** Rows that the journal keeps of cards. */
function keptRows({ place }) {
  const file = join(place.env.XDG_STATE_HOME, 'ukeybridge', 'state.sqlite3');
  return Number(execFileSync('/usr/bin/python3', ['-c', COUNT, file]));
}

test('it is forgotten with the end of the renewal', { skip }, async (t) => {
  const policy = { userPortals: true, retireOldSigning: 'now' };
  const { stage, params } = await requestedOnCard(t, { key: 'new', policy });
  assert.equal(keptRows(stage), 0);
  const { renewal } = await stage.withPin('renewal.install', params);
  assert.equal(renewal.state, 'installed');
  assert.equal(keptRows(stage), 0);
  const left = await stage.certificates();
  assert.deepEqual(
    left.map(({ id }) => id),
    [idOf(params.signing)] /* the old pair is gone */
  );
});

test(
  'it outlasts a pull, until the renewal is finished',
  { skip },
  async (t) => {
    const { stage, token, params } = await requestedOnCard(t);
    await stage.card.pullAt(150);
    await assert.rejects(stage.withPin('renewal.install', params));
    assert.ok(keptRows(stage) > 0);
    await stage.card.plug();
    const isTorn = (await wounds(stage.card)).length > 0;
    const call = stage.call('renewal.recover', { token }, { origin: 'ui' });
    const window = await stage.typePin(call);
    if (isTorn) await stage.typePin(call, undefined, { not: window });
    assert.equal((await call).renewals[0].state, 'installed');
    assert.equal(keptRows(stage), 0);
  }
);

/** Keys until their directory on the card has no room for another entry; OpenSC has made that key's file before. */
function fillWithKeys(card) {
  for (let n = 0x20; ; n++) {
    const id = n.toString(16);
    try {
      card.loggedIn(
        ...['--keypairgen', '--key-type', 'EC:prime256v1'],
        ...['--id', id, '--label', id]
      );
    } catch {
      return;
    }
  }
}

test(
  'a call that fails without a pull is taken back, too',
  { skip },
  async (t) => {
    const stage = await cardScene(t, { pairs: [{ label: 'my bids' }] });
    fillWithKeys(stage.card);
    const filesOf = async () => (await stage.card.order('files')).files;
    const before = await filesOf();
    const ui = { origin: 'ui' };
    const [{ token, id: certificate }] = await stage.certificates();
    const wish = { token, kind: 'renew', certificate, key: 'new' };

    await refused(stage.withPin('renewal.begin', wish), 'TOKEN_ERROR');
    assert.equal((await filesOf()).length, before.length + 1);
    const call = stage.call('renewal.recover', { token }, ui);
    const window = await stage.typePin(call);
    await stage.typePin(call, undefined, { not: window });
    assert.equal((await call).renewals[0].state, 'rolled-back');
    assert.deepEqual(await filesOf(), before);
    assert.equal(keptRows(stage), 0);
  }
);

const KEEPS = `app default { }
app opensc-pkcs11 { pkcs11 { lock_login = true; } }
`;

test(
  'a module that keeps its card to itself while it is logged in is waited for once',
  { skip, timeout: 120000 },
  async (t) => {
    const hostOf = (stage) => {
      const conf = join(stage.place.dir, 'opensc.conf');
      writeFileSync(conf, KEEPS);
      return stage.host({ OPENSC_CONF: conf });
    };
    const { stage, params } = await requestedOnCard(t, { key: 'new', hostOf });
    const { renewal } = await stage.withPin('renewal.install', params);
    assert.equal(renewal.state, 'installed');
    assert.equal(keptRows(stage), 0);
    assert.deepEqual(await wounds(stage.card), []);
  }
);
