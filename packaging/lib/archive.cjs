// SPDX-License-Identifier: MIT
'use strict';
/* archive - one file of a packed folder, the same bytes at every time and place: a ZIP, which is an XPI, and a CRX. */
const { execFileSync } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const { derOf, idBytes } = require('./keys.cjs');

/** The first instant that a ZIP can name. */
const LONG_AGO_S = Date.UTC(1980, 0, 1) / 1000;

function filesBelow(dir) {
  return fs.readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const name = entry.name;
    const below = () => filesBelow(path.join(dir, name));
    return entry.isDirectory()
      ? below().map((file) => `${name}/${file}`)
      : [name];
  });
}

/**
 * The files of a folder as a ZIP, by Info-ZIP, whose deflate is its own and always the same. Changes the times and
 * modes of the files.
 */
function zip(dir) {
  const names = filesBelow(dir).sort();
  for (const name of names) {
    fs.chmodSync(path.join(dir, name), 0o644);
    fs.utimesSync(path.join(dir, name), LONG_AGO_S, LONG_AGO_S);
  }
  const env = { PATH: process.env.PATH, TZ: 'UTC', LC_ALL: 'C' };
  const input = names.map((name) => `${name}\n`).join('');
  const out = path.join(dir, '.zip');
  execFileSync('zip', ['-q', '-9', '-X', out, '-@'], { cwd: dir, env, input });
  const bytes = fs.readFileSync(out);
  fs.rmSync(out);
  return bytes;
}

const uint32 = (number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(number);
  return bytes;
};

function varint(number) {
  const low = number & 0x7f;
  return number > low ? [low | 0x80, ...varint(number >>> 7)] : [low];
}

/* A field of bytes in a protocol buffer. */
const field = (number, bytes) =>
  Buffer.concat([
    Buffer.from([...varint((number << 3) | 2), ...varint(bytes.length)]),
    bytes
  ]);

/**
 * A ZIP with a CRX3 header in front: CrxFileHeader of Chromium's components/crx_file/crx3.proto, its proof by RSA
 * and SHA-256, which signs the same bytes the same way each time.
 */
function crx(zipped, privateKey) {
  const publicKey = derOf(crypto.createPublicKey(privateKey));
  const signedData = field(1, idBytes(publicKey)); // SignedData.crx_id
  const signature = crypto.sign(
    'sha256',
    Buffer.concat([
      Buffer.from('CRX3 SignedData\0'),
      uint32(signedData.length),
      signedData,
      zipped
    ]),
    privateKey
  );
  const proof = Buffer.concat([field(1, publicKey), field(2, signature)]);
  const header = Buffer.concat([
    field(2, proof), // sha256_with_rsa
    field(10000, signedData) // signed_header_data
  ]);
  const start = [Buffer.from('Cr24'), uint32(3), uint32(header.length)];
  return Buffer.concat([...start, header, zipped]);
}

module.exports = { crx, zip };
