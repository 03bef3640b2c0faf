// SPDX-License-Identifier: MIT
// demo - what packaging/demo does once everything is installed and built.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { certificateFacts } from '../portal/lib/facts.js';
import { startPortal } from '../portal/server.js';
import {
  Browser,
  chromiumArgs,
  chromiumEnv,
  chromiumProgram,
  packExtension,
  registerHost
} from './browser.mjs';
import { Display } from './display.mjs';
import { PINENTRY, SOFTHSM, makePlace, setPolicy } from './place.mjs';
import { RenewalPage } from './renewal-page.mjs';
import { PIN, UKey, makeCa } from './ukey.mjs';

const LABEL = '示例UKey';
/** A little more than 20 days, so that it still is 20 when the page counts them. */
const DAYS_LEFT = 20 + 1 / 24;
const ISSUE_DELAY_MS = 1500;
const SIZE = { width: 1280, height: 900 };
const ROLES = ['signing', 'encryption'];
const LANGUAGES = { zh: 'zh-CN', en: 'en-US' };
/** A picture shows the dialog when it is drawn, not when it is there. */
const DRAWN_MS = 600;
/** The toolbar's popup is no page that a test could wait for. */
const POPUP_READ_MS = 1500;

/** What a person's programs need to reach the screen, though they live in a home of their own. */
function screenEnv() {
  const { DISPLAY, WAYLAND_DISPLAY, XAUTHORITY, HOME, XDG_RUNTIME_DIR } =
    process.env;
  const env = {
    DBUS_SESSION_BUS_ADDRESS: process.env.DBUS_SESSION_BUS_ADDRESS
  };
  if (DISPLAY) {
    env.DISPLAY = DISPLAY;
    env.XAUTHORITY = XAUTHORITY ?? join(HOME ?? '/', '.Xauthority');
  }
  if (WAYLAND_DISPLAY) {
    env.WAYLAND_DISPLAY = join(XDG_RUNTIME_DIR ?? '', WAYLAND_DISPLAY);
    if (WAYLAND_DISPLAY.startsWith('/')) env.WAYLAND_DISPLAY = WAYLAND_DISPLAY;
  }
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value));
}

/** The certificates in use: of each role the one that ends last, and when the first of them ends. */
function onUKey(ukey) {
  const all = ukey.certificates();
  const used = ROLES.map((role) => ({
    role,
    ...all.filter(({ x509 }) => roleOf(x509) === role).at(-1)
  }));
  const text = used.map(({ role, daysLeft, notAfter }) => {
    const ends = notAfter.toISOString().slice(0, 10);
    return `${role} ${daysLeft} days, ends ${ends}`;
  });
  const notAfter = Math.min(...used.map((certificate) => certificate.notAfter));
  return { notAfter, text: text.join('; ') };
}

const roleOf = (x509) => certificateFacts(x509.toString()).role;

