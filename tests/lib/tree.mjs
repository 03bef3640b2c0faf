// SPDX-License-Identifier: MIT
// tree - where the checkout is, whose its extension is, and what is in a folder.
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const TOP = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The extension as Chromium knows it, and as Firefox does. */
export const EXTENSION_ID = 'efhkkcihfdnbnailmgiajdmcjflmjoef';
export const ADD_ON_ID = 'bridge@ukeybridge.org';

/** The files in a folder and below, by their paths in it. */
export const filesOf = (dir) =>
  readdirSync(dir, { recursive: true })
    .filter((path) => statSync(join(dir, path)).isFile())
    .sort();
