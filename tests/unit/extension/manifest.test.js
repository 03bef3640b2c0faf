// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';

const file = new URL('../../../extension/manifest.json', import.meta.url);
const manifest = JSON.parse(readFileSync(file, 'utf8'));

it('the extension asks for these permissions and no other', () => {
  const { permissions, optional_host_permissions: hosts } = manifest;
  assert.deepEqual([...permissions].sort(), [
    'activeTab',
    'alarms',
    'nativeMessaging',
    'notifications',
    'scripting',
    'storage'
  ]);
  assert.deepEqual(hosts, [
    'https://*/*',
    'http://localhost/*',
    'http://127.0.0.1/*',
    'http://[::1]/*'
  ]);
});

it('no site is its own before its user says so', () => {
  const kinds = ['host_permissions', 'content_scripts', 'optional_permissions'];
  for (const kind of [...kinds, 'externally_connectable']) {
    assert.equal(manifest[kind], undefined, kind);
  }
});
