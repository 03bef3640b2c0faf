// SPDX-License-Identifier: MIT
// Which modules are used, and one UKey that several of them show.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { HOST, SOFTHSM } from '../lib/place.mjs';
import { ORIGIN, scene, until } from '../lib/scene.mjs';

const VENDOR_DIR = '/opt/apps/com.longmai.gm3000.test/files/lib';
const SOFT = { name: 'softhsm', path: SOFTHSM };
const POLICY = { portals: [ORIGIN] };
const NAMED_ONLY = { ...POLICY, systemModules: false };
const isRoot = process.getuid() === 0;

const quiet = (t, options) => scene(t, { screen: false, ...options });

/** A scene in which SoftHSM is also there under another real path. */
async function twice(t, options = {}) {
  const stage = await quiet(t, { policy: null, ...options });
  const copy = join(stage.place.dir, 'libcopy.so');
  copyFileSync(SOFTHSM, copy);
  stage.copy = { name: 'copy', path: copy };
  return stage;
}

const configure = (stage, modules) =>
  stage.place.configure({ ...stage.config, modules });

/** A file of p11-kit's in the scene's own home. */
function p11Kit(stage, name, text) {
  const dir = join(stage.place.env.XDG_CONFIG_HOME, 'pkcs11');
  mkdirSync(join(dir, 'modules'), { recursive: true });
  writeFileSync(join(dir, name), text);
}

const modulesOf = ({ tokens }) => tokens.map(({ module }) => module.id);

test('a UKey seen through two modules is listed once, by the first', async (t) => {
  const stage = await twice(t);
  for (const first of ['softhsm', 'copy']) {
    const both = [SOFT, stage.copy];
    const [one, other] = first === 'copy' ? both.reverse() : both;
    configure(stage, [one, other]);
    for (let i = 0; i < 4; i++) {
      const host = stage.host();
      for (let j = 0; j < 2; j++) {
        const list = await stage.call('tokens.list', {}, { host });
        assert.deepEqual(modulesOf(list), [first]);
        const [{ id: token }] = list.tokens;
        assert.deepEqual(list.problems, [
          { module: other.name, reason: 'SAME_TOKEN', token }
        ]);
        const read = stage.call('certificates.list', { token }, { host });
        assert.equal((await read).certificates.length, 1);
      }
      await host.end();
    }
  }
});

test('two paths to one library are one module', async (t) => {
  const stage = await twice(t);
  const link = join(stage.place.dir, 'liblink.so');
  symlinkSync(SOFTHSM, link);
  configure(stage, [{ name: 'link', path: link }, SOFT]);
  const list = await stage.call('tokens.list');
  assert.deepEqual(modulesOf(list), ['link']);
  assert.deepEqual(list.problems, []);
});

test('without the first module the UKey is the other one’s', async (t) => {
  const stage = await twice(t);
  configure(stage, [{ name: 'gone', path: '/nowhere/lib.so' }, stage.copy]);
  const { tokens, problems } = await stage.call('tokens.list');
  assert.equal(tokens.length, 1);
  assert.deepEqual(problems[0], { module: 'gone', reason: 'MODULE_MISSING' });
  await stage.call('tokens.list');
  /* why, with its path, for whoever set it up; a page that asks on does not fill a log */
  const said = stage.broker.stderr.match(/MODULE_MISSING: module gone: .*/g);
  assert.equal(said?.length, 1);
  assert.ok(said[0].includes('/nowhere/lib.so'), said[0]);
});

test('a watched UKey that two modules show comes once', async (t) => {
  const stage = await twice(t, { pairs: null });
  configure(stage, [SOFT, stage.copy]);
  await stage.call('tokens.watch', { enabled: true });
  await stage.insert();
  const events = () =>
    stage.broker.frames.filter(
      ({ message }) => message.method === 'tokens.changed'
    );
  await until(() => events().length > 0);
  await new Promise((resolve) => setTimeout(resolve, 3000));
  assert.deepEqual(
    events().map(({ message }) => message.params.kind),
    ['inserted']
  );
  assert.equal((await stage.tokens()).length, 1);
});

