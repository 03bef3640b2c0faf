// SPDX-License-Identifier: MIT
// @ts-check
import { translate } from '../shared/i18n.js';
import { sentence } from '../shared/sentences.js';

/**
 * @typedef {import('../shared/errands.js').Errand} Errand
 * @typedef {import('./words.js').Badge} Badge
 */

const DONE = Object.freeze({
  'pin.change': 'outcome_pin_changed',
  'pin.unblock': 'outcome_pin_unblocked'
});

/** The most urgent first. @type {ReadonlyArray<[string, string, string]>} */
const RECOVERED = Object.freeze([
  ['needs-attention', 'bad', 'error_NEEDS_ATTENTION'],
  ['rolled-back', 'info', 'outcome_rolled_back'],
  ['installed', 'good', 'outcome_installed']
]);

/**
 * @param {Errand} errand
 * @returns {Badge}
 */
export function outcomeBadge({ state, method, error, states = [] }) {
  if (state === 'running') {
    return { tone: 'info', shape: 'clock', text: translate('outcome_running') };
  }
  if (error !== undefined) {
    const text = sentence(error, translate);
    return { tone: 'bad', shape: 'warning', text };
  }
  const row = RECOVERED.find(([name]) => states.includes(name));
  if (row !== undefined) {
    const shape = row[1] === 'bad' ? 'warning' : 'check';
    return { tone: row[1], shape, text: translate(row[2]) };
  }
  const known = /** @type {Record<string, string>} */ (DONE);
  const text = translate(known[method] ?? 'outcome_nothing');
  return { tone: 'good', shape: 'check', text };
}
