// SPDX-License-Identifier: MIT
// @ts-check
import { UKeyBridgeError } from '../sdk/ukeybridge.js';
import { CONFIG } from '../shared/config.js';
import { failure, toWireError } from '../shared/errors.js';
import { translate, uiLanguage, useLanguage } from '../shared/i18n.js';
import { withText } from '../shared/sentences.js';
import { watchErrands } from '../shared/errands.js';
import { knownUpdate } from '../shared/update.js';
import { fillBar } from './bar.js';
import { open } from './connection.js';
import {
  emptyView,
  failureView,
  loadingView,
  unknownView
} from './notice-view.js';
import { read } from './reading.js';
import { readyCard } from './ready-card.js';
import { siteCard } from './site-card.js';
import { notesView, problemsView, tokenView } from './token-view.js';
import { updateButton, updateCard } from './update-card.js';
import { isFault } from './words.js';

/** @typedef {import('../sdk/ukeybridge.js').UKeyBridge} UKeyBridge */

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const main = byId('main');
const status = byId('status');
const refreshButton = byId('refresh');

/** @type {UKeyBridge | undefined} */
let bridge;
let isWatching = false;
let isReading = false;
let isStale = false;
let isLost = false;
let shown = '';
/** @type {Map<string, 'finish' | 'undo'>} */
const pending = new Map();

/** @param {unknown} error */
function asBridgeError(error) {
  return error instanceof UKeyBridgeError
    ? error
    : new UKeyBridgeError(
        /** @type {any} */ (withText(toWireError(error), translate))
      );
}

/** @param {unknown} error */
const textOf = (error) => asBridgeError(error).text;

/** @param {Awaited<ReturnType<typeof read>>} reading */
function showReading({ contents, problems }) {
  const now = JSON.stringify([contents, problems]);
  if (now === shown) {
    return; // leave focus and open details where they are
  }
  shown = now;
  const views = contents.map((each) => tokenView(each, act));
  const faults = problems.filter(isFault);
  const notes = problems.filter((problem) => !isFault(problem));
  const none = faults.length > 0 ? 'unknown_title' : 'empty_title';
  if (views.length === 0) {
    views.push(faults.length > 0 ? unknownView(refresh) : emptyView());
  }
  main.replaceChildren(
    ...(faults.length > 0 ? [problemsView(faults)] : []),
    ...views,
    ...(notes.length > 0 ? [notesView(notes)] : [])
  );
  status.textContent = translate(contents.length > 0 ? 'popup_updated' : none);
}

/** @param {unknown} error */
async function showFailure(error) {
  const { reason } = asBridgeError(error);
  const newer = reason === 'HOST_TOO_OLD' && updateButton(await knownUpdate());
  shown = '';
  main.replaceChildren(failureView(asBridgeError(error), refresh, newer));
  status.textContent = textOf(error);
}

/**
 * The service worker ended: at rest, which is nothing to tell, or amid a call,
 * whose own error would only say that it was cut off.
 */
function forget() {
  bridge = undefined;
  isLost = true;
}

/**
 * Ask for what opens a native dialog. How it went is told by errands.js.
 * @param {string} method
 * @param {string} token
 */
async function act(method, token) {
  try {
    await bridge?.call(method, { token });
    if (method === 'renewal.recover') {
      pending.delete(token);
    }
  } catch {
    /* told in the UKey's card, as every errand */
  }
  refresh();
}

/** @type {import('./connection.js').Told} */
const told = {
  onChange: refresh,
  onPending: ({ renewal, next }) => {
    if (pending.get(renewal.token) !== next) {
      pending.set(renewal.token, next);
      refresh();
    }
  },
  onLost: forget
};

/** Read everything again; once more when asked while reading. */
async function refresh() {
  isStale = true;
  if (isReading) {
    return;
  }
  isReading = true;
  refreshButton.setAttribute('aria-disabled', 'true');
  while (isStale) {
    isStale = false;
    isLost = false;
    try {
      if (bridge === undefined) {
        const opened = await open(told);
        ({ bridge, isWatching } = opened);
        update.show(opened.hello);
      }
      card.refresh(bridge);
      const reading = await read(bridge, pending, textOf);
      showReading(reading);
    } catch (error) {
      const lost = failure('HOST_DISCONNECTED', 'the service worker ended');
      await showFailure(isLost ? lost : error);
    }
  }
  main.setAttribute('aria-busy', 'false');
  isReading = false;
  refreshButton.removeAttribute('aria-disabled');
}

await useLanguage();
document.documentElement.lang = uiLanguage();
const card = siteCard(byId('site'));
const update = updateCard(byId('update'));
fillBar(byId, refresh);
main.replaceChildren(loadingView());
status.textContent = translate('popup_loading');
readyCard(byId('ready'));
setInterval(() => {
  const isShowingKeys = shown !== '';
  if (isShowingKeys && !isWatching && document.visibilityState === 'visible') {
    refresh();
  }
}, CONFIG.popupPollMs);
watchErrands(refresh);
await refresh();
chrome.runtime.sendMessage({ checkUpdate: true });
