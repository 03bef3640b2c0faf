#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// @ts-check
/**
 * The demonstration portal: a page, a JSON API, a CA.
 *
 *   node server.js --ca DIR [--port N] [--host ADDRESS] [--sdk DIR]
 *                  [--issue-delay MS] [--rsa-transport oaep|pkcs1]
 */
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { initCa } from './ca.js';
import { serveApi } from './lib/api.js';
import { SERVER_LIMITS, sendError } from './lib/http.js';
import { Issuer } from './lib/issuing.js';
import { RSA_ARGUMENTS } from './lib/kmc.js';
import { Orders } from './lib/orders.js';
import { serveFile } from './lib/static.js';

const PUBLIC_DIR = fileURLToPath(new URL('public', import.meta.url));
const SDK_DIR = fileURLToPath(new URL('../../extension/sdk', import.meta.url));
const ISSUE_DELAY_MS = 2000;

/**
 * @param {object} options
 * @param {string} options.caDir the CA is created when there is none
 * @param {number} [options.port] 0: any free one
 * @param {string} [options.host]
 * @param {string} [options.sdkDir]
 * @param {number} [options.issueDelayMs] stands for one or two working days
 * @param {import('./lib/kmc.js').RsaTransport} [options.rsaTransport]
 */
export async function startPortal(options) {
  const { caDir, port = 0, host = '127.0.0.1', sdkDir = SDK_DIR } = options;
  const ca = await initCa(caDir);
  const orders = await Orders.load(join(caDir, 'orders.json'));
  const issuer = new Issuer(ca, orders, {
    delayMs: options.issueDelayMs ?? ISSUE_DELAY_MS,
    rsaTransport: options.rsaTransport
  });
  const service = { ca, orders, issuer };
  const folders = { '/sdk/': sdkDir, '/': PUBLIC_DIR };
  const server = createServer(SERVER_LIMITS, async (request, response) => {
    const path = (request.url ?? '/').split('?')[0];
    try {
      if (path.startsWith('/api/')) {
        await serveApi(service, request, response, path);
      } else {
        await serveFile(folders, request, response, path);
      }
    } catch (error) {
      sendError(response, error);
    }
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(undefined));
  });
  const address = /** @type {import('node:net').AddressInfo} */ (
    server.address()
  );
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${name}:${address.port}`,
    port: address.port,
    ca,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await issuer.close();
    }
  };
}

async function main() {
  const { values } = parseArgs({
    options: {
      ca: { type: 'string' },
      port: { type: 'string', default: '0' },
      host: { type: 'string' },
      sdk: { type: 'string' },
      'issue-delay': { type: 'string', default: String(ISSUE_DELAY_MS) },
      'rsa-transport': { type: 'string', default: 'oaep' }
    }
  });
  if (!values.ca) throw new TypeError('--ca DIR is missing');
  const transport = values['rsa-transport'];
  if (!Object.hasOwn(RSA_ARGUMENTS, transport)) {
    throw new TypeError('--rsa-transport oaep|pkcs1');
  }
  const portal = await startPortal({
    caDir: values.ca,
    port: Number(values.port),
    host: values.host,
    sdkDir: values.sdk,
    issueDelayMs: Number(values['issue-delay']),
    rsaTransport: /** @type {keyof typeof RSA_ARGUMENTS} */ (transport)
  });
  console.log(portal.url);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await main().catch((error) => {
    console.error(error.message);
    process.exitCode = 2;
  });
}
