// SPDX-License-Identifier: MIT
// @ts-check
import { connect } from '../popup/connection.js';
import { keptReading } from '../popup/kept.js';
import { uiLanguage } from '../shared/i18n.js';
import { connected, hostFinding, oldFinding } from './own-checks.js';
import { redactor } from './redact.js';

/**
 * @typedef {import('../sdk/ukeybridge.js').UKeyBridge} UKeyBridge
 * @typedef {import('../sdk/ukeybridge.js').Hello} Hello
 * @typedef {import('./own-checks.js').Check} Check
 * @typedef {{ checks: Check[], host?: Hello['host'],
 *   redact: import('./redact.js').Redact }} Examination
 * @typedef {{ tokens: import('./redact.js').Token[],
 *   certificates: import('./redact.js').Certificate[] }} UKeys what the report
 *   must not name
 */

const RUN = 'doctor.run';
const REPAIR = 'doctor.repair';
const told = { onChange() {}, onPending() {}, onLost() {} };

/** As the host names it. */
const language = () => (uiLanguage() === 'zh-CN' ? 'zh' : 'en');

/**
 * What a popup has seen: maybe what is gone, or cannot be read now.
 * @returns {Promise<UKeys>}
 */
async function seenUKeys() {
  const { contents = [] } = (await keptReading()) ?? {};
  return {
    tokens: contents.map(({ token }) => token),
    certificates: contents.flatMap(({ certificates }) => certificates)
  };
}

/** @param {UKeyBridge} bridge @returns {Promise<UKeys>} */
async function readUKeys(bridge) {
  /** @type {UKeys} */
  const none = { tokens: [], certificates: [] };
  const { tokens } = await bridge.tokens.list().catch(() => none);
  const lists = await Promise.all(
    tokens.map(({ id }) =>
      bridge.certificates.all({ token: id }).catch(() => none)
    )
  );
  return {
    tokens,
    certificates: lists.flatMap(({ certificates }) => certificates)
  };
}

/**
 * Look at everything: the way to the host by ourselves, the rest by the host.
 * @param {UKeyBridge} bridge
 * @returns {Promise<{ checks: Check[], host?: Hello['host'], home?: string }>}
 */
async function look(bridge) {
  try {
    const { host, methods } = await bridge.host.hello();
    if (!methods.includes(RUN)) {
      return { checks: [oldFinding(host)], host };
    }
    const params = { language: language() };
    const { checks, home } = await bridge.call(RUN, params);
    return { checks: [connected(host), ...checks], host, home };
  } catch (error) {
    return { checks: [hostFinding(/** @type {any} */ (error))] };
  }
}

/** @returns {Promise<Examination>} */
export async function examine() {
  const bridge = connect(told);
  try {
    const { checks, host, home } = await look(bridge);
    const all = [await seenUKeys(), ...(host ? [await readUKeys(bridge)] : [])];
    const redact = redactor({
      tokens: all.flatMap(({ tokens }) => tokens),
      certificates: all.flatMap(({ certificates }) => certificates),
      checks,
      home
    });
    return { checks, host, redact };
  } finally {
    bridge.close();
  }
}

/**
 * @param {string[]} ids
 * @returns {Promise<Array<Check & { repaired: boolean }>>}
 * @throws {import('../sdk/ukeybridge.js').UKeyBridgeError}
 */
export async function repair(ids) {
  const bridge = connect(told);
  try {
    const params = { checks: ids, language: language() };
    const { checks } = await bridge.call(REPAIR, params);
    return checks;
  } finally {
    bridge.close();
  }
}
