// SPDX-License-Identifier: MIT
// host - the real broker as a browser would start it, spoken to in frames.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';

import { HOST } from './place.mjs';

const ORIGIN = 'https://portal.example';

/** The context of a page, as the extension's service worker sets it. */
export function page(origin = ORIGIN, more = {}) {
  return {
    origin,
    topOrigin: origin,
    documentId: 'D0',
    userActivation: true,
    lang: 'zh-CN',
    ...more
  };
}

/** The context of the extension's own pages. */
export const UI = { ui: true, lang: 'en' };

export function frame(body) {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body);
  const header = Buffer.alloc(4);
  header.writeUInt32LE(bytes.length);
  return Buffer.concat([header, bytes]);
}

/** A reply's error, thrown: `code`, `reason`, `data`. */
export class HostError extends Error {
  constructor({ code, message, data }) {
    super(`${data?.reason ?? code}: ${message}`);
    this.code = code;
    this.reason = data?.reason;
    this.data = data ?? {};
  }
}

export class Host {
  #buffer = Buffer.alloc(0);
  #waiting = [];
  #nextId = 1;
  #pending = new Map();

  /** Everything that came and was no reply to call(). */
  frames = [];
  /** Every byte that left and came, for tests that look for what must not be there. */
  traffic = [];
  stderr = '';

  constructor(
    env,
    { args = ['chrome-extension://test/'], program = HOST } = {}
  ) {
    this.process = spawn(program, args, { env, stdio: 'pipe' });
    this.pid = this.process.pid;
    this.exit = once(this.process, 'exit').then(([code, signal]) => ({
      code,
      signal
    }));
    this.process.stdout.on('data', (piece) => this.#take(piece));
    this.process.stderr.on('data', (piece) => (this.stderr += piece));
    this.process.stdin.on('error', () => {}); /* a host that is gone */
    this.exit.then(() => {
      for (const { reject } of this.#pending.values()) {
        reject(new Error('the host ended'));
      }
      for (const { reject } of this.#waiting) {
        reject(new Error('the host ended'));
      }
    });
  }

  #take(piece) {
    this.traffic.push(piece);
    this.#buffer = Buffer.concat([this.#buffer, piece]);
    while (this.#buffer.length >= 4) {
      const length = this.#buffer.readUInt32LE(0);
      if (this.#buffer.length < 4 + length) return;
      const message = JSON.parse(this.#buffer.subarray(4, 4 + length));
      this.#buffer = this.#buffer.subarray(4 + length);
      this.#deliver(message, length);
    }
  }

  #deliver(message, length) {
    const call = message.method === undefined && this.#pending.get(message.id);
    if (call) {
      this.#pending.delete(message.id);
      if (message.error) call.reject(new HostError(message.error));
      else call.resolve(message.result);
      return;
    }
    if (message.method === 'progress') {
      this.#pending.get(message.params.id)?.onProgress?.(message.params);
    }
    const waiter = this.#waiting.shift();
    if (waiter) waiter.resolve({ message, length });
    else this.frames.push({ message, length });
  }

  /** Write bytes as they are. */
  raw(bytes) {
    this.traffic.push(bytes);
    this.process.stdin.write(bytes);
  }

  /** Send a message (an object, or text as it is) in one frame. */
  send(message) {
    this.raw(
      frame(typeof message === 'string' ? message : JSON.stringify(message))
    );
  }

  /** The next frame that answers no call(). */
  async next() {
    if (this.frames.length > 0) return this.frames.shift().message;
    const { message } = await new Promise((resolve, reject) =>
      this.#waiting.push({ resolve, reject })
    );
    return message;
  }

  /** Call a method; resolves with its result, rejects with a HostError. `call.id` tells the id used. */
  call(method, params, context = UI, { onProgress } = {}) {
    const id = this.#nextId++;
    const promise = new Promise((resolve, reject) =>
      this.#pending.set(id, { resolve, reject, onProgress })
    );
    this.send({
      jsonrpc: '2.0',
      id,
      method,
      ...(params && { params }),
      ...(context && { context })
    });
    return Object.assign(promise, { id });
  }

  /** Close stdin and wait for the end. */
  async end() {
    this.process.stdin.end();
    return this.exit;
  }
}

/** A process that was seen may have ended since. */
export function killIfThere(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Processes alive (zombies do not count) whose environment has `key=value`: all that a test's host started. */
export function processesWith(key, value) {
  const found = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      const [, state] = /^State:\s+(\S)/m.exec(status);
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split(
        '\0'
      );
      if (state !== 'Z' && environment.includes(`${key}=${value}`)) {
        found.push({
          pid: Number(pid),
          parent: Number(/^PPid:\s+(\d+)/m.exec(status)[1]),
          command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
        });
      }
    } catch {
      /* it ended while we looked */
    }
  }
  return found;
}
