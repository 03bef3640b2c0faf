// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { beforeEach, it } from 'node:test';

import {
  translate,
  uiLanguage,
  useLanguage
} from '../../../extension/shared/i18n.js';
import { changeSettings } from '../../../extension/shared/settings.js';
import { fakeStorage } from './fakes.js';

const top = new URL('../../../extension/', import.meta.url);

beforeEach(() => {
  globalThis.chrome = {
    storage: fakeStorage(),
    runtime: { getURL: (path) => path },
    i18n: {
      getMessage: (key) => (key === 'absent' ? '' : `browser ${key}`),
      getUILanguage: () => 'en-US'
    }
  };
  globalThis.fetch = async (path) => ({
    json: async () => JSON.parse(readFileSync(new URL(path, top)))
  });
});

it('speaks the browser’s language by default', async () => {
  await useLanguage();
  assert.equal(translate('pin_ok'), 'browser pin_ok');
  assert.equal(translate('absent'), 'absent');
  assert.equal(uiLanguage(), 'en');
});

it('speaks the chosen one, with its placeholders filled', async () => {
  await changeSettings({ language: 'zh-CN' });
  await useLanguage();
  assert.equal(uiLanguage(), 'zh-CN');
  const values = ['某公司', '今天到期'];
  const text = translate('remind_expiring', values);
  assert.equal(text, '某公司：今天到期。点击此处办理延期。');
  await changeSettings({ language: 'en' });
  await useLanguage();
  assert.match(
    translate('remind_expiring', values),
    /^某公司: 今天到期\. Click/
  );
});

it('goes back to the browser’s', async () => {
  await changeSettings({ language: 'auto' });
  await useLanguage();
  assert.equal(translate('pin_ok'), 'browser pin_ok');
});
