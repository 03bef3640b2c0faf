// SPDX-License-Identifier: MIT
// @ts-check
import { badgeView } from '../popup/certificate-view.js';
import { button, element, icon } from '../popup/dom.js';
import { translate } from '../shared/i18n.js';

/**
 * @typedef {import('./own-checks.js').Check} Check
 * @typedef {import('../popup/words.js').Badge} Badge
 */

/** @type {Readonly<Record<string, [string, import('../popup/dom.js').Shape, string]>>} */
const STATUSES = Object.freeze({
  failed: ['bad', 'cross', 'check_failed'],
  warning: ['warn', 'warning', 'check_warning']
});
/** In the order of a way: from the browser to the UKey. */
const GROUPS = Object.freeze({
  host: 'group_host',
  browser: 'group_browser',
  policy: 'group_policy',
  reader: 'group_reader',
  module: 'group_module',
  dialog: 'group_dialog',
  journal: 'group_journal',
  system: 'group_system'
});

/** @param {Check} check */
export function isTrouble({ status }) {
  return status === 'failed' || status === 'warning';
}

/** What it is of, unless the title says so. @param {Check} check */
function nameOf({ title, subject }) {
  const isTold =
    subject === undefined ||
    title.toLowerCase().includes(subject.toLowerCase());
  return isTold ? title : `${title} · ${subject}`;
}

/** @param {string} command */
function commandView(command) {
  const copy = button('secondary', translate('action_copy'), async () => {
    await navigator.clipboard.writeText(command);
    copy.textContent = translate('action_copied');
  });
  copy.setAttribute('aria-label', translate('action_copy_command'));
  return element('div', 'command', element('code', '', command), copy);
}

/**
 * Something that is wrong: what, what it means, what to do.
 * @param {Check} check
 * @param {(check: Check) => void} onRepair
 */
export function findingView(check, onRepair) {
  const { status, evidence, meaning, instruction, command, repair } = check;
  const [tone, shape, key] = STATUSES[status];
  return element(
    'section',
    'panel finding',
    element(
      'div',
      'top',
      element('h2', '', nameOf(check)),
      badgeView({ tone, shape, text: translate(key) })
    ),
    meaning && element('p', '', meaning),
    instruction && element('p', '', instruction),
    command && commandView(command),
    evidence && element('p', 'evidence', evidence),
    repair === 'automatic' &&
      element(
        'div',
        'site-actions',
        button('primary', translate('action_repair'), () => onRepair(check))
      )
  );
}

/** @param {Check} check */
function passedItem(check) {
  const isOk = check.status === 'ok';
  return element(
    'li',
    isOk ? '' : 'skipped',
    icon(isOk ? 'check' : 'pause'),
    element('span', '', nameOf(check)),
    !isOk && element('span', 'hint', translate('check_skipped')),
    check.evidence && element('span', 'evidence', check.evidence)
  );
}

/** What is well, or could not be looked at. @param {Check[]} checks */
export function passedView(checks) {
  const known = Object.keys(GROUPS);
  const groups = [...new Set(checks.map(({ group }) => group))].sort(
    (a, b) => known.indexOf(a) - known.indexOf(b)
  );
  const lists = groups.flatMap((group) => [
    element(
      'h3',
      '',
      translate(/** @type {Record<string, string>} */ (GROUPS)[group] ?? group)
    ),
    element(
      'ul',
      '',
      ...checks.filter((check) => check.group === group).map(passedItem)
    )
  ]);
  const title = translate('doctor_passed', [String(checks.length)]);
  return element(
    'details',
    'panel passed',
    element('summary', '', title),
    ...lists
  );
}

/** @param {Badge} badge @param {string} [hint] @param {Node} [action] */
export function summaryView({ tone, shape, text }, hint, action) {
  return element(
    'section',
    `summary ${tone}`,
    icon(shape),
    element(
      'div',
      '',
      element('h2', '', text),
      hint && element('p', 'hint', hint)
    ),
    action
  );
}

export function runningView() {
  return element(
    'section',
    'summary plain',
    element('div', 'spinner'),
    element('h2', '', translate('doctor_running'))
  );
}

/** @param {string} report what a click on *copy report* copies */
export function reportView(report) {
  const text = element('pre', 'report', report);
  text.tabIndex = 0; // what is long is scrolled by keys, too
  return element(
    'details',
    'panel',
    element('summary', '', translate('doctor_report')),
    element('p', 'hint', translate('doctor_report_hint')),
    text
  );
}
