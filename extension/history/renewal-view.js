// SPDX-License-Identifier: MIT
// @ts-check
import { badgeView, fact } from '../popup/certificate-view.js';
import { button, element } from '../popup/dom.js';
import { CODE_OF_REASON, INTERNAL } from '../shared/errors.js';
import { translate } from '../shared/i18n.js';
import { sentence } from '../shared/sentences.js';
import { kindOf, moment, nextOf, ownerOf, stateOf, stepOf } from './words.js';

/**
 * @typedef {import('./words.js').Renewal} Renewal
 * @typedef {(method: string, renewal: Renewal) => void} Act
 */

/** @param {Renewal} renewal */
function stepsView({ steps }) {
  const items = steps.map(({ name, at }) =>
    element('li', '', `${moment(at)} · ${stepOf(name)}`)
  );
  return element(
    'details',
    '',
    element('summary', 'hint', translate('history_steps')),
    element('ol', 'steps', ...items)
  );
}

/** @param {Renewal} renewal */
function errorText({ error }) {
  if (error === undefined) {
    return undefined;
  }
  const { reason } = error;
  const code = CODE_OF_REASON[reason] ?? INTERNAL;
  return sentence({ code, message: '', data: { reason } }, translate);
}

/** @param {Renewal} renewal @param {Act} act */
function nextView(renewal, act) {
  const { origin } = renewal;
  const { text, recover, abandon, site } = nextOf(renewal);
  const open = () => chrome.tabs.create({ url: `${origin}/` });
  return [
    text && element('p', 'next', translate(text)),
    element(
      'div',
      'site-actions',
      site &&
        origin &&
        button(
          'primary',
          translate('action_go_on_at', [new URL(origin).host]),
          open
        ),
      recover &&
        button('primary', translate('action_continue'), () =>
          act('renewal.recover', renewal)
        ),
      abandon &&
        button('secondary', translate('action_abandon'), () =>
          act('renewal.abandon', renewal)
        )
    )
  ];
}

/** @param {Renewal} renewal @param {Act} act */
export function renewalView(renewal, act) {
  const owner = ownerOf(renewal);
  const error = errorText(renewal);
  return element(
    'section',
    'panel renewal',
    element(
      'div',
      'top',
      element(
        'h2',
        '',
        owner ? `${kindOf(renewal)} · ${owner}` : kindOf(renewal)
      ),
      badgeView(stateOf(renewal))
    ),
    element(
      'dl',
      'facts',
      fact('history_begun', moment(renewal.created)),
      fact('history_updated', moment(renewal.updated)),
      renewal.origin && fact('history_portal', renewal.origin),
      renewal.order && fact('history_order', renewal.order),
      fact('history_number', renewal.id)
    ),
    error && element('p', 'next', error),
    ...nextView(renewal, act),
    stepsView(renewal)
  );
}
