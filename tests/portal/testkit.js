// SPDX-License-Identifier: MIT
// @ts-check
/** A portal with a CA in a throw-away folder, and a UKey made of files. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initCa } from './ca.js';
import { openssl } from './lib/openssl.js';
import { unitCodeExtension } from './lib/profiles.js';
import { startPortal } from './server.js';

const TEMPORARY = 'portal-test-';
export const DAY_MS = 86_400_000;
export const UKEY = { id: 'tok', label: 'UKey', serial: '0001' };
/** @type {[string, string][]} */
export const SUBJECT = [
  ['C', 'CN'],
  ['O', '示例科技有限公司'],
  ['CN', '示例/供应商+一']
];

/** @param {import('node:test').TestContext} t */
export async function scratchDir(t) {
  const dir = await mkdtemp(join(tmpdir(), TEMPORARY));
  t.after(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/**
 * @param {import('node:test').TestContext} t
 * @param {Partial<Parameters<typeof startPortal>[0]>} [options]
 */
export async function portal(t, options = {}) {
  const caDir = options.caDir ?? (await mkdtemp(join(tmpdir(), TEMPORARY)));
  const running = await startPortal({ caDir, issueDelayMs: 0, ...options });
  t.after(async () => {
    await running.close();
    await rm(caDir, { recursive: true, force: true });
  });
  /** @param {string} path @param {unknown} body */
  const post = (path, body) => call(running.url, 'POST', path, body);
  /** @param {string} path */
  const get = (path) => call(running.url, 'GET', path);
  return { ...running, caDir, post, get };
}

/**
 * @param {string} url
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 */
async function call(url, method, path, body) {
  const response = await fetch(url + path, {
    method,
    headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body)
  });
  return { status: response.status, body: await response.json() };
}

export function newKey() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

export function newRsaKey() {
  return generateKeyPairSync('rsa', { modulusLength: 2048 });
}

/** @param {import('node:crypto').KeyObject} key */
export const privatePem = (key) =>
  String(key.export({ type: 'pkcs8', format: 'pem' }));

/**
 * The first certificate of a key, with 20 days left.
 * @param {import('./ca.js').Ca} ca
 * @param {import('node:crypto').KeyObject} publicKey
 * @param {'signing' | 'encryption'} [profile]
 */
export function firstCertificate(ca, publicKey, profile = 'signing') {
  const notAfter = new Date(Date.now() + 20 * DAY_MS);
  return ca.issueForKey({
    publicKey,
    subject: SUBJECT,
    profile,
    notBefore: new Date(notAfter.getTime() - 365 * DAY_MS),
    notAfter,
    extensions: [unitCodeExtension('91320000MA0000000X')]
  });
}

/**
 * A PKCS#10 as a UKey would sign it.
 * @param {string} dir
 * @param {import('node:crypto').KeyObject} key
 * @param {{challenge?: string, subject?: [string, string][]}} [options]
 * @returns {Promise<string>} PEM
 */
export async function makeCsr(dir, key, options = {}) {
  const { challenge, subject = SUBJECT } = options;
  const config = [
    '[req]\nstring_mask = utf8only\nutf8 = yes\nprompt = no',
    'distinguished_name = dn\nattributes = attributes',
    '[dn]',
    ...subject.map(([type, value]) => `${type} = ${value}`),
    '[attributes]',
    challenge ? `challengePassword = ${challenge}` : '',
    ''
  ];
  await writeFile(join(dir, 'key.pem'), privatePem(key), { mode: 0o600 });
  await writeFile(join(dir, 'req.cnf'), config.join('\n'));
  const files = ['-key', 'key.pem', '-out', 'req.pem', '-config', 'req.cnf'];
  await openssl(['req', '-new', ...files], dir);
  return readFile(join(dir, 'req.pem'), 'utf8');
}

/** @param {string} pem changes the last byte of what it encloses */
export function breakSignature(pem) {
  const der = Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64');
  der[der.length - 1] ^= 1;
  const label = /BEGIN ([A-Z ]+)/.exec(pem)?.[1];
  const text = der.toString('base64').replace(/.{64}/g, '$&\n');
  return `-----BEGIN ${label}-----\n${text}\n-----END ${label}-----\n`;
}

/**
 * A portal, a UKey's key and certificate, and an order for it.
 * @param {import('node:test').TestContext} t
 * @param {object} [facts] more of the order
 * @param {object} [options] of the portal
 */
export async function ordered(t, facts = {}, options = {}) {
  const site = await portal(t, options);
  const dir = await scratchDir(t);
  const { publicKey, privateKey } = newKey();
  const certificatePem = await firstCertificate(site.ca, publicKey);
  const body = { certificatePem, ukey: UKEY, ...facts };
  const { status, body: order } = await site.post('/api/orders', body);
  assert.equal(status, 201);
  return { ...site, dir, privateKey, certificatePem, order };
}

/**
 * ordered() for a UKey with a dual pair.
 * @param {import('node:test').TestContext} t
 * @param {object} facts more of the order
 * @param {object} [options] of the portal
 * @param {ReturnType<typeof newKey>} [pair] the encryption key
 */
export async function orderedDual(t, facts, options, pair = newKey()) {
  const caDir = await scratchDir(t);
  const ca = await initCa(caDir);
  const encryptionPem = await firstCertificate(
    ca,
    pair.publicKey,
    'encryption'
  );
  const more = { encryptionPem, ...facts };
  const on = await ordered(t, more, { caDir, ...options });
  return { ...on, encryptionPem, encryptionKey: pair.privateKey };
}

/**
 * Pays, requests with the UKey's key, or with `key`, and waits for the CA.
 * @param {Awaited<ReturnType<typeof ordered>>} from
 * @param {import('node:crypto').KeyObject} [key]
 */
export async function issued({ order, post, get, dir, privateKey }, key) {
  const path = `/api/orders/${order.id}`;
  const { challenge } = order;
  await post(`${path}/pay`, {});
  const pem = await makeCsr(dir, key ?? privateKey, { challenge });
  const requested = await post(`${path}/request`, { pem });
  assert.equal(requested.status, 200);
  return issuedOrder({ get }, order.id);
}

/**
 * What is in an envelope, as PKCS#8 DER.
 * @param {string} dir
 * @param {string} envelope base64
 * @param {string} recipientPem
 * @param {import('node:crypto').KeyObject} key
 */
export async function openEnvelope(dir, envelope, recipientPem, key) {
  await writeFile(join(dir, 'key.cms'), Buffer.from(envelope, 'base64'));
  await writeFile(join(dir, 'recipient.pem'), recipientPem);
  await writeFile(join(dir, 'recipient.key'), privatePem(key), { mode: 0o600 });
  const files = ['-in', 'key.cms', '-inform', 'DER', '-out', 'key.der'];
  const whose = ['-recip', 'recipient.pem', '-inkey', 'recipient.key'];
  await openssl(['cms', '-decrypt', '-binary', ...files, ...whose], dir);
  return readFile(join(dir, 'key.der'));
}

/** @param {{status: number, body: any}} reply @param {string} code */
export function assertRefused({ status, body }, code) {
  assert.equal(body.error?.code, code);
  assert.ok(status >= 400 && status < 500);
  assert.ok(body.error.message);
}

/**
 * @param {{get: (path: string) => Promise<{body: any}>}} site
 * @param {string} id
 */
export async function issuedOrder(site, id) {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const { body } = await site.get(`/api/orders/${id}`);
    if (body.state === 'issued') return body;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('not issued in a minute');
}
