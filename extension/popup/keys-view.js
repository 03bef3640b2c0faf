// SPDX-License-Identifier: MIT
// @ts-check
import { notesView, problemsView, tokenView } from './token-view.js';
import { isFault } from './words.js';

/**
 * The UKeys, behind what is wrong with drivers and before what is not.
 * @param {Pick<import('./kept.js').Reading, 'contents' | 'problems'>} reading
 * @param {import('./step-view.js').Act} act
 * @param {() => HTMLElement} [none] what there is without a UKey
 */
export function keysViews({ contents, problems }, act, none) {
  const faults = problems.filter(isFault);
  const notes = problems.filter((problem) => !isFault(problem));
  const views = contents.map((each) => tokenView(each, act));
  if (views.length === 0 && none !== undefined) {
    views.push(none());
  }
  return [
    ...(faults.length > 0 ? [problemsView(faults)] : []),
    ...views,
    ...(notes.length > 0 ? [notesView(notes)] : [])
  ];
}
