// SPDX-License-Identifier: MIT
// lane - of builds that are alike, one that this test file has for itself: the policy of a build is a file beside it, so
// as many files can run at a time as there are builds.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const WAIT_MS = 50;

/** True when nobody has it yet: a name that the system takes back when the process ends, however that is. */
async function take(build) {
  const claim = createServer().unref();
  claim.listen(`\0ukeybridge-tests ${build}`);
  try {
    await once(claim, 'listening');
    return true;
  } catch (error) {
    if (error.code !== 'EADDRINUSE') throw error;
    return false;
  }
}

/**
 * One of the builds that are named `a:b`, as soon as one is free; programs that this one starts have it too.
 * @returns {Promise<string>}
 */
export async function laneOf(names) {
  const builds = names.split(':');
  if (builds.length === 1) return names;
  for (;;) {
    for (const build of builds) {
      if (await take(build)) {
        process.env.UKEYBRIDGE_BUILD = build;
        return build;
      }
    }
    await sleep(WAIT_MS);
  }
}
