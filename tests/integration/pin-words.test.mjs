// SPDX-License-Identifier: MIT
// What the PIN dialog says: who asks, which UKey, for what; and what nobody can make it say.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { before, test } from 'node:test';

import { loggingPinentry } from '../lib/eavesdrop.mjs';
import {
  issue,
  ORIGIN,
  PINENTRY,
  scene,
  screen,
  theCa
} from '../lib/scene.mjs';

before(() => screen());

async function heard(t, options) {
  const stage = await scene(t, options);
  const pinentry = loggingPinentry(stage.place.dir, PINENTRY);
  stage.place.configure({ ...stage.config, pinentry: pinentry.program });
  const [old] = await stage.certificates();
  const { token, id: certificate } = old;
  const params = { token, kind: 'renew', certificate };
  return { stage, pinentry, old, params };
}

test('a portal asks, in Chinese', async (t) => {
  const { stage, pinentry, params } = await heard(t);
  await stage.withPin('renewal.begin', params);
  const [text, ...more] = pinentry.said('SETDESC');
  const { serial } = await stage.token();
  assert.deepEqual(more, []);
  assert.deepEqual(text.split('\n').slice(0, 3), [
    '网站：https://portal.example',
    `UKey：“UKey one”，序列号 ${serial}`,
    '操作：使用 UKey 中现有的密钥申请证书延期。此步骤不会改动 UKey 中的内容。'
  ]);
  assert.deepEqual(pinentry.said('SETPROMPT'), [
    'UKey PIN 码（4 至 255 位）：'
  ]);
});

test("the extension's own window asks, in English", async (t) => {
  const { stage, pinentry, params } = await heard(t);
  await stage.withPin(
    'renewal.begin',
    { ...params, key: 'new' },
    { origin: 'ui' }
  );
  const [text] = pinentry.said('SETDESC');
  assert.match(text, /^From: the window of UKey Bridge\nUKey: “UKey one”/);
  assert.match(text, /\nAction: request the renewal .* new signing key/);
  assert.match(text, /No web page sees it\.$/);
});

test('each thing to be done has its words', async (t) => {
  const { stage, pinentry, params, old } = await heard(t);
  const { renewal } = await stage.withPin('renewal.begin', {
    ...params,
    key: 'new'
  });
  await stage.withPin('renewal.abandon', { renewal: renewal.id });
  const { renewal: kept } = await stage.withPin('renewal.begin', params);
  const signing = await issue(kept, old.pem);
  await stage.withPin('renewal.install', {
    renewal: kept.id,
    signing,
    chain: [(await theCa()).certificatePem]
  });
  const texts = pinentry.said('SETDESC');
  const end = (pem) =>
    new Date(new X509Certificate(pem).validTo).toISOString().slice(0, 10);
  const name = '江苏示例科技有限公司';
  assert.match(texts[0], /并在 UKey 中生成新的签名密钥/);
  assert.match(texts[1], /放弃本次申请，并删除为其生成的密钥/);
  assert.match(texts[2], /使用 UKey 中现有的密钥/);
  assert.match(texts[3], /将新证书写入 UKey/);
  assert.ok(
    texts[3].includes(`\n• 写入签名证书“${name}”，有效期至 ${end(signing)}`)
  );
  assert.ok(
    texts[3].includes(`\n• 删除签名证书“${name}”，有效期至 ${end(old.pem)}`)
  );
});

test('a warning is asked about before the PIN', async (t) => {
  const { stage, pinentry, params, old } = await heard(t);
  const { renewal } = await stage.withPin('renewal.begin', params);
  const call = stage.call('renewal.install', {
    renewal: renewal.id,
    signing: await issue(renewal, old.pem, {
      notBefore: new Date(Date.now() + 86_400_000)
    }),
    chain: [(await theCa()).certificatePem]
  });
  const question = await stage.display.agree();
  await stage.typePin(call, undefined, { not: question });
  await call;
  const [, asked, last] = pinentry.said('SETDESC');
  assert.match(asked, /新证书尚未生效.*仍要写入吗？$/s);
  assert.match(last, /将新证书写入 UKey/);
});

/** Label, and what the dialog makes of it. */
const LABELS = [
  ['a\n网站：https://b.cn', 'a?网站：https://b.cn'],
  ['%0Aa%0D%25', '%0Aa%0D%25'],
  ['x”，序列号 1', 'x"，序列号 1'],
  ['\u202Etxt.evil\u2066\u200B', '???txt.evil??????' /* each byte */],
  ['<b>bank</b> & co', '‹b›bank‹/b› & co']
];

for (const [label, shown] of LABELS) {
  test(`a UKey named ${JSON.stringify(label)} says no more than its name`, async (t) => {
    const { stage, pinentry, params } = await heard(t, { label });
    await stage.withPin('renewal.begin', params);
    const [text] = pinentry.said('SETDESC');
    const lines = text.split('\n');
    assert.equal(lines[0], `网站：${ORIGIN}`);
    const serial = /，序列号 ([0-9a-f]{16})$/.exec(lines[1])?.[1];
    assert.equal(lines[1], `UKey：“${shown}”，序列号 ${serial}`);
    assert.match(lines[2], /^操作：/);
  });
}

test('a long address keeps its end', async (t) => {
  const long = `https://${'a'.repeat(60)}.${'b'.repeat(60)}.portal.example`;
  const { stage, pinentry, params } = await heard(t, {
    config: { portals: [ORIGIN, long] }
  });
  await stage.withPin('renewal.begin', params, { origin: long });
  const [line] = pinentry.said('SETDESC')[0].split('\n');
  assert.match(line, /^网站：https:\/\/…a+\.b{60}\.portal\.example$/);
});

test('a name in a certificate says no more than itself', async (t) => {
  const cn = '公司”，有效期至 2099-01-01\u202E';
  const { stage, pinentry, params, old } = await heard(t, { pairs: [{ cn }] });
  const { renewal } = await stage.withPin('renewal.begin', params);
  const call = stage.withPin('renewal.install', {
    renewal: renewal.id,
    signing: await issue(renewal, old.pem),
    chain: [(await theCa()).certificatePem]
  });
  await call;
  const written = pinentry
    .said('SETDESC')[1]
    .split('\n')
    .find((line) => line.startsWith('• 写入'));
  assert.match(
    written,
    /^• 写入签名证书“公司"，有效期至 2099-01-01□”，有效期至 20\d\d-\d\d-\d\d$/
  );
});
