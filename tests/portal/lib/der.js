// SPDX-License-Identifier: MIT
// @ts-check
/**
 * Reads DER, as much of it as comparing subjects, keys and attributes needs.
 * Signatures and chains are left to openssl.
 */

/** @typedef {{tag: number, content: Buffer, raw: Buffer}} Tlv */

const MAX_LENGTH_OCTETS = 4;

export const TAG = Object.freeze({
  BOOLEAN: 0x01,
  BIT_STRING: 0x03,
  OID: 0x06,
  SEQUENCE: 0x30
});

export class DerError extends Error {}

/**
 * @param {Buffer} buf
 * @param {number} offset
 * @returns {{tlv: Tlv, next: number}}
 */
function readAt(buf, offset) {
  if (offset + 2 > buf.length) throw new DerError('truncated');
  const tag = buf[offset];
  if ((tag & 0x1f) === 0x1f) throw new DerError('multi-byte tag');
  let start = offset + 2;
  let length = buf[offset + 1];
  if (length & 0x80) {
    const octets = length & 0x7f;
    if (octets === 0 || octets > MAX_LENGTH_OCTETS) {
      throw new DerError('bad length');
    }
    if (start + octets > buf.length) throw new DerError('truncated');
    length = buf.readUIntBE(start, octets);
    start += octets;
  }
  const next = start + length;
  if (next > buf.length) throw new DerError('truncated');
  const content = buf.subarray(start, next);
  return { tlv: { tag, content, raw: buf.subarray(offset, next) }, next };
}

/**
 * @param {Buffer} buf all of it must be one element
 * @returns {Tlv}
 */
export function readOne(buf) {
  const { tlv, next } = readAt(buf, 0);
  if (next !== buf.length) throw new DerError('trailing bytes');
  return tlv;
}

/**
 * @param {Buffer} buf a constructed element's content
 * @returns {Tlv[]}
 */
export function readAll(buf) {
  const list = [];
  for (let offset = 0; offset < buf.length;) {
    const { tlv, next } = readAt(buf, offset);
    list.push(tlv);
    offset = next;
  }
  return list;
}

/**
 * @param {Tlv | undefined} tlv
 * @param {number} tag
 * @returns {Tlv}
 */
export function expectTag(tlv, tag) {
  if (!tlv || tlv.tag !== tag) throw new DerError(`expected tag ${tag}`);
  return tlv;
}

/**
 * @param {Tlv} tlv
 * @returns {string} dotted
 */
export function readOid(tlv) {
  const bytes = expectTag(tlv, TAG.OID).content;
  /** @type {bigint[]} */
  const arcs = [];
  let value = 0n;
  for (const byte of bytes) {
    value = (value << 7n) | BigInt(byte & 0x7f);
    if (byte & 0x80) continue;
    arcs.push(value);
    value = 0n;
  }
  if (arcs.length === 0) throw new DerError('empty OID');
  const first = arcs[0] < 80n ? arcs[0] / 40n : 2n;
  return [first, arcs[0] - first * 40n, ...arcs.slice(1)].join('.');
}

/**
 * @param {number} tag
 * @param {Buffer[]} contents
 * @returns {Buffer}
 */
export function encode(tag, ...contents) {
  const body = Buffer.concat(contents);
  if (body.length < 0x80) {
    return Buffer.concat([Buffer.from([tag, body.length]), body]);
  }
  const octets = Math.ceil((32 - Math.clz32(body.length)) / 8);
  const header = Buffer.alloc(2 + octets);
  header[0] = tag;
  header[1] = 0x80 | octets;
  header.writeUIntBE(body.length, 2, octets);
  return Buffer.concat([header, body]);
}
