// SPDX-License-Identifier: MIT
// firefox - the same for Firefox as browser.mjs for Chromium: a profile of its own, the add-on, the host registered.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import puppeteer from 'puppeteer-core';

import { FirefoxPage } from './firefox-page.mjs';
import { BUILD, HOST, makePlace } from './place.mjs';
import { ADD_ON_ID, TOP } from './tree.mjs';

const PROGRAM = '/usr/bin/firefox-esr';
const HOST_MANIFEST =
  '.mozilla/native-messaging-hosts/org.ukeybridge.host.json';
/** Firefox makes up an add-on's address; here it is known beforehand. */
const ADDRESS = '0badc0de-0000-4000-8000-00000ba5eba1';
const FOREIGN_ID = 'other@ukeybridge.org';
const SIZE = { width: 1280, height: 900 };

/** Pack the add-on for these portals into a folder of the place. */
function packAddOn(place, portals) {
  const dir = join(place.dir, 'extension');
  execFileSync(
    join(TOP, 'packaging/extension'),
    [
      ...portals.flatMap((origin) => ['--portal', origin]),
      ...['--browser', 'firefox', '--out', dir]
    ],
    { stdio: 'pipe' }
  );
  return dir;
}

/** As registerHost() of browser.mjs; Firefox looks in its user's home, not in the profile. */
function registerHost({ dir, env }, manifest = 'ours') {
  const file = join(dir, HOST_MANIFEST);
  rmSync(file, { force: true });
  if (manifest === 'none') return;
  const args = ['register', '--browser', 'firefox'];
  execFileSync(HOST, args, { env, stdio: 'pipe' });
  if (manifest === 'foreign') {
    const written = JSON.parse(readFileSync(file, 'utf8'));
    written.allowed_extensions = [FOREIGN_ID];
    writeFileSync(file, JSON.stringify(written));
  }
}

const preferences = (lang, downloads) => ({
  'browser.download.folderList': 2,
  'browser.download.dir': downloads,
  'extensions.webextensions.uuids': JSON.stringify({ [ADD_ON_ID]: ADDRESS }),
  'extensions.webextOptionalPermissionPrompts': false,
  'alerts.useSystemBackend': false, // which a test's screen has not
  'ui.prefersReducedMotion': 1,
  'intl.locale.requested': lang,
  'intl.accept_languages': lang
});

/** In Firefox's own window. */
async function terminateBackground(id) {
  const { extension } = globalThis.WebExtensionPolicy.getByID(id);
  await extension.terminateBackground({ disableResetIdleForTest: true });
  return extension.backgroundState;
}

/** A profile in which Firefox was before, without us: half of its first start is what it makes for those to come. */
async function usedProfile() {
  const dir = join(BUILD, 'firefox-profile');
  if (existsSync(dir)) return dir;
  const place = makePlace();
  const userDataDir = join(place.dir, 'profile');
  mkdirSync(userDataDir);
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: PROGRAM,
    userDataDir,
    headless: true,
    env: place.env
  });
  await browser.close();
  rmSync(join(userDataDir, 'lock'), { force: true }); // of that process
  cpSync(userDataDir, `${dir}.new`, { recursive: true });
  renameSync(`${dir}.new`, dir);
  place.remove();
  return dir;
}

export class Firefox {
  /** See Browser.start() in browser.mjs. */
  static async start(options) {
    const {
      place,
      portals,
      display,
      lang = 'zh-CN',
      headless = true
    } = options;
    const made = new Firefox();
    made.profile = join(place.dir, 'profile');
    made.register = (manifest) => registerHost(place, manifest);
    made.register(options.manifest);
    made.downloads = join(place.dir, 'downloads');
    mkdirSync(made.downloads, { recursive: true });
    if (options.installed) {
      mkdirSync(made.profile, { recursive: true }); // as on a new computer
    } else if (!existsSync(made.profile)) {
      cpSync(await usedProfile(), made.profile, { recursive: true });
    }
    made.browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: options.executable ?? PROGRAM,
      userDataDir: made.profile,
      headless,
      // Pages of add-ons are closed to others.
      args: ['-remote-allow-system-access'],
      extraPrefsFirefox: preferences(lang, made.downloads),
      env: display ? { ...place.env, DISPLAY: display.name } : place.env,
      defaultViewport: headless ? SIZE : null
    });
    if (!options.installed) {
      await made.browser.installExtension(packAddOn(place, portals));
    }
    const [page] = await made.browser.pages();
    made.page = new FirefoxPage(page);
    return made;
  }

  /** Of a page of the extension. */
  address(path) {
    return `moz-extension://${ADDRESS}/${path}`;
  }

  /** A tab with a page of the extension. */
  async open(path) {
    const page = new FirefoxPage(await this.browser.newPage());
    await page.goto(this.address(path));
    return page;
  }

  /** A tab with the popup's page. */
  popup() {
    return this.open('popup/popup.html');
  }

  /** End the extension's background, as Firefox does at any time. */
  async endBackground() {
    const { connection } = this.browser;
    const scope = { 'moz:scope': 'chrome' };
    const { result } = await connection.send('browsingContext.getTree', scope);
    const [{ context }] = result.contexts;
    const ended = await connection.send('script.evaluate', {
      expression: `(${terminateBackground})('${ADD_ON_ID}')`,
      awaitPromise: true,
      target: { context }
    });
    assert.equal(ended.result.result.value, 'stopped');
  }

  /** The path of the file that a page saves next; before it is whole its name is there, too, of nothing. */
  async nextDownload() {
    for (;;) {
      const paths = readdirSync(this.downloads).map((name) =>
        join(this.downloads, name)
      );
      const isWhole = (path) =>
        !path.endsWith('.part') &&
        (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;
      if (paths.length === 1 && isWhole(paths[0])) return paths[0];
      await sleep(50);
    }
  }

  /** The page that opens next, when it is there. */
  async nextPage() {
    const target = await new Promise((opened) => {
      this.browser.once('targetcreated', opened);
    });
    const page = new FirefoxPage(await target.page());
    await page.until(async () => page.url() !== 'about:blank');
    return page;
  }

  close() {
    return this.browser.close();
  }
}
