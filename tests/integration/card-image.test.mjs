// SPDX-License-Identifier: MIT
// What is kept of a card before each write (host/docs/renewal.md): for as long as it is of use, and where it can be seen.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { cardMissing, cardScene, wounds } from '../lib/card.mjs';
import { idOf, requestedOnCard } from '../lib/card-renewal.mjs';
import { refused, theCa } from '../lib/scene.mjs';

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

/** Do that until the directory on the card has no room for another entry; OpenSC has made its file before. */
function fill(card, ...args) {
  for (const label of ['a label that takes its room '.repeat(5), 'a']) {
    for (let n = 0x20, isFull = false; !isFull; n++) {
      const id = `${label.length.toString(16)}${n.toString(16)}`;
      try {
        card.loggedIn(...args, '--id', id.padStart(4, '0'), '--label', label);
      } catch {
        isFull = true;
      }
    }
  }
}

const filesOf = async ({ card }) =>
  (await card.order('files')).files.map(({ path }) => path).sort();

test(
  'a key that has no room in its directory is taken back at once',
  { skip },
  async (t) => {
    const stage = await cardScene(t, { pairs: [{ label: 'my bids' }] });
    fill(stage.card, '--keypairgen', '--key-type', 'EC:prime256v1');
    const before = await filesOf(stage);
    const [{ token, id: certificate }] = await stage.certificates();
    const wish = { token, kind: 'renew', certificate, key: 'new' };
    await refused(stage.withPin('renewal.begin', wish), 'TOKEN_ERROR');
    assert.deepEqual(await filesOf(stage), before);
    const { renewals } = await stage.call('renewal.list', {});
    assert.equal(renewals[0].state, 'rolled-back');
    assert.equal(keptRows(stage), 0);
  }
);

test(
  'a certificate that has no room in its directory is taken back at once',
  { skip },
  async (t) => {
    const { stage, params } = await requestedOnCard(t, { key: 'new' });
    const file = join(stage.place.dir, 'ca.der');
    const { raw } = new X509Certificate((await theCa()).certificatePem);
    writeFileSync(file, raw);
    fill(stage.card, '--write-object', file, '--type', 'cert');
    const before = await filesOf(stage);
    const install = stage.withPin('renewal.install', params);
    const error = await refused(install, 'ROLLED_BACK');
    assert.equal(error.data.cause, 'TOKEN_ERROR');
    assert.deepEqual(await filesOf(stage), before);
    const { renewals } = await stage.call('renewal.list', {});
    assert.equal(renewals[0].state, 'requested');
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
