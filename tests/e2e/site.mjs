// SPDX-License-Identifier: MIT
/* global document, location, window */
// site - a web server with an empty page and the SDK, and what a page on it gets from UKey Bridge.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';

import { TOP } from '../lib/place.mjs';

const SDK = readFileSync(join(TOP, 'extension/sdk/ukeybridge.js'));
const LANGUAGE = 'zh-CN';

function answer(request, response) {
  const isSdk = request.url === '/sdk/ukeybridge.js';
  const type = isSdk ? 'text/javascript' : 'text/html';
  response.writeHead(200, { 'Content-Type': `${type}; charset=utf-8` });
  response.end(isSdk ? SDK : `<!doctype html><html lang="${LANGUAGE}">`);
}

function selfSigned(dir) {
  const [key, cert] = [join(dir, 'tls-key.pem'), join(dir, 'tls-cert.pem')];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '1',
      '-subj'
    ].concat(['/CN=portal.test', '-keyout', key, '-out', cert]),
    { stdio: 'pipe' }
  );
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

/**
 * Serve until the test ends.
 * @param {object} t
 * @param {{tlsIn?: string}} [options] a folder for a key: https then
 * @returns {Promise<number>} the port
 */
export async function serve(t, { tlsIn } = {}) {
  const server = tlsIn
    ? createTlsServer(selfSigned(tlsIn), answer)
    : createServer(answer);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return server.address().port;
}

/** How long to wait for what is to come, and for what is not. */
const HEARD_MS = 20_000;
const UNHEARD_MS = 500;

/**
 * What the SDK makes of a page or a frame: `{tokens}`, or the error's `{reason, message, text}`.
 * @param {object} frame playwright's page or frame
 * @param {{isServed?: boolean}} [options] an answer is to come, however slow the machine
 */
export function ask(frame, { isServed = false } = {}) {
  return frame.evaluate(
    async (timeoutMs) => {
      const { UKeyBridge } = await import('/sdk/ukeybridge.js');
      try {
        const bridge = await UKeyBridge.connect({ timeoutMs });
        const { tokens } = await bridge.tokens.list();
        return { tokens };
      } catch ({ reason, message, text }) {
        return { reason, message, text };
      }
    },
    isServed ? HEARD_MS : 2 * UNHEARD_MS
  );
}

/**
 * What a page gets that does not use the SDK and its courtesy: true when anything answers.
 * @param {object} frame playwright's page or frame
 * @param {'self' | 'parent' | 'top'} target the window it asks
 * @param {{isServed?: boolean}} [options] as of ask()
 */
export function isHeard(frame, target = 'self', { isServed = false } = {}) {
  return frame.evaluate(
    async ([name, timeoutMs]) => {
      const { port1, port2 } = new MessageChannel();
      const heard = new Promise((resolve) => {
        port1.onmessage = () => resolve(true);
        setTimeout(() => resolve(false), timeoutMs);
      });
      window[name].postMessage({ ukeybridge: 1, connect: true }, '*', [port2]);
      return heard;
    },
    [target, isServed ? HEARD_MS : UNHEARD_MS]
  );
}

/**
 * The reply to one message that is written by hand.
 * @param {object} frame playwright's page or frame
 * @param {object} message
 */
export function send(frame, message) {
  return frame.evaluate(async (body) => {
    const { port1, port2 } = new MessageChannel();
    const reply = new Promise((resolve) => {
      port1.onmessage = ({ data }) => {
        if (data.connected) port1.postMessage(body);
        else resolve(data);
      };
    });
    window.postMessage({ ukeybridge: 1, connect: true }, location.origin, [
      port2
    ]);
    return reply;
  }, message);
}

/** Put a frame into a page; resolves with playwright's frame. */
export async function addFrame(page, url) {
  const element = await page.evaluateHandle((address) => {
    const frame = document.createElement('iframe');
    frame.src = address;
    const loaded = new Promise((resolve) => {
      frame.onload = () => resolve(frame);
    });
    document.body.append(frame);
    return loaded;
  }, url);
  return element.asElement().contentFrame();
}
