// SPDX-License-Identifier: MIT
'use strict';
/* keys - an RSA key is what Chromium knows an extension by. None is ever in the repository. */
const crypto = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const { UsageError } = require('./usage.cjs');

const RSA_BITS = 2048;

function read(file, parse) {
  let key;
  try {
    key = parse(fs.readFileSync(file));
  } catch (error) {
    throw new UsageError(`cannot read a key from ${file}: ${error.message}`);
  }
  if (key.asymmetricKeyType !== 'rsa') {
    throw new UsageError(`browsers take RSA keys only: ${file}`);
  }
  return key;
}

/** A key that signs, from a PEM file. */
const readPrivateKey = (file) => read(file, crypto.createPrivateKey);

/** The public half of a private or public key in a PEM file. */
const readPublicKey = (file) => read(file, crypto.createPublicKey);

const derOf = (key) => key.export({ type: 'spki', format: 'der' });

/** A public key as a manifest has it. */
const toManifest = (key) => derOf(key).toString('base64');

/** The first 128 bits of the SHA-256 of a public key in DER. */
const idBytes = (der) =>
  crypto.createHash('sha256').update(der).digest().subarray(0, 16);

/** … written with the letters a to p: the id of the extension whose manifest has this key. */
function extensionId(manifestKey) {
  const digits = idBytes(Buffer.from(manifestKey, 'base64')).toString('hex');
  return digits.replace(/./g, (digit) =>
    String.fromCharCode(97 + parseInt(digit, 16))
  );
}

/** Where this user's development key is, made on first use. */
function developmentKeyFile() {
  const data =
    process.env.XDG_DATA_HOME || path.join(os.homedir(), '.local', 'share');
  const file = path.join(data, 'ukeybridge', 'development-key.pem');
  if (!fs.existsSync(file)) {
    const encoding = { type: 'pkcs8', format: 'pem' };
    const { privateKey } = crypto.generateKeyPairSync('rsa', {
      modulusLength: RSA_BITS
    });
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    const options = { mode: 0o600, flag: 'wx' };
    fs.writeFileSync(file, privateKey.export(encoding), options);
    console.error(`made a development key, ${file}; ship with one of your own`);
  }
  return file;
}

module.exports = {
  derOf,
  developmentKeyFile,
  extensionId,
  idBytes,
  readPrivateKey,
  readPublicKey,
  toManifest
};
