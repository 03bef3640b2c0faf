// SPDX-License-Identifier: MIT
// Could this UKey open a file? Files are made by `openssl cms`; answered from their recipients, without a PIN.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { openssl, withScratch } from '../portal/lib/openssl.js';
import { encode, readAll, readOne } from '../portal/lib/der.js';
import { refused, scene } from '../lib/scene.mjs';

const SET = 0x31;
const RECIPIENTS_MAX = 65536;

const ENCRYPTION = { profile: 'encryption', id: '02' };

/** The RecipientInfos of a file that is encrypted to these certificates. */
async function recipientsOf(pems, args = []) {
  return withScratch(async (dir) => {
    const files = pems.map((_, index) => `${index}.pem`);
    await Promise.all(
      pems.map((pem, index) => writeFile(join(dir, files[index]), pem))
    );
    await writeFile(join(dir, 'bid'), 'the bid of this company');
    const to = files.flatMap((file) => ['-recip', file]);
    const how = ['-encrypt', '-binary', '-aes-256-cbc', '-outform', 'DER'];
    await openssl(
      ['cms', ...how, ...args, '-in', 'bid', '-out', 'bid.p7m', ...to],
      dir
    );
    const [, content] = readAll(
      readOne(await readFile(join(dir, 'bid.p7m'))).content
    );
    const enveloped = readAll(readOne(content.content).content);
    return enveloped.find(({ tag }) => tag === SET).raw;
  });
}

const check = async (stage, recipients, options) =>
  stage.withoutDialog(
    'files.check',
    {
      token: (await stage.token()).id,
      recipients: recipients.toString('base64')
    },
    options
  );

for (const algorithm of ['RSA-2048', 'EC-P256']) {
  for (const args of [[], ['-keyid']]) {
    test(`${algorithm} ${args}: a file to the UKey, and one to another`, async (t) => {
      const pairs = [{ ...ENCRYPTION, algorithm }];
      const stage = await scene(t, { pairs });
      const other = await scene(t, { pairs: [{ ...pairs[0], id: '03' }] });
      const [own] = await stage.certificates();
      const [others] = await other.certificates();

      const ours = await recipientsOf([others.pem, own.pem], args);
      const { readable, certificate } = await check(stage, ours);
      assert.equal(readable, true);
      assert.equal(certificate.id, own.id);
      const theirs = await recipientsOf([others.pem], args);
      assert.deepEqual(await check(stage, theirs), { readable: false });
    });
  }
}

test('a file to an older certificate of the UKey is found', async (t) => {
  const stage = await scene(t, {
    pairs: [
      { ...ENCRYPTION, id: '02', days: 2 },
      { ...ENCRYPTION, id: '03', days: 200 }
    ]
  });
  const all = await stage.certificates();
  const [old] = all.filter(({ history }) => history);
  const recipients = await recipientsOf([old.pem]);
  const { readable, certificate } = await check(stage, recipients);
  assert.equal(readable, true);
  assert.equal(certificate.id, old.id);
  assert.equal(certificate.history, true);
});

test('a password in between names nobody and hides nobody', async (t) => {
  const stage = await scene(t, { pairs: [ENCRYPTION] });
  const [own] = await stage.certificates();
  const both = await recipientsOf([own.pem], ['-pwri_password', 'secret']);
  assert.equal((await check(stage, both)).readable, true);
  const alone = await recipientsOf([], ['-pwri_password', 'secret']);
  assert.deepEqual(await check(stage, alone), { readable: false });
});

test('what is no list of recipients is refused', async (t) => {
  const stage = await scene(t, { pairs: [ENCRYPTION] });
  const [own] = await stage.certificates();
  const good = await recipientsOf([own.pem]);
  const bad = [
    Buffer.from('a bid'),
    encode(SET),
    good.subarray(0, good.length - 1),
    Buffer.concat([good, Buffer.from([0])]),
    readOne(good).content
  ];
  for (const recipients of bad) {
    await refused(check(stage, recipients), 'BAD_ENVELOPE');
  }
  const token = (await stage.token()).id;
  const notBase64 = { token, recipients: 'not base64!' };
  await assert.rejects(
    stage.call('files.check', notBase64),
    ({ code, data }) => code === -32602 && data.field === 'recipients'
  );
  await assert.rejects(
    check(stage, Buffer.alloc(RECIPIENTS_MAX + 1)),
    ({ code, data }) => code === -32602 && data.field === 'recipients'
  );
});

test('many recipients are looked through', async (t) => {
  const stage = await scene(t, { pairs: [ENCRYPTION] });
  const other = await scene(t, { pairs: [{ ...ENCRYPTION, id: '03' }] });
  const [own] = await stage.certificates();
  const [others] = await other.certificates();
  const one = readOne(await recipientsOf([own.pem])).content;
  const not = readOne(await recipientsOf([others.pem])).content;
  const count = Math.floor((RECIPIENTS_MAX - one.length - 8) / not.length);
  const many = encode(SET, ...Array(count).fill(not), one);
  assert.ok(many.length <= RECIPIENTS_MAX);
  assert.equal((await check(stage, many)).readable, true);
});
