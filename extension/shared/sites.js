// SPDX-License-Identifier: MIT
// @ts-check
/**
 * The sites that their user allowed, besides those that the extension was
 * packed for. The host keeps a list of its own and decides; this one says whose
 * pages may reach the service worker at all.
 *
 * @typedef {{ origin: string, lastUsed?: number }} Site
 * @typedef {{ origin: string, once: boolean, tabId: number }} Wish what the
 *   user chose; it is fulfilled when the browser's own question is answered
 */

const SITES = 'sites';
const WISH = 'wish';
const REFUSAL = 'refusal';

/** For good, or until the browser ends. @param {boolean} once */
const area = (once) => (once ? chrome.storage.session : chrome.storage.local);

/** @param {boolean} once @returns {Promise<Site[]>} */
async function load(once) {
  const { [SITES]: sites } = await area(once).get(SITES);
  return /** @type {Site[] | undefined} */ (sites) ?? [];
}

/** @returns {Promise<Array<Site & { once: boolean }>>} */
export async function allowedSites() {
  const [always, once] = await Promise.all([load(false), load(true)]);
  return [
    ...always.map((site) => ({ ...site, once: false })),
    ...once.map((site) => ({ ...site, once: true }))
  ];
}

/** @param {string} origin as it is listed now, if it is */
export async function siteOf(origin) {
  return (await allowedSites()).find((site) => site.origin === origin);
}

/** One change after the other: each reads what the others wrote. */
let last = Promise.resolve();

/** @param {() => Promise<void>} change */
function inTurn(change) {
  const done = last.then(change);
  last = done.catch(() => {});
  return done;
}

/** @param {string} origin @param {boolean} once */
export function addSite(origin, once) {
  return inTurn(async () => {
    await remove(origin);
    const site = { origin, lastUsed: Date.now() };
    await area(once).set({ [SITES]: [...(await load(once)), site] });
  });
}

/** @param {string} origin */
export function removeSite(origin) {
  return inTurn(() => remove(origin));
}

/** @param {string} origin */
async function remove(origin) {
  for (const once of [false, true]) {
    const sites = await load(once);
    const rest = sites.filter((site) => site.origin !== origin);
    if (rest.length < sites.length) {
      await area(once).set({ [SITES]: rest });
    }
  }
}

/** A page of this site came: no reason to list it. @param {string} origin */
export function touchSite(origin) {
  return inTurn(async () => {
    const site = await siteOf(origin);
    if (site !== undefined) {
      const sites = await load(site.once);
      const lastUsed = Date.now();
      const touched = sites.map((each) =>
        each.origin === origin ? { ...each, lastUsed } : each
      );
      await area(site.once).set({ [SITES]: touched });
    }
  });
}

/** @param {Wish} wish */
export function makeWish(wish) {
  return chrome.storage.session.set({ [WISH]: wish });
}

/** @returns {Promise<Wish | undefined>} once only */
export async function takeWish() {
  const { [WISH]: wish } = await chrome.storage.session.get(WISH);
  await chrome.storage.session.remove(WISH);
  return /** @type {Wish | undefined} */ (wish);
}

/**
 * Why the host did not allow a site, for the popup.
 * @param {{ origin: string, error: object } | null} refusal
 */
export function keepRefusal(refusal) {
  return chrome.storage.session.set({ [REFUSAL]: refusal });
}

/** @param {string} origin */
export async function refusalOf(origin) {
  const { [REFUSAL]: refusal } = await chrome.storage.session.get(REFUSAL);
  const { origin: theirs, error } = /** @type {any} */ (refusal ?? {});
  return theirs === origin ? error : undefined;
}

/** @param {() => void} onChange */
export function watchSites(onChange) {
  for (const each of [chrome.storage.local, chrome.storage.session]) {
    each.onChanged.addListener((changes) => {
      if (changes[SITES] ?? changes[REFUSAL]) {
        onChange();
      }
    });
  }
}
