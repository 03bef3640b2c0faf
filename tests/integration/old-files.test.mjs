// SPDX-License-Identifier: MIT
// A file that was encrypted before a renewal with new keys opens after it: by openssl, through PKCS #11.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';

import { Card, cardMissing, OPENSC, stock as cardStock } from '../lib/card.mjs';
import { dualPairs, encryptTo, requestDual, roleOf } from '../lib/dual.mjs';
import { ledger } from '../lib/ledger.mjs';
import { setPolicy, SOFTHSM } from '../lib/place.mjs';
import { personCardScene, personScene } from '../module/person.mjs';

const run = promisify(execFile);
const ENGINE = '/usr/lib/x86_64-linux-gnu/engines-3/pkcs11.so';
const LABEL = 'UKey one';
const TEXT = 'what this company has bid';
const OLD_ID = '%02'; /* where dualPairs() has the encryption pair */

const noEngine = !existsSync(ENGINE) && `no ${ENGINE}: packaging/deps --test`;

const SOFT = {
  module: SOFTHSM,
  async scene(pairs) {
    const stage = personScene({
      modules: [{ name: 'softhsm', path: SOFTHSM }]
    });
    stage.ukey = await stage.insert({ pairs });
    return stage;
  }
};

const CARD = {
  module: OPENSC,
  async scene(pairs) {
    const from = await cardStock(LABEL, '111111', pairs);
    return personCardScene(
      { modules: [{ name: 'opensc', path: OPENSC }] },
      (place) => Card.start(place, { label: LABEL, from })
    );
  }
};

after(() => setPolicy(null));

/** What the file says, opened with the key of that CKA_ID. */
async function openWith({ ukey, place }, module, id, pem, cms) {
  const file = (name) => join(place.dir, name);
  writeFileSync(file('old.pem'), pem);
  writeFileSync(file('bid.cms'), cms);
  const key = `pkcs11:token=${encodeURIComponent(ukey.label)};id=${id};type=private?pin-value=${ukey.pin}`;
  const words = [
    ...['cms', '-decrypt', '-binary', '-inform', 'DER', '-in', file('bid.cms')],
    ...['-recip', file('old.pem'), '-out', file('bid.txt')],
    ...['-engine', 'pkcs11', '-keyform', 'engine', '-inkey', key]
  ];
  const env = { ...place.env, PKCS11_MODULE_PATH: module };
  const { program, args } = ukey.space?.inside('openssl', words) ?? {
    program: 'openssl',
    args: words
  };
  await run(program, args, { env });
  return (await run('cat', [file('bid.txt')])).stdout;
}

for (const [name, { module, scene }, algorithm, key, skip] of [
  ['SoftHSM', SOFT, 'RSA-2048', 'new', noEngine],
  ['SoftHSM', SOFT, 'EC-P256', 'new', noEngine],
  ['SoftHSM', SOFT, 'RSA-2048', 'same', noEngine],
  ['SoftHSM', SOFT, 'EC-P256', 'same', noEngine],
  ['card', CARD, 'RSA-2048', 'new', noEngine || cardMissing()],
  ['card', CARD, 'RSA-2048', 'same', noEngine || cardMissing()],
  ['card', CARD, 'EC-P256', 'same', noEngine || cardMissing()]
]) {
  const title = `${name}, ${algorithm}, ${key} keys: an old file opens`;
  test(title, { skip: skip || false }, async (t) => {
    setPolicy({ systemModules: false, userPortals: true });
    const stage = await scene(dualPairs(algorithm));
    t.after(async () => {
      await stage.close({ among: true });
      ledger().settle();
    });
    const { oldEncryption, params } = await requestDual(stage, { key });
    const cms = encryptTo(oldEncryption.pem, TEXT);
    const { renewal } = await stage.call('renewal.install', params);
    assert.equal(renewal.state, 'installed');
    const current = roleOf(await stage.certificates(), 'encryption');
    assert.notEqual(current.id, oldEncryption.id);
    await stage.broker.end();
    const how = [module, OLD_ID, oldEncryption.pem, cms];
    assert.equal(await openWith(stage, ...how), TEXT);
    if (key === 'same') return;
    /* the new key opens it not: else the test would tell nothing */
    const [{ id }] = stage.ukey
      .objects()
      .filter(
        ({ type, label }) => type === 'Private Key' && /示例/.test(label ?? '')
      )
      .slice(-1);
    const other = id.replaceAll(/../g, '%$&');
    const wrong = openWith(stage, module, other, oldEncryption.pem, cms);
    await assert.rejects(wrong);
  });
}
