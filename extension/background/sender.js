// SPDX-License-Identifier: MIT
// @ts-check
import { OURS } from '../shared/ways.js';

/**
 * Who is at the other end of a runtime port. Decided by what the browser says
 * about the sender, never by anything the other end wrote.
 *
 * @typedef {chrome.runtime.MessageSender} Sender
 * @typedef {{ id: string, origin: string }} Self this extension
 * @typedef {{ ui: true, lang: string }} UiContext
 * @typedef {{ origin: string, topOrigin: string, documentId: string,
 *   userActivation: boolean, lang: string }} PageContext
 */

/**
 * @param {Sender | undefined} sender
 * @param {readonly string[]} portals allowed origins
 * @param {string} lang
 * @returns {PageContext | undefined} undefined: refuse this sender
 */
export function pageContext(sender, portals, lang, ways = OURS) {
  const origin = sender?.origin ?? 'null';
  const isTopFrame = sender?.tab !== undefined && sender.frameId === 0;
  const isActive =
    !ways.tellsLifecycle || sender?.documentLifecycle === 'active';
  const isAllowed = origin !== 'null' && portals.includes(origin);
  if (!isTopFrame || !isActive || !isAllowed) {
    return undefined;
  }
  return {
    origin,
    topOrigin: origin,
    documentId: sender?.documentId ?? '',
    userActivation: false,
    lang
  };
}

/**
 * @param {Sender | undefined} sender
 * @param {Self} self
 * @param {string} lang
 * @returns {UiContext | undefined} undefined: refuse this sender
 */
export function uiContext(sender, { id, origin }, lang) {
  const isOwnPage =
    sender?.id === id &&
    sender.origin === origin &&
    sender.url?.startsWith(`${origin}/`);
  return isOwnPage ? { ui: true, lang } : undefined;
}
