// SPDX-License-Identifier: MIT
/* global document, requestAnimationFrame, window */
// popup - the popup's first certificate card and an empty page of the extension, turn by turn in one browser.
//
//   node popup.mjs [--json] [--turns N] HOME COUNT BROWSER      (chromium or firefox)
//
// In the page itself, from its navigation's start to the frame behind the change: to the first card, and to the end of
// reading. `known`: the popup was open before in this browser; `unknown`: it was not. The host is warm in both.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { Browser } from '../lib/browser.mjs';
import { Firefox } from '../lib/firefox.mjs';

const BROWSERS = { chromium: Browser, firefox: Firefox };
const POPUP_SIZE = { width: 380, height: 600 };
const TURNS = 50;
const TIMEOUT_MS = 20000;
const WARM_TURNS = 3;
const EMPTY_PATH = 'empty.html';
const POPUP_PATH = 'popup/popup.html';
const EMPTY = '<!doctype html><meta charset="utf-8"><main class="certificate">';

/** In every page: when the first element of each selector had been painted, in ms; promises. */
function watch() {
  const wanted = { card: '.certificate', read: 'main[aria-busy="false"]' };
  const missing = new Map();
  window.painted = {};
  for (const [name, selector] of Object.entries(wanted)) {
    const { promise, resolve } = Promise.withResolvers();
    window.painted[name] = promise;
    missing.set(selector, resolve);
  }
  const look = () => {
    for (const [selector, resolve] of missing) {
      if (document.querySelector(selector)) {
        missing.delete(selector);
        requestAnimationFrame(() => {
          const { port1, port2 } = new window.MessageChannel();
          port1.onmessage = () => resolve(performance.now());
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

/** In a page: `{name: ms}` when all of them were painted. */
async function painted({ names, timeoutMs }) {
  const late = new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`not in ${timeoutMs} ms`)), timeoutMs);
  });
  const all = names.map(async (name) => [name, await window.painted[name]]);
  return Object.fromEntries(await Promise.race([Promise.all(all), late]));
}

async function open(page, url, names) {
  await page.goto(url);
  return page.evaluate(painted, { names, timeoutMs: TIMEOUT_MS });
}

/** Firefox runs no driver's script in an add-on's pages: it is one of their own there, at the cost of a file. */
function watchInside(extension) {
  const first = '<script src="/watch.js"></script>';
  writeFileSync(join(extension, 'watch.js'), `(${watch})();`);
  for (const path of [EMPTY_PATH, POPUP_PATH]) {
    const file = join(extension, path);
    const html = readFileSync(file, 'utf8');
    const watching = html.replace('<meta', `${first}<meta`);
    assert.notEqual(watching, html);
    writeFileSync(file, watching);
  }
}

const forget = (page) =>
  page.evaluate(() => globalThis.chrome.storage.session.remove('reading'));

/** `{name: [ms…]}` of so many turns. */
async function measure(browser, turns) {
  const { page } = browser;
  const empty = browser.address(EMPTY_PATH);
  const popup = browser.address(POPUP_PATH);
  const found = { empty: [], known: [], unknown: [], 'read anew': [] };
  for (let turn = -WARM_TURNS; turn < turns; turn++) {
    const floor = await open(page, empty, ['card']);
    const known = await open(page, popup, ['card', 'read']);
    await forget(page);
    await open(page, empty, ['card']);
    const unknown = await open(page, popup, ['card', 'read']);
    if (turn < 0) continue;
    found.empty.push(floor.card);
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
  const [dir, count, name] = positionals;
  const place = { dir, env: process.env };
  const browser = await BROWSERS[name].start({
    place,
    portals: ['https://portal.example']
  });
  try {
    const extension = join(dir, 'extension');
    writeFileSync(join(extension, EMPTY_PATH), EMPTY);
    if (name === 'firefox') watchInside(extension);
    else await browser.page.addInitScript(watch);
    await browser.page.setViewportSize(POPUP_SIZE);
    const found = await measure(browser, Number(values.turns));
    const rows = Object.entries(found).map(([what, all]) => ({
      what,
      median: quantile(all, 0.5),
      p95: quantile(all, 0.95)
    }));
    if (values.json) {
      const certificates = Number(count);
      console.log(JSON.stringify({ browser: name, certificates, rows }));
      return;
    }
    console.log(
      `${name}, ${count} certificates, ms from the navigation's start to the painted card`
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
