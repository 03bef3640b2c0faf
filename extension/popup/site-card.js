// SPDX-License-Identifier: MIT
// @ts-check
import { translate } from '../shared/i18n.js';
import { watchSites } from '../shared/sites.js';
import { allow, currentSite } from './site.js';
import { siteView } from './site-view.js';

/**
 * The card about the site in the tab, above the UKeys.
 * @param {HTMLElement} place
 */
export function siteCard(place) {
  /** @type {import('./site.js').Site | undefined} */
  let site;
  let isDismissed = false;
  place.setAttribute('aria-label', translate('site_label'));

  const show = () => {
    const isShown =
      site !== undefined && !(isDismissed && site.state === 'ask');
    place.replaceChildren(
      ...(site !== undefined && isShown ? [siteView(site, allow, dismiss)] : [])
    );
  };
  const dismiss = () => {
    isDismissed = true;
    show();
  };
  /** @type {import('../sdk/ukeybridge.js').UKeyBridge | undefined} */
  let bridge;
  let shown = '';
  const refresh = async () => {
    site = await (bridge && currentSite(bridge).catch(() => undefined));
    const now = JSON.stringify(site);
    if (now !== shown) {
      shown = now;
      show();
    }
  };
  watchSites(refresh);
  return {
    /** @param {import('../sdk/ukeybridge.js').UKeyBridge} over */
    refresh(over) {
      bridge = over;
      return refresh();
    }
  };
}
