// SPDX-License-Identifier: MIT
// @ts-check
import { button } from '../popup/dom.js';
import { counted } from '../popup/words.js';
import { translate, uiLanguage, useLanguage } from '../shared/i18n.js';
import {
  findingView,
  isTrouble,
  passedView,
  reportView,
  runningView,
  summaryView
} from './check-view.js';
import { examine, repair } from './examine.js';
import { reportOf } from './report.js';

/**
 * @typedef {import('./own-checks.js').Check} Check
 * @typedef {import('./examine.js').Examination} Examination
 */

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const main = byId('main');
/** The report, for the button that copies it. */
let report = '';
let isRunning = false;

/** @param {string} text */
function say(text) {
  byId('status').textContent = text;
}

/** @param {boolean} isOn */
function setRunning(isOn) {
  isRunning = isOn;
  main.setAttribute('aria-busy', String(isOn));
  for (const id of ['copy', 'again']) {
    byId(id).setAttribute('aria-disabled', String(isOn));
  }
}

/** @param {Examination} examination */
function makeReport({ checks, host, redact }) {
  const { version } = chrome.runtime.getManifest();
  const facts = {
    extension: version,
    browser: navigator.userAgent,
    language: uiLanguage(),
    at: new Date().toISOString(),
    host
  };
  return reportOf(checks, facts, redact);
}

/** @param {Check[]} found what is wrong */
function summary(found) {
  if (found.length === 0) {
    const text = translate('doctor_well');
    const badge = { tone: 'good', shape: /** @type {const} */ ('check'), text };
    return summaryView(badge, translate('doctor_well_hint'));
  }
  const isBad = found.some(({ status }) => status === 'failed');
  const text = counted(found.length, 'doctor_found_one', 'doctor_found_other');
  const mendable = found.filter((each) => each.repair === 'automatic');
  const shape = /** @type {const} */ ('warning');
  return summaryView(
    { tone: isBad ? 'bad' : 'warn', shape, text },
    translate(mendable.length > 0 ? 'doctor_repair_hint' : 'doctor_found_hint'),
    mendable.length > 1
      ? button('primary', translate('action_repair_all'), () => mend(mendable))
      : undefined
  );
}

/** @param {Examination} examination */
function show(examination) {
  const { checks } = examination;
  const found = checks.filter(isTrouble);
  const rest = checks.filter((check) => !isTrouble(check));
  report = makeReport(examination);
  const worstFirst = [...found].sort((a, b) =>
    a.status === b.status ? 0 : a.status === 'failed' ? -1 : 1
  );
  main.replaceChildren(
    summary(found),
    ...worstFirst.map((check) => findingView(check, (it) => mend([it]))),
    ...(rest.length > 0 ? [passedView(rest)] : []),
    reportView(report)
  );
  return found.length;
}

async function run() {
  if (isRunning) {
    return;
  }
  setRunning(true);
  main.replaceChildren(runningView());
  say(translate('doctor_running'));
  const found = show(await examine());
  setRunning(false);
  say(
    found === 0
      ? translate('doctor_well')
      : counted(found, 'doctor_found_one', 'doctor_found_other')
  );
}

/** Have the host repair these, then look at everything again. */
async function mend(/** @type {Check[]} */ checks) {
  if (isRunning) {
    return;
  }
  /** @type {string} */
  let text;
  setRunning(true);
  say(translate('doctor_repairing'));
  try {
    const ids = [...new Set(checks.map(({ id }) => id))];
    const after = await repair(ids);
    const isDone = after.every(({ repaired }) => repaired);
    text = translate(isDone ? 'doctor_repaired' : 'doctor_not_repaired');
  } catch (error) {
    text = /** @type {any} */ (error).text ?? String(error);
  }
  setRunning(false);
  await run();
  const shape = /** @type {const} */ ('gear');
  main.prepend(summaryView({ tone: 'info', shape, text }));
  say(text);
  byId('again').focus(); // the button that was pressed is gone
}

async function copy() {
  if (isRunning) {
    return;
  }
  await navigator.clipboard.writeText(report);
  say(translate('doctor_copied'));
  byId('copy').textContent = translate('action_copied');
}

await useLanguage();
document.documentElement.lang = uiLanguage();
document.title = translate('doctor_title');
byId('title').textContent = translate('doctor_title');
byId('copy').textContent = translate('action_copy_report');
byId('copy').addEventListener('click', copy);
byId('again').textContent = translate('action_run_again');
byId('again').addEventListener('click', run);
await run();
