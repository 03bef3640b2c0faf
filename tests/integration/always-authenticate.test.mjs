// SPDX-License-Identifier: MIT
// Keys that want the PIN again at each signature (CKA_ALWAYS_AUTHENTICATE): one PIN typed in a call is enough for all.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { before, test } from 'node:test';

import { ledger } from '../lib/ledger.mjs';
import { issue, refused, scene, screen, theCa } from '../lib/scene.mjs';

const WRONG_PIN = '999999';
before(() => screen());

/** The logins of this file so far: how often as whom. */
function logins() {
  const { file } = ledger();
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  const count = (user) =>
    lines.filter((line) =>
      new RegExp(`^tries \\d+ C_Login ${user} `).test(line)
    ).length;
  return { user: count('user'), context: count('context') };
}

/** How many of each `act` makes. */
async function during(act) {
  const from = logins();
  const result = await act();
  const to = logins();
  const [user, context] = [to.user - from.user, to.context - from.context];
  return { result, user, context };
}

/** A token with such a key, and what a renewal of its certificate asks for. */
async function renewing(t) {
  const pairs = [{ alwaysAuthenticate: true }];
  const stage = await scene(t, { pairs });
  const listed = stage.ukey.loggedIn('--list-objects', '--type', 'privkey');
  assert.match(listed, /always authenticate/i, 'the token keeps the attribute');
  const [old] = await stage.certificates();
  const { token, id: certificate } = old;
  return {
    stage,
    old,
    params: { token, kind: 'renew', certificate, key: 'same' }
  };
}

test('a renewal that keeps such a key', async (t) => {
  const { stage, old, params } = await renewing(t);
  const begin = await during(() => stage.withPin('renewal.begin', params));
  const { renewal } = begin.result;
  assert.equal(begin.user, 1);
  assert.ok(
    begin.context > 0,
    'the request was signed after a login of its own'
  );

  const signing = await issue(renewal, old.pem);
  const chain = [(await theCa()).certificatePem];
  const install = { renewal: renewal.id, signing, chain };
  const end = await during(() => stage.withPin('renewal.install', install));
  assert.equal(end.result.renewal.state, 'installed');
  assert.equal(end.user, 1);
  assert.ok(end.context > 0, 'and so was the proof');
  const written = stage.ukey.read('cert', '01');
  assert.deepEqual(written, new X509Certificate(signing).raw);
});

test('a wrong PIN goes to the token once', async (t) => {
  const { stage, params } = await renewing(t);
  const { user, context } = await during(() =>
    refused(
      stage.withPin('renewal.begin', params, { pin: WRONG_PIN }),
      'PIN_INCORRECT'
    )
  );
  assert.deepEqual([user, context], [1, 0]);
});
