// SPDX-License-Identifier: MIT
// programs - what a browser finds in the place of the host.
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The manifest that the browser finds, with another program. */
export function registerProgram({ browser }, path) {
  browser.register('ours');
  const file = join(
    browser.profile,
    'NativeMessagingHosts/org.ukeybridge.host.json'
  );
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...manifest, path }));
}

/** A program of before this protocol: it greets, and speaks another one. */
export function oldProgram({ place }) {
  const path = join(place.dir, 'old-host');
  const text = `#!${process.execPath}
process.stdin.once('data', (frame) => {
  const { id } = JSON.parse(frame.subarray(4).toString());
  const result = { host: { version: '0.0.1' }, protocol: 0, methods: [] };
  const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, result }));
  const head = Buffer.alloc(4);
  head.writeUInt32LE(body.length);
  process.stdout.write(Buffer.concat([head, body]));
});
process.stdin.on('end', () => process.exit());
`;
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}
