// SPDX-License-Identifier: MIT
// space - namespaces of a UKey's own, for what it needs of the whole system: a reader's daemon, folders with fixed names.
//
// Tests run side by side, and nothing of the machine changes. What shall use the UKey is started by `inside()`. Paths
// below /tmp and the X server's socket are the same in there, /run is not.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';

import { HOST } from './place.mjs';
import { Scene } from './scene.mjs';

/** Why this machine cannot run what needs these files; undefined when it can. */
export function spaceMissing(paths) {
  const missing = paths.find((path) => !existsSync(path));
  if (missing) return `no ${missing}: packaging/deps --test`;
  try {
    execFileSync('unshare', ['-rmni', 'true'], { stdio: 'pipe' });
  } catch {
    return 'this machine does not let us make namespaces';
  }
  return undefined;
}

export class Space {
  /** Run a script in new namespaces; it ends with its standard input. */
  constructor(script, ...args) {
    this.process = spawn(
      'unshare',
      ['-rmni', script, ...args],
      /* not a place's environment: nobody shall take it for a process of the host */
      { env: { PATH: `${process.env.PATH}:/usr/sbin:/sbin` }, stdio: 'pipe' }
    );
    this.process.stderr.on('data', (piece) => process.stderr.write(piece));
    this.process.stdin.on('error', () => {});
    this.exit = once(this.process, 'exit');
  }

  async stop() {
    this.process.stdin.end();
    await this.exit;
  }

  /** A broker, or another program, there: for `new Host(env, space.inside())`. */
  inside(program = HOST, args = ['chrome-extension://test/']) {
    const { pid } = this.process;
    const enter = ['-t', String(pid), '-U', '-m', '-n', '-i'];
    return {
      program: 'nsenter',
      args: [...enter, '--preserve-credentials', program, ...args]
    };
  }
}

/** A scene whose UKey lives in a space; its brokers run there, too. */
export class SpaceScene extends Scene {
  host(env = {}, options = {}) {
    const { args, program } = options;
    return super.host(env, this.ukey.space.inside(program, args));
  }

  async close(options) {
    try {
      await super.close(options);
    } finally {
      await this.ukey.space.stop();
    }
  }
}
