// SPDX-License-Identifier: MIT
// skips - a reporter: names each test that was skipped and why, and each file of which nothing ran.
//
// Lines: "skipped FILE: NAME: WHY", "nothing ran FILE". tests/run shows them; the latter are failures.
import { basename } from 'node:path';

/** @param {AsyncIterable<{type: string, data: object}>} source */
export default async function* skips(source) {
  const files = new Map(); /* → how many tests of it ran */
  for await (const { type, data } of source) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const file = basename(data.file ?? data.name);
    const { skip } = data;
    const skipped = skip !== undefined && skip !== false;
    const why = typeof skip === 'string' ? skip : 'no reason given';
    files.set(file, (files.get(file) ?? 0) + (skipped ? 0 : 1));
    if (skipped) yield `skipped ${file}: ${data.name}: ${why}\n`;
  }
  for (const [file, ran] of files) {
    if (ran === 0) yield `nothing ran ${file}\n`;
  }
}
