// SPDX-License-Identifier: MIT
// @ts-check
import { failure, toWireError } from '../shared/errors.js';
import { isSame, keepOrders, knownOrders } from '../shared/orders.js';
import { watchSettings } from '../shared/settings.js';
import { ORDER_ALARM, resumeAlarm, setAlarm } from './order-alarm.js';
import { answered, withOrder } from './order-list.js';
import { clearNews, onOrderClick, tellOf } from './order-news.js';
import { checkWatch } from './order-params.js';
import { dueAt, isForgotten, isOpen } from './order-times.js';
import { Turns } from './turns.js';

/**
 * @typedef {import('../shared/orders.js').Order} Order
 * @typedef {import('./order-params.js').Asked} Asked
 * @typedef {(method: string, params?: object) => Promise<any>} Call
 */

/** A portal that is slow is not waited for with another's questions. */
const PORTALS_AT_ONCE = 3;
/** Pages of one portal that wait for their turn. */
const MAX_WAITING = 8;
/** A page of ours that is opened asks anew, but not again and again. */
const FRESH_MS = 60_000;

/**
 * Looks after the orders that portals told of: asks their portals now and then
 * while any is open, and tells the user what came of it. Without an open order
 * there is no alarm and no question.
 */
export class OrderKeeper {
  /** One change of what is kept after the other. @type {Promise<any>} */
  #last = Promise.resolve();
  #portals = new Turns(PORTALS_AT_ONCE);
  /** What pages told of and their portals have not answered yet. */
  #asked = /** @type {Set<Asked>} */ (new Set());
  #call;

  /** @param {Call} call */
  constructor(call) {
    this.#call = call;
  }

  /** Begin to listen; to be called once, as the service worker starts. */
  start() {
    chrome.alarms.onAlarm.addListener(({ name }) => {
      if (name === ORDER_ALARM) {
        this.#check((order) => dueAt(order) <= Date.now());
      }
    });
    chrome.notifications.onClicked.addListener(onOrderClick);
    watchSettings(() => this.#drop(() => false));
    this.#change(resumeAlarm);
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
    const waiting = [...this.#asked].filter(
      ({ portal }) => portal === asked.portal
    );
    if (waiting.length >= MAX_WAITING) {
      throw failure('BUSY', `${waiting.length} orders wait already`);
    }
    this.#asked.add(asked);
    try {
      return await this.#portals.take(asked.portal, () => this.#begin(asked));
    } finally {
      this.#asked.delete(asked);
    }
  }

  /** A page of ours shows them. */
  refresh() {
    return this.#check(({ checked }) => Date.now() - checked > FRESH_MS);
  }

  /** @param {string} portal its user allows it no more */
  dropPortal(portal) {
    return this.#drop((each) => each.portal === portal);
  }

  /** @param {{ portal: string, order: string }} order */
  dropOrder(order) {
    return this.#drop((each) => isSame(each, order));
  }

  /** @template T @param {() => Promise<T>} what @returns {Promise<T>} */
  #change(what) {
    const done = this.#last.then(what);
    this.#last = done.catch(() => {});
    return done;
  }

  /**
   * @param {Asked[]} some of one portal
   * @returns {Promise<any[]>} an item for each
   */
  async #ask(some) {
    const orders = some.map(({ portal, order, url }) => ({
      portal,
      order,
      url
    }));
    try {
      return (await this.#call('orders.check', { orders })).orders;
    } catch (thrown) {
      const { reason = 'INTERNAL' } = toWireError(thrown).data ?? {};
      return some.map(() => ({ error: { reason } }));
    }
  }

  /** @param {Asked} asked */
  async #begin(asked) {
    const [reply] = await this.#ask([asked]);
    if (reply.error !== undefined) {
      throw forPage(reply.error);
    }
    return this.#change(async () => {
      if (this.#asked.has(asked)) {
        const known = await knownOrders();
        const before = known.find((each) => isSame(each, asked));
        await keep(withOrder(known, answered(before, asked, reply)));
      }
      return {};
    });
  }

  /**
   * The alarm is set before anyone is asked, in case this service worker ends
   * before the answer: what was not answered is due still.
   * @param {(order: Order) => boolean} isDue
   */
  async #check(isDue) {
    const now = Date.now();
    const orders = await this.#change(async () => {
      const all = await knownOrders();
      const known = all.filter((order) => !isForgotten(order, now));
      await (known.length < all.length ? keep(known) : setAlarm());
      return known;
    });
    const due = orders.filter((order) => isOpen(order) && isDue(order));
    const portals = new Set(due.map(({ portal }) => portal));
    await Promise.all(
      [...portals].map((portal) =>
        this.#portals.take(portal, () => this.#checkPortal(portal, isDue))
      )
    );
  }

  /**
   * @param {string} portal
   * @param {(order: Order) => boolean} isDue maybe no more: it was asked while
   *   this waited for its turn
   */
  async #checkPortal(portal, isDue) {
    const due = (await knownOrders()).filter(
      (order) => order.portal === portal && isOpen(order) && isDue(order)
    );
    if (due.length === 0) {
      return;
    }
    const replies = await this.#ask(due);
    await this.#change(async () => {
      const known = await knownOrders(); // others have changed meanwhile
      const news = known.map((order) => {
        const at = due.findIndex((each) => isSame(each, order));
        return at < 0 ? order : answered(order, order, replies[at]);
      });
      return keep(news);
    });
  }

  /** @param {(order: { portal: string, order: string }) => boolean} isGone */
  #drop(isGone) {
    [...this.#asked]
      .filter(isGone)
      .forEach((asked) => this.#asked.delete(asked));
    return this.#change(async () => {
      const known = await knownOrders();
      await keep(known.filter((order) => !isGone(order)));
    });
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

/** @param {Order[]} orders of others no notification is left */
async function keep(orders) {
  const gone = (await knownOrders()).filter(
    (before) => !orders.some((order) => isSame(order, before))
  );
  await Promise.all(gone.map(clearNews));
  await keepOrders(await tellOf(orders));
  await setAlarm();
}
