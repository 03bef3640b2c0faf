// SPDX-License-Identifier: MIT
/* global document, requestAnimationFrame, window */
// popup - the popup's first certificate card and an empty page of the extension, turn by turn in one browser.
//
//   node popup.mjs [--json] [--turns N] HOME COUNT
//
// In the page itself, from its navigation's start to the frame behind the change: to the first card, and to the end of
// reading. `known`: the popup was open before in this browser; `unknown`: it was not. The host is warm in both.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { Browser } from '../lib/browser.mjs';

const TURNS = 50;
const WARM_TURNS = 3;
const EMPTY = '<!doctype html><title>empty</title><main class="certificate">';

/** In every page: when the first element of each selector had been painted, in ms. */
function watch() {
  const wanted = { card: '.certificate', read: 'main[aria-busy="false"]' };
  window.painted = {};
  const look = () => {
    for (const [name, selector] of Object.entries(wanted)) {
      if (
        window.painted[name] === undefined &&
        document.querySelector(selector)
      ) {
        window.painted[name] = NaN;
        requestAnimationFrame(() => {
          const { port1, port2 } = new window.MessageChannel();
          port1.onmessage = () => {
            window.painted[name] = performance.now();
          };
          port2.postMessage(0); // behind the frame
        });
      }
    }
  };
  new window.MutationObserver(look).observe(document, {
    attributes: true,
    childList: true,
    subtree: true
  });
}

async function open(page, url, names) {
  await page.goto(url);
  await page.waitForFunction(
    (all) => all.every((name) => window.painted[name] > 0),
    names
  );
  return page.evaluate(() => window.painted);
}

const forget = (page) =>
  page.evaluate(() => globalThis.chrome.storage.session.remove('reading'));

/** `{name: [ms…]}` of so many turns. */
async function measure(browser, turns) {
  const { page, extensionId } = browser;
  const at = (path) => `chrome-extension://${extensionId}/${path}`;
  const found = { empty: [], known: [], unknown: [], 'read anew': [] };
  for (let turn = -WARM_TURNS; turn < turns; turn++) {
    const empty = await open(page, at('empty.html'), ['card']);
    const known = await open(page, at('popup/popup.html'), ['card', 'read']);
    await forget(page);
    await open(page, at('empty.html'), ['card']);
    const unknown = await open(page, at('popup/popup.html'), ['card', 'read']);
    if (turn < 0) continue;
    found.empty.push(empty.card);
    found.known.push(known.card);
    found.unknown.push(unknown.card);
    found['read anew'].push(known.read);
  }
  return found;
}

function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)];
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean' },
      turns: { type: 'string', default: String(TURNS) }
    }
  });
  const [dir, count] = positionals;
  const place = { dir, env: process.env };
  const browser = await Browser.start({
    place,
    portals: ['https://portal.example'],
    context: { viewport: { width: 380, height: 600 } }
  });
  try {
    writeFileSync(join(dir, 'extension', 'empty.html'), EMPTY);
    await browser.page.addInitScript(watch);
    const found = await measure(browser, Number(values.turns));
    const rows = Object.entries(found).map(([what, all]) => ({
      what,
      median: quantile(all, 0.5),
      p95: quantile(all, 0.95)
    }));
    if (values.json) {
      console.log(JSON.stringify({ certificates: Number(count), rows }));
      return;
    }
    console.log(
      `${count} certificates, ms from the navigation's start to the painted card`
    );
    for (const { what, median, p95 } of rows) {
      const figures = [median, p95].map((ms) => ms.toFixed(1).padStart(8));
      console.log(
        `  ${what.padEnd(10)} median${figures[0]}   95 %${figures[1]}`
      );
    }
  } finally {
    await browser.close();
  }
}

await main();
