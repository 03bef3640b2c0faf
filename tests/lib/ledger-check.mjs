// SPDX-License-Identifier: MIT
// ledger-check FOLDER - the ledgers of a whole suite: fails when a PIN was tried that nobody typed, or none at all.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { Ledger } from './ledger.mjs';

const [dir] = process.argv.slice(2);
const sums = readdirSync(dir).map((name) => ({
  name,
  ...new Ledger(join(dir, name)).sum()
}));
const total = (field) => sums.reduce((sum, one) => sum + one[field], 0);
const unasked = sums.flatMap((sum) =>
  sum.unasked.map((line) => `${sum.name}: ${line}`)
);

console.log(
  `PINs: ${total('typed')} typed, ${total('tries')} tried, ${unasked.length} of them by nobody`
);
for (const line of unasked) console.log(`   ${line}`);
if (total('tries') === 0) console.log('   nothing was written down');
process.exitCode = unasked.length === 0 && total('tries') > 0 ? 0 : 1;
