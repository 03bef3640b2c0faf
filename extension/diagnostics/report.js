// SPDX-License-Identifier: MIT
// @ts-check
/**
 * @typedef {import('./own-checks.js').Check} Check
 * @typedef {{ extension: string, browser: string, language: string, at: string,
 *   host?: { version: string, commit: string, os: string } }} Facts
 */

/** What is told of each check, in this order. */
const LINES = Object.freeze(['evidence', 'meaning', 'instruction', 'command']);

/** @param {Check} check */
function linesOf(check) {
  const { status, id, subject, title } = check;
  const name = subject === undefined ? id : `${id} (${subject})`;
  const known = /** @type {Record<string, string | undefined>} */ (check);
  const rest = LINES.filter((key) => known[key] !== undefined).map(
    (key) => `  ${key}: ${known[key]}`
  );
  return [`[${status}] ${name}: ${title}`, ...(status === 'ok' ? [] : rest)];
}

/**
 * Plain text for whoever helps. What is ours is told as it is; what was found
 * goes through `redact`.
 * @param {Check[]} checks
 * @param {Facts} facts
 * @param {import('./redact.js').Redact} redact
 */
export function reportOf(checks, facts, redact) {
  const { extension, browser, language, at, host } = facts;
  const program = host
    ? `${host.version} (${host.commit}), ${host.os}`
    : 'no answer';
  return [
    'UKey Bridge diagnostics',
    `at: ${at}`,
    `extension: ${extension}, ${language}`,
    `browser: ${browser}`,
    `program: ${program}`,
    '',
    ...checks.flatMap(linesOf).map(redact),
    ''
  ].join('\n');
}
