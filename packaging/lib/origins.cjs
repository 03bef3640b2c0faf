// SPDX-License-Identifier: MIT
'use strict';
/* origins - the portals that a build is for, and where its later versions are. */
const { UsageError } = require('./usage.cjs');

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const DEFAULT_PORTS = { 'https:': '443', 'http:': '80' };
const HOST_NAME = /^([a-z0-9.-]+|\[[0-9a-f:.]+\])$/;
/** Nothing that XML or a policy would have to quote. */
const PLAIN_URL = /^[A-Za-z0-9:/.\-_~%[\]]+$/;
const MAX_ORIGIN_CHARS = 255;

function checkScheme(text) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['https:', 'http:'].includes(url.protocol)) {
    throw new UsageError(`not an https origin: ${text}`);
  }
  if (url.protocol === 'http:' && !LOOPBACK.includes(url.hostname)) {
    throw new UsageError(`http is for loopback only, use https: ${text}`);
  }
  return url;
}

function checkOrigin(text) {
  const url = checkScheme(text);
  if (!HOST_NAME.test(url.hostname)) {
    throw new UsageError(`an origin names one host: ${text}`);
  }
  if (url.origin !== text || text.length > MAX_ORIGIN_CHARS) {
    throw new UsageError(
      `not an origin in canonical form: ${text} (did you mean ${url.origin}?)`
    );
  }
  return text;
}

/** A web server's folder, without a slash at its end; Firefox takes later versions by https only. */
function checkFolderUrl(text) {
  const { protocol } = checkScheme(text);
  if (protocol !== 'https:' || !PLAIN_URL.test(text)) {
    throw new UsageError(`not a plain https address of a folder: ${text}`);
  }
  return text.replace(/\/+$/, '');
}

/* A pattern without a port matches every port of the host; in Firefox one with a port matches none. */
function matchPattern(origin, browser) {
  const { protocol, hostname, port } = new URL(origin);
  const at = browser === 'firefox' ? '' : `:${port || DEFAULT_PORTS[protocol]}`;
  return `${protocol}//${hostname}${at}/*`;
}

module.exports = { checkFolderUrl, checkOrigin, matchPattern };
