// SPDX-License-Identifier: MIT
// @ts-check
/**
 * What the popup shows first: what was on the UKeys when they were read last.
 * It imports no more than that needs; the rest, which is in the same file once
 * it is packed, runs behind the first frame.
 */
import { uiLanguage, useLanguage } from '../shared/i18n.js';
import { lastSettings } from '../shared/settings.js';
import { fillBar } from './bar.js';
import { keptReading } from './kept.js';
import { keysViews } from './keys-view.js';

/** A hidden page has no frames. */
const NO_FRAME_MS = 50;

const rest = () => import('./popup.js');

/** @type {import('./step-view.js').Act} */
const act = async (method, token) => (await rest()).act(method, token);

function frame() {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, NO_FRAME_MS);
  });
}

const [kept] = await Promise.all([keptReading(), useLanguage(lastSettings)]);
const shown = uiLanguage();
document.documentElement.lang = shown;
/** Until the rest is there; from then on a click acts at once. */
const clicked = { refresh: async () => (await rest()).refresh() };
fillBar(() => clicked.refresh());
if (kept !== undefined) {
  document.getElementById('main')?.replaceChildren(...keysViews(kept, act));
  await frame();
}
/* The policy's word comes later, and hardly ever is another than last time. */
useLanguage().then(() => uiLanguage() === shown || location.reload());
const { begin, refresh } = await rest();
clicked.refresh = refresh;
await begin(kept);
