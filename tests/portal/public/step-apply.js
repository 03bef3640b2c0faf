// SPDX-License-Identifier: MIT
// @ts-check
/** Step 2: is it the right certificate? Then an order is made. */
import { ask } from './ask.js';
import { button, h } from './dom.js';
import { certificateCard, factList } from './facts.js';
import { t } from './i18n.js';
import { showStep } from './page.js';
import { createOrder } from './portal-api.js';
import { createSlot } from './slot.js';

/**
 * @param {import('./main.js').App} app
 * @param {import('./ukey.js').Candidate} candidate
 * @param {() => void} back to choose another one
 */
export function showApply(app, { token, signing, encryption }, back) {
  const slot = createSlot();
  const name = signing.subject.commonName ?? signing.subject.dn;
  const order = async () => {
    const created = await createOrder({
      certificatePem: signing.pem,
      key: app.key,
      ukey: { id: token.id, label: token.label, serial: token.serial }
    });
    app.open(created);
  };
  const apply = async () => {
    const sure = await ask({
      title: t('apply.ask'),
      text: t('apply.askText', { name }),
      yes: t('apply.confirm'),
      testid: 'apply'
    });
    if (sure) {
      await slot.run(t('apply.busy'), order);
    }
  };
  slot.show(
    button(t('apply.button'), 'apply', () => void apply()),
    button(t('apply.other'), 'other', back, 'quiet')
  );
  const expired = signing.state === 'expired';
  const key = t(app.key === 'new' ? 'apply.newKey' : 'apply.sameKey');
  showStep(
    'apply',
    t('apply.title'),
    h('p', { class: 'lead' }, t('apply.text')),
    expired ? h('p', { class: 'panel warn' }, t('apply.expired')) : null,
    certificateCard(signing, encryption),
    factList([
      ['ukey', token.label],
      ['ukeySerial', token.serial]
    ]),
    h('p', { class: 'note' }, key),
    slot.element
  );
}
