// SPDX-License-Identifier: MIT
// @ts-check
import { CONFIG, DIALOG_METHODS } from '../shared/config.js';

/**
 * @typedef {import('../shared/errors.js').CallError} CallError
 *
 * @typedef {{
 *   message: { id: number, method: string },
 *   sent: boolean,
 *   timer: ReturnType<typeof setTimeout>,
 *   resolve: (result: unknown) => void,
 *   reject: (error: CallError) => void,
 *   onProgress?: (params: Record<string, unknown>) => void
 * }} Call
 */

/** Every call that has no answer yet: one Map, and a timer for each entry. */
export class Calls {
  /** @type {Map<number, Call>} */
  #open = new Map();
  #lastId = 0;
  #onExpired;

  /** @param {(id: number) => void} onExpired a call's time is over */
  constructor(onExpired) {
    this.#onExpired = onExpired;
  }

  get size() {
    return this.#open.size;
  }

  /** @returns {number[]} oldest first */
  ids() {
    return [...this.#open.keys()];
  }

  /** @param {number} id */
  get(id) {
    return this.#open.get(id);
  }

  /**
   * @param {string} method
   * @param {object} [params]
   * @param {object} [context] who asks
   * @param {Call['onProgress']} [onProgress]
   * @returns {{ id: number, reply: Promise<unknown> }}
   */
  add(method, params, context, onProgress) {
    const id = ++this.#lastId;
    const message = { jsonrpc: '2.0', id, method, params, context };
    const reply = new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#onExpired(id), capMs(method));
      this.#open.set(id, {
        message,
        sent: false,
        timer,
        resolve,
        reject,
        onProgress
      });
    });
    return { id, reply };
  }

  /**
   * Take a call out; whoever takes it answers it.
   * @param {number} id
   */
  take(id) {
    const call = this.#open.get(id);
    if (call !== undefined) {
      clearTimeout(call.timer);
      this.#open.delete(id);
    }
    return call;
  }

  /** @param {CallError} reason */
  rejectAll(reason) {
    for (const id of this.ids()) {
      this.take(id)?.reject(reason);
    }
  }
}

/** @param {string} method */
function capMs(method) {
  if (method === 'host.hello') {
    return CONFIG.helloTimeoutMs;
  }
  return DIALOG_METHODS.includes(method)
    ? CONFIG.dialogCallCapMs
    : CONFIG.quickCallCapMs;
}