test('a module of p11-kit', async (t) => {
  const stage = await twice(t, { config: { modules: [] } });
  p11Kit(stage, 'pkcs11.conf', 'user-config: only\n');
  p11Kit(stage, 'modules/mine.module', `module: ${stage.copy.path}\n`);
  assert.deepEqual(modulesOf(await stage.call('tokens.list')), ['mine']);
  assert.equal((await stage.certificates()).length, 1);
  const { pin } = await stage.token();
  assert.equal(pin.state, 'ok');
});

test('modules of p11-kit that are not for us', async (t) => {
  const stage = await twice(t, { config: { modules: [] } });
  p11Kit(stage, 'pkcs11.conf', 'user-config: only\n');
  for (const line of [
    'trust-policy: yes',
    'disable-in: ukeybridge',
    'enable-in: firefox',
    'remote: |false',
    'nonsense'
  ]) {
    const text = `module: ${stage.copy.path}\n${line}\n`;
    p11Kit(stage, 'modules/mine.module', text);
    const host = stage.host();
    const list = await stage.call('tokens.list', {}, { host });
    assert.deepEqual(list, { tokens: [], problems: [] }, line);
    await host.end();
  }
});

for (const policy of [
  NAMED_ONLY,
  { ...POLICY, userModules: false, modules: [SOFT] }
]) {
  test(`p11-kit's modules under ${JSON.stringify(policy)}`, async (t) => {
    const stage = await twice(t, { policy });
    p11Kit(stage, 'pkcs11.conf', 'user-config: only\n');
    p11Kit(stage, 'modules/mine.module', `module: ${stage.copy.path}\n`);
    const list = await stage.call('tokens.list');
    assert.deepEqual(modulesOf(list), ['softhsm']);
    assert.deepEqual(list.problems, []);
  });
}

test('more modules than fit', async (t) => {
  const stage = await twice(t);
  p11Kit(stage, 'pkcs11.conf', 'user-config: only\n');
  for (let i = 0; i < 20; i++) {
    const path = join(stage.place.dir, `lib${i}.so`);
    writeFileSync(path, '');
    p11Kit(stage, `modules/m${i}.module`, `module: ${path}\n`);
  }
  for (let i = 0; i < 2; i++) {
    const list = await stage.call('tokens.list');
    assert.deepEqual(modulesOf(list), ['softhsm']);
    assert.equal(list.problems.length, 15);
  }
  const said = stage.broker.stderr.match(/modules are left out/g);
  assert.equal(said?.length, 1);
});

test(
  'a vendor’s library must belong to root',
  { skip: !isRoot && 'not root' },
  async (t) => {
    const stage = await quiet(t, { config: { modules: [] } });
    p11Kit(stage, 'pkcs11.conf', 'user-config: only\n');
    for (const [owner, mode, wanted] of [
      [0, '644', ['longmai']],
      [65534, '644', []],
      [0, '666', []]
    ]) {
      const script = [
        'mount -t tmpfs -o mode=755 none /opt',
        `mkdir -p ${VENDOR_DIR}`,
        `cp ${SOFTHSM} ${VENDOR_DIR}/libgm3000_pkcs11.so`,
        `chmod ${mode} ${VENDOR_DIR}/*.so`,
        `chown ${owner} ${VENDOR_DIR}/*.so`,
        `exec ${HOST} chrome-extension://test/`
      ].join(' && ');
      const args = ['-m', 'sh', '-c', script];
      const host = stage.host({}, { program: 'unshare', args });
      const list = await stage.call('tokens.list', {}, { host });
      assert.deepEqual(modulesOf(list), wanted);
      assert.deepEqual(list.problems, []);
      await host.end();
    }
  }
);
