// SPDX-License-Identifier: MIT
// Frames: whole ones, pieces, too long ones, cut ones; and how little memory it all takes.
import assert from 'node:assert/strict';
import { readFileSync, readlinkSync } from 'node:fs';
import { test } from 'node:test';
import {
  setTimeout as sleep,
  setImmediate as turn
} from 'node:timers/promises';

import { CONTRACT } from '../lib/contract.mjs';
import { frame } from '../lib/host.mjs';
import { ORIGIN, scene, until } from '../lib/scene.mjs';

const MIB = 1024 * 1024;
const PING = { jsonrpc: '2.0', method: 'host.ping' };
const ORDINARY_KIB = 2560;
/** Read buffers and code touched for the first time; a body stored would be 3,072. */
const DRAINED_KIB = 512;
/** Of replies, by protocol.md; a reply to a ping is a little shorter than a ping. */
const HELD_BACK_KIB = 4096;
const EXIT_MS = 1000;
/** How often in a row a process is seen asleep before it is said to rest: the pipe is filled anew meanwhile. */
const RESTING_LOOKS = 20;
/** SoftHSM's worker alone: OpenSC's would idle beside it. */
const ONE_MODULE = { portals: [ORIGIN], systemModules: false };

const ping = (id) => ({ ...PING, id });
const pong = (id) => ({ jsonrpc: '2.0', id, result: {} });

async function broker(t) {
  const stage = await scene(t, { pairs: null, screen: false });
  return stage.broker;
}

/** The most memory that the process ever had, in KiB. */
function peak({ pid }) {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(text)[1]);
}

/** How many bytes the process ever read. */
function taken({ pid }) {
  return Number(
    /^rchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))[1]
  );
}

/** Whether the process sleeps and reads nothing, however long it is offered something. */
async function restsFrom(host) {
  const already = taken(host);
  for (let look = 0; look < RESTING_LOOKS; look++) {
    await sleep(10);
    const [, state] = /^State:\s+(\w)/m.exec(
      readFileSync(`/proc/${host.pid}/status`, 'utf8')
    );
    if (state !== 'S' || taken(host) !== already) return false;
  }
  return host.process.stdin.writableLength > 0;
}

/** Write a long body piece by piece, as the pipe takes it. */
async function pour(host, length) {
  const { stdin } = host.process;
  const piece = Buffer.alloc(MIB, 0x20);
  const header = Buffer.alloc(4);
  header.writeUInt32LE(length);
  stdin.write(header);
  for (let left = length; left > 0; left -= piece.length) {
    const part = piece.subarray(0, Math.min(left, piece.length));
    await new Promise((resolve) => stdin.write(part, resolve));
  }
}

function assertTooLarge(reply) {
  assert.equal(reply.id, null);
  assert.equal(reply.error.code, -32002);
  assert.equal(reply.error.data.reason, 'TOO_LARGE');
}

async function serves(host) {
  host.send(ping('still here'));
  assert.deepEqual(await host.next(), pong('still here'));
}

async function endsWell(host) {
  const from = Date.now();
  assert.deepEqual(await host.end(), { code: 0, signal: null });
  assert.ok(Date.now() - from < EXIT_MS);
}

test('a frame may come byte by byte', async (t) => {
  const host = await broker(t);
  await serves(host);
  for (const byte of frame(JSON.stringify(ping(7)))) {
    host.raw(Buffer.of(byte));
    await turn();
  }
  assert.deepEqual(await host.next(), pong(7));
});

test('many frames may come at once, the last one cut', async (t) => {
  const host = await broker(t);
  const one = frame(JSON.stringify(ping(1)));
  const two = frame(JSON.stringify(ping(2)));
  host.raw(Buffer.concat([one, two.subarray(0, 9)]));
  assert.deepEqual(await host.next(), pong(1));
  host.raw(two.subarray(9));
  assert.deepEqual(await host.next(), pong(2));
});

test('2,000 pings written at once are answered in order', async (t) => {
  const host = await broker(t);
  const ids = Array.from({ length: 2000 }, (_, i) => i);
  host.raw(Buffer.concat(ids.map((id) => frame(JSON.stringify(ping(id))))));
  for (const id of ids) assert.deepEqual(await host.next(), pong(id));
});

