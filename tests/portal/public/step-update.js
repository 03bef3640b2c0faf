// SPDX-License-Identifier: MIT
// @ts-check
/** Step 5: the new certificates, and writing them to the UKey. */
import { button, h } from './dom.js';
import { comparison, ukeyLine } from './facts.js';
import { has, t } from './i18n.js';
import { showStep } from './page.js';
import { confirmInstalled } from './portal-api.js';
import {
  installRenewal,
  previewRenewal,
  readBack,
  updateState
} from './renewal.js';
import { createSlot } from './slot.js';

/** @typedef {import('./portal-api.js').Order} Order */
/** @typedef {import('/sdk/ukeybridge.js').Preview} Preview */

/** @param {Order} order @param {Preview} preview */
function changes({ old }, preview) {
  const added = preview.changes.filter(({ action }) => action === 'add');
  const rows = added.map(({ role, certificate }) => ({
    role,
    before:
      role === 'encryption' && old.encryption ? old.encryption : old.signing,
    after: certificate
  }));
  const kept = preview.changes.filter(({ action }) => action === 'keep');
  const warnings = preview.warnings.map(({ reason }) => {
    const key = `warning.${reason}`;
    return h('li', { testid: 'warning' }, has(key) ? t(key) : reason);
  });
  const names = kept.map(
    ({ role, certificate }) =>
      `${t(`role.${role}`)} ${certificate.serial.toUpperCase()}`
  );
  return [
    comparison(rows, 'preview-'),
    kept.length > 0
      ? h('p', { class: 'small' }, t('update.keeps'), ' ', names.join(', '))
      : null,
    warnings.length > 0 ? h('ul', { class: 'panel warn' }, ...warnings) : null
  ];
}

/** The last update stopped while it wrote: what happened, what to do. */
function interrupted() {
  return h(
    'section',
    { class: 'panel warn', role: 'alert', testid: 'interrupted' },
    h('h2', {}, t('update.interrupted')),
    h('p', {}, t('update.interruptedText')),
    h('p', {}, t('update.interruptedSafe'))
  );
}

/** @param {import('./main.js').App} app @param {Order} order issued */
export function showUpdate(app, order) {
  const slot = createSlot();
  const facts = h('div', {});
  const finish = async () => {
    const { signing } = await readBack(order);
    app.open(await confirmInstalled(order, signing.pem ?? ''));
  };
  const update = () =>
    void slot.run(
      t('update.busy'),
      async (options) => {
        await installRenewal(order, options);
        await finish();
      },
      { dialog: true }
    );
  const preview = async () => {
    const state = await updateState(order);
    if (state === 'installed') {
      await finish();
      return;
    }
    const shown = changes(order, await previewRenewal(order));
    const unfinished = state === 'installing';
    facts.replaceChildren(...shown.filter((node) => node !== null));
    slot.show(
      unfinished ? interrupted() : null,
      h('p', { class: 'panel note' }, t('update.warning')),
      button(t(unfinished ? 'update.goOn' : 'update.button'), 'renew', update)
    );
  };
  showStep(
    'update',
    t('update.title'),
    h('p', { class: 'lead' }, t('update.text')),
    ukeyLine(order),
    facts,
    slot.element
  );
  void slot.run(t('update.reading'), preview);
}
