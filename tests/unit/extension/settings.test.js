// SPDX-License-Identifier: MIT
/* global chrome */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { beforeEach, it } from 'node:test';

import {
  changeSettings,
  fixedSettings,
  lastSettings,
  settings,
  watchSettings
} from '../../../extension/shared/settings.js';
import { fakeStorage } from './fakes.js';

const top = new URL('../../../extension/', import.meta.url);
const load = (path) => JSON.parse(readFileSync(new URL(path, top), 'utf8'));

beforeEach(() => {
  globalThis.chrome = { storage: fakeStorage() };
});

it('the policy’s word counts more than the user’s, and fixes nothing else', async () => {
  await changeSettings({ reminders: true, language: 'en' });
  await chrome.storage.managed.set({ reminders: false });
  assert.deepEqual(await fixedSettings(), { reminders: false });
  const on = { sound: true };
  assert.deepEqual(await settings(), {
    ...on,
    reminders: false,
    language: 'en'
  });
  await changeSettings({ language: 'zh-CN' });
  await chrome.storage.managed.remove('reminders');
  const own = { ...on, reminders: true, language: 'zh-CN' };
  assert.deepEqual(await settings(), own, 'the user’s own are kept');
});

it('what else a policy names is left alone', async () => {
  await chrome.storage.managed.set({ portals: ['https://evil.example'] });
  assert.deepEqual(await settings(), {
    reminders: true,
    sound: true,
    language: 'auto'
  });
});

it('a browser that knows no policy for the extension leaves the user’s', async () => {
  chrome.storage.managed.get = async () => {
    throw new Error('Managed storage manifest not found');
  };
  await changeSettings({ reminders: false });
  assert.equal((await settings()).reminders, false);
  chrome.storage.managed = undefined;
  assert.equal((await settings()).reminders, false);
});

it('nobody waits for a browser that is slow to say what its policy is', async () => {
  await chrome.storage.managed.set({ reminders: false });
  assert.equal((await settings()).reminders, false);
  const now = chrome.storage.managed.get;
  let say;
  chrome.storage.managed.get = () => new Promise((resolve) => (say = resolve));
  assert.equal((await settings()).reminders, false, 'as it was last');
  let told = 0;
  watchSettings(() => told++);
  say({ language: 'en' });
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(told, 1);
  chrome.storage.managed.get = now;
  await chrome.storage.managed.remove('reminders');
  assert.equal((await settings()).reminders, true);
});

it('a first sight asks no policy, and shows what it said last', async () => {
  await changeSettings({ language: 'en' });
  await chrome.storage.managed.set({ reminders: false });
  await settings();
  chrome.storage.managed.get = () => assert.fail('asked');
  assert.deepEqual(await lastSettings(), {
    reminders: false,
    sound: true,
    language: 'en'
  });
});

it('a change of the policy is told', async () => {
  let told = 0;
  watchSettings(() => told++);
  await chrome.storage.managed.set({ language: 'en' });
  await changeSettings({ language: 'en' });
  assert.equal(told, 2);
});

it('the schema names the settings, each with its type', async () => {
  const { storage } = load('manifest.json');
  const { properties } = load(storage.managed_schema);
  const defaults = await settings();
  assert.deepEqual(
    Object.keys(properties).sort(),
    Object.keys(defaults).sort()
  );
  for (const [name, { type, enum: values }] of Object.entries(properties)) {
    assert.equal(typeof defaults[name], type, name);
    if (values) assert.ok(values.includes(defaults[name]), name);
  }
});
