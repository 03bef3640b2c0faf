// SPDX-License-Identifier: MIT
// browser - Chromium in a profile of its own, with the extension packed for given portals and the host registered.
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

import { HOST, TOP } from './place.mjs';

const PROGRAMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser'];
const HOST_MANIFEST = 'org.ukeybridge.host.json';
const LANGUAGES = { 'zh-CN': 'zh_CN', 'en-US': 'en_US' };
const PAGE_TIMEOUT_MS = 60000;
/** An id that no extension here has. */
const FOREIGN_ID = 'abcdefghijklmnopabcdefghijklmnop';

/** Chromium's path. */
export function chromiumProgram() {
  const program = PROGRAMS.find((path) => existsSync(path));
  if (!program) throw new Error('there is no Chromium: packaging/deps --demo');
  return program;
}

/** Pack the extension for these origins into a folder of the place: `{dir, id}`. */
export function packExtension(place, portals) {
  const dir = join(place.dir, 'extension');
  const id = execFileSync(
    join(TOP, 'packaging/extension'),
    [...portals.flatMap((origin) => ['--portal', origin]), '--out', dir],
    { encoding: 'utf8' }
  ).trim();
  return { dir, id };
}

/**
 * Let the browser of a profile start the host: by the manifest that `ukeybridge register` writes (`ours`), by one that
 * names another extension (`foreign`), or not at all (`none`).
 */
export function registerHost(profile, manifest = 'ours') {
  const dir = join(profile, 'NativeMessagingHosts');
  const file = join(dir, HOST_MANIFEST);
  mkdirSync(dir, { recursive: true });
  rmSync(file, { force: true });
  if (manifest === 'none') return;
  execFileSync(HOST, ['register', '--manifest-dir', dir], { stdio: 'pipe' });
  if (manifest === 'foreign') {
    const written = JSON.parse(readFileSync(file, 'utf8'));
    written.allowed_origins = [`chrome-extension://${FOREIGN_ID}/`];
    writeFileSync(file, JSON.stringify(written));
  }
}

/** What Chromium is started with, by a person's demo and by tests alike; without `extension` it has none beforehand. */
export function chromiumArgs({ extension, lang, width, height }) {
  return [
    ...(extension
      ? [
          `--load-extension=${extension}`,
          `--disable-extensions-except=${extension}`
        ]
      : []),
    `--lang=${lang}`,
    `--window-size=${width},${height}`,
    '--window-position=0,0',
    '--no-first-run',
    '--no-default-browser-check',
    '--password-store=basic',
    // Chromium's sandbox does not work for root, who runs tests in containers.
    ...(process.getuid() === 0 ? ['--no-sandbox', '--test-type'] : [])
  ];
}

/** Chromium takes the language of its own windows and of extensions from the environment. */
export function chromiumEnv(env, lang) {
  return { ...env, LANGUAGE: LANGUAGES[lang] };
}

export class Browser {
  /**
   * @param {object} options
   * @param {object} options.place its environment is the browser's and the host's
   * @param {string[]} options.portals origins that the extension is packed for
   * @param {object} [options.display] where a headed browser and the PIN dialog appear
   * @param {boolean} [options.headless]
   * @param {'zh-CN' | 'en-US'} [options.lang]
   * @param {'ours' | 'foreign' | 'none'} [options.manifest] see registerHost
   * @param {string} [options.installed] the id of the extension that comes otherwise than from here
   * @param {string} [options.executable] in place of Chromium
   * @param {string[]} [options.args] more of Chromium's
   * @param {object} [options.context] more of playwright's
   */
  static async start(options) {
    const {
      place,
      portals,
      display,
      lang = 'zh-CN',
      headless = true
    } = options;
    const browser = new Browser();
    const extension = options.installed
      ? { id: options.installed }
      : packExtension(place, portals);
    const [width, height] = [1280, 900];
    browser.extensionId = extension.id;
    browser.profile = join(place.dir, 'profile');
    browser.register = (manifest) => registerHost(browser.profile, manifest);
    browser.register(options.manifest);
    const env = display ? { ...place.env, DISPLAY: display.name } : place.env;
    browser.context = await chromium.launchPersistentContext(browser.profile, {
      executablePath: options.executable ?? chromiumProgram(),
      headless,
      ignoreDefaultArgs: [
        '--disable-extensions',
        '--enable-automation',
        '--disable-background-networking' // by which extensions are fetched
      ],
      args: [
        ...chromiumArgs({ extension: extension.dir, lang, width, height }),
        ...(options.args ?? [])
      ],
      env: chromiumEnv(env, lang),
      chromiumSandbox: process.getuid() !== 0,
      locale: lang,
      viewport: headless ? { width, height } : null,
      ...options.context
    });
    browser.context.setDefaultTimeout(PAGE_TIMEOUT_MS);
    [browser.page] = browser.context.pages();
    return browser;
  }

  /** The extension's service worker, started when it rests. */
  async serviceWorker() {
    const [running] = this.context.serviceWorkers();
    return running ?? this.context.waitForEvent('serviceworker');
  }

  /** Of a page of the extension. */
  address(path) {
    return `chrome-extension://${this.extensionId}/${path}`;
  }

  /** A tab with a page of the extension. */
  async open(path) {
    const page = await this.context.newPage();
    await page.goto(this.address(path));
    return page;
  }

  /** A tab with the popup's page. */
  popup() {
    return this.open('popup/popup.html');
  }

  /** The popup as a click on the toolbar's icon shows it; on a screen only. */
  async openPopup() {
    const worker = await this.serviceWorker();
    await worker.evaluate(() => globalThis.chrome.action.openPopup());
  }

  /** End the extension's service worker, as Chromium does at any time. */
  async endBackground() {
    const session = await this.context.newCDPSession(this.page);
    await session.send('ServiceWorker.enable');
    await session.send('ServiceWorker.stopAllWorkers');
    await session.detach();
  }

  /** The path of the file that a page saves next. */
  async nextDownload(page) {
    return (await page.waitForEvent('download')).path();
  }

  /** The page that opens next, when it is there. */
  async nextPage() {
    const page = await this.context.waitForEvent('page', {
      timeout: PAGE_TIMEOUT_MS
    });
    await page.waitForLoadState();
    return page;
  }

  close() {
    return this.context.close();
  }
}
