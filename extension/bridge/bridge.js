// SPDX-License-Identifier: MIT
// @ts-check
/**
 * The bridge: runs beside an allowed page, in a world of its own, and relays
 * between the page's MessagePort and the service worker. It decides nothing;
 * who the page is, the service worker learns from the browser. A classic
 * script, since content scripts are no modules.
 */
(() => {
  /** SDK instances that one document may have open at a time. */
  const MAX_CHANNELS = 8;
  const IS_HERE = 'ukeybridge';
  const ID_TYPES = ['string', 'number'];

  /** When the extension goes its ports end first: so long it seems to be there. */
  const GONE_MS = 300;

  /** After an update of the extension this script has no service worker. */
  function isOrphan() {
    return chrome.runtime?.id === undefined;
  }

  /** The SDK has the sentence for this one: an orphan has no translations. */
  function orphaned() {
    return {
      code: -32050,
      message: 'the extension was updated or removed; reload the page',
      data: { reason: 'EXTENSION_UNREACHABLE' }
    };
  }

  function lost() {
    const text = chrome.i18n.getMessage('error_HOST_DISCONNECTED');
    return {
      code: -32050,
      message: 'the connection to the extension was lost',
      data: { reason: 'HOST_DISCONNECTED', text }
    };
  }

  function notJson() {
    const code = -32600;
    const text = chrome.i18n.getMessage('error_REQUEST', [String(code)]);
    return { code, message: 'a request must be JSON', data: { text } };
  }

  /** One SDK instance: its MessagePort and, while needed, a runtime port. */
  class Channel {
    /** @type {chrome.runtime.Port | undefined} */
    #runtimePort;
    /** Ids of calls without an answer. @type {Set<string | number>} */
    #open = new Set();
    #greeted = false;
    #pagePort;

    /** @param {MessagePort} pagePort */
    constructor(pagePort) {
      this.#pagePort = pagePort;
      pagePort.onmessage = ({ data }) => this.#fromPage(data);
    }

    /** Reach the service worker; its greeting is the page's "connected". */
    connect() {
      const port = chrome.runtime.connect({ name: 'page' });
      port.onMessage.addListener((message) => this.#toPage(message));
      const inAMoment = (/** @type {() => void} */ tell) => {
        setTimeout(tell, GONE_MS);
      };
      port.onDisconnect.addListener(() => this.#lost(port, inAMoment));
      this.#runtimePort = port;
    }

    /** The document is hidden for good or for the back/forward cache. */
    suspend() {
      const port = this.#runtimePort;
      if (port !== undefined) {
        port.disconnect();
        this.#lost(port, (tell) => tell());
      }
    }

    /** @param {any} data */
    #fromPage(data) {
      if (data?.ukeybridge === 1 && data.close === true) {
        this.#close();
        return;
      }
      const id = ID_TYPES.includes(typeof data?.id) ? data.id : null;
      const userActivation = navigator.userActivation?.isActive ?? false;
      if (this.#runtimePort === undefined && !this.#canConnect()) {
        this.#answer(id, orphaned());
        return;
      }
      try {
        this.#runtimePort?.postMessage({ message: data, userActivation });
        this.#open.add(id);
      } catch {
        this.#answer(id, isOrphan() ? orphaned() : notJson());
      }
    }

    #canConnect() {
      try {
        this.connect();
        return true;
      } catch {
        return false; // an orphan, whatever else it has still
      }
    }

    /** @param {any} message */
    #toPage(message) {
      this.#greeted = true;
      if (message?.method === undefined) {
        this.#open.delete(message?.id);
      }
      this.#pagePort.postMessage(message);
    }

    /**
     * @param {chrome.runtime.Port} port
     * @param {(tell: () => void) => void} wait until open calls are told why
     */
    #lost(port, wait) {
      void chrome.runtime?.lastError; // read it, or Chromium logs it
      if (this.#runtimePort !== port) {
        return;
      }
      this.#runtimePort = undefined;
      if (!this.#greeted) {
        this.#close(); // refused: silence is the answer
        return;
      }
      const open = [...this.#open];
      this.#open.clear();
      wait(() =>
        open.forEach((id) => this.#answer(id, isOrphan() ? orphaned() : lost()))
      );
    }

    /**
     * Answer in place of a service worker that cannot.
     * @param {string | number | null} id
     * @param {object} error
     */
    #answer(id, error) {
      this.#pagePort.postMessage({ jsonrpc: '2.0', id, error });
    }

    #close() {
      this.suspend();
      this.#pagePort.close();
      channels.delete(this);
    }
  }

  /** @type {Set<Channel>} */
  const channels = new Set();

  /** @param {MessagePort} pagePort */
  function accept(pagePort) {
    if (isOrphan()) {
      return; // silence, for a newer bridge may be here
    }
    if (channels.size >= MAX_CHANNELS) {
      pagePort.postMessage({ ukeybridge: 1, connected: false, reason: 'BUSY' });
      pagePort.close();
      return;
    }
    const channel = new Channel(pagePort);
    channels.add(channel);
    channel.connect();
  }

  /** @param {MessageEvent} event */
  function isOwnPage(event) {
    return event.source === window && event.origin === location.origin;
  }

  function isTakingPorts() {
    const isPrerendering = Reflect.get(document, 'prerendering') === true;
    return window === window.top && window.isSecureContext && !isPrerendering;
  }

  /** A page may have it already that its user allows once more. */
  if (Reflect.get(globalThis, IS_HERE) === true) {
    return;
  }
  Reflect.set(globalThis, IS_HERE, true);
  window.addEventListener('message', (event) => {
    const isConnect =
      event.data?.ukeybridge === 1 && event.data.connect === true;
    if (isConnect && isOwnPage(event) && isTakingPorts()) {
      const [pagePort] = event.ports;
      if (pagePort !== undefined) {
        accept(pagePort);
      }
    }
  });
  window.addEventListener('pagehide', () => {
    channels.forEach((channel) => channel.suspend());
  });
})();
