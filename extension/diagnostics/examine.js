// SPDX-License-Identifier: MIT
// @ts-check
import { connect } from '../popup/connection.js';
import { uiLanguage } from '../shared/i18n.js';
import { connected, hostFinding, oldFinding } from './own-checks.js';
import { redactor } from './redact.js';

/**
 * @typedef {import('../sdk/ukeybridge.js').UKeyBridge} UKeyBridge
 * @typedef {import('../sdk/ukeybridge.js').Hello} Hello
 * @typedef {import('./own-checks.js').Check} Check
 * @typedef {{ checks: Check[], host?: Hello['host'],
 *   redact: import('./redact.js').Redact }} Examination
 */

const RUN = 'doctor.run';
const REPAIR = 'doctor.repair';
const told = { onChange() {}, onPending() {}, onLost() {} };

/** As the host names it. */
const language = () => (uiLanguage() === 'zh-CN' ? 'zh' : 'en');

/** What the report must not name. @param {UKeyBridge} bridge */
async function redactorFor(bridge) {
  try {
    const { tokens } = await bridge.tokens.list();
    const lists = await Promise.all(
      tokens.map(({ id }) =>
        bridge.certificates.all({ token: id }).catch(() => ({
          certificates: []
        }))
      )
    );
    const all = lists.flatMap(({ certificates }) => certificates);
    return redactor(tokens, all);
  } catch {
    return redactor([], []); // what cannot be read cannot be told, either
  }
}

/**
 * Look at everything: the way to the host by ourselves, the rest by the host.
 * @returns {Promise<Examination>}
 */
export async function examine() {
  const bridge = connect(told);
  try {
    const { host, methods } = await bridge.host.hello();
    if (!methods.includes(RUN)) {
      const redact = redactor([], []);
      return { checks: [oldFinding(host)], host, redact };
    }
    const params = { language: language() };
    const { checks } = await bridge.call(RUN, params);
    const redact = await redactorFor(bridge);
    return { checks: [connected(host), ...checks], host, redact };
  } catch (error) {
    const finding = hostFinding(/** @type {any} */ (error));
    return { checks: [finding], redact: redactor([], []) };
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
