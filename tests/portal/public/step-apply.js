// SPDX-License-Identifier: MIT
// @ts-check
/** Step 2: is it the right certificate? Then an order is made. */
import { ask } from './ask.js';
import { button, h } from './dom.js';
import { certificateCard, factList } from './facts.js';
import { t } from './i18n.js';
import { keyChoice, keysText } from './key-choice.js';
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
  const choice = keyChoice(encryption !== undefined, app.key);
  const order = async () => {
    const { key, encryption: plan } = choice.value();
    const created = await createOrder({
      certificatePem: signing.pem,
      encryptionPem: encryption?.pem,
      key,
      encryption: plan === 'add' ? plan : undefined,
      ukey: { id: token.id, label: token.label, serial: token.serial }
    });
    app.open(created);
  };
  const apply = async () => {
    const keys = choice.value();
    const sure = await ask(
      {
        title: t('apply.ask'),
        text: t('apply.askText', { name }),
        yes: t('apply.confirm'),
        testid: 'apply'
      },
      h('p', {}, keysText(keys)),
      keys.encryption === 'replace'
        ? h('p', { class: 'panel warn' }, t('keys.warning'))
        : null
    );
    if (sure) {
      await slot.run(t('apply.busy'), order);
    }
  };
  slot.show(
    button(t('apply.button'), 'apply', () => void apply()),
    button(t('apply.other'), 'other', back, 'quiet')
  );
  const expired = signing.state === 'expired';
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
    choice.element,
    slot.element
  );
}
