// SPDX-License-Identifier: MIT
// eavesdrop - what was said to the PIN dialog, and a look at everything that others could see of a process.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A pinentry that notes the commands it gets (never its answers), before the real one gets them: what goes to its own
 * output tee writes first.
 */
export function loggingPinentry(dir, real) {
  const program = join(dir, 'pinentry-log');
  const log = join(dir, 'pinentry-log.txt');
  writeFileSync(
    program,
    `#!/bin/sh\ntee /dev/fd/3 3>&1 >>'${log}' | exec ${real} "$@"\n`,
    {
      mode: 0o755
    }
  );
  return {
    program,
    /** The arguments of each such command, as the program understands them. */
    said(command) {
      if (!existsSync(log)) return [];
      return readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => line.startsWith(`${command} `))
        .map((line) => decodeURIComponent(line.slice(command.length + 1)));
    }
  };
}

/** Watches the command lines and environments of all processes until stop(); `text` is all that was seen. */
export class ProcessWatch {
  #seen = new Set();
  #timer = setInterval(() => this.look(), 5);

  look() {
    for (const pid of readdirSync('/proc')) {
      if (!/^\d+$/.test(pid) || pid === String(process.pid)) continue;
      for (const file of ['cmdline', 'environ', 'comm']) {
        try {
          this.#seen.add(readFileSync(`/proc/${pid}/${file}`, 'latin1'));
        } catch {
          /* it ended */
        }
      }
    }
  }

  stop() {
    clearInterval(this.#timer);
    this.look();
    return [...this.#seen].join('\n');
  }
}
