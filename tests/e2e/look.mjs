// SPDX-License-Identifier: MIT
/* global axe, document */
// look - what a page looks like, to eyes and to assistive programs.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { TOP } from '../lib/place.mjs';

const AXE = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8'
);
/** Pictures for people, where they are wanted (UKB_PICTURES=1): nothing compares them, and they take their time. */
const PICTURES = join(TOP, 'tests/out/pictures');
const SCHEMES = process.env.UKB_PICTURES ? ['light', 'dark'] : [];

/** No violation of any rule of axe. */
export async function assertAccessible(page, what) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => axe.run());
  const found = violations.map(({ id, nodes }) => ({
    id,
    at: nodes.map(({ html }) => html)
  }));
  assert.deepEqual(found, [], what);
}

/** A page at 100 % and 200 % of a window of this size. */
export const atZooms = ({ width, height }) =>
  [1, 2].map((scale) => ({
    scale,
    width: width / scale,
    height: height / scale
  }));

/** The popup's: browsers make one wider when it is magnified, but never higher than this. */
export const POPUP_SIZES = [
  { scale: 1, width: 380, height: 600 },
  { scale: 2, width: 380, height: 300 }
];

/**
 * A whole page at some `{scale, width, height}`: nothing is cut off at the side, and pictures of it, light and dark.
 */
export async function picture(page, name, sizes) {
  mkdirSync(PICTURES, { recursive: true });
  const before = page.viewportSize();
  for (const { scale, width, height } of sizes) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({
        path: join(PICTURES, `${name}-${scale}00-${colorScheme}.png`),
        animations: 'disabled',
        fullPage: true
      });
    }
    const wide = await page.evaluate(
      () => document.documentElement.scrollWidth
    );
    assert.ok(wide <= width, `${name}: ${wide} px in ${width} px`);
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize(before);
}

/** Go by Tab, or by another key, to the element that `selector` finds; it shows that it has the focus. */
export async function tabTo(page, selector, { stops = 60, key = 'Tab' } = {}) {
  for (let i = 0; i < stops; i++) {
    await page.keyboard.press(key);
    const seen = await page.evaluate((wanted) => {
      const { activeElement } = document;
      return {
        isThere: activeElement?.matches(wanted) ?? false,
        isVisible: activeElement?.matches(':focus-visible') ?? false
      };
    }, selector);
    if (seen.isThere) {
      assert.ok(seen.isVisible, `${selector} shows its focus`);
      return;
    }
  }
  assert.fail(`Tab does not reach ${selector}`);
}
