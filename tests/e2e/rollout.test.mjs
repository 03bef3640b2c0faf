// SPDX-License-Identifier: MIT
// An administrator's rollout: what packaging/browsers and the policy kit made, and no more. The browser fetches the CRX or
// the XPI, installs it, and serves the portal.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { HOST } from '../lib/place.mjs';
import { makeEtc, policiesOf, rollOut, withEtc } from '../lib/rollout.mjs';
import { ask, serve } from './site.mjs';
import { EACH, stage, testIn, until } from './stage.mjs';

/** How each browser is started, and what its computer has besides. */
const PREPARE = {
  /* The kit lets no manifest in a home folder count. */
  chromium: (etc, { ids }) => {
    const dir = join(etc, 'chromium/native-messaging-hosts');
    const args = ['register', '--manifest-dir', dir];
    const id = ['--extension-id', ids.chromium];
    execFileSync(HOST, [...args, ...id], { stdio: 'pipe' });
    return '/usr/bin/chromium';
  },
  firefox: (etc, { authority }) => {
    const file = join(etc, 'firefox/policies/policies.json');
    const all = JSON.parse(readFileSync(file, 'utf8'));
    all.policies.Certificates = { Install: [authority] };
    writeFileSync(file, JSON.stringify(all));
    return '/usr/bin/firefox-esr';
  }
};

/** Chromium's: the web server's certificate; and its own /etc makes it root, for whom it has no sandbox. */
const ARGS = ['--ignore-certificate-errors', '--no-sandbox'];

testIn(EACH, 'a policy installs it from a web server', async (t, browser) => {
  const { program } = browser;
  const on = await stage(t, { browser: false });
  const origin = `http://127.0.0.1:${await serve(t)}`;
  on.allow({ portals: [origin] });
  const rolledOut = await rollOut(t, on.place, [origin]);
  const etc = makeEtc(on.place, policiesOf(on.place, rolledOut));
  const started = PREPARE[program](etc, rolledOut);
  await on.browse({
    program,
    manifest: program === 'chromium' ? 'none' : 'ours',
    installed: rolledOut.ids[program],
    executable: withEtc(on.place, started, etc),
    args: ARGS
  });
  const served = async () => {
    await on.page.goto(`${origin}/`);
    return (await ask(on.page)).tokens;
  };
  const tokens = await until(served, { timeoutMs: 180_000 });
  assert.equal(tokens.length, 1);
});
