// SPDX-License-Identifier: MIT
// @ts-check
import { CONFIG } from '../shared/config.js';
import { CallError, UNKNOWN_METHOD, failure } from '../shared/errors.js';
import { Calls } from './calls.js';
import { checkHello, disconnectFailure } from './host-state.js';

/**
 * @typedef {chrome.runtime.Port & { error?: Error }} Port with what Firefox
 *   says there of its end
 *
 * @typedef {{
 *   connect: () => Port,
 *   lastError: (port: Port) => string | undefined,
 *   onNotification: (method: string, params: Record<string, any>) => void,
 *   onResult?: (method: string) => void,
 *   onDisconnect: () => void,
 *   version: string
 * }} Surroundings what the port needs from outside; tests give their own
 */

/**
 * The only owner of the native host's port. Connects at the first call, greets
 * the host before anything else, matches replies to calls by ids of its own,
 * and lets a quiet host go. A call is written to a host once or not at all.
 */
export class NativePort {
  #calls = new Calls((id) => this.#expire(id));
  /** @type {chrome.runtime.Port | undefined} */
  #port;
  /** @type {Set<string> | undefined} known once the host was greeted */
  #methods;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #idleTimer;
  #held = false;
  /** A PIN reset that was begun lives in the host until then. */
  #resetOpenUntilMs = 0;
  #surroundings;

  /** @param {Surroundings} surroundings */
  constructor(surroundings) {
    this.#surroundings = surroundings;
  }

  /**
   * @param {string} method
   * @param {object} [params]
   * @param {object} [context] who asks
   * @param {(params: Record<string, unknown>) => void} [onProgress]
   * @returns {{ id: number, reply: Promise<unknown> }} the id is the host's;
   *   the reply rejects with CallError
   */
  request(method, params, context, onProgress) {
    const call = this.#calls.add(method, params, context, onProgress);
    clearTimeout(this.#idleTimer);
    if (this.#port === undefined) {
      this.#open();
    } else if (this.#methods !== undefined) {
      this.#send(call.id);
    }
    return call;
  }

  /**
   * Ask the host to cancel a call, which then settles by its own reply.
   * @param {number} id
   * @param {object} [context]
   * @returns {Promise<unknown>} `{cancelled}`
   */
  async cancel(id, context) {
    const call = this.#calls.get(id);
    if (call === undefined) {
      return { cancelled: false };
    }
    if (!call.sent) {
      this.#take(id)?.reject(failure('CANCELLED', 'cancelled by the caller'));
      return { cancelled: true };
    }
    return this.request('host.cancel', { id }, context).reply;
  }

  /** @param {boolean} held true keeps a quiet host connected */
  hold(held) {
    this.#held = held;
    this.#watchIdle();
  }

  #open() {
    const port = this.#surroundings.connect();
    this.#port = port;
    port.onMessage.addListener((message) => this.#receive(message));
    port.onDisconnect.addListener(() =>
      this.#drop(port, disconnectFailure(this.#surroundings.lastError(port)))
    );
    this.#greet(port);
  }

  /** @param {chrome.runtime.Port} port */
  async #greet(port) {
    const client = { name: 'UKey Bridge', version: this.#surroundings.version };
    const { protocol } = CONFIG;
    const hello = this.#calls.add('host.hello', { client, protocol });
    this.#send(hello.id);
    try {
      this.#methods = checkHello(await hello.reply);
    } catch (error) {
      this.#drop(port, /** @type {CallError} */ (error));
      return;
    }
    this.#calls.ids().forEach((id) => this.#send(id));
    this.#watchIdle();
  }

  /** @param {number} id */
  #send(id) {
    const call = this.#calls.get(id);
    if (call === undefined || call.sent) {
      return;
    }
    const { method } = call.message;
    if (this.#methods !== undefined && !this.#methods.has(method)) {
      const message = `the host has no method ${method}`;
      this.#take(id)?.reject(new CallError({ code: UNKNOWN_METHOD, message }));
      return;
    }
    call.sent = true;
    this.#port?.postMessage(call.message);
  }

  /** @param {any} message from the host, which may be newer than we are */
  #receive(message) {
    if (message?.method === 'progress') {
      this.#calls.get(message.params?.id)?.onProgress?.(message.params);
    } else if (typeof message?.method === 'string') {
      this.#surroundings.onNotification(message.method, message.params ?? {});
    } else if (message?.error !== undefined) {
      this.#take(message.id)?.reject(new CallError(message.error));
    } else {
      const call = this.#take(message?.id);
      call?.resolve(message?.result);
      this.#surroundings.onResult?.(call?.message.method ?? '');
    }
  }

  /** @param {number} id */
  #expire(id) {
    const call = this.#take(id);
    if (call?.sent && this.#methods !== undefined) {
      this.request('host.cancel', { id }).reply.catch(() => {});
    }
    call?.reject(failure('TIMEOUT', 'the host did not answer in time'));
  }

  /** @param {number} id */
  #take(id) {
    const call = this.#calls.take(id);
    if (call?.message.method === 'pin.reset.begin') {
      this.#resetOpenUntilMs = Date.now() + CONFIG.resetOpenMs;
    }
    this.#watchIdle();
    return call;
  }

  #watchIdle() {
    clearTimeout(this.#idleTimer);
    const port = this.#port;
    if (port !== undefined && this.#calls.size === 0 && !this.#held) {
      const quit = () => this.#drop(port, failure('HOST_DISCONNECTED', 'idle'));
      const leftMs = this.#resetOpenUntilMs - Date.now();
      const waitMs = Math.max(CONFIG.idleDisconnectMs, leftMs);
      this.#idleTimer = setTimeout(quit, waitMs);
    }
  }

  /**
   * @param {chrome.runtime.Port} port a newer one stays untouched
   * @param {CallError} reason given to every call still open
   */
  #drop(port, reason) {
    if (this.#port !== port) {
      return;
    }
    this.#port = undefined;
    this.#methods = undefined;
    clearTimeout(this.#idleTimer);
    port.disconnect();
    this.#calls.rejectAll(reason);
    this.#surroundings.onDisconnect();
  }
}
