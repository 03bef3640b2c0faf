// SPDX-License-Identifier: MIT
// @ts-check
import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import * as testkit from '../testkit.js';

/**
 * A request as it is: fetch() would tidy the path first.
 * @param {number} port
 * @param {string} path
 * @param {import('node:http').RequestOptions} [options]
 * @param {string} [body]
 * @returns {Promise<{status: number, headers: any, text: string}>}
 */
function raw(port, path, options = {}, body) {
  return new Promise((resolve, reject) => {
    const call = request(
      { host: '127.0.0.1', port, path, agent: false, ...options },
      async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        const { statusCode = 0, headers } = response;
        resolve({ status: statusCode, headers, text });
      }
    );
    call.on('error', reject);
    call.end(body);
  });
}

const JSON_TYPE = { 'Content-Type': 'application/json' };

test('no path leads out of the served folders', async (t) => {
  const sdkDir = join(await testkit.scratchDir(t), 'sdk');
  await mkdir(sdkDir);
  await writeFile(join(sdkDir, '..', 'secret.js'), 'secret');
  await symlink(join(sdkDir, '..', 'secret.js'), join(sdkDir, 'link.js'));
  await writeFile(join(sdkDir, 'ukeybridge.js'), 'export {};');
  const { port } = await testkit.portal(t, { sdkDir });
  const sdk = await raw(port, '/sdk/ukeybridge.js');
  assert.equal(sdk.status, 200);
  assert.match(sdk.headers['content-type'], /^text\/javascript/);
  for (const path of [
    '/../server.js',
    '/%2e%2e/server.js',
    '/..%2fserver.js',
    '/sdk/../secret.js',
    '/sdk/..%5csecret.js',
    '/sdk/link.js',
    '/sdk//etc/passwd',
    '/sdk/',
    '/.hidden.js',
    '/main.js%00.css',
    '//main.js',
    '/nothing.js'
  ]) {
    const { status, text } = await raw(port, path);
    assert.equal(status, 404, path);
    assert.equal(JSON.parse(text).error.code, 'NOT_FOUND');
  }
});

test('the page comes with a policy that allows no inline script', async (t) => {
  const { port } = await testkit.portal(t);
  const { status, headers, text } = await raw(port, '/?lang=en');
  assert.equal(status, 200);
  const policy = headers['content-security-policy'];
  assert.match(policy, /default-src 'self'/);
  assert.doesNotMatch(policy, /unsafe/);
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.doesNotMatch(text, /<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=/i);
  const head = await raw(port, '/', { method: 'HEAD' });
  assert.equal(head.text, '');
  assert.equal((await raw(port, '/', { method: 'DELETE' })).status, 405);
});

test('a body is small, JSON and of known members', async (t) => {
  const { port } = await testkit.portal(t);
  /** @param {string} body @param {Record<string, string>} [headers] */
  const post = async (body, headers = JSON_TYPE) => {
    const options = { method: 'POST', headers };
    const { status, text } = await raw(port, '/api/orders', options, body);
    return [status, JSON.parse(text).error.code];
  };
  const big = JSON.stringify({ certificatePem: 'x'.repeat(70_000) });
  const chunked = { ...JSON_TYPE, 'Transfer-Encoding': 'chunked' };
  assert.deepEqual(await post(big), [413, 'TOO_LARGE']);
  assert.deepEqual(await post(big, chunked), [413, 'TOO_LARGE']);
  const text = { 'Content-Type': 'text/plain' };
  assert.deepEqual(await post('{}', text), [415, 'UNSUPPORTED_TYPE']);
  for (const body of ['', '{', '[]', 'null', '"x"', '\uFEFF{}x']) {
    assert.deepEqual(await post(body), [400, 'BAD_JSON'], body);
  }
  const { UKEY: ukey } = testkit;
  for (const value of [
    {},
    { ukey },
    { ukey, certificatePem: 7 },
    { ukey, certificatePem: 'x'.repeat(20_000) },
    { ukey, certificatePem: 'x', key: 'other' },
    { ukey, certificatePem: 'x', more: 1 },
    { ukey: { ...ukey, label: 'x'.repeat(65) }, certificatePem: 'x' },
    { ukey: [], certificatePem: 'x' }
  ]) {
    const body = JSON.stringify(value);
    assert.deepEqual(await post(body), [400, 'BAD_FIELD'], body);
  }
  const junk = JSON.stringify({ ukey, certificatePem: 'x' });
  assert.deepEqual(await post(junk), [400, 'BAD_CERTIFICATE']);
});

test('unknown orders, wrong methods and other sites are refused', async (t) => {
  const { port } = await testkit.portal(t);
  const id = '0'.repeat(32);
  assert.equal((await raw(port, `/api/orders/${id}`)).status, 404);
  assert.equal((await raw(port, '/api/orders/%2e%2e')).status, 404);
  assert.equal((await raw(port, '/api/nothing')).status, 404);
  const list = await raw(port, '/api/orders');
  assert.equal(list.status, 405);
  assert.equal(list.headers.allow, 'POST');
  const foreign = { ...JSON_TYPE, Origin: 'https://evil.example' };
  const options = { method: 'POST', headers: foreign };
  const refused = await raw(port, '/api/orders', options, '{}');
  assert.equal(refused.status, 403);
});
