// SPDX-License-Identifier: MIT
// @ts-check
import { UKeyBridge } from '../sdk/ukeybridge.js';

/**
 * The SDK over the extension's own port: the popup speaks as pages do.
 * @param {() => void} onChange UKeys came, went or changed
 * @param {() => void} onLost the service worker is gone
 */
function connect(onChange, onLost) {
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
 * @param {() => void} onChange
 * @param {() => void} onLost
 * @returns {Promise<{ bridge: UKeyBridge, isWatching: boolean }>}
 * @throws {import('../sdk/ukeybridge.js').UKeyBridgeError}
 */
export async function open(onChange, onLost) {
  const bridge = connect(onChange, onLost);
  try {
    const { methods } = await bridge.host.hello();
    const isWatching = methods.includes('tokens.watch');
    if (isWatching) {
      await bridge.call('tokens.watch', { enabled: true });
    }
    return { bridge, isWatching };
  } catch (error) {
    bridge.close();
    throw error;
  }
}
