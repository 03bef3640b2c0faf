// SPDX-License-Identifier: MIT
/* global document */
// firefox-page - a page of Firefox, by puppeteer, with as much of the face of playwright's page as the tests use: so that
// one test runs in both browsers. Playwright itself speaks a newer dialect than Firefox ESR understands.
import { setTimeout as sleep } from 'node:timers/promises';

const TIMEOUT_MS = 60000;
const POLL_MS = 50;
const ROLES = { heading: 'h1, h2, h3, h4, h5, h6', button: 'button' };

/** In the page: the elements that steps lead to. */
function find(steps) {
  const words = (node) => node.textContent.replace(/\s+/g, ' ').trim();
  const says = (node, { source, flags }) =>
    new RegExp(source, flags).test(words(node));
  const innermost = (nodes) =>
    nodes.filter((node) => !nodes.some((o) => o !== node && node.contains(o)));
  const below = (nodes, css) => [
    ...new Set(nodes.flatMap((node) => [...node.querySelectorAll(css)]))
  ];
  let nodes = [document];
  for (const { css, text, hasText, at } of steps) {
    if (css) nodes = below(nodes, css);
    if (hasText) nodes = nodes.filter((node) => says(node, hasText));
    if (text) {
      const any = below(nodes, 'body *').concat(below(nodes, '*'));
      const found = [...new Set(any)].filter((node) => says(node, text));
      nodes = innermost(found);
    }
    if (at !== undefined) nodes = nodes.slice(at).slice(0, 1);
  }
  return nodes;
}

/** In the page: what is asked of the first element found, or of all of them. */
const LOOKS = {
  count: (nodes) => nodes.length,
  visible: ([node]) => node?.checkVisibility?.() ?? false,
  innerText: ([node]) => node && { found: node.innerText },
  attribute: ([node], name) => node && { found: node.getAttribute(name) }
};

/** Text that contains a string, whatever the case; or a pattern, as it is. */
function pattern(text) {
  if (text instanceof RegExp) return { source: text.source, flags: text.flags };
  const source = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return { source, flags: 'i' };
}

class Finder {
  constructor(frame, steps = []) {
    this.frame = frame;
    this.steps = steps;
  }

  #further(step) {
    return new Finder(this.frame, [...this.steps, step]);
  }

  locator(css, { hasText } = {}) {
    return this.#further({
      css,
      ...(hasText && { hasText: pattern(hasText) })
    });
  }

  getByTestId(id) {
    return this.#further({ css: `[data-testid="${id}"]` });
  }

  getByText(text) {
    return this.#further({ text: pattern(text) });
  }

  getByRole(role, { name }) {
    return this.#further({ css: ROLES[role], hasText: pattern(name) });
  }

  first() {
    return this.#further({ at: 0 });
  }

  last() {
    return this.#further({ at: -1 });
  }

  /** One look; false while the page is being exchanged. */
  #look(what, argument) {
    const code = `(${LOOKS[what]})((${find})(${JSON.stringify(this.steps)}), ${JSON.stringify(argument ?? null)})`;
    return this.frame.evaluate(code);
  }

  async until(what, { timeout = TIMEOUT_MS } = {}) {
    const end = Date.now() + timeout;
    while (!(await what().catch(() => false))) {
      if (Date.now() > end) {
        const steps = JSON.stringify(this.steps);
        throw new Error(`not in ${timeout} ms: ${what} of ${steps}`);
      }
      await sleep(POLL_MS);
    }
  }

  waitFor({ state = 'visible', timeout } = {}) {
    const looks = {
      visible: () => this.#look('visible'),
      detached: async () => (await this.#look('count')) === 0
    };
    return this.until(looks[state], { timeout });
  }

  /** Look until it is there, whether it is seen or not: in one step, for pages are drawn anew. */
  async #read(what, argument) {
    let seen;
    await this.until(async () => {
      seen = await this.#look(what, argument);
      return Boolean(seen);
    });
    return seen.found;
  }

  innerText() {
    return this.#read('innerText');
  }

  getAttribute(name) {
    return this.#read('attribute', name);
  }

  count() {
    return this.#look('count');
  }

  isVisible() {
    return this.#look('visible');
  }

  async isHidden() {
    return !(await this.isVisible());
  }

  async #element() {
    const code = `(${find})(${JSON.stringify(this.steps)})[0]`;
    const handle = await this.frame.evaluateHandle(code);
    return handle.asElement();
  }

  /** With the mouse, when it is there and may be clicked; in a tab behind another one that takes long. */
  async click({ timeout } = {}) {
    await this.waitFor({ timeout });
    await this.frame.bringToFront();
    await this.until(
      async () => {
        const element = await this.#element();
        if (await element.evaluate((node) => node.disabled === true)) {
          return false;
        }
        await element.click();
        return true;
      },
      { timeout }
    );
  }

  async check() {
    await this.waitFor();
    await this.frame.bringToFront();
    await this.until(async () => {
      const element = await this.#element();
      const isChecked = () => element.evaluate((node) => node.checked);
      if (!(await isChecked())) await element.click();
      return isChecked();
    });
  }
}

/** A page: it finds, from the top of its document. */
export class FirefoxPage extends Finder {
  /** @param {object} page puppeteer's */
  constructor(page) {
    super(page);
    this.page = page;
  }

  get keyboard() {
    return { press: (keys) => this.#press(...keys.split('+')) };
  }

  /** The last key, while the others are held. */
  async #press(...keys) {
    const { keyboard } = this.page;
    await this.page.bringToFront(); // a page behind another has no focus
    const held = keys.slice(0, -1);
    for (const key of held) await keyboard.down(key);
    await keyboard.press(keys.at(-1));
    for (const key of held) await keyboard.up(key);
  }

  url() {
    return this.page.url();
  }

  goto(url) {
    return url.startsWith('moz-extension:')
      ? this.#command('navigate', { url })
      : this.page.goto(url);
  }

  /** Puppeteer waits for a word that Firefox does not say of an add-on's pages; Firefox itself knows. */
  #command(name, params) {
    const context = this.page.mainFrame()._id;
    const { connection } = this.page.browser();
    const all = { context, wait: 'complete', ...params };
    return connection.send(`browsingContext.${name}`, all);
  }

  reload() {
    return this.#command('reload');
  }

  bringToFront() {
    return this.page.bringToFront();
  }

  close() {
    return this.page.close();
  }

  evaluate(what, argument) {
    return typeof what === 'string'
      ? this.page.evaluate(what)
      : this.page.evaluate(what, argument);
  }

  evaluateHandle(what, argument) {
    return this.page.evaluateHandle(what, argument);
  }

  getAttribute(css, name) {
    return name === undefined
      ? super.getAttribute(css)
      : this.locator(css).getAttribute(name);
  }

  selectOption(css, value) {
    return this.page.select(css, value);
  }

  viewportSize() {
    return this.page.viewport();
  }

  setViewportSize(size) {
    return this.page.setViewport(size);
  }

  /** Firefox is told of no other look than its own. */
  async emulateMedia() {}

  screenshot({ path, fullPage }) {
    return this.page.screenshot({ path, fullPage });
  }
}
