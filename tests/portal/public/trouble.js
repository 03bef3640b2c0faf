// SPDX-License-Identifier: MIT
// @ts-check
/* global location */
/** A failure as a panel: what happened, what to do, one button for it. */
import { UKeyBridgeError } from '/sdk/ukeybridge.js';
import { button, h } from './dom.js';
import { has, t } from './i18n.js';
import { PortalError } from './portal-api.js';
import { UKeyProblem } from './ukey.js';

/** @typedef {'retry' | 'continue' | 'reload' | 'home' | 'none'} Way */
/** @typedef {{kind: string, way: Way, advice?: string}} Treatment */

/** @type {Record<string, Treatment>} by the start of the reason, in order */
const TREATMENTS = {
  EXTENSION_UNREACHABLE: { kind: 'extension', way: 'reload' },
  HOST_DISCONNECTED: { kind: 'cut', way: 'continue' },
  HOST_: { kind: 'host', way: 'retry' },
  ORIGIN_NOT_ALLOWED: { kind: 'origin', way: 'retry' },
  BAD_ORIGIN: { kind: 'origin', way: 'none' },
  POLICY_INVALID: { kind: 'off', way: 'none' },
  NO_TOKEN: { kind: 'token', way: 'continue' },
  TOKEN_REMOVED: { kind: 'removed', way: 'continue' },
  PIN_LOCKED: { kind: 'locked', way: 'retry' },
  PIN_CANCELLED: { kind: 'cancelled', way: 'retry', advice: '' },
  PIN_TIMEOUT: { kind: 'cancelled', way: 'retry', advice: '' },
  PIN_: { kind: 'pin', way: 'retry' },
  CANCELLED: { kind: 'cancelled', way: 'retry' },
  DENIED_BY_USER: { kind: 'cancelled', way: 'retry', advice: '' },
  MODULE_: { kind: 'module', way: 'retry', advice: 'MODULE_HUNG' },
  TOKEN_FULL: { kind: 'certificate', way: 'retry' },
  TOKEN_: { kind: 'module', way: 'retry' },
  UNSUPPORTED: { kind: 'certificate', way: 'none' },
  NOT_READ_BACK: { kind: 'renewal', way: 'continue' },
  NO_CERTIFICATE: { kind: 'missing', way: 'retry' },
  KEY_MISMATCH: { kind: 'certificate', way: 'retry' },
  NOT_NEWER: { kind: 'certificate', way: 'retry' },
  WRONG_ROLE: { kind: 'certificate', way: 'retry' },
  SUBJECT_CHANGED: { kind: 'certificate', way: 'retry' },
  UNTRUSTED_ISSUER: { kind: 'certificate', way: 'retry' },
  BAD_: { kind: 'certificate', way: 'retry' },
  NOT_YET_VALID: { kind: 'certificate', way: 'retry' },
  ROLLED_BACK: { kind: 'renewal', way: 'retry' },
  PROOF_FAILED: { kind: 'renewal', way: 'retry' },
  NEEDS_ATTENTION: { kind: 'renewal', way: 'none' },
  WRONG_STATE: { kind: 'renewal', way: 'reload' },
  NO_RENEWAL: { kind: 'renewal', way: 'reload' },
  '': { kind: 'other', way: 'retry' }
};

/** Nothing is wrong: the user said no, or a UKey is to be plugged in. */
const MILD = new Set(['cancelled', 'token', 'cut']);

/** @param {string} code @returns {Treatment} */
function portalTreatment(code) {
  if (code === 'NETWORK') {
    return { kind: 'network', way: 'retry' };
  }
  const way = { NO_ORDER: 'home', WRONG_STATE: 'reload', UNKNOWN_CA: 'home' };
  return {
    kind: 'portal',
    way: /** @type {Record<string, Way>} */ (way)[code] ?? 'retry'
  };
}

/**
 * @param {unknown} error
 * @returns {{reason: string, text: string, treatment: Treatment, tries?: number}}
 */
function describe(error) {
  if (error instanceof PortalError) {
    const { code } = error;
    const text = t(has(`api.${code}`) ? `api.${code}` : 'api.other');
    return { reason: code, text, treatment: portalTreatment(code) };
  }
  const known = error instanceof UKeyBridgeError;
  const own = error instanceof UKeyProblem;
  const reason = String(
    (known || own ? error.reason : undefined) ?? 'INTERNAL'
  );
  const key = Object.keys(TREATMENTS).find((start) => reason.startsWith(start));
  const treatment = TREATMENTS[key ?? ''];
  const tries = known ? error.data.retriesLeft : null;
  const text = known ? error.text : own ? '' : String(error);
  return { reason, text, treatment, tries: tries ?? undefined };
}

/** Forgets the order and starts over. */
export function goHome() {
  location.hash = '';
  location.reload();
}

/**
 * @param {unknown} error
 * @param {() => void} again
 * @returns {HTMLElement} focus it when it is in the page
 */
export function troublePanel(error, again) {
  const { reason, text, treatment, tries } = describe(error);
  const { kind, way } = treatment;
  const key = `advice.${treatment.advice ?? reason}`;
  const actions = {
    retry: again,
    continue: again,
    reload: () => location.reload(),
    home: goHome,
    none: () => {}
  };
  return h(
    'section',
    {
      class: `panel ${MILD.has(kind) ? 'warn' : 'bad'}`,
      role: 'alert',
      tabindex: '-1',
      testid: 'error'
    },
    h('h2', {}, t(`trouble.${kind}`)),
    text ? h('p', { testid: 'error-text' }, text) : null,
    tries === undefined
      ? null
      : h('p', { testid: 'tries-left' }, t('trouble.tries', { n: tries })),
    has(key) ? h('p', { testid: 'error-advice' }, t(key)) : null,
    h(
      'p',
      { class: 'small' },
      t('trouble.reason', { reason: '' }),
      h('code', { testid: 'error-reason' }, reason)
    ),
    way === 'none' ? null : button(t(`trouble.${way}`), way, actions[way])
  );
}
