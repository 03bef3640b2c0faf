// SPDX-License-Identifier: MIT
/* global document, requestAnimationFrame, window */
// A UKey that was renewed again and again: the popup with 64 certificates is in order, and scrolls and tabs as with two.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

import { BUILD, SOFTHSM } from '../lib/place.mjs';
import { POPUP_SIZES, assertAccessible, picture } from './look.mjs';
import { openPage } from './pages.mjs';
import { LABEL, PIN, stage } from './stage.mjs';

const COUNT = 64;
const FILL = join(BUILD, 'tests', 'bench', 'fill');

/** To the end, frame by frame: by how much each step moved what was in sight, and where nothing was painted. */
const scrollThrough = (page) =>
  page.evaluate(async () => {
    const STEP = 120;
    const frame = () =>
      new Promise((resolve) =>
        requestAnimationFrame(() => setTimeout(resolve))
      );
    const wrong = [];
    const { scrollingElement: all } = document;
    const isAtEnd = () =>
      all.scrollTop + window.innerHeight >= all.scrollHeight - 1;
    window.scrollTo(0, 0);
    await frame();
    while (!isAtEnd()) {
      const cards = [...document.querySelectorAll('.certificate')];
      const inSight = cards.find(
        (card) => card.getBoundingClientRect().top > STEP
      );
      const before = inSight?.getBoundingClientRect().top ?? 0;
      window.scrollBy(0, STEP);
      await frame();
      await frame();
      const moved = before - (inSight?.getBoundingClientRect().top ?? 0);
      if (inSight && !isAtEnd() && Math.abs(moved - STEP) > 1) {
        wrong.push(`moved by ${moved} at ${all.scrollTop}`);
      }
      if (
        inSight &&
        !inSight
          .querySelector('.copy')
          .checkVisibility({ contentVisibilityAuto: true })
      ) {
        wrong.push(`blank at ${all.scrollTop}`);
      }
    }
    return wrong;
  });

/** Once around by Tab: how many copy buttons had the focus, in sight. */
async function tabThrough(page) {
  const reached = new Set();
  await page.evaluate(() => window.scrollTo(0, 0));
  for (let i = 0; i < COUNT + 20; i++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const { activeElement: node } = document;
      const { top, bottom } = node.getBoundingClientRect();
      const isInSight = top >= 0 && bottom <= window.innerHeight;
      const copies = [...document.querySelectorAll('.copy')];
      return isInSight ? copies.indexOf(node) : -1;
    });
    reached.add(at);
  }
  reached.delete(-1);
  return reached.size;
}

for (const lang of ['zh-CN', 'en-US']) {
  test(`64 certificates, ${lang}`, async (t) => {
    const on = await stage(t, { browser: false, pairs: [] });
    const { env } = on.place;
    execFileSync(FILL, [SOFTHSM, LABEL, PIN, String(COUNT)], { env });
    await on.browse({ lang });
    const page = await openPage(on, 'popup/popup.html');
    await page.setViewportSize(POPUP_SIZES[0]);
    await page.locator('.history summary').click();
    await page.locator('.history .certificate').first().waitFor();
    assert.equal(await page.locator('.certificate').count(), COUNT);
    const left = await page.locator('.history .badge').allTextContents();
    const signing = await page.locator('.history .role').allTextContents();
    const half = left.slice(0, signing.lastIndexOf(signing[0]) + 1);
    const days = half.map((text) => Number(/\d+/.exec(text)[0]));
    const ended = half.findIndex((text) => /已过期|Expired/.test(text));
    const ends = days.map((n, i) => (i < ended ? n : -n));
    assert.deepEqual(
      ends,
      [...ends].sort((a, b) => b - a),
      'the last first'
    );
    for (const { width, height } of POPUP_SIZES) {
      await page.setViewportSize({ width, height });
      assert.deepEqual(await scrollThrough(page), []);
      assert.equal(await tabThrough(page), COUNT);
    }
    await page.setViewportSize(POPUP_SIZES[0]);
    await assertAccessible(page, '64 certificates');
    await picture(page, `popup-many-${lang}`, POPUP_SIZES);
  });
}
