// SPDX-License-Identifier: MIT
// @ts-check
/* global document */
/** Builds elements; text only ever as text. */

/** @typedef {string | Node | null | undefined | false} Child */
/**
 * `testid` and `onclick` apart, every property is an attribute.
 * @typedef {Record<string, string | boolean | undefined | (() => void)>} Props
 */

/**
 * @param {Element} element
 * @param {Props} props
 */
function setProps(element, props) {
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') {
      element.addEventListener(name.replace(/^on/, ''), () => value());
    } else if (name === 'testid') {
      element.setAttribute('data-testid', String(value));
    } else if (value === true) {
      element.setAttribute(name, '');
    } else if (value !== undefined && value !== false) {
      element.setAttribute(name, value);
    }
  }
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Props} [props]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  setProps(element, props);
  for (const child of children) {
    if (child) {
      element.append(child);
    }
  }
  return element;
}

/**
 * @param {string} tag
 * @param {Props} props
 * @param {...SVGElement} children
 */
export function svg(tag, props, ...children) {
  const space = 'http://www.w3.org/2000/svg';
  const element = document.createElementNS(space, tag);
  setProps(element, props);
  element.append(...children);
  return element;
}

/**
 * @param {string} label
 * @param {string} testid
 * @param {() => void} onclick
 * @param {string} [kind] primary or quiet
 */
export function button(label, testid, onclick, kind = 'primary') {
  return h('button', { type: 'button', class: kind, testid, onclick }, label);
}

/** @param {string} id @returns {HTMLElement} one that index.html has */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) {
    throw new Error(`no #${id} in the page`);
  }
  return element;
}
