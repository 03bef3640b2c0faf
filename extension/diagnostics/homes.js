// SPDX-License-Identifier: MIT
// @ts-check
/** Home folders in what a program says, wherever a computer has them. */

/** Where a path begins that leads from the top; no address of the web. */
const START = String.raw`(?<![\w\\/~.-])(?!(?<=:)(?<!\bfile:)\/\/)`;
const END = String.raw`\s"'()<>|:;,，。；：、（）`;
const SLASH = String.raw`[\\/]+`;
const STEP = String.raw`${SLASH}[^\\/${END}]+`;
/** A name of Windows may hold spaces, a folder behind it shows where it ends. */
const NAME = String.raw`(?:[^\\/"'<>|:*?\r\n]+(?=\\)|[^\\/${END}]+)`;
const FOLDERS = String.raw`(?:homes?\d*|users|documents and settings)`;
const DOTTED = String.raw`\.(?:config|local|mozilla|cache)`;

/** Told by their form. */
const FORMS = [
  new RegExp(String.raw`${START}\/[^\s"':]+(?=\/${DOTTED}\b)`, 'g'),
  new RegExp(
    `${START}(?:[A-Z]:)?(?:${STEP})*?${SLASH}${FOLDERS}${SLASH}${NAME}`,
    'gi'
  ),
  new RegExp(String.raw`${START}\\\\[^\\${END}]+\\[^\\${END}]{2,}\$`, 'g'),
  new RegExp(String.raw`${START}\/root(?=\/|\s|$)`, 'g')
];
/** Parts of paths everywhere: whoever is called so is not told by it. */
const NOBODY =
  /^(?:root|users?|homes?|public|default|shared|tmp|usr|s?bin|lib\w*|etc|var|opt|run|media|mnt|data|srv|config)$/i;
/** One letter alone is no name and would be found everywhere. */
const MIN_CHARS = 2;

/** @param {string} text @returns {string} for a RegExp that finds just it */
export const literal = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/**
 * The user's name is in his home's; it is found in other paths, too.
 * @param {string} home
 */
function nameOf(home) {
  const [name = ''] = home.split(/[\\/]+/).slice(-1);
  return name.replace(/\$$/, '');
}

/** @param {string} name @returns {RegExp} it, as a word of its own */
const word = (name) =>
  new RegExp(`(?<![\\p{L}\\p{N}])${literal(name)}(?![\\p{L}\\p{N}])`, 'giu');

/**
 * A user's name may be a word, too, so it is looked for where names of users
 * are: in paths, addresses, and where owner and group are told.
 * @param {string} name
 * @returns {(text: string) => string}
 */
function withoutUser(name) {
  const places = /\s/.test(name) ? /^.*$/gms : /\S*[\\/@:]\S*/g;
  return (text) =>
    text.replace(places, (part) => part.replace(word(name), '<user>'));
}

/**
 * @param {string[]} texts all that will be told
 * @param {string} [home] the user's, where it is known
 * @returns {{ withoutHomes: (text: string) => string,
 *   withoutUsers: (text: string) => string }}
 */
export function homesIn(texts, home = '') {
  const told = home.replace(/[\\/]+$/, '');
  const own =
    told.length >= MIN_CHARS
      ? [new RegExp(`${START}${literal(told)}(?=[\\\\/${END}]|$)`, 'g')]
      : [];
  const found = texts.flatMap((text) =>
    FORMS.flatMap((form) => [...text.matchAll(form)].map(([path]) => path))
  );
  const users = [...new Set([told, ...found].map(nameOf))]
    .filter((name) => name.length >= MIN_CHARS && !NOBODY.test(name))
    .map(withoutUser);
  return {
    withoutHomes: (text) =>
      [...own, ...FORMS].reduce((rest, form) => rest.replace(form, '~'), text),
    withoutUsers: (text) => users.reduce((rest, clean) => clean(rest), text)
  };
}
