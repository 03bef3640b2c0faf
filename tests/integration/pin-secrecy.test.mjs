// SPDX-License-Identifier: MIT
// The PIN reaches the UKey and nothing else: no frame, log, file, argument or environment ever holds it.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { ProcessWatch } from '../lib/eavesdrop.mjs';
import { filesBelow } from '../lib/place.mjs';
import { issue, refused, scene, screen, theCa } from '../lib/scene.mjs';
import { SO_PIN } from '../lib/ukey.mjs';

const PIN = 'q7Zx9kW3mT5v';
const WRONG_PIN = 'H2rY8bN6pJ4c';
const NEW_PIN = 'v5Kd2sQ8nX4a';
const OTHER_PIN = 'T9gB3xL7wE6h';
const ADMIN_PIN = 'y4Mf7cR2zV8p';
const SECRETS = [PIN, WRONG_PIN, NEW_PIN, OTHER_PIN, ADMIN_PIN];

before(() => screen());

/** The ways in which a PIN may be written. */
function forms(pin) {
  const bytes = Buffer.from(pin);
  return [
    bytes,
    Buffer.from(pin, 'utf16le'),
    Buffer.from(bytes.toString('hex')),
    Buffer.from(bytes.toString('hex').toUpperCase()),
    Buffer.from(bytes.toString('base64'))
  ];
}

function assertClean(bytes, where) {
  const haystack = Buffer.from(bytes);
  for (const pin of SECRETS) {
    for (const form of forms(pin)) {
      assert.equal(haystack.indexOf(form), -1, `a PIN in ${where}`);
    }
  }
}

function assertNowhere(stage, watch, files) {
  assertClean(watch.stop(), 'arguments or environment');
  assertClean(Buffer.concat(stage.broker.traffic), 'frames');
  assertClean(stage.broker.stderr, 'the log');
  for (const { path, bytes } of files) assertClean(bytes, path);
}

test('the watch sees arguments and environments', async (t) => {
  const stage = await scene(t);
  const watch = new ProcessWatch();
  stage.host(
    { CANARY: 'canary-environment' },
    {
      args: ['chrome-extension://canary-argument/']
    }
  );
  await stage.tokens();
  const seen = watch.stop();
  assert.match(seen, /canary-environment/);
  assert.match(seen, /canary-argument/);
});

test('a renewal with right, wrong and abandoned PINs leaves none behind', async (t) => {
  const stage = await scene(t, { pin: PIN });
  const [old] = await stage.certificates();
  const { token, id: certificate } = old;
  const params = { token, kind: 'renew', certificate };
  const watch = new ProcessWatch();
  t.after(() => watch.stop());
  const files = [];
  const look = () => files.push(...filesBelow(stage.place.dir));
  const options = { pin: PIN, onProgress: look };

  const wrong = { ...options, pin: WRONG_PIN };
  const begin = stage.withPin('renewal.begin', params, wrong);
  await refused(begin, 'PIN_INCORRECT');
  const other = { ...params, key: 'new' };
  const made = await stage.withPin('renewal.begin', other, options);
  await stage.withPin('renewal.abandon', { renewal: made.renewal.id }, options);
  const { renewal } = await stage.withPin('renewal.begin', params, options);
  await stage.withPin(
    'renewal.install',
    {
      renewal: renewal.id,
      signing: await issue(renewal, old.pem),
      chain: [(await theCa()).certificatePem]
    },
    options
  );
  await stage.broker.end();
  look();

  assertNowhere(stage, watch, files);
  const journal = /state\.sqlite3/;
  assert.ok(files.some(({ path }) => journal.test(path)));
});

test('a change of PIN by user and administrator leaves none of them behind', async (t) => {
  const stage = await scene(t, { pin: PIN });
  stage.ukey.tool(
    ...['--login', '--login-type', 'so', '--so-pin', SO_PIN],
    ...['--change-pin', '--new-pin', ADMIN_PIN]
  );
  const params = { token: (await stage.token()).id };
  const watch = new ProcessWatch();
  t.after(() => watch.stop());
  const files = [];
  const change = async (method, present, pin) => {
    const origin = method === 'pin.unblock' ? 'ui' : undefined;
    const call = stage.call(method, params, { origin });
    const first = await stage.typePin(call, present);
    await stage.typeNewPin(call, first, pin, OTHER_PIN);
    files.push(...filesBelow(stage.place.dir));
    await stage.display.key('ctrl+a'); /* they differ: once more */
    await stage.typePin(call, pin);
    await stage.display.key('ctrl+a');
    await stage.typePin(call, pin);
    return call;
  };

  await refused(change('pin.change', WRONG_PIN, NEW_PIN), 'PIN_INCORRECT');
  assert.deepEqual(await change('pin.change', PIN, NEW_PIN), {});
  await refused(change('pin.unblock', WRONG_PIN, PIN), 'PIN_INCORRECT');
  assert.deepEqual(await change('pin.unblock', ADMIN_PIN, PIN), {});
  const declined = stage.call('pin.change', params);
  const window = await stage.typePin(declined, PIN);
  await stage.typePin(declined, NEW_PIN, { not: window });
  await stage.display.cancelDialog();
  await refused(declined, 'PIN_CANCELLED');
  await stage.broker.end();
  files.push(...filesBelow(stage.place.dir));
  assertNowhere(stage, watch, files);
});
