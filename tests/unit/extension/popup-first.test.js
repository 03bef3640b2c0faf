// SPDX-License-Identifier: MIT
/* global chrome */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { beforeEach, describe, it } from 'node:test';

import {
  forgetReading,
  keepReading,
  keptReading
} from '../../../extension/popup/kept.js';
import { fakeStorage } from './fakes.js';

const top = new URL('../../../extension/popup/first.js', import.meta.url);

/** Every module that one needs before it runs. */
function graph(module, found = new Set()) {
  if (!found.has(module.href)) {
    found.add(module.href);
    const source = readFileSync(module, 'utf8').replace(/\/\*[^]*?\*\//g, '');
    for (const [, path] of source.matchAll(/from '(\.[^']+)'/g)) {
      graph(new URL(path, module), found);
    }
  }
  return found;
}

it('the first sight needs few modules: the rest runs behind it', () => {
  const needed = graph(top).size - 1;
  assert.ok(needed < 16, `${needed} modules`);
});

describe('what was read last', () => {
  const token = { id: 't', label: 'k' };
  const problems = [{ module: 'm', reason: 'MODULE_HUNG' }];

  beforeEach(() => {
    globalThis.chrome = { storage: fakeStorage() };
  });

  it('is kept in memory alone, without how the last errand went', async () => {
    const errand = {
      method: 'pin.change',
      token: 't',
      state: 'running',
      at: 1
    };
    const contents = [{ token, certificates: [], errand }];
    await keepReading({ contents, problems });
    const kept = await keptReading();
    assert.deepEqual(kept, {
      contents: [{ token, certificates: [] }],
      problems
    });
    assert.deepEqual(await chrome.storage.local.get('reading'), {});
  });

  it('goes with the last UKey, and when reading fails', async () => {
    const contents = [{ token, certificates: [] }];
    await keepReading({ contents, problems });
    await keepReading({ contents: [], problems });
    assert.equal(await keptReading(), undefined);
    await keepReading({ contents, problems });
    await forgetReading();
    assert.equal(await keptReading(), undefined);
  });
});
