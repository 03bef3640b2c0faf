// SPDX-License-Identifier: MIT
'use strict';
/*
 * bundle - the extension's modules as few files: a browser takes some milliseconds for each, and a popup has a hundred.
 * What is read by people stays readable: nothing is minified.
 */
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const BUNDLER = 'esbuild';
/** What HTML and the manifest start. */
const ENTRIES = [
  'background/service-worker.js',
  'diagnostics/diagnostics.js',
  'history/history.js',
  'options/options.js',
  'popup/first.js'
];
/** Content scripts are no modules. */
const SCRIPTS = ['bridge/bridge.js'];
/**
 * The bundler looks for settings in the folders above, too, up to the root; whose are those? It goes no further than to
 * the first ones that it finds.
 */
const SETTINGS = {
  'package.json': '{ "sideEffects": true }\n',
  'tsconfig.json': '{}\n'
};
/** The oldest browsers that the manifests admit. */
const TARGETS = 'chrome109,firefox140';

function run(stage, out) {
  const options = [
    '--bundle',
    '--format=esm',
    '--platform=neutral',
    `--target=${TARGETS}`,
    '--charset=utf8',
    '--legal-comments=inline',
    '--banner:js=// SPDX-License-Identifier: MIT',
    '--log-level=error',
    '--outbase=.',
    `--outdir=${path.resolve(out)}`
  ];
  try {
    execFileSync(BUNDLER, [...ENTRIES, ...options], { cwd: stage });
  } catch (error) {
    if (error.code === 'ENOENT') {
      throw new Error(
        `there is no ${BUNDLER}: packaging/deps --extension installs it`,
        { cause: error }
      );
    }
    throw error;
  }
}

function isModule(stage, file) {
  const name = path.relative(stage, file).split(path.sep).join('/');
  return name.endsWith('.js') && !SCRIPTS.includes(name);
}

/** Of the folder `stage`, make `out`: its modules bundled, everything else as it is. */
function bundle(stage, out) {
  const filter = (file) => !isModule(stage, file) && !file.endsWith('.d.ts');
  fs.cpSync(stage, out, { recursive: true, filter });
  for (const [name, text] of Object.entries(SETTINGS)) {
    fs.writeFileSync(path.join(stage, name), text);
  }
  run(stage, out);
  for (const { name } of fs.readdirSync(out, { withFileTypes: true })) {
    const folder = path.join(out, name);
    if (
      fs.statSync(folder).isDirectory() &&
      fs.readdirSync(folder).length === 0
    ) {
      fs.rmdirSync(folder); // held nothing but modules
    }
  }
}

module.exports = { bundle };
