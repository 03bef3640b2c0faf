// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { nextStep } from '../../../extension/popup/next-step.js';
import { portalOf } from '../../../extension/popup/renew-at.js';

const token = (state = 'ok') => ({ id: 't', pin: { state } });
const certificate = (state, more = {}) => ({
  state,
  history: false,
  issuer: { dn: 'CN=A' },
  ...more
});

describe('the next step', () => {
  it('is none when all is well', () => {
    const certificates = [certificate('valid'), certificate('not-yet-valid')];
    assert.equal(nextStep({ token: token(), certificates }), undefined);
    assert.equal(nextStep({ token: token(), certificates: [] }), undefined);
  });

  it('is none for an old certificate that is superseded', () => {
    const certificates = [certificate('expired', { history: true })];
    assert.equal(nextStep({ token: token(), certificates }), undefined);
  });

  it('is what was cut off, before all else', () => {
    const certificates = [certificate('expired')];
    const contents = { token: token('must-change'), certificates };
    const go = nextStep({ ...contents, pending: 'finish' });
    assert.equal(go.method, 'renewal.recover');
    assert.equal(go.label, 'action_continue');
    const undo = nextStep({ ...contents, pending: 'undo' });
    assert.equal(undo.method, 'renewal.recover');
    assert.equal(undo.label, 'action_undo');
  });

  it('is the PIN, before a renewal that would need it', () => {
    const certificates = [certificate('expiring')];
    const step = (state) =>
      nextStep({ token: token(state), certificates }).method;
    assert.equal(step('must-change'), 'pin.change');
    assert.equal(step('locked'), 'pin.unblock');
    assert.equal(step('final'), undefined);
  });

  it('is to renew, at a site where one is known', () => {
    const certificates = [certificate('valid'), certificate('expiring')];
    const known = {
      token: token(),
      certificates,
      portal: 'https://a.example/x'
    };
    const step = nextStep(known);
    assert.equal(step.url, 'https://a.example/x');
    assert.deepEqual(step.values, ['a.example']);
    assert.equal(step.text, 'advice_renew');
    const unknown = nextStep({ token: token(), certificates });
    assert.deepEqual(unknown, { text: 'advice_renew' });
  });

  it('tells an expired certificate from one that ends soon', () => {
    const certificates = [certificate('expiring'), certificate('expired')];
    const { text } = nextStep({ token: token(), certificates });
    assert.equal(text, 'advice_repair');
  });
});

describe('where to renew', () => {
  const renewal = (origin, updated, dn = 'CN=A') => ({
    origin,
    updated,
    old: [certificate('expired', { issuer: { dn } })],
    new: []
  });
  const of = (renewals, portals = []) =>
    portalOf(certificate('expiring'), renewals, portals);

  it('is where a certificate of that issuer was renewed last', () => {
    const renewals = [
      renewal('https://old.example', '2024-01-01T00:00:00Z'),
      renewal('https://new.example', '2025-01-01T00:00:00Z'),
      renewal('https://other.example', '2026-01-01T00:00:00Z', 'CN=B'),
      renewal(undefined, '2026-02-01T00:00:00Z')
    ];
    const allowed = renewals.flatMap(({ origin }) => origin ?? []);
    assert.equal(of(renewals, allowed), 'https://new.example/');
    const pattern = ['https://*.example'];
    assert.equal(of(renewals, pattern), 'https://new.example/');
    const two = ['https://old.example', 'https://other.example'];
    assert.equal(of(renewals, two), 'https://old.example/', 'allowed still');
    const told = { portal: 'https://told.example/renew' };
    const where = portalOf(certificate('expired', told), renewals, []);
    assert.equal(where, told.portal);
  });

  it('is never a site that is allowed no more', () => {
    const renewals = [
      renewal('https://a.gov.example', '2025-01-01T00:00:00Z'),
      renewal('https://gone.example', '2026-01-01T00:00:00Z')
    ];
    assert.equal(of(renewals), undefined);
    const one = ['https://only.example'];
    assert.equal(of(renewals, one), 'https://only.example/');
    const pattern = ['https://*.gov.example'];
    assert.equal(of(renewals, pattern), 'https://a.gov.example/');
  });

  it('is else the only site that is allowed', () => {
    assert.equal(of([], ['https://a.example']), 'https://a.example/');
    const two = ['https://a.example', 'https://b.example'];
    assert.equal(of([], two), undefined);
    assert.equal(of([], ['https://*.example']), undefined);
    assert.equal(of([], ['https://a.example', 'https://*.cn']), undefined);
    assert.equal(of([]), undefined);
  });
});
