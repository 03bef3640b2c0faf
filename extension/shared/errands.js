// SPDX-License-Identifier: MIT
// @ts-check
/**
 * What the user asked for in one of the extension's own pages and answers in a
 * native dialog. The dialog takes the focus, and with it closes the popup: so
 * an errand outlives its page, and how it went is kept for the next one.
 *
 * @typedef {{ method: string, token: string, state: 'running' | 'over',
 *   at: number, error?: import('./errors.js').WireError,
 *   states?: string[] }} Errand `states`: of the renewals that were recovered
 */

const KEY = 'errand';
/** After this nobody wonders any more how it went. */
const TOLD_MS = 10 * 60_000;

/**
 * @param {string} method
 * @param {Record<string, any> | undefined} params
 * @param {Promise<any>} reply
 */
export async function keepErrand(method, params, reply) {
  const token = String(params?.token ?? '');
  const now = () => ({ method, token, at: Date.now() });
  await put({ ...now(), state: 'running' });
  try {
    const { renewals } = await reply;
    const states = renewals?.map((/** @type {any} */ { state }) => state);
    await put({ ...now(), state: 'over', states });
  } catch (thrown) {
    const error = /** @type {any} */ (thrown).wire;
    await put({ ...now(), state: 'over', error });
  }
}

/** @param {Errand} errand */
function put(errand) {
  return chrome.storage.session.set({ [KEY]: errand });
}

/** @returns {Promise<Errand | undefined>} the last one, while it matters */
export async function lastErrand() {
  const { [KEY]: errand } = await chrome.storage.session.get(KEY);
  const { state, at } = /** @type {Errand} */ (errand ?? { at: 0 });
  const isNew = state === 'running' || Date.now() - at < TOLD_MS;
  return isNew ? /** @type {Errand | undefined} */ (errand) : undefined;
}

/** The service worker starts anew: what ran in the one before is cut off. */
export async function forgetRunning() {
  const { [KEY]: errand } = await chrome.storage.session.get(KEY);
  if (/** @type {Errand | undefined} */ (errand)?.state === 'running') {
    await chrome.storage.session.remove(KEY);
  }
}

/** @param {() => void} onChange */
export function watchErrands(onChange) {
  chrome.storage.session.onChanged.addListener((changes) => {
    if (changes[KEY] !== undefined) {
      onChange();
    }
  });
}
