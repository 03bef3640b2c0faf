// SPDX-License-Identifier: MIT
// An administrator's rollout: a policy alone, and the browser fetches the CRX or the XPI, installs it, and serves the portal.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { rollOut, withEtc } from '../lib/rollout.mjs';
import { ask, serve } from './site.mjs';
import { stage, testIn, until, EACH } from './stage.mjs';

const PROGRAMS = {
  chromium: '/usr/bin/chromium',
  firefox: '/usr/bin/firefox-esr'
};
const POLICIES = {
  chromium: ['chromium-policy.json', 'chromium/policies/managed/ukey.json'],
  firefox: ['firefox-policies.json', 'firefox/policies/policies.json']
};
/** As packaging/README.md says it of a Firefox that takes add-ons without Mozilla's signature. */
const UNSIGNED = {
  'xpinstall.signatures.required': { Value: false, Status: 'locked' }
};

/** The policy that was made, and in Firefox what a computer of the organisation has besides. */
function policyFiles(program, { dir, authority }) {
  const [from, to] = POLICIES[program];
  const policy = JSON.parse(readFileSync(join(dir, from), 'utf8'));
  if (program === 'firefox') {
    policy.policies.Preferences = UNSIGNED;
    policy.policies.Certificates = { Install: [authority] };
  }
  return { [to]: JSON.stringify(policy) };
}

testIn(
  EACH,
  'a policy installs it from a web server, and its portal is served',
  async (t, { program }) => {
    const on = await stage(t, { browser: false });
    const port = await serve(t);
    const origin = `http://127.0.0.1:${port}`;
    on.allow({ portals: [origin] });
    const rolledOut = await rollOut(t, on.place, [origin]);
    const executable = withEtc(
      on.place,
      PROGRAMS[program],
      policyFiles(program, rolledOut)
    );
    const installed = rolledOut.ids[program];
    /* Chromium's: its /etc makes it root in a namespace, for whom it has no sandbox */
    const args = ['--ignore-certificate-errors', '--no-sandbox'];
    await on.browse({ program, installed, executable, args });
    const isServed = async () => {
      await on.page.goto(`${origin}/`);
      const { tokens } = await ask(on.page);
      return tokens?.length === 1;
    };
    await until(isServed, { timeoutMs: 60000 });
  }
);
