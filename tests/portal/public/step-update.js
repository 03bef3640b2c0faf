// SPDX-License-Identifier: MIT
// @ts-check
/** Step 5: the new certificates, and writing them to the UKey. */
import { comparison } from './compare.js';
import { button, h } from './dom.js';
import { ukeyLine } from './facts.js';
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
import { endWatch, watchPending } from './ukey.js';

/** @typedef {import('./portal-api.js').Order} Order */
/** @typedef {import('/sdk/ukeybridge.js').Preview} Preview */

/** The UKey was pulled: the page looks out for it. */
const GONE = new Set(['TOKEN_REMOVED', 'NO_TOKEN']);

/** @param {Preview['warnings']} warnings what the user has to know before */
function warningPanel(warnings) {
  const rows = warnings.map(({ reason }) => {
    const key = `warning.${reason}`;
    return h('p', { testid: 'warning' }, has(key) ? t(key) : reason);
  });
  return h(
    'section',
    { class: 'panel warn' },
    h('h2', {}, t('update.know')),
    ...rows
  );
}

/** @param {Order} order @param {Preview} preview */
function changes(order, { changes: all, warnings }) {
  const added = all.filter(({ action }) => action === 'add');
  /** @param {string} role */
  const next = (role) =>
    added.find((change) => change.role === role)?.certificate;
  const after = { signing: next('signing'), encryption: next('encryption') };
  const kept = all.filter(({ action }) => action === 'keep');
  const names = kept.map(({ role, certificate }) =>
    h('li', {}, `${t(`role.${role}`)} `, h('code', {}, certificate.serial))
  );
  return [
    comparison(order, after, 'preview-'),
    kept.length > 0
      ? h(
          'div',
          { class: 'small', testid: 'kept' },
          t('update.keeps'),
          h('ul', {}, ...names)
        )
      : null,
    warnings.length > 0 ? warningPanel(warnings) : null
  ];
}

/**
 * The last update stopped while it wrote: what happened, what to do.
 * @param {HTMLElement} next what the host will do
 */
function interrupted(next) {
  return h(
    'section',
    { class: 'panel warn', role: 'alert', testid: 'interrupted' },
    h('h2', {}, t('update.interrupted')),
    h('p', {}, t('update.interruptedText')),
    next,
    h('p', {}, t('update.interruptedSafe'))
  );
}

/** @param {import('./main.js').App} app @param {Order} order issued */
export function showUpdate(app, order) {
  const slot = createSlot();
  const facts = h('div', {});
  const next = h('p', { testid: 'next' });
  let watching = false;
  /** A help, not a need: the user's button does without. */
  const watch = () => {
    watching = true;
    watchPending(order.number, (what) => {
      next.textContent = t(`pending.${what}`);
      if (slot.element.querySelector('[data-testid=continue]')) {
        void slot.run(t('update.reading'), preview); // it was plugged in again
      }
    }).catch(() => {});
  };
  const finish = async () => {
    if (watching) {
      endWatch().catch(() => {});
    }
    const { signing, encryption } = await readBack(order);
    const read = {
      certificatePem: signing.pem,
      encryptionPem: encryption?.pem
    };
    app.open(await confirmInstalled(order, read));
  };
  const update = () =>
    void slot.run(
      t('update.busy'),
      async (options) => {
        await installRenewal(order, options);
        await finish();
      },
      { dialog: true, failed: ({ reason }) => GONE.has(reason) && watch() }
    );
  const preview = async () => {
    const state = await updateState(order);
    if (state === 'installed') {
      await finish();
      return;
    }
    const shown = changes(order, await previewRenewal(order));
    const unfinished = state === 'installing';
    if (unfinished) {
      watch();
    }
    facts.replaceChildren(...shown.filter((node) => node !== null));
    slot.show(
      unfinished ? interrupted(next) : null,
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
