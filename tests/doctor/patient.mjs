// SPDX-License-Identifier: MIT
// patient - an installation that a test breaks, and the doctor who looks at it: `ukeybridge doctor`, as a user types it.
//
// It runs in a space of its own (start.sh), in which the test is root: commands that begin with sudo are followed to the
// letter there.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { BUILD, POLICY_FILE, TOP } from '../lib/place.mjs';
import { Space } from '../lib/space.mjs';

const PROGRAMS = ['ukeybridge', 'ukeybridge-worker', 'ukeybridge-worker-net'];
const HOLD = join(TOP, 'tests/doctor/hold.py');
const FOR_ALL = '/run/ukeybridge-host';
/* as on a computer where sudo asks nothing: here everybody is root */
const SUDO = 'sudo() { "$@"; }; ';

/** A computer, for patients that need no card. */
export async function makeSpace() {
  const space = new Space(join(TOP, 'tests/doctor/start.sh'));
  await once(space.process.stdout, 'data');
  return space;
}

export class Patient {
  /** `env` is the session's, which a test may change. */
  constructor(stage, space) {
    this.stage = stage;
    this.space = space;
    this.home = stage.place.env.HOME;
    this.config = stage.config;
    this.held = [];
    this.env = {
      ...stage.place.env,
      DISPLAY: stage.display.name,
      LANG: 'C.UTF-8'
    };
    this.programs = this.path('host');
    mkdirSync(this.programs);
    for (const name of PROGRAMS) this.install(name);
  }

  path(...names) {
    return join(this.stage.place.dir, ...names);
  }

  install(name) {
    copyFileSync(join(BUILD, 'host', name), join(this.programs, name));
    chmodSync(join(this.programs, name), 0o755);
  }

  /** From now on the host is where only root can change it, as after its package was installed. */
  async installForAll() {
    await this.shell(
      `rm -rf ${FOR_ALL} && cp -r ${this.programs} ${FOR_ALL} && chmod -R go-w ${FOR_ALL}`
    );
    this.programs = FOR_ALL;
  }

  /** Write a file of the patient's own; `mode` as it is afterwards. */
  write(path, content, mode = 0o644) {
    const text =
      typeof content === 'string' ? content : JSON.stringify(content);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  }

  configure(more) {
    this.stage.place.configure({ ...this.config, ...more });
  }

  /** Run a line of shell on that computer; its output. */
  async shell(line) {
    const { program, args } = this.space.inside('/bin/sh', [
      '-ec',
      SUDO + line
    ]);
    return new Promise((resolve, reject) => {
      execFile(program, args, { env: this.env }, (error, stdout, stderr) => {
        if (error) reject(new Error(`${line}: ${error.message} ${stderr}`));
        else resolve(stdout);
      });
    });
  }

  /** The rows of a check, as `ukeybridge doctor --json` has them. */
  async ask(id, ...options) {
    const host = join(this.programs, 'ukeybridge');
    const args = ['doctor', '--json', ...options];
    const inside = this.space.inside(host, args);
    const stdout = await new Promise((resolve, reject) => {
      execFile(
        inside.program,
        inside.args,
        { env: this.env },
        (error, out, stderr) =>
          error && ![0, 1].includes(error.code)
            ? reject(new Error(`${error.message} ${stderr}`))
            : resolve(out)
      );
    });
    const { checks } = JSON.parse(stdout);
    const rows = checks.filter((check) => check.id === id);
    assert.ok(rows.length > 0, `no row ${id}`);
    return rows;
  }

  /** Another program that holds something; see hold.py. */
  async hold(...words) {
    const { program, args } = this.space.inside(HOLD, words);
    /* no place's environment: nobody shall take it for a process of the host */
    const other = spawn(program, args, {
      env: { PATH: process.env.PATH, ...this.env, XDG_RUNTIME_DIR: '' },
      stdio: ['ignore', 'pipe', 'inherit']
    });
    this.held.push(other);
    await once(other.stdout, 'data');
    return other;
  }

  end() {
    for (const other of this.held) other.kill('SIGKILL');
  }

  /** Text without what differs from run to run. */
  plain(text) {
    return text
      .replaceAll(POLICY_FILE, '/etc/ukeybridge/policy.json')
      .replaceAll(dirname(POLICY_FILE), '/etc/ukeybridge')
      .replaceAll(this.programs, '…')
      .replaceAll(BUILD, '…')
      .replaceAll(this.home, '~')
      .replace(/[0-9a-f]{32}/g, '…')
      .replace(/\d{4}-\d\d-\d\dT[\d:]+Z/g, '…')
      .replace(/\b(kill|python3,) \d+/g, '$1 N')
      .replace(/\(\d+\)/g, '(N)')
      .replace(/\d+ MiB/, 'N MiB')
      .replace(/this program knows \d+/, 'this program knows N')
      .replaceAll('|', '\\|');
  }
}
