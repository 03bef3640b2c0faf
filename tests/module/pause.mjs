// SPDX-License-Identifier: MIT
// pause - how long the host leaves a module alone that crashed or hung.
//
// On a busy machine a pause may be over before the next question is asked. So no test asks in the middle of one: it asks
// until the module is started again, and looks whether that was at the right time.
import assert from 'node:assert/strict';

/** The first one; it doubles with each failure in a row. */
export const FIRST_PAUSE_MS = 250;

/** What nobody waits for is answered in this time, when the machine has nothing else to do. */
const AT_ONCE_MS = 50;
/** Clocks count whole milliseconds, and a loop's is as old as its last turn. */
const GRAIN_MS = 20;

/**
 * Ask until the module is started again: not before its pause is over, and by the first question behind it.
 * @param {object} options
 * @param {[number, number]} options.failed when it failed at the earliest and at the latest, by performance.now()
 * @param {number} options.pauseMs
 * @param {() => Promise<object>} options.ask resolves with the answer
 * @param {(answer: object) => boolean} options.isStarted it was started for this answer
 * @param {(answer: object) => void} options.assertTold holds an answer to what is told in the pause
 * @returns {Promise<{answer: object, asked: number}>} the first answer behind the pause, and when it was asked for
 */
export async function untilStartedAgain(options) {
  const { failed, pauseMs, ask, isStarted, assertTold } = options;
  const [earliest, latest] = failed;
  let quickest = Infinity;
  for (;;) {
    const asked = performance.now();
    const answer = await ask();
    const now = performance.now();
    if (isStarted(answer)) {
      assert.ok(now >= earliest + pauseMs, `${now - earliest} ms, too soon`);
      assert.ok(quickest === Infinity || quickest < AT_ONCE_MS, `${quickest}`);
      return { answer, asked };
    }
    assertTold(answer);
    quickest = Math.min(quickest, now - asked);
    const late = asked - latest;
    assert.ok(late < pauseMs + GRAIN_MS, `left alone for ${late} ms`);
  }
}
