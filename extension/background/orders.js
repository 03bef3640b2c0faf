// SPDX-License-Identifier: MIT
// @ts-check
import { failure, toWireError } from '../shared/errors.js';
import { isSame, keepOrders, knownOrders } from '../shared/orders.js';
import { settings, watchSettings } from '../shared/settings.js';
import { answered, withOrder } from './order-list.js';
import { clearNews, onOrderClick, tellOf } from './order-news.js';
import { checkWatch } from './order-params.js';
import { dueAt, isForgotten, isOpen } from './order-times.js';

/**
 * @typedef {import('../shared/orders.js').Order} Order
 * @typedef {import('./order-params.js').Asked} Asked
 * @typedef {(method: string, params?: object) => Promise<any>} Call
 */

const ALARM = 'orders';
/** The host's limit. */
const MAX_AT_ONCE = 16;
/** Pages that wait for their turn. */
const MAX_WAITING = 8;
/** A page of ours that is opened asks anew, but not again and again. */
const FRESH_MS = 60_000;
/** Browsers ring no alarm sooner. */
const SOONEST_MS = 30_000;

/**
 * Looks after the orders that portals told of: asks their portals now and then
 * while any is open, and tells the user what came of it. Without an open order
 * there is no alarm and no question.
 */
export class OrderKeeper {
  /** One change after the other. @type {Promise<any>} */
  #last = Promise.resolve();
  #waiting = 0;
  #call;

  /** @param {Call} call */
  constructor(call) {
    this.#call = call;
  }

  /** Begin to listen; to be called once, as the service worker starts. */
  start() {
    chrome.alarms.onAlarm.addListener(({ name }) => {
      if (name === ALARM) {
        const isDue = (/** @type {Order} */ order) =>
          dueAt(order) <= Date.now();
        this.#inTurn(() => this.#check(isDue));
      }
    });
    chrome.notifications.onClicked.addListener(onOrderClick);
    watchSettings(() => this.#inTurn(() => this.#drop(() => false)));
    this.#inTurn(resume);
  }

  /**
   * `orders.watch` of a page. What its portal answers decides: an order whose
   * portal gives no good answer is not kept.
   * @param {{ origin?: string }} context
   * @param {Record<string, unknown>} [params]
   * @returns {Promise<{}>}
   */
  async watch({ origin }, params) {
    const asked = checkWatch(origin, params);
    if (this.#waiting >= MAX_WAITING) {
      throw failure('BUSY', `${this.#waiting} orders wait already`);
    }
    this.#waiting += 1;
    try {
      return await this.#inTurn(() => this.#begin(asked));
    } finally {
      this.#waiting -= 1;
    }
  }

  /** A page of ours shows them. */
  refresh() {
    return this.#inTurn(() =>
      this.#check(({ checked }) => Date.now() - checked > FRESH_MS)
    );
  }

  /** @param {string} portal its user allows it no more */
  dropPortal(portal) {
    return this.#inTurn(() => this.#drop((each) => each.portal === portal));
  }

  /** @param {{ portal: string, order: string }} order */
  dropOrder(order) {
    return this.#inTurn(() => this.#drop((each) => isSame(each, order)));
  }

  /** @template T @param {() => Promise<T>} what @returns {Promise<T>} */
  #inTurn(what) {
    const done = this.#last.then(what);
    this.#last = done.catch(() => {});
    return done;
  }

  /** @param {Asked[]} some @returns {Promise<any[]>} */
  async #ask(some) {
    const orders = some.map(({ portal, order, url }) => ({
      portal,
      order,
      url
    }));
    return (await this.#call('orders.check', { orders })).orders;
  }

  /** @param {Asked} asked */
  async #begin(asked) {
    const [reply] = await this.#ask([asked]).catch((thrown) => {
      const { reason = 'INTERNAL' } = toWireError(thrown).data ?? {};
      return [{ error: { reason } }];
    });
    if (reply.error !== undefined) {
      throw forPage(reply.error);
    }
    const known = await knownOrders();
    const before = known.find((each) => isSame(each, asked));
    await keep(withOrder(known, answered(before, asked, reply)));
    return {};
  }

  /** @param {(order: Order) => boolean} isDue */
  async #check(isDue) {
    const now = Date.now();
    const all = await knownOrders();
    const known = all.filter((order) => !isForgotten(order, now));
    const due = known.filter((order) => isOpen(order) && isDue(order));
    if (due.length === 0 && known.length === all.length) {
      return schedule();
    }
    /** @type {Map<Order, Order>} */
    const seen = new Map();
    for (let at = 0; at < due.length; at += MAX_AT_ONCE) {
      const some = due.slice(at, at + MAX_AT_ONCE);
      const replies = await this.#ask(some).catch((thrown) => {
        const { reason = 'INTERNAL' } = toWireError(thrown).data ?? {};
        return some.map(() => ({ error: { reason } }));
      });
      some.forEach((order, i) =>
        seen.set(order, answered(order, order, replies[i]))
      );
    }
    return keep(known.map((order) => seen.get(order) ?? order));
  }

  /** @param {(order: Order) => boolean} isGone */
  async #drop(isGone) {
    const known = await knownOrders();
    await keep(known.filter((order) => !isGone(order)));
  }
}

/**
 * The host has told us what it tells no page: files of the user, names of the
 * network. A page hears of its own server's answer only.
 * @param {{ reason: string, message?: string, status?: number }} error
 */
function forPage({ reason, message, status }) {
  const isItsOwn = reason === 'BAD_REPLY' || reason === 'HTTP_STATUS';
  const words = isItsOwn ? message : undefined;
  return failure(
    reason,
    words ?? 'the order could not be asked for',
    status === undefined ? {} : { status }
  );
}

/** An alarm that is set stays: who starts often would put it off for ever. */
async function resume() {
  if ((await chrome.alarms.get(ALARM)) === undefined) {
    await schedule();
  }
}

async function schedule() {
  const open = (await knownOrders()).filter(isOpen);
  if (open.length === 0 || !(await settings()).reminders) {
    await chrome.alarms.clear(ALARM);
    return;
  }
  const soonest = Date.now() + SOONEST_MS;
  const when = Math.max(Math.min(...open.map(dueAt)), soonest);
  await chrome.alarms.create(ALARM, { when });
}

/** @param {Order[]} orders of others no notification is left */
async function keep(orders) {
  const gone = (await knownOrders()).filter(
    (before) => !orders.some((order) => isSame(order, before))
  );
  await Promise.all(gone.map(clearNews));
  await keepOrders(await tellOf(orders));
  await schedule();
}
