// SPDX-License-Identifier: MIT
// outcomes - the table of host/docs/renewal.md that says what comes of a fault at each call: read and written.
//
// One table for each token and operation; a row for each run of calls that have the same outcomes. A whole run of
// faults.test.mjs with UKB_WRITE_TABLE=1 writes it, every other run is held against it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { TOP } from '../lib/place.mjs';

const PAGE = join(TOP, 'host', 'docs', 'renewal.md');
const END = '\n<!-- end -->\n';

const markOf = (title) => `<!-- outcomes: ${title} -->\n`;

/** The place of a table in the page: what is before it, it, and what is behind. */
function split(title) {
  const page = readFileSync(PAGE, 'utf8');
  const [before, rest] = page.split(markOf(title));
  if (rest === undefined) throw new Error(`no table "${title}" in ${PAGE}`);
  const end = rest.indexOf(END);
  return { before, table: rest.slice(0, end), behind: rest.slice(end) };
}

export const labelOf = ({ what, n }) => `${what}:${n}`;

/** How an outcome is written: the reply, the journal, what the next start tells of it, the journal after recovery. */
export const textOf = ({ reply, left, pending, recovered }) =>
  `${reply}; ${left}${pending && ` (${pending})`} → ${recovered}`;

/** Nothing else is known of any fault. */
const agree = (a, b) => a.every((cell, i) => !cell || !b[i] || cell === b[i]);

/** Rows `{from, to, cells}` of calls with the same outcomes; `cells` of a call is a Map fault → text. */
function merge(calls, faults, cellsOf) {
  const rows = [];
  for (const call of calls) {
    const cells = faults.map((fault) => cellsOf(call).get(fault) ?? '');
    const last = rows.at(-1);
    if (last && agree(last.cells, cells)) {
      last.to = call;
      last.cells = last.cells.map((cell, i) => cell || cells[i]);
    } else {
      rows.push({ from: call, to: call, cells });
    }
  }
  return rows;
}

export function write(title, calls, faults, cellsOf) {
  const { before, behind } = split(title);
  const lines = [
    `| calls | ${faults.join(' | ')} |`,
    `|${' - |'.repeat(faults.length + 1)}`,
    ...merge(calls, faults, cellsOf).map(({ from, to, cells }) => {
      const names =
        from === to ? labelOf(from) : `${labelOf(from)} … ${labelOf(to)}`;
      return `| ${names} | ${cells.join(' | ')} |`;
    })
  ];
  writeFileSync(PAGE, `${before}${markOf(title)}${lines.join('\n')}${behind}`);
}

/** What the page says of a call of `calls` and a fault; undefined when it says nothing. */
export function read(title, calls) {
  const [head, , ...lines] = split(title).table.split('\n');
  const cut = (line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const faults = cut(head).slice(1);
  const placeOf = (label) => calls.findIndex((call) => labelOf(call) === label);
  const rows = lines.map(cut).map(([names, ...cells]) => {
    const [from, to = from] = names.split(' … ').map(placeOf);
    return { from, to, cells };
  });
  /* rows follow each other without a gap; SQLite does not write the same number of pages in each run */
  for (const [i, row] of rows.entries()) {
    if (row.from < 0) row.from = i === 0 ? 0 : rows[i - 1].to + 1;
    const next = rows[i + 1]?.from ?? calls.length;
    if (next > row.from) row.to = next - 1;
    else if (row.to < row.from) row.to = row.from;
  }
  return (call, fault) => {
    const place = calls.indexOf(call);
    const row = rows.find(({ from, to }) => from <= place && place <= to);
    return row?.cells[faults.indexOf(fault)];
  };
}
