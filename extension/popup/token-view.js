// SPDX-License-Identifier: MIT
// @ts-check
import { translate } from '../shared/i18n.js';
import { badgeView, certificateView } from './certificate-view.js';
import { element, icon } from './dom.js';
import { outcomeView, pinView, stepView } from './step-view.js';
import { counted, pinBadge, problemText } from './words.js';

/**
 * @typedef {import('../sdk/ukeybridge.js').Token} Token
 * @typedef {import('../sdk/ukeybridge.js').Certificate} Certificate
 * @typedef {import('../sdk/ukeybridge.js').ModuleProblem} ModuleProblem
 * @typedef {{ token: Token, certificates: Certificate[],
 *   error?: string, pending?: 'finish' | 'undo', portal?: string,
 *   errand?: import('../shared/errands.js').Errand }} Contents a UKey and
 *   what is on it, or why not; a renewal that was cut off; where to renew;
 *   what was asked for last
 */

const ROLE_ORDER = Object.freeze(['signing', 'encryption', 'both', 'unknown']);

/**
 * Of one role, what ends last comes first: UKeys have them in any order.
 * @param {Certificate} a
 * @param {Certificate} b
 */
function byRole(a, b) {
  const roles = ROLE_ORDER.indexOf(a.role) - ROLE_ORDER.indexOf(b.role);
  return roles || Date.parse(b.notAfter) - Date.parse(a.notAfter);
}

/** @param {Certificate[]} certificates */
function listView(certificates) {
  const items = [...certificates].sort(byRole).map(certificateView);
  return element('ul', 'certificates', ...items);
}

/**
 * Many, maybe: they are made when somebody wants to see them.
 * @param {Certificate[]} earlier
 */
function historyView(earlier) {
  const opensFiles = earlier.some(({ role }) => role !== 'signing');
  const details = element(
    'details',
    'history',
    element(
      'summary',
      '',
      counted(earlier.length, 'token_history_one', 'token_history_other')
    ),
    opensFiles && element('p', 'hint', translate('token_history_hint'))
  );
  const fill = () => details.append(listView(earlier));
  details.addEventListener('toggle', fill, { once: true });
  return details;
}

/** @param {Contents} contents */
function bodyView({ certificates, error }) {
  if (error !== undefined) {
    return [element('p', 'alert', icon('warning'), error)];
  }
  if (certificates.length === 0) {
    return [element('p', 'hint', translate('token_no_certificates'))];
  }
  const current = certificates.filter(({ history }) => !history);
  const earlier = certificates.filter(({ history }) => history);
  return [listView(current), earlier.length > 0 && historyView(earlier)];
}

/**
 * @param {Contents} contents
 * @param {import('./step-view.js').Act} act
 * @returns {HTMLElement}
 */
export function tokenView(contents, act) {
  const { token } = contents;
  return element(
    'section',
    'token',
    element(
      'div',
      'token-top',
      icon('key'),
      element(
        'div',
        'token-name',
        element('h2', '', token.label || translate('token_unnamed')),
        token.serial &&
          element('p', 'hint', translate('token_serial', [token.serial]))
      )
    ),
    badgeView(pinBadge(token.pin)),
    outcomeView(contents),
    stepView(contents, act),
    ...bodyView(contents),
    pinView(contents, act)
  );
}

/** @param {ModuleProblem[]} notes what a user may know and need not mind */
export function notesView(notes) {
  const texts = notes.map((note) => element('p', 'hint', problemText(note)));
  return element('section', 'notes', ...texts);
}

/** @param {ModuleProblem[]} problems */
export function problemsView(problems) {
  return element(
    'section',
    'alert',
    icon('warning'),
    element(
      'div',
      '',
      element('h2', '', translate('problem_title')),
      ...problems.map((problem) => element('p', '', problemText(problem)))
    )
  );
}
