// SPDX-License-Identifier: MIT
// @ts-check
/** What a report for others must not hold: who the user is, and which UKey. */

/**
 * @typedef {import('../sdk/ukeybridge.js').Token} Token
 * @typedef {import('../sdk/ukeybridge.js').Certificate} Certificate
 * @typedef {(text: string) => string} Redact
 */

/** One letter alone is no name and would be found everywhere. */
const MIN_CHARS = 2;

/** Told by their form, wherever they come from. @type {[RegExp, string][]} */
const FORMS = [
  [/\/[^\s"':]+(?=\/\.(?:config|local|mozilla|cache)\b)/g, '~'],
  [/(?:\/home\/|\/Users\/)[^/\s"']+|\/root(?=\/|\s|$)/g, '~'],
  [/[A-Za-z]:\\Users\\[^\\\s"']+/g, '~'],
  [/\b[0-9A-Fa-f]{16,}\b/g, '<number>'],
  [/\b[0-9A-HJ-NPQRTUWXY]{18}\b/g, '<code>']
];

/** @param {Certificate} certificate whose country is no name */
function ownersOf({ subject }) {
  const { commonName, organization, organizationalUnit, dn } = subject;
  return [dn, commonName, organization, organizationalUnit];
}

/**
 * @param {Token[]} tokens
 * @param {Certificate[]} certificates
 * @returns {Redact}
 */
export function redactor(tokens, certificates) {
  const lists = {
    owner: certificates.flatMap(ownersOf),
    number: [
      ...tokens.map(({ serial }) => serial),
      ...certificates.map(({ serial }) => serial),
      ...certificates.map(({ subject }) => subject.serialNumber)
    ],
    label: tokens.map(({ label }) => label)
  };
  const secrets = Object.entries(lists)
    .flatMap(([what, names]) => names.map((name = '') => ({ what, name })))
    .filter(({ name }) => name.trim().length >= MIN_CHARS)
    .sort((a, b) => b.name.length - a.name.length); // a name within a name
  return (text) => {
    let clean = text;
    for (const { what, name } of secrets) {
      clean = replaceAll(clean, name, `<${what}>`);
    }
    for (const [form, word] of FORMS) {
      clean = clean.replace(form, word);
    }
    return clean;
  };
}

/**
 * Numbers are written in either case.
 * @param {string} text
 * @param {string} name
 * @param {string} by
 */
function replaceAll(text, name, by) {
  const literal = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(new RegExp(literal, 'gi'), () => by);
}
