// SPDX-License-Identifier: MIT
// @ts-check
/**
 * UKey Bridge SDK for portal pages: one file, no dependency, no globals, works
 * under a strict Content-Security-Policy. Types and contracts: ukeybridge.d.ts.
 */

/** @typedef {import('./ukeybridge.d.ts').CallOptions} Options */
/** @typedef {import('./ukeybridge.d.ts').BridgePort} Port */
/** @typedef {Record<string, any>} Params */

const CONNECT_TIMEOUT_MS = 3000;
const MAX_PAGES = 100;
const HELLO = Object.freeze({
  client: { name: 'ukeybridge-sdk', version: '0.1.0' },
  protocol: 1
});

/** What only the SDK can say; all other sentences come from the extension. */
const TEXTS = Object.freeze({
  zh: {
    EXTENSION_UNREACHABLE:
      '没有连接到 UKey Bridge 扩展程序。请刷新本页面后重试；仍然不行时，请确认' +
      '浏览器已安装并启用它，再点击它的图标允许本网站。',
    BUSY: '本页面打开的 UKey 连接过多，请刷新本页面后重试。',
    CANCELLED: '操作已取消。'
  },
  en: {
    EXTENSION_UNREACHABLE:
      'The UKey Bridge extension cannot be reached. Reload this page and try ' +
      'again. If that does not help, check that it is installed and switched ' +
      'on, click its icon on this page and allow this site.',
    BUSY: 'This page has too many UKey connections. Reload it and try again.',
    CANCELLED: 'The operation was cancelled.'
  }
});
const CODES = Object.freeze({
  EXTENSION_UNREACHABLE: -32050,
  BUSY: -32002,
  CANCELLED: -32099
});

/**
 * What a page may set to be told of.
 * @type {Readonly<Record<string, 'onTokensChanged' | 'onTokenPending'>>}
 */
const EVENTS = Object.freeze({
  'tokens.changed': 'onTokensChanged',
  'token.pending': 'onTokenPending'
});

export class UKeyBridgeError extends Error {
  /** @param {{ code: number, message: string, data?: Record<string, any> }} wire */
  constructor({ code, message, data = {} }) {
    super(message);
    this.name = 'UKeyBridgeError';
    this.code = code;
    this.reason = data.reason;
    this.data = data;
    this.text = data.text ?? textOf(data.reason) ?? message;
  }
}

/** @param {string | undefined} reason */
function textOf(reason) {
  const page = globalThis.document?.documentElement.lang;
  const lang = page || globalThis.navigator?.language || 'zh';
  const texts = /^zh/i.test(lang) ? TEXTS.zh : TEXTS.en;
  return texts[/** @type {keyof typeof texts} */ (reason)];
}

/**
 * @param {keyof typeof CODES} reason
 * @param {string} message
 */
function failure(reason, message) {
  return new UKeyBridgeError({
    code: CODES[reason],
    message,
    data: { reason }
  });
}

export class UKeyBridge {
  /** @type {Map<number, { resolve: Function, reject: Function,
   *   onProgress?: Function, unlisten: () => void }>} */
  #calls = new Map();
  #lastId = 0;
  #closed = false;
  #port;

  /** @param {{ timeoutMs?: number }} [options] */
  static async connect({ timeoutMs = CONNECT_TIMEOUT_MS } = {}) {
    if (window !== window.top || !window.isSecureContext) {
      const message = window.isSecureContext
        ? 'UKey Bridge serves top-level pages only; this is a frame'
        : 'UKey Bridge serves secure pages (https) only';
      throw failure('EXTENSION_UNREACHABLE', message);
    }
    if (Reflect.get(document, 'prerendering') === true) {
      await new Promise((resolve) =>
        document.addEventListener('prerenderingchange', resolve, { once: true })
      );
    }
    const { port1, port2 } = new MessageChannel();
    const connect = { ukeybridge: 1, connect: true };
    window.postMessage(connect, location.origin, [port2]);
    await greeting(port1, timeoutMs);
    return new UKeyBridge(port1);
  }

  /** @param {Port} port */
  static over(port) {
    return new UKeyBridge(port);
  }

