// SPDX-License-Identifier: MIT
// @ts-check
/** Runs the openssl command line: argument arrays only, never a shell. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const TIMEOUT_MS = 20_000;
const MAX_OUTPUT_BYTES = 1024 * 1024;

/** What openssl said when it refused. */
export class OpensslError extends Error {
  /** @param {string} verb @param {string} stderr */
  constructor(verb, stderr) {
    super(`openssl ${verb} failed: ${stderr.trim().slice(0, 2000)}`);
    this.name = 'OpensslError';
    this.stderr = stderr;
  }
}

/**
 * @param {string[]} args
 * @param {string} [cwd] relative file names in args are looked up here
 * @returns {Promise<{stdout: string, stderr: string}>}
 */
export function openssl(args, cwd) {
  const options = {
    cwd,
    timeout: TIMEOUT_MS,
    maxBuffer: MAX_OUTPUT_BYTES,
    env: { PATH: process.env.PATH, LC_ALL: 'C' }
  };
  return new Promise((resolve, reject) => {
    execFile('openssl', args, options, (error, stdout, stderr) => {
      if (error) reject(new OpensslError(args[0], stderr || error.message));
      else resolve({ stdout, stderr });
    });
  });
}

/**
 * Gives `work` a private directory that is gone afterwards, on every path.
 * @template T
 * @param {(dir: string) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withScratch(work) {
  const dir = await mkdtemp(join(tmpdir(), 'portal-ca-'));
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
