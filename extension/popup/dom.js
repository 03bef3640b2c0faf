// SPDX-License-Identifier: MIT
// @ts-check
/** Elements made of text only: whatever a UKey holds cannot become markup. */

/** @typedef {string | Node | false | null | undefined} Child */

/**
 * @param {string} tag
 * @param {string} className
 * @param {...Child} children
 */
export function element(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className !== '') {
    node.className = className;
  }
  for (const child of children) {
    if (child) {
      node.append(child);
    }
  }
  return node;
}

/**
 * @param {string} className
 * @param {string} label
 * @param {(button: HTMLButtonElement) => void} onClick
 */
export function button(className, label, onClick) {
  const node = document.createElement('button');
  node.type = 'button';
  node.className = className;
  node.textContent = label;
  node.addEventListener('click', () => onClick(node));
  return node;
}

/** Outlines on a 24 × 24 grid. */
const SHAPES = Object.freeze({
  check: ['M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z', 'm8 12 3 3 5-6'],
  clock: ['M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z', 'M12 7v5l3 2'],
  cross: ['M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z', 'm9 9 6 6m0-6-6 6'],
  pause: ['M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z', 'M10 9v6m4-6v6'],
  warning: ['M12 4 2.5 20h19Z', 'M12 10v4.5m0 2.4v.1'],
  lock: ['M6 11h12v9H6Z', 'M8.5 11V8a3.5 3.5 0 0 1 7 0v3'],
  key: ['M8 9h8v10a2 2 0 0 1-2 2h-4a2 2 0 0 1-2-2Z', 'M9.5 9V3h5v6M12 14v2'],
  copy: ['M9 9h11v11H9Z', 'M5 15H4V4h11v1'],
  list: ['M8 6h12M8 12h12M8 18h12', 'M4 6h.1M4 12h.1M4 18h.1'],
  gear: [
    'M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6Z',
    'M12 3v3m0 12v3M3 12h3m12 0h3M5.6 5.6l2.2 2.2m8.4 8.4 2.2 2.2m0-12.8-2.2 2.2m-8.4 8.4-2.2 2.2'
  ],
  pulse: ['M2.5 12H7l3-7 4 14 3-7h4.5'],
  refresh: ['M20 11a8 8 0 1 0-2.3 6.3', 'M20 5v6h-6'],
  download: ['M12 3v12m-5-5 5 5 5-5', 'M4 20h16']
});

/** @typedef {keyof typeof SHAPES} Shape */

/** @param {Shape} shape drawn for the eye only; the words stand beside it */
export function icon(shape) {
  const svgNamespace = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(svgNamespace, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  for (const outline of SHAPES[shape]) {
    const path = document.createElementNS(svgNamespace, 'path');
    path.setAttribute('d', outline);
    svg.append(path);
  }
  return svg;
}
