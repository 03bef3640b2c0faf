// SPDX-License-Identifier: MIT
// @ts-check

/** Work for several others: one thing at a time for each, a few at once. */
export class Turns {
  /** What was begun last, by whom it is for. @type {Map<string, Promise<any>>} */
  #last = new Map();
  /** Those that wait for room. @type {Array<() => void>} */
  #waiting = [];
  #room;

  /** @param {number} atOnce */
  constructor(atOnce) {
    this.#room = atOnce;
  }

  /**
   * @template T
   * @param {string} whom
   * @param {() => Promise<T>} what begins when all before it is over
   * @returns {Promise<T>}
   */
  take(whom, what) {
    const before = this.#last.get(whom) ?? Promise.resolve();
    const done = before.then(() => this.#withRoom(what));
    const last = done
      .catch(() => {})
      .then(() => {
        if (this.#last.get(whom) === last) {
          this.#last.delete(whom);
        }
      });
    this.#last.set(whom, last);
    return done;
  }

  /** @template T @param {() => Promise<T>} what @returns {Promise<T>} */
  async #withRoom(what) {
    if (this.#room > 0) {
      this.#room -= 1;
    } else {
      await new Promise((resolve) => this.#waiting.push(() => resolve(null)));
    }
    try {
      return await what();
    } finally {
      const next = this.#waiting.shift() ?? (() => (this.#room += 1));
      next();
    }
  }
}