/** Everything but the browser. It goes when this program ends, however it ends. */
async function prepare() {
  const place = makePlace();
  process.on('exit', () => {
    setPolicy(null);
    place.remove();
  });
  const caDir = makeCa(place);
  const ukey = new UKey(place, LABEL);
  ROLES.forEach((profile, index) => {
    ukey.addPair(caDir, { profile, id: `0${index + 1}`, days: DAYS_LEFT });
  });
  const portal = await startPortal({ caDir, issueDelayMs: ISSUE_DELAY_MS });
  setPolicy({
    portals: [portal.url],
    allowLoopback: true,
    systemModules: false,
    userModules: false,
    modules: [{ name: 'softhsm', path: SOFTHSM }]
  });
  return { place, ukey, portal };
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** @param {() => void} stop what a signal does from now on */
function onSignal(stop) {
  for (const signal of SIGNALS) {
    process.removeAllListeners(signal);
    process.on(signal, stop);
  }
}

/** Pictures of the steps, numbered; none without a folder. */
function camera(folder, page, display) {
  let count = 0;
  const path = (name) => {
    const number = String(++count).padStart(2, '0');
    return join(folder, `${number}-${name}.png`);
  };
  return {
    async page(name) {
      if (folder) await page.screenshot({ path: path(name) });
    },
    async screen(name) {
      if (!folder) return;
      await sleep(DRAWN_MS);
      display.screenshot(path(name));
    }
  };
}

/** Work through the page as a person would. */
async function renew(page, url, display, take) {
  const portal = new RenewalPage(page, url);
  await portal.open();
  await take.page('start');
  await portal.click('start');
  await portal.reached('apply');
  await take.page('certificate');
  await portal.click('apply');
  await take.page('apply');
  await portal.click('apply-confirm');
  await portal.reached('pay');
  await take.page('pay');
  await portal.click('pay');
  await portal.get('request').waitFor();
  await take.page('paid');
  await portal.click('request');
  await display.dialog();
  await take.screen('pin-for-request');
  await display.typePin(PIN);
  await portal.toUpdate();
  await take.page('new-certificate');
  await portal.click('renew');
  await display.dialog();
  await take.screen('pin-for-update');
  await display.typePin(PIN);
  await portal.done();
  await take.page('done');
}

/** Without a person; true when both of the UKey's certificates end a year later than before. */
async function drive({ place, ukey, portal }, { lang, pictures }) {
  place.configure({ pinentry: PINENTRY });
  const display = await Display.start(SIZE);
  const before = onUKey(ukey);
  const browser = await Browser.start({
    place,
    display,
    lang,
    portals: [portal.url],
    headless: false
  });
  onSignal(() => browser.close());
  const take = camera(pictures, browser.page, display);
  try {
    await renew(browser.page, portal.url, display, take);
    if (pictures) {
      await browser.openPopup();
      await sleep(POPUP_READ_MS);
      await take.screen('popup');
    }
  } catch (error) {
    await take.screen('failed');
    throw error;
  } finally {
    await browser.close();
    display.stop();
  }
  const after = onUKey(ukey);
  const years = (after.notAfter - before.notAfter) / (365 * 86400000);
  console.log(`before: ${before.text}`);
  console.log(`after:  ${after.text}`);
  return years > 0.99;
}

/** With a person at the screen; ends when the browser is closed. */
async function attend({ place, ukey, portal }, { lang }) {
  const profile = join(place.dir, 'profile');
  const extension = packExtension(place, [portal.url]).dir;
  registerHost(profile);
  const args = [
    ...chromiumArgs({ extension, lang, ...SIZE }),
    `--user-data-dir=${profile}`,
    ...(process.env.DISPLAY ? [] : ['--ozone-platform=wayland']),
    portal.url
  ];
  const before = onUKey(ukey);
  console.log(`
浏览器已打开演示门户 ${portal.url}
  1. 依次点击“读取证书”“延期申请”“确定”“模拟支付”“生成证书申请”；
  2. 在弹出的窗口中输入 PIN 码 ${PIN}；
  3. 点击“更新证书”，再次输入 PIN 码 ${PIN}。
在“延期申请”页面可选择“更新（更换密钥）”：签名密钥和加密密钥都会更换，系统窗口会多问一次。
关闭浏览器或按 Ctrl-C 结束。

The browser shows the demonstration portal at ${portal.url}
  1. Choose Read certificate, Apply for renewal, Apply, Simulate payment, Make the request.
  2. Type the PIN ${PIN} into the window that appears.
  3. Choose Update certificate and type the PIN ${PIN} again.
With “Renewal with new keys”, on the page where you apply, both keys are exchanged, and one more window asks.
Close the browser or press Ctrl-C to end.
`);
  const env = chromiumEnv({ ...place.env, ...screenEnv() }, lang);
  const browser = spawn(chromiumProgram(), args, { env, stdio: 'ignore' });
  onSignal(() => browser.kill());
  await once(browser, 'exit');
  console.log(`before: ${before.text}`);
  console.log(`after:  ${onUKey(ukey).text}`);
  return true;
}

async function main() {
  const { values } = parseArgs({
    options: {
      drive: { type: 'boolean' },
      pictures: { type: 'string' },
      lang: { type: 'string', default: 'zh' }
    }
  });
  const options = { lang: LANGUAGES[values.lang], pictures: values.pictures };
  onSignal(() => process.exit(1));
  const demo = await prepare();
  try {
    const good = await (values.drive ? drive : attend)(demo, options);
    process.exitCode = good ? 0 : 1;
  } finally {
    await demo.portal.close();
  }
}

await main().catch((error) => {
  console.error(`packaging/demo: ${error.message}`);
  process.exitCode = 1;
});
