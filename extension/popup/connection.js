// SPDX-License-Identifier: MIT
// @ts-check
import { UKeyBridge } from '../sdk/ukeybridge.js';

/**
 * @typedef {{
 *   onChange: () => void,
 *   onPending: (pending: import('../sdk/ukeybridge.js').TokenPending) => void,
 *   onLost: () => void
 * }} Told UKeys came, went or changed; a renewal was found cut off; the
 *   service worker is gone
 */

/**
 * The SDK over the extension's own port: the popup speaks as pages do.
 * @param {Told} told
 */
export function connect({ onChange, onPending, onLost }) {
  const port = chrome.runtime.connect({ name: 'ui' });
  /** @type {import('../sdk/ukeybridge.js').BridgePort} */
  const adapter = {
    onmessage: null,
    postMessage: (message) => {
      if (message.ukeybridge === undefined) {
        port.postMessage({ message });
      }
    },
    close: () => port.disconnect()
  };
  const bridge = UKeyBridge.over(adapter);
  bridge.onTokenPending = onPending;
  port.onMessage.addListener((message) => {
    if (message.method === 'tokens.changed') {
      onChange();
    } else if (message.jsonrpc !== undefined) {
      adapter.onmessage?.({ data: message });
    }
  });
  port.onDisconnect.addListener(() => {
    onLost();
    bridge.close();
  });
  return bridge;
}

/**
 * Connect, and watch the UKeys where the host can.
 * @param {Told} told
 * @returns {Promise<{ bridge: UKeyBridge, isWatching: boolean,
 *   hello: import('../sdk/ukeybridge.js').Hello }>}
 * @throws {import('../sdk/ukeybridge.js').UKeyBridgeError}
 */
export async function open(told) {
  const bridge = connect(told);
  try {
    const hello = await bridge.host.hello();
    const isWatching = hello.methods.includes('tokens.watch');
    if (isWatching) {
      await bridge.call('tokens.watch', { enabled: true });
    }
    return { bridge, isWatching, hello };
  } catch (error) {
    bridge.close();
    throw error;
  }
}