test('a peer that does not read is not read from', async (t) => {
  const host = await broker(t);
  await serves(host);
  const { stdin, stdout } = host.process;
  stdout.pause();
  const pings = 200_000;
  const many = Buffer.concat(
    Array.from({ length: pings }, (_, id) => frame(JSON.stringify(ping(id))))
  );
  const before = taken(host);
  stdin.write(many);
  await until(() => restsFrom(host));
  const read = taken(host) - before;
  assert.ok(read < many.length, 'all of it was taken in');
  assert.ok(read > HELD_BACK_KIB * 1024, `no more than ${read} bytes taken in`);
  /* A buffer that grows is as long again. */
  const most = ORDINARY_KIB + 2 * HELD_BACK_KIB;
  assert.ok(peak(host) < most, `${peak(host)} KiB`);
  stdout.resume();
  for (let id = 0; id < pings; id++) {
    assert.equal((await host.next()).id, id);
  }
});

test('a request of 1 MiB is taken, one byte more is not', async (t) => {
  const host = await broker(t);
  const limit = CONTRACT.limits.maxRequest;
  assert.equal(limit, MIB);
  host.send(JSON.stringify(ping(1)).padEnd(limit));
  assert.deepEqual(await host.next(), pong(1));
  host.send(JSON.stringify(ping(2)).padEnd(limit + 1));
  assertTooLarge(await host.next());
  await serves(host);
});

for (const mib of [3, 100]) {
  test(`a frame of ${mib} MiB is drained, not stored`, async (t) => {
    const host = await broker(t);
    await serves(host);
    const before = peak(host);
    await pour(host, mib * MIB);
    assertTooLarge(await host.next());
    await serves(host);
    const grown = peak(host) - before;
    assert.ok(grown < DRAINED_KIB, `${grown} KiB more`);
    assert.ok(peak(host) < ORDINARY_KIB, `${peak(host)} KiB`);
    await endsWell(host);
  });
}

test('ordinary use takes little memory', async (t) => {
  const stage = await scene(t, { screen: false });
  const [certificate] = await stage.certificates();
  assert.ok(certificate);
  await stage.call('host.hello', {
    client: { name: 'test', version: '1' },
    protocol: 1
  });
  assert.ok(peak(stage.broker) < ORDINARY_KIB, `${peak(stage.broker)} KiB`);
});

test('what a library prints goes where errors go', async (t) => {
  const stage = await scene(t, { screen: false, policy: ONE_MODULE });
  await stage.tokens();
  const all = stage.processes();
  assert.equal(all.length, 2); /* the broker and a module's worker */
  const target = (pid, fd) => readlinkSync(`/proc/${pid}/fd/${fd}`);
  for (const { pid } of all) assert.equal(target(pid, 1), target(pid, 2));
});

test('the end between frames', async (t) => {
  const host = await broker(t);
  await serves(host);
  await endsWell(host);
});

test('the end before anything', async (t) => {
  await endsWell(await broker(t));
});

for (const [name, bytes] of Object.entries({
  'in the length': Buffer.of(9, 0),
  'in the body': Buffer.concat([Buffer.of(99, 0, 0, 0), Buffer.from('{"j')]),
  'in 4 GiB': Buffer.concat([Buffer.alloc(4, 0xff), Buffer.from('{"j')])
})) {
  test(`the end ${name}`, async (t) => {
    const host = await broker(t);
    host.raw(bytes);
    await endsWell(host);
  });
}

test('replies on their way at the end still arrive', async (t) => {
  const host = await broker(t);
  const ids = Array.from({ length: 50 }, (_, i) => i);
  host.raw(Buffer.concat(ids.map((id) => frame(JSON.stringify(ping(id))))));
  await host.end();
  await until(() => host.frames.length === ids.length);
});

test('a reader that goes away ends the host', async (t) => {
  const host = await broker(t);
  await serves(host);
  host.process.stdout.destroy();
  host.send(ping(1));
  assert.equal((await host.exit).code, 0);
});
