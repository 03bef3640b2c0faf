// SPDX-License-Identifier: MIT
// @ts-check
import { UKeyBridge } from '../sdk/ukeybridge.js';
import { toWireError } from '../shared/errors.js';

/**
 * The SDK over the service worker's own calls, so that it reads UKeys as the
 * popup does.
 * @param {(method: string, params?: object) => Promise<any>} call
 */
export function ownBridge(call) {
  /** @type {import('../sdk/ukeybridge.js').BridgePort} */
  const port = {
    onmessage: null,
    postMessage({ id, method, params }) {
      const answer = (/** @type {object} */ part) =>
        port.onmessage?.({ data: { jsonrpc: '2.0', id, ...part } });
      call(method, params).then(
        (result) => answer({ result }),
        (thrown) => answer({ error: toWireError(thrown) })
      );
    },
    close() {}
  };
  return UKeyBridge.over(port);
}
