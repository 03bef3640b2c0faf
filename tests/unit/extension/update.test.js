// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';

import { checkUpdate } from '../../../extension/background/updates.js';
import {
  updateButton,
  updateText
} from '../../../extension/popup/update-card.js';
import { NEEDED_METHODS } from '../../../extension/shared/config.js';
import { isNewer, knownUpdate } from '../../../extension/shared/update.js';
import { fakeStorage } from './fakes.js';

const NOW = Date.parse('2026-06-15T12:00:00Z');
const HOUR = 60 * 60_000;
const NEW = { version: '1.3.0', url: 'https://portal.example/get' };

let asked;
let answer;
const call = async (method) => {
  assert.equal(method, 'update.check');
  asked += 1;
  return answer();
};

beforeEach((t) => {
  t.mock.timers.enable({ apis: ['Date'], now: NOW });
  asked = 0;
  answer = () => NEW;
  globalThis.chrome = {
    storage: fakeStorage(),
    i18n: {
      getMessage: (key, values = []) => [key, ...values].join(' '),
      getUILanguage: () => 'en-US'
    }
  };
});

describe('the newest version', () => {
  it('is asked for once a day', async (t) => {
    await checkUpdate(call);
    await Promise.all([checkUpdate(call), checkUpdate(call)]);
    assert.deepEqual(await knownUpdate(), { checked: NOW, ...NEW });
    t.mock.timers.tick(23 * HOUR);
    await checkUpdate(call);
    assert.equal(asked, 1);
    t.mock.timers.tick(HOUR);
    await checkUpdate(call);
    assert.equal(asked, 2);
  });

  it('is asked for once a day even where that fails, and is kept', async (t) => {
    await checkUpdate(call);
    answer = () => {
      throw new Error('down');
    };
    t.mock.timers.tick(24 * HOUR);
    await checkUpdate(call);
    await checkUpdate(call);
    assert.equal(asked, 2);
    assert.equal((await knownUpdate()).version, '1.3.0');
  });

  it('is forgotten where the policy names no address any more', async (t) => {
    await checkUpdate(call);
    answer = () => ({});
    t.mock.timers.tick(24 * HOUR);
    await checkUpdate(call);
    assert.deepEqual(await knownUpdate(), { checked: NOW + 24 * HOUR });
  });
});

describe('versions', () => {
  it('are compared number by number', () => {
    for (const [version, than] of [
      ['1.0.1', '1.0.0'],
      ['1.10', '1.9.9'],
      ['2', '1.99'],
      ['1.0.0.1', '1.0'],
      ['0.2', '0.1.0-4-gabc'],
      ['1', 'unknown']
    ]) {
      assert.ok(isNewer(version, than), `${version} > ${than}`);
      assert.ok(!isNewer(than, version), `${than} < ${version}`);
    }
    for (const same of [
      ['1.0', '1.0.0'],
      ['1.2.3', '1.2.3-dirty']
    ]) {
      assert.ok(!isNewer(...same) && !isNewer(...same.toReversed()));
    }
  });
});

describe('the notice', () => {
  const host = { version: '1.2.0' };
  const methods = [...NEEDED_METHODS, 'files.check'];
  const text = (known, has = methods) =>
    updateText({ host, methods: has }, known);

  it('is there for a newer version only', () => {
    assert.equal(text({ checked: 0, ...NEW }), 'update_new 1.3.0 1.2.0');
    assert.equal(text({ checked: 0, version: '1.2.0' }), undefined);
    assert.equal(text({ checked: 0, version: '1.1.9' }), undefined);
    assert.equal(text({ checked: 0 }), undefined);
  });

  it('leads to no address but an https one', () => {
    for (const url of [undefined, 'http://a.example/', 'javascript:x']) {
      assert.ok(!updateButton({ checked: 0, url }), url);
    }
  });

  it('says when the program lacks anything that the extension calls', () => {
    for (const method of NEEDED_METHODS) {
      const has = methods.filter((each) => each !== method);
      assert.equal(text({ checked: 0, ...NEW }, has), 'update_old 1.2.0');
    }
  });
});
