// SPDX-License-Identifier: MIT
'use strict';
/* usage - a program's options, its help, and its exit codes: 0 done, 1 failed, 2 usage. */
const { parseArgs } = require('node:util');

/** What its user can mend by other options. */
class UsageError extends Error {}

function read(options) {
  const help = { type: 'boolean' };
  try {
    return parseArgs({ options: { ...options, help } }).values;
  } catch (error) {
    throw new UsageError(error.message);
  }
}

/**
 * Run a program: `main` gets the options and returns, or promises, what to print.
 * @param {string} name
 * @param {string} usage printed for --help
 */
async function run(name, usage, options, main) {
  try {
    const values = read(options);
    console.log(values.help ? usage.trimEnd() : await main(values));
  } catch (error) {
    console.error(`${name}: ${error.message}`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

module.exports = { UsageError, run };
