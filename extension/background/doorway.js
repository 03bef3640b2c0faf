// SPDX-License-Identifier: MIT
// @ts-check

/**
 * @typedef {import('./client.js').Client} Client
 * @typedef {{ context: import('./client.js').ClientOptions['context'],
 *   remind?: () => void }} Found
 */

/** Pages that are connected. @type {Set<{ origin?: string, end: () => void }>} */
const open = new Set();

/** Nobody of this site goes on. @param {string} origin */
export function expel(origin) {
  for (const guest of [...open].filter((each) => each.origin === origin)) {
    guest.end();
  }
}

/**
 * Take a runtime port while it is still being found out who is there. What
 * comes in meanwhile waits: a port without a listener would lose it.
 * @param {chrome.runtime.Port} port
 * @param {Promise<Found | undefined>} found undefined: refuse
 * @param {(found: Found) => Client} makeClient
 */
export async function admit(port, found, makeClient) {
  /** @type {unknown[]} */
  const letters = [];
  /** @type {Client | undefined} */
  let client = undefined;
  let isGone = false;
  /** @type {{ origin?: string, end: () => void }} */
  const guest = {
    end: () => {
      port.disconnect();
      client?.close();
      open.delete(guest);
    }
  };
  port.onMessage.addListener((letter) => {
    if (client === undefined) {
      letters.push(letter);
    } else {
      client.receive(letter);
    }
  });
  port.onDisconnect.addListener(() => {
    isGone = true;
    client?.close();
    open.delete(guest);
  });
  const who = await found;
  if (isGone) {
    return;
  }
  if (who === undefined) {
    port.disconnect();
    return;
  }
  client = makeClient(who);
  guest.origin = who.context.origin;
  open.add(guest);
  port.postMessage({ ukeybridge: 1, connected: true });
  for (const letter of letters) {
    client.receive(letter);
  }
}
