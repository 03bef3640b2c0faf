// SPDX-License-Identifier: MIT
// @ts-check
import { UKeyBridgeError } from '../sdk/ukeybridge.js';
import { CONFIG } from '../shared/config.js';
import { failure, toWireError } from '../shared/errors.js';
import { translate } from '../shared/i18n.js';
import { withText } from '../shared/sentences.js';
import { watchErrands } from '../shared/errands.js';
import { knownUpdate } from '../shared/update.js';
import { open } from './connection.js';
import { forgetReading, keepReading } from './kept.js';
import { keysViews } from './keys-view.js';
import {
  emptyView,
  failureView,
  loadingView,
  unknownView
} from './notice-view.js';
import { read } from './reading.js';
import { readyCard } from './ready-card.js';
import { siteCard } from './site-card.js';
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
/** @type {ReturnType<typeof open> | undefined} */
let opening;
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

/** @param {import('./kept.js').Reading} reading */
function showReading({ contents, problems }) {
  const now = JSON.stringify([contents, problems]);
  if (now === shown) {
    return; // leave focus and open details where they are
  }
  shown = now;
  const isFaulty = problems.some(isFault);
  const none = () => (isFaulty ? unknownView(refresh) : emptyView());
  main.replaceChildren(...keysViews({ contents, problems }, act, none));
  const key = isFaulty ? 'unknown_title' : 'empty_title';
  status.textContent = translate(contents.length > 0 ? 'popup_updated' : key);
}

/** @param {unknown} error */
async function showFailure(error) {
  const { reason } = asBridgeError(error);
  const newer = reason === 'HOST_TOO_OLD' && updateButton(await knownUpdate());
  shown = '';
  main.replaceChildren(failureView(asBridgeError(error), refresh, newer));
  status.textContent = textOf(error);
  await forgetReading();
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
export async function act(method, token) {
  try {
    const over = bridge ?? (await opening)?.bridge;
    await over?.call(method, { token });
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
export async function refresh() {
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
        opening = open(told);
        const opened = await opening;
        ({ bridge, isWatching } = opened);
        update.show(opened.hello);
      }
      card.refresh(bridge);
      const reading = await read(bridge, pending, textOf);
      showReading(reading);
      keepReading(reading);
    } catch (error) {
      const lost = failure('HOST_DISCONNECTED', 'the service worker ended');
      await showFailure(isLost ? lost : error);
    }
  }
  main.setAttribute('aria-busy', 'false');
  isReading = false;
  refreshButton.removeAttribute('aria-disabled');
}

const card = siteCard(byId('site'));
const update = updateCard(byId('update'));

/**
 * Go on from what is shown already.
 * @param {import('./kept.js').Reading} [kept] absent: nothing is
 */
export async function begin(kept) {
  readyCard(byId('ready'));
  if (kept === undefined) {
    main.replaceChildren(loadingView());
  } else {
    shown = JSON.stringify([kept.contents, kept.problems]);
  }
  status.textContent = translate('popup_loading');
  setInterval(() => {
    const isShowingKeys = shown !== '';
    const isVisible = document.visibilityState === 'visible';
    if (isShowingKeys && !isWatching && isVisible) {
      refresh();
    }
  }, CONFIG.popupPollMs);
  watchErrands(refresh);
  await refresh();
  chrome.runtime.sendMessage({ checkUpdate: true });
}
