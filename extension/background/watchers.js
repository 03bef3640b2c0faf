// SPDX-License-Identifier: MIT
// @ts-check

/**
 * @typedef {import('./native-port.js').NativePort} NativePort
 * @typedef {Pick<import('./client.js').Client,
 *   'isClosed' | 'context' | 'notify'>} Client whoever watches
 */

/**
 * Who watches the tokens. The host knows one watch per connection, and there
 * is one connection for all pages: so the first watcher switches it on and the
 * last one off, and only those whom the host let watch are told of tokens.
 */
export class Watchers {
  /** @type {Set<Client>} */
  #clients = new Set();
  /** Whom the host has not answered yet. @type {Set<Client>} */
  #coming = new Set();
  #native;

  /** @param {NativePort} native */
  constructor(native) {
    this.#native = native;
  }

  /**
   * @param {Client} client
   * @param {Record<string, unknown> | undefined} params of `tokens.watch`
   * @param {object} context
   * @returns {Promise<unknown>}
   */
  async set(client, params, context) {
    if (params?.enabled === false && this.#othersThan(client)) {
      this.#clients.delete(client);
      return {};
    }
    if (params?.enabled === true) {
      this.#coming.add(client);
    }
    try {
      const { reply } = this.#native.request('tokens.watch', params, context);
      const result = await reply;
      if (params?.enabled === true) {
        this.#clients.add(client);
      } else {
        this.#clients.delete(client);
      }
      return result;
    } finally {
      this.#coming.delete(client);
      this.#native.hold(this.#clients.size > 0);
      if (client.isClosed) {
        this.leave(client);
      }
    }
  }

  /**
   * The host's watch stays on for whoever is coming; should the host refuse
   * that one, it ends with the host, which nobody holds then.
   * @param {Client} client
   */
  leave(client) {
    if (!this.#clients.delete(client) || this.#othersThan(client)) {
      return;
    }
    this.#native.hold(false);
    const off = { enabled: false };
    this.#native
      .request('tokens.watch', off, client.context)
      .reply.catch(() => {});
  }

  /** The host is gone, and its watch with it. */
  clear() {
    this.#clients.clear();
    this.#native.hold(false);
  }

  /**
   * @param {string} method a notification of the host
   * @param {Record<string, any>} params
   */
  tell(method, params) {
    for (const client of this.#clients) {
      if (mayHear(client.context, method, params)) {
        client.notify(method, params);
      }
    }
  }

  /** @param {Client} client */
  #othersThan(client) {
    const all = new Set([...this.#clients, ...this.#coming]);
    all.delete(client);
    return all.size > 0;
  }
}

/**
 * A renewal is its own origin's business, and the user's.
 * @param {{ ui?: true, origin?: string }} context
 * @param {string} method
 * @param {Record<string, any>} params
 */
function mayHear(context, method, params) {
  return (
    method !== 'token.pending' ||
    context.ui === true ||
    params.renewal?.origin === context.origin
  );
}
