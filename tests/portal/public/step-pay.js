// SPDX-License-Identifier: MIT
// @ts-check
/** Step 3: the order and its payment. */
import { button, h, svg } from './dom.js';
import { date, factList } from './facts.js';
import { t } from './i18n.js';
import { keysTitle } from './key-choice.js';
import { showStep } from './page.js';
import { payOrder } from './portal-api.js';
import { createSlot } from './slot.js';

/** @typedef {import('./portal-api.js').Order} Order */

const CELLS = 21;
const FINDER = 7;

/** @param {number} x @param {number} y */
function finder(x, y) {
  const part = (/** @type {number} */ inset, /** @type {string} */ kind) =>
    svg('rect', {
      x: `${x + inset}`,
      y: `${y + inset}`,
      width: `${FINDER - 2 * inset}`,
      height: `${FINDER - 2 * inset}`,
      class: kind
    });
  return [part(0, 'ink'), part(1, 'paper'), part(2, 'ink')];
}

/** A drawing that looks like a payment code and encodes nothing. */
function paymentDrawing() {
  const cells = [];
  const far = CELLS - FINDER;
  const margin = FINDER + 1;
  for (let i = 0; i < CELLS * CELLS; i++) {
    const [x, y] = [i % CELLS, Math.floor(i / CELLS)];
    const left = x < margin;
    const top = y < margin;
    const corner =
      (left && top) || (left && y >= far - 1) || (top && x >= far - 1);
    if (!corner && (x * 31 + y * 17 + x * y * 7) % 5 < 2) {
      const place = { x: `${x}`, y: `${y}`, width: '1', height: '1' };
      cells.push(svg('rect', { ...place, class: 'ink' }));
    }
  }
  return svg(
    'svg',
    {
      viewBox: `-2 -2 ${CELLS + 4} ${CELLS + 4}`,
      class: 'qr',
      role: 'img',
      'aria-label': t('pay.qr')
    },
    ...cells,
    ...finder(0, 0),
    ...finder(far, 0),
    ...finder(0, far)
  );
}

/** @param {Order} order the certificates that it is for */
function rolesOf({ encryption }) {
  const roles = encryption === 'none' ? ['signing'] : ['signing', 'encryption'];
  return roles.map((role) => t(`role.${role}`)).join(' + ');
}

/** @param {Order} order @param {boolean} [paid] */
export function orderFacts(order, paid = false) {
  const { applicant, item, number, times, ukey } = order;
  const amount = h('b', { class: 'amount' }, `¥${item.amount}`);
  return factList([
    ['order', h('code', { testid: 'order-number' }, number)],
    ['payer', applicant.organization],
    ['code', applicant.code],
    ['subject', applicant.name],
    ['ukey', `${ukey.label} (${ukey.serial})`],
    ['item', t('fact.itemText')],
    ['certificate', rolesOf(order)],
    ['keys', keysTitle(order)],
    [paid ? 'paidAmount' : 'amount', amount],
    ['created', date(times.created, undefined, true)],
    ['paid', times.paid && date(times.paid, undefined, true)],
    ['requested', times.requested && date(times.requested, undefined, true)]
  ]);
}

/** @param {import('./main.js').App} app @param {Order} order */
export function showPay(app, order) {
  const slot = createSlot();
  const pay = async () => app.open(await payOrder(order));
  slot.show(
    button(t('pay.button'), 'pay', () => void slot.run(t('pay.busy'), pay))
  );
  showStep(
    'pay',
    t('pay.title'),
    h('p', { class: 'lead' }, t('pay.text')),
    orderFacts(order),
    h(
      'div',
      { class: 'till' },
      paymentDrawing(),
      h('p', { class: 'note' }, t('pay.qrText'))
    ),
    slot.element
  );
}
