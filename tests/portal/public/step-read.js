// SPDX-License-Identifier: MIT
// @ts-check
/* global document */
/** Step 1: which certificate is to be renewed. */
import { button, h } from './dom.js';
import { certificateCard, ukeyLine } from './facts.js';
import { has, t } from './i18n.js';
import { idOf } from './own-orders.js';
import { showStep } from './page.js';
import { getOrder } from './portal-api.js';
import { unfinishedOrders } from './renewal.js';
import { createSlot, pause } from './slot.js';
import { showApply } from './step-apply.js';
import { connect, readUKeys } from './ukey.js';

/** @typedef {import('./main.js').App} App */
/** @typedef {import('./portal-api.js').Order} Order */

const LOOK_AGAIN_MS = 1500;

/** @param {App} app @param {boolean} [atOnce] read without a click */
export function showRead(app, atOnce = false) {
  const slot = createSlot();
  /** @param {import('./ukey.js').Candidate} candidate */
  const choose = (candidate) => showApply(app, candidate, () => showRead(app));
  const read = () =>
    void slot.run(t('read.busy'), async () => {
      const found = await readUKeys();
      const { candidates, problems } = found;
      const orders = await openOrders(found.tokens);
      const quiet = problems.length === 0 && orders.length === 0;
      if (candidates.length === 1 && quiet) {
        choose(candidates[0]);
        return;
      }
      slot.show(
        ...orders.map((order) => unfinished(order, app)),
        ...choices(found, choose, read)
      );
      if (found.tokens.length === 0 && (await inserted(slot.element))) {
        read();
      }
    });
  slot.show(button(t('read.start'), 'start', read));
  const intro = h('p', { class: 'lead' }, t('read.text'));
  showStep('read', t('read.title'), intro, slot.element);
  if (atOnce) {
    read();
  }
}

/**
 * @param {Awaited<ReturnType<typeof readUKeys>>} found
 * @param {(candidate: import('./ukey.js').Candidate) => void} choose
 * @param {() => void} read
 */
function choices({ tokens, problems, candidates }, choose, read) {
  const cards = candidates.map((candidate) =>
    h(
      'section',
      { class: 'choice', testid: 'candidate' },
      h('h3', {}, candidate.token.label),
      certificateCard(candidate.signing, candidate.encryption),
      button(t('read.use'), 'choose', () => choose(candidate))
    )
  );
  const none = tokens.length === 0 ? noUKey() : h('p', {}, t('read.none'));
  const title = h('h2', {}, t('read.choose'));
  return [
    problems.length > 0 ? driverProblems(problems) : null,
    ...(cards.length > 0 ? [title, ...cards] : [none]),
    button(t('read.again'), 'read-again', read, 'quiet')
  ];
}

/**
 * What was begun for these UKeys, here and on this computer. A helpful extra:
 * where it cannot be told, reading goes on without it.
 * @param {import('./ukey.js').Token[]} tokens
 * @returns {Promise<Order[]>}
 */
async function openOrders(tokens) {
  const none = () => [];
  const lists = tokens.map(({ id }) => unfinishedOrders(id).catch(none));
  const numbers = (await Promise.all(lists)).flat();
  const ids = new Set(numbers.map(idOf).filter((id) => id !== undefined));
  const found = [...ids].map((id) => getOrder(id).catch(() => null));
  const orders = await Promise.all(found);
  return orders.flatMap((order) =>
    order && !order.times.installed ? [order] : []
  );
}

/** @param {Order} order @param {App} app */
function unfinished(order, app) {
  return h(
    'section',
    { class: 'panel note', testid: 'unfinished' },
    h('h2', {}, t('read.unfinished')),
    h('p', {}, t('read.unfinishedText', { name: order.applicant.name })),
    ukeyLine(order),
    button(t('read.goOn'), 'go-on', () => app.open(order))
  );
}

function noUKey() {
  return h(
    'section',
    { class: 'panel warn', role: 'alert', testid: 'error' },
    h('h2', {}, t('read.noUkey')),
    h('p', { testid: 'error-text' }, t('read.noUkeyText')),
    h(
      'p',
      { class: 'small' },
      t('trouble.reason', { reason: '' }),
      h('code', { testid: 'error-reason' }, 'NO_TOKEN')
    )
  );
}

/** @param {import('/sdk/ukeybridge.js').ModuleProblem[]} problems */
function driverProblems(problems) {
  const rows = problems.map(({ module, reason }) => {
    const key = has(`problem.${reason}`)
      ? `problem.${reason}`
      : 'problem.other';
    return h('li', {}, t(key, { module }), ' ', h('code', {}, reason));
  });
  return h(
    'section',
    { class: 'panel warn', testid: 'module-problems' },
    h('p', {}, t('read.problems')),
    h('ul', {}, ...rows)
  );
}

/**
 * Looks for a UKey as long as the page says that there is none.
 * @param {HTMLElement} element what says so
 */
async function inserted(element) {
  const notice = element.querySelector('[data-testid=error]');
  for (;;) {
    await pause(LOOK_AGAIN_MS);
    if (!notice?.isConnected) {
      return false;
    }
    if (document.visibilityState === 'visible') {
      const bridge = await connect();
      const { tokens } = await bridge.tokens.list();
      if (tokens.length > 0) {
        return notice.isConnected;
      }
    }
  }
}
