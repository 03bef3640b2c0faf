// SPDX-License-Identifier: MIT
// @ts-check
/** Files of the page and of the SDK. A name that could leave its folder does
 * not match at all, and neither does a hidden one. */
import { readFile, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { ApiError } from './api-error.js';
import { send } from './http.js';

const SAFE_PATH = /^(\/[A-Za-z0-9_-]+)*\/[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;

/** @type {Record<string, string>} */
const TYPES = Object.freeze({
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json; charset=utf-8'
});

/**
 * @param {Record<string, string>} folders URL prefix → folder, longest first
 * @param {string} path
 * @returns {Promise<string>} a real file below one of the folders
 */
async function locate(folders, path) {
  const prefix = Object.keys(folders).find((name) => path.startsWith(name));
  if (prefix !== undefined && SAFE_PATH.test(path) && TYPES[extname(path)]) {
    const root = await realpath(folders[prefix]).catch(() => null);
    const name = path.slice(prefix.length);
    const file = root && (await realpath(join(root, name)).catch(() => null));
    if (file?.startsWith(root + sep)) return file;
  }
  throw new ApiError('NOT_FOUND', 'no such file');
}

/**
 * @param {Record<string, string>} folders
 * @param {import('./http.js').Request} request
 * @param {import('./http.js').Response} response
 * @param {string} path
 */
export async function serveFile(folders, request, response, path) {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    const allow = 'GET, HEAD';
    throw new ApiError('METHOD_NOT_ALLOWED', `use ${allow}`, { allow });
  }
  const file = await locate(folders, path === '/' ? '/index.html' : path);
  const body = await readFile(file);
  send(response, 200, TYPES[extname(file)], body);
}
