// SPDX-License-Identifier: MIT
// renewal-page - the demo portal's page as its user works through it. Its test ids: tests/portal/public/main.js.

/** The steps between two dialogs are quick, but on a busy machine; the CA of a test issues at once. */
const STEP_TIMEOUT_MS = 60000;

export class RenewalPage {
  /** @param {object} page playwright's  @param {string} url the portal's */
  constructor(page, url) {
    this.page = page;
    this.url = url;
  }

  get(testid) {
    return this.page.getByTestId(testid);
  }

  async open(query = '') {
    await this.page.goto(`${this.url}/${query}`);
    await this.reached('read');
  }

  /** Wait for a step's heading. */
  reached(step) {
    return this.get(`step-${step}`).waitFor({ timeout: STEP_TIMEOUT_MS });
  }

  click(testid) {
    return this.get(testid).click({ timeout: STEP_TIMEOUT_MS });
  }

  /** Read the UKey, apply, pay; stops before the first PIN. */
  async toRequest() {
    await this.click('start');
    await this.toRequestFromApply();
  }

  async toRequestFromApply() {
    await this.reached('apply');
    await this.click('apply');
    await this.click('apply-confirm');
    await this.reached('pay');
    await this.click('pay');
    await this.get('request').waitFor({ timeout: STEP_TIMEOUT_MS });
  }

  /** From the first PIN to the second one's button. */
  async toUpdate() {
    await this.reached('update');
    await this.get('renew').waitFor({ timeout: STEP_TIMEOUT_MS });
  }

  async done() {
    await this.reached('done');
    await this.get('done').waitFor({ timeout: STEP_TIMEOUT_MS });
  }

  /** What a failure panel says: `{reason, text, advice, button}`. */
  async trouble() {
    await this.get('error').waitFor({ timeout: STEP_TIMEOUT_MS });
    const panel = this.get('error');
    const read = async (testid) =>
      (await panel.getByTestId(testid).count()) > 0
        ? panel.getByTestId(testid).innerText()
        : '';
    return {
      reason: await read('error-reason'),
      text: await read('error-text'),
      advice: await read('error-advice')
    };
  }

  /** A date on the page, as the instant behind it. */
  async date(testid) {
    return new Date(await this.get(testid).first().getAttribute('datetime'));
  }
}
