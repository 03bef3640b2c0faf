// SPDX-License-Identifier: MIT
// contract - every message of the host held against what `ukeybridge describe` says of it.
import { execFileSync } from 'node:child_process';

import { Host } from './host.mjs';
import { HOST } from './place.mjs';

/** The contract of the build under test. */
export const CONTRACT = JSON.parse(
  execFileSync(HOST, ['describe'], { encoding: 'utf8' })
);

const METHODS = new Map(CONTRACT.methods.map((row) => [row.name, row]));
const NOTIFICATIONS = new Map(
  CONTRACT.notifications.map((row) => [row.name, row])
);
const ERROR_DATA = [
  'reason',
  'field',
  'incident',
  'retryAfter',
  'ckr',
  'module',
  'retriesLeft',
  'state',
  'renewal',
  'cause',
  'status'
];

function refuse(path, why, value) {
  throw new Error(`${path}: ${why}: ${JSON.stringify(value)}`.slice(0, 400));
}

function checkText(field, value, path) {
  if (typeof value !== 'string') refuse(path, 'not a string', value);
  const length = Buffer.byteLength(value);
  if (field.values) {
    if (!field.values.includes(value)) refuse(path, 'unknown value', value);
  } else if (field.type === 'hex') {
    if (length !== field.maxLength || !/^[0-9a-f]+$/.test(value)) {
      refuse(path, 'not hexadecimal of its length', value);
    }
  } else if (field.type === 'time') {
    const [whole] = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.exec(value) ?? [];
    if (!whole || Number.isNaN(Date.parse(value))) {
      refuse(path, 'not a time', value);
    }
  } else if (length === 0 || length > field.maxLength) {
    refuse(path, 'empty or too long', value);
  }
}

function checkId(field, value, path) {
  if (typeof value === 'string') checkText(field, value, path);
  else if (!Number.isSafeInteger(value)) refuse(path, 'not an id', value);
}

function checkItems(field, value, path, check) {
  if (!Array.isArray(value) || value.length > field.maxItems) {
    refuse(path, 'no array, or too long', value);
  }
  value.forEach((item, index) => check(item, `${path}[${index}]`));
}

const CHECKS = {
  string: checkText,
  hex: checkText,
  time: checkText,
  enum: checkText,
  id: checkId,
  boolean(_, value, path) {
    if (typeof value !== 'boolean') refuse(path, 'not a boolean', value);
  },
  integer(_, value, path) {
    if (!Number.isSafeInteger(value)) refuse(path, 'not an integer', value);
  },
  strings: (field, value, path) =>
    checkItems(field, value, path, (item, at) => checkText(field, item, at)),
  object: (field, value, path) => checkShape(shapeOf(field), value, path),
  objects: (field, value, path) =>
    checkItems(field, value, path, (item, at) =>
      checkShape(shapeOf(field), item, at)
    )
};

const shapeOf = (field) => field.fields ?? CONTRACT.objects[field.object];

/** Hold an object against a shape of the contract: throws, naming the first member that does not fit. */
export function checkShape(shape, value, path) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    refuse(path, 'not an object', value);
  }
  for (const name of Object.keys(value)) {
    if (!shape.some((field) => field.name === name)) {
      refuse(`${path}.${name}`, 'not in the contract', value[name]);
    }
  }
  for (const field of shape) {
    const item = value[field.name];
    const at = `${path}.${field.name}`;
    if (item === undefined) {
      if (field.required) refuse(at, 'missing', value);
    } else if (item !== null || !field.nullable) {
      CHECKS[field.type](field, item, at);
    }
  }
}

function checkError({ code, message, data, ...rest }) {
  if (Object.keys(rest).length > 0) refuse('error', 'unknown member', rest);
  if (typeof message !== 'string' || message === '') {
    refuse('error.message', 'not a sentence', message);
  }
  for (const name of Object.keys(data ?? {})) {
    if (!ERROR_DATA.includes(name)) {
      refuse(`error.data.${name}`, 'unknown', data);
    }
  }
  const known = CONTRACT.errors.some(
    (row) => row.code === code && row.reason === data?.reason
  );
  if (!known) refuse('error', 'no such code and reason', { code, data });
}

/** Hold a whole message against the contract; `method` is that of the request a result answers, if it is known. */
export function checkMessage(message, method) {
  const { jsonrpc, id, result, error, ...rest } = message;
  if (jsonrpc !== '2.0') refuse('jsonrpc', 'not 2.0', message);
  if (rest.method !== undefined) {
    const notification = NOTIFICATIONS.get(rest.method);
    if (!notification || id !== undefined) {
      refuse('method', 'no such notification', message);
    }
    checkShape(notification.params, rest.params, rest.method);
    return;
  }
  if (Object.keys(rest).length > 0) refuse('reply', 'unknown member', rest);
  if ((result === undefined) === (error === undefined)) {
    refuse('reply', 'neither or both of result and error', message);
  }
  if (error) checkError(error);
  else if (method) checkShape(METHODS.get(method).result, result, method);
}

/** A host all of whose messages are checked; what does not fit is in `faults`. */
export class CheckedHost extends Host {
  faults = [];
  /** Bytes of the longest body that came. */
  longest = 0;
  #methods = new Map();
  #rest = Buffer.alloc(0);

  constructor(env, options) {
    super(env, options);
    this.process.stdout.on('data', (piece) => this.#see(piece));
  }

  send(message) {
    try {
      const { id, method } =
        typeof message === 'string' ? JSON.parse(message) : message;
      if (id !== undefined && !this.#methods.has(id)) {
        this.#methods.set(id, method);
      }
    } catch {
      /* the text of a test that sends what is no JSON */
    }
    super.send(message);
  }

  #see(piece) {
    this.#rest = Buffer.concat([this.#rest, piece]);
    while (this.#rest.length >= 4) {
      const length = this.#rest.readUInt32LE(0);
      if (this.#rest.length < 4 + length) return;
      const body = this.#rest.subarray(4, 4 + length);
      this.#rest = this.#rest.subarray(4 + length);
      this.longest = Math.max(this.longest, length);
      this.#check(body.toString());
    }
  }

  #check(text) {
    try {
      const message = JSON.parse(text);
      checkMessage(message, this.#methods.get(message.id));
      if (message.id !== undefined) this.#methods.delete(message.id);
    } catch (error) {
      this.faults.push(error.message);
    }
  }
}
