// SPDX-License-Identifier: MIT
// @ts-check
/** Step 6: what is on the UKey now, read back from it. */
import { comparison } from './compare.js';
import { button, h } from './dom.js';
import { certificateCard, ukeyLine } from './facts.js';
import { t } from './i18n.js';
import { showStep } from './page.js';
import { readBack } from './renewal.js';
import { createSlot } from './slot.js';
import { goHome } from './trouble.js';

/** @typedef {import('./portal-api.js').Order} Order */

/** @param {import('./main.js').App} _app @param {Order} order installed */
export function showDone(_app, order) {
  const slot = createSlot();
  const read = async () => {
    const { signing, encryption } = await readBack(order);
    slot.show(
      h('p', { class: 'panel good', testid: 'done' }, t('done.text')),
      comparison(order, { signing, encryption }, ''),
      certificateCard(signing, encryption),
      order.encryption === 'replace'
        ? h('p', { class: 'panel warn', testid: 'old-key' }, t('done.oldKey'))
        : null,
      h('p', { class: 'note' }, t('done.seal')),
      button(t('done.home'), 'home', goHome, 'quiet')
    );
  };
  showStep('done', t('done.title'), ukeyLine(order), slot.element);
  void slot.run(t('done.reading'), read);
}
