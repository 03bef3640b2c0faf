// SPDX-License-Identifier: MIT
// rollout - a computer whose administrator installs the extension: files on a web server, and policies in an /etc that
// only one program sees.
import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import {
  cpSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  writeFileSync
} from 'node:fs';
import { createServer } from 'node:https';
import { basename, join } from 'node:path';

import { TOP } from './place.mjs';

/** What a server says that these files are; browsers install no other. */
const TYPES = {
  crx: 'application/x-chrome-extension',
  xpi: 'application/x-xpinstall',
  xml: 'text/xml',
  json: 'application/json'
};

/** A certificate for this computer's loopback address by an authority of its own: files in `dir`. */
function certify(dir) {
  const file = (name) => join(dir, name);
  const openssl = (...args) => execFileSync('openssl', args, { stdio: 'pipe' });
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes'];
  const ca = ['-keyout', file('ca-key.pem'), '-out', file('ca.pem')];
  openssl(...request, '-days', '2', '-subj', '/CN=intranet CA', ...ca);
  const by = ['-CA', file('ca.pem'), '-CAkey', file('ca-key.pem')];
  const own = ['-keyout', file('key.pem'), '-out', file('cert.pem')];
  const name = ['-subj', '/CN=intranet', '-addext'];
  const address = 'subjectAltName=IP:127.0.0.1';
  const end = ['-addext', 'basicConstraints=critical,CA:FALSE'];
  openssl(...request, '-days', '1', ...name, address, ...end, ...by, ...own);
  return {
    key: readFileSync(file('key.pem')),
    cert: readFileSync(file('cert.pem')),
    authority: file('ca.pem')
  };
}

/** Serve the files of a folder until the test ends; its address. */
async function serveFolder(t, dir, { key, cert }) {
  const server = createServer({ key, cert }, (request, response) => {
    const { pathname } = new URL(request.url, 'https://intranet');
    const file = join(dir, basename(pathname));
    if (!existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    const type = TYPES[file.split('.').at(-1)];
    response.writeHead(200, { 'Content-Type': type });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `https://127.0.0.1:${server.address().port}`;
}

/**
 * Make an organisation's build with a key of its own, on a web server of its own.
 * @returns {Promise<{dir: string, authority: string, ids: {chromium: string, firefox: string}}>} the files' folder, and
 *   the certificate of whoever certified the server
 */
export async function rollOut(t, place, portals) {
  const dir = join(place.dir, 'rollout');
  const key = join(place.dir, 'company.pem');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  mkdirSync(dir);
  const certified = certify(mkdtempSync(join(place.dir, 'tls-')));
  const url = await serveFolder(t, dir, certified);
  const printed = execFileSync(
    join(TOP, 'packaging/browsers'),
    [
      ...portals.flatMap((origin) => ['--portal', origin]),
      ...['--url', url, '--key', key, '--out', dir]
    ],
    { encoding: 'utf8' }
  );
  const [chromium, firefox] = printed
    .split('\n')
    .map((line) => line.split(' ')[0]);
  const { authority } = certified;
  return { dir, authority, ids: { chromium, firefox } };
}

/**
 * What the policy kit writes into a computer's /etc for that build, as ukeybridge-policy --apply does.
 * @returns {string} the folder that is like /etc
 */
export function policiesOf(place, { dir }) {
  const out = join(place.dir, 'policies');
  const conf = join(dir, 'policy-kit.conf');
  const here = ['--allow-loopback', 'yes', '--firefox-unsigned', 'yes'];
  execFileSync(
    join(TOP, 'packaging/policy'),
    ['--conf', conf, ...here, '--out', out],
    { stdio: 'pipe' }
  );
  return join(out, 'linux', 'etc');
}

/** An /etc for one program: a copy, as far as it may be read, and `more` over it. */
export function makeEtc(place, more) {
  const etc = join(place.dir, 'etc');
  spawnSync('cp', ['-a', '/etc', etc], { stdio: 'ignore' });
  cpSync(more, etc, { recursive: true });
  return etc;
}

/** A program that runs another one, for which `etc` stands in the place of /etc; its path. */
export function withEtc(place, program, etc) {
  const own = process.getuid() === 0 ? '' : '--user --map-root-user';
  const wrapper = join(place.dir, basename(program));
  const script = `#!/bin/sh
exec unshare ${own} --mount -- sh -c 'mount --bind "$0" /etc && exec "$@"' '${etc}' '${program}' "$@"
`;
  writeFileSync(wrapper, script, { mode: 0o755 });
  return wrapper;
}
