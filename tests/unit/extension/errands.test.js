// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';

import { fakeStorage, settled } from './fakes.js';
import {
  forgetRunning,
  keepErrand,
  lastErrand
} from '../../../extension/shared/errands.js';

beforeEach(() => {
  globalThis.chrome = { storage: fakeStorage() };
});

describe('an errand', () => {
  it('is told while it runs, and how it went', async () => {
    let resolve;
    const promise = new Promise((settle) => (resolve = settle));
    const kept = keepErrand('pin.change', { token: 't' }, promise);
    await settled();
    assert.equal((await lastErrand()).state, 'running');
    resolve({});
    await kept;
    const { state, token, error } = await lastErrand();
    assert.deepEqual([state, token, error], ['over', 't', undefined]);
  });

  it('that failed is kept with its error', async () => {
    const wire = { code: -32010, message: 'm', data: { reason: 'PIN_LOCKED' } };
    await keepErrand('pin.change', {}, Promise.reject({ wire }));
    assert.deepEqual((await lastErrand()).error, wire);
  });

  it('tells what became of renewals', async () => {
    const renewals = [{ state: 'installed' }, { state: 'rolled-back' }];
    await keepErrand('renewal.recover', {}, Promise.resolve({ renewals }));
    const { states } = await lastErrand();
    assert.deepEqual(states, ['installed', 'rolled-back']);
  });

  it('is forgotten after a while', async (t) => {
    t.mock.timers.enable({ apis: ['Date'] });
    await keepErrand('pin.change', {}, Promise.resolve({}));
    t.mock.timers.tick(9 * 60_000);
    assert.notEqual(await lastErrand(), undefined);
    t.mock.timers.tick(2 * 60_000);
    assert.equal(await lastErrand(), undefined);
  });

  it('of a service worker that ended runs no longer', async () => {
    keepErrand('pin.change', {}, new Promise(() => {}));
    await settled();
    await forgetRunning();
    assert.equal(await lastErrand(), undefined);
  });
});
