// SPDX-License-Identifier: MIT
// What the log of the system hears: the real rsyslog, set up by our example, as on a thousand desktops.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';

import { HOST, SOFTHSM, TOP, setPolicy, useBrowser } from '../lib/place.mjs';
import { ORIGIN, refused, scene, screen, until } from '../lib/scene.mjs';
import { Space, spaceMissing } from '../lib/space.mjs';
import { PIN } from '../lib/ukey.mjs';

const EVIL = 'https://evil.example';
const POLICY = {
  portals: [ORIGIN],
  modules: [{ name: 'softhsm', path: SOFTHSM }]
};
const missing = spaceMissing(['/usr/sbin/rsyslogd']);
const skip = missing ?? false;

before(() => skip || screen());

/** A scene whose hosts run beside an rsyslog; `heard()` is what it wrote. */
async function office(t, policy) {
  const stage = await scene(t, {});
  const log = join(stage.place.dir, 'log');
  mkdirSync(log);
  const space = new Space(
    join(TOP, 'tests/fleet/start.sh'),
    log,
    join(TOP, 'packaging/fleet/rsyslog-ukeybridge.conf')
  );
  t.after(() => space.stop());
  await once(space.process.stdout, 'data');
  setPolicy({ ...POLICY, ...policy });
  stage.host({}, space.inside());
  const file = join(log, 'ukeybridge.json');
  /* the file is there before its first line is, and a line's begin before its end */
  const lines = () =>
    existsSync(file) ? readFileSync(file, 'utf8').match(/.+(?=\n)/g) : [];
  stage.space = space;
  stage.heard = () => (lines() ?? []).map((line) => JSON.parse(line));
  return stage;
}

const short = ({ severity, ukeybridge: { method, outcome } }) =>
  [severity, method, outcome].join(' ');

/** One call that is done, one that fails and one that is refused. */
async function threeCalls(stage) {
  const [token] = await stage.tokens({ origin: 'ui' });
  const { certificates } = await stage.call('certificates.list', {
    token: token.id
  });
  const { renewal } = await stage.withPin('renewal.begin', {
    token: token.id,
    kind: 'renew',
    certificate: certificates[0].id,
    key: 'new'
  });
  const wrong = stage.call('renewal.abandon', { renewal: renewal.id });
  await stage.typePin(wrong, '000000');
  await refused(wrong, 'PIN_INCORRECT');
  const list = stage.call('tokens.list', undefined, { origin: EVIL });
  await refused(list, 'ORIGIN_NOT_ALLOWED');
  return token;
}

test(
  'the audit goes to the log where the policy says so',
  { skip },
  async (t) => {
    const stage = await office(t, { auditSyslog: true });
    const token = await threeCalls(stage);
    const heard = await until(() => stage.heard().length >= 3 && stage.heard());
    assert.deepEqual(heard.map(short), [
      'info renewal.begin OK',
      'notice renewal.abandon PIN_INCORRECT',
      'notice tokens.list ORIGIN_NOT_ALLOWED'
    ]);
    const [begun, , asked] = heard.map(({ ukeybridge }) => ukeybridge);
    assert.equal(begun.event, 'audit');
    assert.equal(begun.origin, ORIGIN);
    assert.equal(begun.token, token.id);
    assert.equal(asked.origin, EVIL);
    assert.equal(asked.refused, true);
    const text = JSON.stringify(heard);
    for (const secret of [PIN, '000000', 'BEGIN']) {
      assert.ok(!text.includes(secret), `${secret} is in the log`);
    }
  }
);

test('and not where it does not', { skip }, async (t) => {
  const stage = await office(t, {});
  await threeCalls(stage);
  const listed = () => stage.call('audit.list', undefined, { origin: 'ui' });
  await until(async () => (await listed()).entries.length >= 3);
  assert.deepEqual(stage.heard(), []);
});

test('the doctor’s findings go there, too', { skip }, async (t) => {
  const stage = await office(t, { auditSyslog: true });
  useBrowser(stage.place.env.HOME, '.config/chromium');
  const { args, program } = stage.space.inside(HOST, [
    'doctor',
    '--repair',
    '--json'
  ]);
  const { stdout } = spawnSync(program, args, {
    env: stage.place.env,
    encoding: 'utf8'
  });
  const told = () =>
    stage
      .heard()
      .filter(({ ukeybridge: { event } }) => event === 'doctor')
      .map(({ severity, ukeybridge }) => ({ severity, ...ukeybridge }))
      .filter(({ id }) => id === 'manifest-chromium');
  const [broken, mended] = await until(() => told().length >= 2 && told());
  assert.equal(broken.severity, 'notice');
  assert.equal(broken.status, 'failed');
  assert.equal(broken.repair, 'automatic');
  assert.equal(mended.severity, 'info');
  assert.equal(mended.repaired, true);
  assert.equal(mended.meaning, undefined); /* sentences are for people */
  /* what an agent that takes inventory reads */
  const { checks } = JSON.parse(stdout);
  const row = checks.find(({ id }) => id === 'manifest-chromium');
  assert.equal(row.repaired, true);
});
