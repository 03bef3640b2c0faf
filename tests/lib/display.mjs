// SPDX-License-Identifier: MIT
// display - an X server of one's own, and a person at its keyboard.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';

import { ledger } from './ledger.mjs';

const run = promisify(execFile);
const PINENTRY_CLASS = 'pinentry';
const NOTIFICATION_SLIDES_MS = 400;

export class Display {
  /** Start Xvfb on a free display. */
  static async start({ width = 1280, height = 900 } = {}) {
    const display = new Display();
    display.server = spawn(
      'Xvfb',
      [
        '-displayfd',
        '3',
        '-screen',
        '0',
        `${width}x${height}x24`,
        '-nolisten',
        'tcp',
        '-noreset' /* with the last window gone it would turn the next client away for a moment */,
        '-r' /* no key repeats itself, however slow the machine */
      ],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] }
    );
    const number = await new Promise((resolve, reject) => {
      let text = '';
      display.server.stdio[3].on('data', (piece) => {
        text += piece;
        if (text.includes('\n')) resolve(text.trim());
      });
      display.server.on('exit', () => reject(new Error('Xvfb did not start')));
    });
    display.name = `:${number}`;
    display.env = { ...process.env, DISPLAY: display.name };
    await display.key(
      'Shift_L'
    ); /* the first key ever makes programs read the keyboard's layout anew */
    return display;
  }

  stop() {
    this.server.kill();
  }

  async #tool(...args) {
    const { stdout } = await run('xdotool', args, { env: this.env });
    return stdout.trim();
  }

  #owners =
    new Map(); /* window id -> the process it was of when `dialog` gave it out */

  /** The window of that class that is on the screen now, if one is. */
  async #visible(windowClass) {
    const args = ['search', '--onlyvisible', '--class', windowClass];
    return this.#tool(...args).then(
      (ids) => ids.split('\n').at(-1) || undefined,
      () => undefined
    );
  }

  async #owner(id) {
    return this.#tool('getwindowpid', id).catch(() => undefined);
  }

  /**
   * Wait until the PIN dialog (or another window of that class) is on the screen; its window id. `not` is the id of
   * one that does not count, `signal` ends the wait. The X server gives the id of a program that ended to the window
   * of the next one: what does not count is the id with the process it was of.
   */
  async dialog({
    timeoutMs = 60000,
    windowClass = PINENTRY_CLASS,
    not,
    signal
  } = {}) {
    const end = Date.now() + timeoutMs;
    do {
      signal?.throwIfAborted();
      const id = await this.#visible(windowClass);
      const owner = id && (await this.#owner(id));
      if (owner && !(id === not && owner === this.#owners.get(id))) {
        this.#owners.set(id, owner);
        return id;
      }
      await sleep(50);
    } while (Date.now() < end);
    throw new Error('no dialog appeared');
  }

  async hasDialog() {
    return Boolean(await this.#visible(PINENTRY_CLASS));
  }

  /** Wait until no dialog is on the screen. */
  async dialogGone({ timeoutMs = 60000 } = {}) {
    const end = Date.now() + timeoutMs;
    while (Date.now() < end) {
      if (!(await this.hasDialog())) return;
      await sleep(50);
    }
    throw new Error('the dialog stayed');
  }

  /** Type a PIN into the dialog that is, or soon will be, there. The PIN never is an argument of a program. */
  async typePin(pin, options) {
    const window = await this.dialog(options);
    await this.#tool('windowfocus', '--sync', window).catch(() => {});
    await sleep(150);
    const typing = spawn(
      'xdotool',
      ['type', '--clearmodifiers', '--delay', '12', '--file', '-'],
      {
        env: this.env,
        stdio: ['pipe', 'ignore', 'inherit']
      }
    );
    ledger()?.typed(pin); /* before it can be tried */
    typing.stdin.end(pin);
    await new Promise((resolve) => typing.on('exit', resolve));
    await this.key('Return');
    return window;
  }

  /** Press keys in whatever window has the focus: "Return", "Escape", "alt+y". */
  async key(...keys) {
    await this.#tool('key', '--clearmodifiers', ...keys);
  }

  /** Say yes to a question by its button's access key (Return says no); returns the window's id. */
  async agree(options) {
    return this.#press('alt+o', options);
  }

  /** Close the dialog without a PIN. */
  async cancelDialog(options) {
    return this.#press('Escape', options);
  }

  async #press(key, options) {
    const window = await this.dialog(options);
    await this.#tool('windowfocus', '--sync', window).catch(() => {});
    await sleep(150);
    await this.key(key);
    return window;
  }

  /**
   * Click on the notification on the screen, as soon as there is one. Without a desktop that shows notifications
   * browsers show them by themselves: in a window without a name, at the right edge.
   */
  async clickNotification({ timeoutMs = 60000, before } = {}) {
    const end = Date.now() + timeoutMs;
    let last;
    while (Date.now() < end) {
      const place = await this.#notification();
      if (place && place.x === last?.x && place.y === last.y) {
        await this.#pointAt(place); /* as long as that it stays */
        await before?.();
        await this.#pointAt((await this.#notification()) ?? place);
        await this.#tool('click', '1');
        return;
      }
      last = place;
      await sleep(NOTIFICATION_SLIDES_MS);
    }
    throw new Error('no notification appeared');
  }

  async #pointAt({ x, y, width }) {
    const at = [x + Math.round(width / 3), y + 45].map(String);
    await this.#tool('mousemove', ...at);
  }

  /** Where a notification is on the screen: `{x, y, width}`. */
  async #notification() {
    const { stdout } = await run('xwininfo', ['-root', '-children'], {
      env: this.env
    });
    const found = /\(has no name\).* (3\d\d)x\d{3}\+.*\+(\d+)\+(\d+)$/m.exec(
      stdout
    );
    if (!found) return undefined;
    const [width, x, y] = found.slice(1).map(Number);
    return { x, y, width };
  }

  /** A picture of the whole screen; its folder is made. */
  screenshot(path) {
    mkdirSync(dirname(path), { recursive: true });
    execFileSync('import', ['-window', 'root', path], { env: this.env });
  }
}
