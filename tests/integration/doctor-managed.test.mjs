// SPDX-License-Identifier: MIT
// Files of rules for a browser: the doctor takes for such, and refuses, what a real Chromium does.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { Patient, makeSpace } from '../doctor/patient.mjs';
import { chromiumProgram } from '../lib/browser.mjs';
import { HOST, TOP } from '../lib/place.mjs';
import { scene, screen } from '../lib/scene.mjs';
import { spaceMissing } from '../lib/space.mjs';

/** Files of every kind; most have a rule that the doctor must not miss, or must not take for one. */
const FILES = {
  'plain.json': '{"HomepageLocation": "https://portal.example"}',
  'line-comment.json': '// all of us\n{"A": 1} // end',
  'block-comment.json': '/**/{/* x */"A"/*y*/:/**/"/* no */"/***/}',
  'trailing-comma.json': '{"A": ["x",],}',
  'hex-escape.json': '{"A": "\\x64"}',
  'line-break.json': '{"A": "one\ntwo"}',
  'mark.json': '\ufeff{"A": 1}',
  'twice.json': '{"A": 1, "A": 2}',
  'slash.json': '{"A": "\\/"}',
  'open-comment.json': '{} /* never ends',
  'carriage-return.json': '{"A": 1 // x\r}',
  'comma-only.json': '{,}',
  'comma-only-list.json': '{"A": [,]}',
  'two-commas.json': '{"A": 1,,}',
  'no-value.json': '{"A": ,}',
  'lone-slash.json': '{} /',
  'empty.json': '',
  'cut.json': '{"A": ',
  'single-quotes.json': "{'A': 1}",
  'tab.json': '{"A": "\t"}',
  'vertical-tab.json': '{"A": "\\v"}',
  'form-feed.json': '\f{"A": 1}',
  'zero.json': '{"A": 01}',
  'half-surrogate.json': '{"A": "\\ud800"}',
  'hash-comment.json': '# x\n{"A": 1}'
};

/** What both say of a folder with these files, in a computer of its own. */
function ask(stage, files) {
  const managed = join(stage.place.dir, 'managed');
  mkdirSync(managed);
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(managed, name), text);
  }
  const script = `
mount -t tmpfs tmpfs /etc/chromium
mkdir -p /etc/chromium/policies
cp -r "$1" /etc/chromium/policies/managed
"$2" doctor --json >"$4/doctor.json" || true
cd / && exec timeout 300 "$3" --headless --no-sandbox --disable-gpu --user-data-dir="$4/profile" --enable-logging=stderr \\
  --dump-dom about:blank 2>&1`;
  const log = execFileSync(
    'unshare',
    [
      ...['-rm', '/bin/sh', '-ec', script, 'sh', managed],
      ...[HOST, chromiumProgram(), stage.place.dir]
    ],
    { env: stage.place.env, encoding: 'utf8' }
  );
  assert.match(log, /<html>/, 'Chromium did not start');
  return log;
}

test(
  'what Chromium cannot read is what the doctor calls no JSON',
  {
    skip: spaceMissing([]) ?? false
  },
  async (t) => {
    const stage = await scene(t, { pairs: null, screen: false });
    const log = ask(stage, FILES);
    const refused = [
      ...log.matchAll(/Failed to read configuration file \S*\/(\S+): /g)
    ].map(([, name]) => name);
    assert.ok(refused.length > 10, log);
    const seen = JSON.parse(
      readFileSync(join(stage.place.dir, 'doctor.json'), 'utf8')
    );
    const spoilt = seen.checks
      .filter(({ id }) => id === 'browser-policy-chromium')
      .map(({ evidence }) => /managed\/(\S+): /.exec(evidence)[1]);
    assert.deepEqual(spoilt.sort(), refused.sort());
  }
);

test(
  'a company that rolls out an extension with its own key hears no complaint',
  { skip: spaceMissing([]) ?? false },
  async (t) => {
    await screen();
    const stage = await scene(t, { pairs: null });
    const space = await makeSpace();
    t.after(() => space.stop());
    const patient = new Patient(stage, space);
    await patient.installForAll();
    const { programs } = patient;
    await patient.shell(
      `${programs}/ukeybridge register --browser chromium --system`
    );
    const rows = async () => [
      ...(await patient.ask('browser-policy-chromium')),
      ...(await patient.ask('manifest-chromium'))
    ];
    await patient.shell(`mkdir -p /etc/chromium/policies/managed && cat > /etc/chromium/policies/managed/it.json <<'END'
{ "ExtensionInstallBlocklist": ["*"] }
END
${TOP}/packaging/policy --apply --portal https://portal.example --browser chromium \\
  --update-url https://updates.example/update.xml --extension-id ponmlkjihgfedcbaponmlkjihgfedcba`);
    assert.deepEqual(
      (await rows()).map(({ status }) => status),
      ['ok', 'ok'],
      JSON.stringify(await rows())
    );
  }
);
