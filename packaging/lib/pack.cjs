// SPDX-License-Identifier: MIT
'use strict';
/*
 * pack - a folder that a browser installs: the manifest, which has one source for all browsers, and shared/build.js are
 * configured, modules are bundled, and all else is as it is.
 */
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const { bundle } = require('./bundle.cjs');
const { checkOrigin, matchPattern } = require('./origins.cjs');
const { UsageError } = require('./usage.cjs');

const SOURCE = path.join(__dirname, '..', '..', 'extension');
const ADD_ON_ID = 'bridge@ukeybridge.org';
/** Firefox's own rule. */
const ADD_ON_ID_FORM =
  /^(\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}|[a-z0-9._-]*@[a-z0-9._-]+)$/i;
const ADD_ON_ID_MAX_CHARS = 80;
/** The first whose users are asked for every permission that we need, and told that no data is collected. */
const FIREFOX_MIN_VERSION = '140.0';

function readSource() {
  const file = path.join(SOURCE, 'manifest.json');
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}

function chromiumManifest(source, { publicKey, updateUrl }) {
  return {
    ...source,
    key: publicKey ?? source.key,
    ...(updateUrl && { update_url: `${updateUrl}/update.xml` })
  };
}

/* An event page in place of a service worker; an id that is not made of a key. */
function firefoxManifest(source, { addOnId = ADD_ON_ID, updateUrl }) {
  const { service_worker: script, type } = source.background;
  const manifest = {
    ...source,
    background: { scripts: [script], type },
    browser_specific_settings: {
      gecko: {
        id: addOnId,
        strict_min_version: FIREFOX_MIN_VERSION,
        ...(updateUrl && { update_url: `${updateUrl}/updates.json` }),
        data_collection_permissions: { required: ['none'] }
      }
    }
  };
  for (const name of ['key', 'minimum_chrome_version', 'storage']) {
    delete manifest[name]; // Chromium's own
  }
  return manifest;
}

const MANIFESTS = { chromium: chromiumManifest, firefox: firefoxManifest };

function contentScripts(browser, portals) {
  return [
    {
      matches: [...new Set(portals.map((one) => matchPattern(one, browser)))],
      js: ['bridge/bridge.js'],
      run_at: 'document_start',
      all_frames: false
    }
  ];
}

function buildModule(browser, portals) {
  const source = fs.readFileSync(path.join(SOURCE, 'shared/build.js'), 'utf8');
  const list = `Object.freeze(${JSON.stringify(portals, null, 2)})`;
  return source
    .replace('Object.freeze([])', () => list)
    .replace("BROWSER = 'chromium'", `BROWSER = '${browser}'`);
}

/* Refuse to clear a directory that is not ours. */
function clear(out) {
  if (!fs.existsSync(out) || fs.readdirSync(out).length === 0) {
    return;
  }
  if (!fs.existsSync(path.join(out, 'background', 'service-worker.js'))) {
    throw new UsageError(`not empty and not an earlier build: ${out}`);
  }
  fs.rmSync(out, { recursive: true });
}

function checkBrowser(browser) {
  if (!Object.hasOwn(MANIFESTS, browser)) {
    const known = Object.keys(MANIFESTS).join(', ');
    throw new UsageError(`no such browser: ${browser} (there are ${known})`);
  }
}

function checkAddOnId(id) {
  if (!ADD_ON_ID_FORM.test(id) || id.length > ADD_ON_ID_MAX_CHARS) {
    throw new UsageError(`an add-on id is name@domain or a {UUID}, not ${id}`);
  }
}

/**
 * Make the folder `out`; without portals it is what a store takes. `publicKey` (base64) and `addOnId` are the
 * extension's identity in place of the built-in one, `updateUrl` is the folder of a web server with later versions.
 * Returns the manifest.
 */
function pack({ browser, portals = [], out, ...identity }) {
  checkBrowser(browser);
  if (identity.addOnId !== undefined) {
    checkAddOnId(identity.addOnId);
  }
  const origins = [...new Set(portals.map(checkOrigin))];
  const manifest = MANIFESTS[browser](readSource(), identity);
  if (origins.length > 0) {
    manifest.content_scripts = contentScripts(browser, origins);
  }
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'ukeybridge-pack-'));
  const [stage, packed] = [path.join(dir, 'stage'), path.join(dir, 'packed')];
  try {
    fs.cpSync(SOURCE, stage, { recursive: true });
    const text = `${JSON.stringify(manifest, null, 2)}\n`;
    fs.writeFileSync(path.join(stage, 'manifest.json'), text);
    const module = buildModule(browser, origins);
    fs.writeFileSync(path.join(stage, 'shared/build.js'), module);
    bundle(stage, packed);
    clear(out); // an earlier build stays until there is another one
    fs.cpSync(packed, out, { recursive: true });
  } finally {
    fs.rmSync(dir, { recursive: true });
  }
  return manifest;
}

module.exports = { pack };
