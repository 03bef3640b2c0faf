// SPDX-License-Identifier: MIT
import js from '@eslint/js';
import globals from 'globals';

const PACKAGING = [
  'packaging/extension',
  'packaging/browsers',
  'packaging/lib/*.cjs'
];

export default [
  { ignores: ['**/node_modules/', 'build*/', 'tests/out/'] },
  js.configs.recommended,
  {
    files: ['**/*.js', '**/*.mjs', ...PACKAGING],
    languageOptions: { ecmaVersion: 2023, sourceType: 'module' },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'array-callback-return': 'error',
      'consistent-return': 'error',
      curly: ['error', 'multi-line'],
      eqeqeq: 'error',
      'max-lines': [
        'error',
        { max: 150, skipBlankLines: true, skipComments: true }
      ],
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-restricted-properties': [
        'error',
        { property: 'innerHTML', message: 'use textContent' },
        { property: 'outerHTML', message: 'use textContent' },
        { property: 'insertAdjacentHTML', message: 'use append()' }
      ],
      'no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error'
    }
  },
  {
    files: ['extension/**/*.js'],
    languageOptions: {
      globals: { ...globals.browser, ...globals.webextensions }
    }
  },
  {
    // A portal takes one file, so the SDK is one.
    files: ['extension/sdk/*.js'],
    rules: { 'max-lines': ['error', 300] }
  },
  {
    files: ['extension/bridge/*.js'],
    languageOptions: { sourceType: 'script' }
  },
  {
    files: ['tests/**/*.js', 'tests/**/*.mjs'],
    languageOptions: { globals: globals.node },
    rules: { 'max-lines': 'off' }
  },
  {
    files: ['tests/unit/extension/*.js'],
    languageOptions: { globals: globals.browser }
  },
  {
    files: PACKAGING,
    languageOptions: { sourceType: 'commonjs', globals: globals.node }
  }
];
