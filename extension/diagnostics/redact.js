// SPDX-License-Identifier: MIT
// @ts-check
/** What a report for others must not hold: who the user is, and which UKey. */
import { homesIn, literal } from './homes.js';

/**
 * @typedef {import('../sdk/ukeybridge.js').Token} Token
 * @typedef {import('../sdk/ukeybridge.js').Certificate} Certificate
 * @typedef {import('./own-checks.js').Check} Check
 * @typedef {(text: string) => string} Redact
 * @typedef {{ tokens?: Token[], certificates?: Certificate[], checks?: Check[],
 *   home?: string }} Known what the report may name: all UKeys that were seen,
 *   all that will be told, and the user's home
 */

/** One letter alone is no name and would be found everywhere. */
const MIN_CHARS = 2;
/** Our own name, and what a UKey without a label is called. */
const OWN_NAMES = /^ukey( bridge)?$/i;
/** Its subject is a UKey's label. */
const LABELLED = 'module-same-token';

/** Told by their form, wherever they come from. @type {[RegExp, string][]} */
const FORMS = [
  [/\b[0-9A-Fa-f]{16,}\b/g, '<number>'],
  [/\b[0-9A-HJ-NPQRTUWXY]{18}\b/g, '<code>'],
  /* PC/SC names a reader with its serial number, and two numbers behind it */
  [/\([0-9A-Za-z.-]{4,}\)(?= [\dA-F]{2} [\dA-F]{2}\b)/g, '(<number>)']
];

/** @param {Certificate} certificate whose country is no name */
function ownersOf({ subject }) {
  const { commonName, organization, organizationalUnit, dn } = subject;
  return [dn, commonName, organization, organizationalUnit];
}

/** @param {Check[]} checks what the UKeys are called there */
function labelsOf(checks) {
  return checks
    .filter(({ id }) => id === LABELLED)
    .map(({ subject }) => subject);
}

/** @param {Known} [known] @returns {Redact} */
export function redactor({
  tokens = [],
  certificates = [],
  checks = [],
  home
} = {}) {
  const lists = {
    owner: certificates.flatMap(ownersOf),
    number: [
      ...tokens.map(({ serial }) => serial),
      ...certificates.map(({ serial }) => serial),
      ...certificates.map(({ subject }) => subject.serialNumber)
    ],
    label: [...tokens.map(({ label }) => label), ...labelsOf(checks)]
  };
  const secrets = Object.entries(lists)
    .flatMap(([what, names]) =>
      names.map((name) => ({ what, name: name?.trim() ?? '' }))
    )
    .filter(({ name }) => name.length >= MIN_CHARS && !OWN_NAMES.test(name))
    .sort((a, b) => b.name.length - a.name.length); // a name within a name
  const texts = checks.flatMap((check) => Object.values(check).map(String));
  const { withoutHomes, withoutUsers } = homesIn(texts, home);
  return (text) => {
    let clean = withoutHomes(text);
    for (const { what, name } of secrets) {
      clean = replaceAll(clean, name, `<${what}>`);
    }
    for (const [form, word] of FORMS) {
      clean = clean.replace(form, word);
    }
    return withoutUsers(clean);
  };
}

/**
 * Numbers are written in either case.
 * @param {string} text
 * @param {string} name
 * @param {string} by
 */
function replaceAll(text, name, by) {
  return text.replace(new RegExp(literal(name), 'gi'), () => by);
}
