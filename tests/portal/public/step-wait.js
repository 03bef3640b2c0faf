// SPDX-License-Identifier: MIT
// @ts-check
/** Step 4: the UKey signs a request, the CA answers it. */
import { ask } from './ask.js';
import { button, h } from './dom.js';
import { t } from './i18n.js';
import { showStep } from './page.js';
import { getOrder, sendRequest } from './portal-api.js';
import { makeRequest } from './renewal.js';
import { createSlot, pause } from './slot.js';
import { orderFacts } from './step-pay.js';

/** @typedef {import('./portal-api.js').Order} Order */
/** @typedef {import('./main.js').App} App */

const POLL_MS = 1000;

const mayAbandon = () =>
  ask({
    title: t('wait.abandonTitle'),
    text: t('wait.abandonText'),
    yes: t('wait.abandon'),
    testid: 'abandon'
  });

/** @param {App} app @param {Order} order paid for */
export function showRequest(app, order) {
  const slot = createSlot();
  const offer = () => slot.show(button(t('wait.button'), 'request', request));
  const request = () =>
    void slot.run(
      t('wait.busy'),
      async (options) => {
        const request = await makeRequest(order, mayAbandon, options);
        if (request === null) {
          offer();
        } else {
          app.open(await sendRequest(order, request));
        }
      },
      { dialog: true }
    );
  offer();
  showStep(
    'wait',
    t('wait.paidTitle'),
    h('p', { class: 'lead' }, t('wait.paidText')),
    orderFacts(order, true),
    slot.element
  );
}

/** @param {App} app @param {Order} order requested */
export function showWaiting(app, order) {
  const slot = createSlot();
  const watch = async () => {
    for (;;) {
      await pause(POLL_MS);
      if (!slot.element.isConnected) {
        return;
      }
      const now = await getOrder(order.id);
      if (now.state !== 'requested') {
        app.open(now);
        return;
      }
    }
  };
  showStep(
    'wait',
    t('wait.title'),
    h('p', { class: 'lead' }, t('wait.text')),
    orderFacts(order, true),
    slot.element
  );
  void slot.run(t('wait.watching'), watch);
}
