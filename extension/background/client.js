// SPDX-License-Identifier: MIT
// @ts-check
import { CONFIG, DIALOG_METHODS } from '../shared/config.js';
import { keepErrand } from '../shared/errands.js';
import { failure, invalidRequest, toWireError } from '../shared/errors.js';
import { checkRequest, checkSize, isId } from './envelope.js';

/**
 * @typedef {import('./native-port.js').NativePort} NativePort
 * @typedef {import('./envelope.js').Request} Request
 * @typedef {import('../shared/errors.js').WireError} WireError
 *
 * @typedef {{
 *   port: { postMessage: (message: object) => void },
 *   native: NativePort,
 *   context: { ui?: true, origin?: string, lang: string },
 *   describe: (error: WireError) => WireError,
 *   watchers: import('./watchers.js').Watchers,
 *   orders: Pick<import('./orders.js').OrderKeeper, 'watch'>,
 *   remind?: () => Promise<void>
 * }} ClientOptions
 */

/**
 * One runtime port: a page's SDK instance, or a page of the extension. Knows
 * the ids of its own open calls only, so it can cancel no one else's.
 */
export class Client {
  /** @type {Map<string | number, number | undefined>} their id → host's id */
  #open = new Map();
  #closed = false;
  #options;

  /** @param {ClientOptions} options */
  constructor(options) {
    this.#options = options;
  }

  get isClosed() {
    return this.#closed;
  }

  get context() {
    return this.#options.context;
  }

  /**
   * @param {any} letter `{message, userActivation}` from the bridge; the
   *   message is the page's and may be anything
   */
  async receive(letter) {
    const id = isId(letter?.message?.id) ? letter.message.id : null;
    let mine = false;
    try {
      const request = checkRequest(letter?.message);
      this.#admit(request);
      mine = true;
      const result = await this.#call(request, letter.userActivation === true);
      this.#post({ jsonrpc: '2.0', id, result });
    } catch (thrown) {
      const error = this.#options.describe(toWireError(thrown));
      this.#post({ jsonrpc: '2.0', id, error });
    }
    if (mine) {
      this.#open.delete(id);
    }
  }

  /**
   * @param {string} method
   * @param {object} params
   */
  notify(method, params) {
    this.#post({ jsonrpc: '2.0', method, params });
  }

  /** The other end is gone: nobody waits for its calls any more. */
  close() {
    const { native, context, watchers } = this.#options;
    this.#closed = true;
    for (const hostId of this.#open.values()) {
      if (hostId !== undefined) {
        native.cancel(hostId, context).catch(() => {});
      }
    }
    watchers.leave(this);
  }

  /** @param {Request} request */
  #admit(request) {
    if (this.#open.has(request.id)) {
      throw invalidRequest('this id is in use');
    }
    if (this.#open.size >= CONFIG.maxOpenCallsPerClient) {
      throw failure('BUSY', `${this.#open.size} calls are open already`);
    }
    checkSize(request, this.#options.context);
    this.#open.set(request.id, undefined);
  }

  /**
   * @param {Request} request
   * @param {boolean} userActivation recorded by the host, never a gate
   */
  async #call({ id, method, params }, userActivation) {
    const { native, watchers, orders, remind } = this.#options;
    const context = this.#contextOf(userActivation);
    if (remind !== undefined) {
      await remind();
      this.#stay();
    }
    if (method === 'host.cancel') {
      return this.#cancel(params, context);
    }
    if (method === 'tokens.watch') {
      return watchers.set(this, params, context);
    }
    if (method === 'orders.watch') {
      return orders.watch(context, params);
    }
    const { id: hostId, reply } = native.request(
      method,
      params,
      context,
      (progress) => this.notify('progress', { ...progress, id })
    );
    if (context.ui && DIALOG_METHODS.includes(method)) {
      keepErrand(method, params, reply); // outlives the popup: not cancelled
    } else {
      this.#open.set(id, hostId);
    }
    return reply;
  }

  /** Who left meanwhile asks for nothing. */
  #stay() {
    if (this.#closed) {
      throw failure('HOST_DISCONNECTED', 'the page is gone');
    }
  }

  /** @param {boolean} userActivation */
  #contextOf(userActivation) {
    const { context } = this.#options;
    return context.ui ? context : { ...context, userActivation };
  }

  /**
   * @param {Record<string, unknown> | undefined} params
   * @param {object} context
   */
  #cancel(params, context) {
    const theirs = /** @type {string | number} */ (params?.id);
    const hostId = this.#open.get(theirs);
    return hostId === undefined
      ? { cancelled: false }
      : this.#options.native.cancel(hostId, context);
  }

  /** @param {object} message */
  #post(message) {
    if (!this.#closed) {
      this.#options.port.postMessage(message);
    }
  }
}