  /** @param {Port} port */
  constructor(port) {
    this.#port = port;
    /** @type {((params: any) => void) | null} */
    this.onTokensChanged = null;
    /** @type {((params: any) => void) | null} */
    this.onTokenPending = null;
    port.onmessage = ({ data }) => this.#receive(data);
    this.host = this.#group('host', 'hello ping');
    this.tokens = this.#group('tokens', 'list watch');
    this.certificates = Object.freeze({
      ...this.#group('certificates', 'list'),
      all: this.#allCertificates.bind(this)
    });
    const reset = this.#group('pin.reset', 'begin finish');
    const pin = this.#group('pin', 'change unblock');
    this.pin = Object.freeze({ ...pin, reset });
    const verbs = 'begin preview install get list abandon recover';
    this.renewal = this.#group('renewal', verbs);
    this.auth = this.#group('auth', 'sign');
    this.files = this.#group('files', 'check');
    this.orders = this.#group('orders', 'watch');
  }

  /**
   * @param {string} method
   * @param {Params} [params]
   * @param {Options} [options]
   * @returns {Promise<any>}
   */
  call(method, params, { signal, onProgress } = {}) {
    if (this.#closed || signal?.aborted) {
      const message = this.#closed ? 'this bridge is closed' : 'aborted';
      return Promise.reject(failure('CANCELLED', message));
    }
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      /*
       * An abort asks, and the call still settles by its own reply: a write
       * that can no longer be stopped must not look as if it had been.
       */
      const ask = () => {
        this.call('host.cancel', { id }).catch(() => {});
      };
      signal?.addEventListener('abort', ask);
      const unlisten = () => signal?.removeEventListener('abort', ask);
      this.#calls.set(id, { resolve, reject, onProgress, unlisten });
      this.#port.postMessage({ jsonrpc: '2.0', id, method, params });
    });
  }

  close() {
    if (this.#closed) {
      return;
    }
    this.#closed = true;
    this.#port.postMessage({ ukeybridge: 1, close: true });
    this.#port.close();
    for (const id of [...this.#calls.keys()]) {
      const closed = failure('CANCELLED', 'the bridge was closed');
      this.#take(id)?.reject(closed);
    }
  }

  /**
   * @param {string} name
   * @param {string} verbs separated by spaces
   */
  #group(name, verbs) {
    /** @param {string} verb */
    const bind = (verb) => {
      const fixed = verb === 'hello' ? HELLO : undefined;
      /** @type {(params?: Params, options?: Options) => Promise<any>} */
      const method = (params = fixed, options = {}) =>
        this.call(`${name}.${verb}`, params, options);
      return [verb, method];
    };
    return Object.freeze(Object.fromEntries(verbs.split(' ').map(bind)));
  }

  /** @param {Params} params @param {Options} [options] */
  async #allCertificates(params, options) {
    const certificates = [];
    let cursor;
    for (let page = 0; page < MAX_PAGES; page++) {
      const request = cursor === undefined ? params : { ...params, cursor };
      const reply = await this.call('certificates.list', request, options);
      certificates.push(...reply.certificates);
      cursor = reply.next;
      if (cursor === undefined) {
        break;
      }
    }
    return { certificates };
  }

  /** @param {number} id */
  #take(id) {
    const call = this.#calls.get(id);
    call?.unlisten();
    this.#calls.delete(id);
    return call;
  }

  /** @param {any} message */
  #receive(message) {
    if (message?.method === 'progress') {
      this.#calls.get(message.params.id)?.onProgress?.(message.params);
    } else if (Object.hasOwn(EVENTS, message?.method)) {
      this[EVENTS[message.method]]?.(message.params);
    } else if (message?.error !== undefined) {
      this.#take(message.id)?.reject(new UKeyBridgeError(message.error));
    } else {
      this.#take(message?.id)?.resolve(message?.result);
    }
  }
}

/**
 * Wait until the extension says that it took the port.
 * @param {MessagePort} port
 * @param {number} timeoutMs
 */
function greeting(port, timeoutMs) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      port.close();
      const message = `no answer from the extension in ${timeoutMs} ms`;
      reject(failure('EXTENSION_UNREACHABLE', message));
    }, timeoutMs);
    port.onmessage = ({ data }) => {
      if (data?.ukeybridge !== 1) {
        return;
      }
      clearTimeout(timer);
      if (data.connected === true) {
        resolve(undefined);
      } else {
        reject(failure('BUSY', 'too many bridges are open in this document'));
      }
    };
  });
}
