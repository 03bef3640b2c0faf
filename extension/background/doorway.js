// SPDX-License-Identifier: MIT
// @ts-check
import { removeSite } from '../shared/sites.js';

/**
 * @typedef {import('./client.js').Client} Client
 * @typedef {{ context: import('./client.js').ClientOptions['context'],
 *   isStill?: () => Promise<boolean>, remind?: () => Promise<void> }} Found
 *   `isStill`: is it let in at this moment?
 */

/** Pages that are connected. @type {Set<{ origin?: string, end: () => void }>} */
const open = new Set();

/**
 * Nobody of this site goes on. It leaves the list first: who comes now is not
 * let in, and who was let in before is among those who are open.
 * @param {string} origin
 */
export async function expel(origin) {
  await removeSite(origin);
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
      leave();
    }
  };
  const leave = () => {
    isGone = true;
    client?.close();
    open.delete(guest);
  };
  port.onMessage.addListener((letter) => {
    if (client === undefined) {
      letters.push(letter);
    } else {
      client.receive(letter);
    }
  });
  port.onDisconnect.addListener(leave);
  const who = await found;
  if (isGone) {
    return;
  }
  if (who === undefined) {
    port.disconnect();
    return;
  }
  guest.origin = who.context.origin;
  open.add(guest);
  const isStill = (await who.isStill?.()) ?? true; // or it went meanwhile
  if (!isStill || isGone) {
    guest.end();
    return;
  }
  client = makeClient(who);
  port.postMessage({ ukeybridge: 1, connected: true });
  for (const letter of letters) {
    client.receive(letter);
  }
}
