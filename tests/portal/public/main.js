// SPDX-License-Identifier: MIT
// @ts-check
/* global addEventListener, history, location */
/**
 * The renewal page: reads the address, shows the step an order is at.
 *
 * Address: ?lang=zh|en, ?key=same|new (default same), ?order=ID or #order=ID
 * (goes on with that order), #read (reads the UKey without a click).
 *
 * data-testid, in the order of the steps:
 *   step-read step-apply step-pay step-wait step-update step-done  (h1)
 *   start; candidate, choose (more than one); read-again; module-problems
 *   unfinished, go-on (an order that this UKey has begun)
 *   subject serial days-left not-after (of the certificate shown)
 *   key-same, key-new (radio buttons), key-warning, add-encryption (checkbox)
 *   apply; apply-confirm, apply-cancel (dialog); other
 *   order-number; pay; request; abandon-confirm, abandon-cancel (dialog)
 *   preview-not-after-before, preview-not-after-after; kept; warning; renew
 *   key-of-signing, key-of-encryption
 *   interrupted, next (the last update broke off); progress, progress-step,
 *   progress-steps, cancel
 *   done; not-after-before, not-after-after (read from the UKey); old-key;
 *   home
 *   error, error-text, error-advice, error-reason, tries-left,
 *   and its one button: retry, continue, reload or home
 * Dates are <time datetime="RFC 3339">. Those of an encryption certificate
 * have the suffix -encryption.
 */
import { h } from './dom.js';
import { t } from './i18n.js';
import { remember } from './own-orders.js';
import { showFrame, showStep } from './page.js';
import { getOrder } from './portal-api.js';
import { createSlot } from './slot.js';
import { showDone } from './step-done.js';
import { showPay } from './step-pay.js';
import { showRead } from './step-read.js';
import { showUpdate } from './step-update.js';
import { showRequest, showWaiting } from './step-wait.js';
import { watchOrder } from './ukey.js';

/** @typedef {import('./portal-api.js').Order} Order */
/**
 * @typedef {object} App
 * @property {'same' | 'new'} key
 * @property {(order: Order) => void} open shows the step an order is at
 */

const VIEWS = Object.freeze({
  created: showPay,
  paid: showRequest,
  requested: showWaiting,
  issued: showUpdate,
  installed: showDone
});

const wantedKey = new URLSearchParams(location.search).get('key');

/** @type {string} the order shown */
let current = '';

/** @type {App} */
const app = {
  key: wantedKey === 'new' ? 'new' : 'same',
  open: (order) => {
    current = order.id;
    remember(order);
    location.hash = `order=${order.id}`;
    watchOrder(order).catch(() => {}); // the user looks himself, then
    VIEWS[order.state](app, order);
  }
};

/** The order resource sends its user to ?order=ID: it can hold no #. */
function moveOrder() {
  const url = new URL(location.href);
  const id = url.searchParams.get('order');
  if (id !== null) {
    url.searchParams.delete('order');
    url.hash = `order=${id}`;
    history.replaceState(null, '', url);
  }
}

const orderInAddress = () => /^#order=([\da-f]+)$/.exec(location.hash)?.[1];

function start() {
  const id = orderInAddress();
  if (!id) {
    showRead(app, location.hash === '#read');
    return;
  }
  const slot = createSlot();
  showStep('read', t('title'), h('div', {}, slot.element));
  void slot.run('…', async () => app.open(await getOrder(id)));
}

addEventListener('hashchange', () => {
  if (orderInAddress() !== (current || undefined)) {
    location.reload();
  }
});

moveOrder();
showFrame();
start();
