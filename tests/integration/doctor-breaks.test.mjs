// SPDX-License-Identifier: MIT
// host/docs/doctor.md: an installation is broken in each way of tests/doctor/breaks.mjs; what the doctor says of it, and
// what mends it. The file must say the same. UKB_WRITE_TABLE=1 writes it.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { BREAKS } from '../doctor/breaks.mjs';
import { CARD_BREAKS } from '../doctor/card-breaks.mjs';
import { Patient, makeSpace } from '../doctor/patient.mjs';
import { cardMissing, cardScene } from '../lib/card.mjs';
import { TOP } from '../lib/place.mjs';
import { scene, screen } from '../lib/scene.mjs';
import { spaceMissing } from '../lib/space.mjs';

const FILE = join(TOP, 'host/docs/doctor.md');
const NEEDED = [
  '/usr/bin/flatpak',
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1'
];
const skip = spaceMissing(NEEDED) ?? false;
const skipCards = skip || (cardMissing() ?? false);
/* what rows leave in the computer that they share: it is a copy */
const CLEAN = 'rm -rf /run/etc/chromium /run/etc/opt /run/etc/firefox';
const seen = {};
let space;

before(async () => {
  if (skip) return;
  await screen();
  space = await makeSpace();
});
after(() => space?.stop());

const isWell = ({ status }) => status === 'ok' || status === 'skipped';

/** The row that is about the break. */
function about(rows, { subject }) {
  const all = subject ? rows.filter((row) => row.subject === subject) : rows;
  return all.find((row) => !isWell(row)) ?? all[0];
}

/** Follow what the doctor said to the letter; what was done, for the table. */
async function mend(patient, row, what) {
  if (what.says) assert.match(row.instruction, what.says);
  if (row.repair === 'automatic') {
    const rows = await patient.ask(what.check, '--repair');
    const mended = what.subject ? about(rows, what) : rows[0];
    assert.ok(mended.repaired, JSON.stringify(rows));
    return '`ukeybridge doctor --repair`';
  }
  assert.equal(row.repair, 'manual');
  assert.ok(row.instruction);
  if (what.person) {
    await what.person(patient, row);
    return patient.plain(row.instruction);
  }
  assert.ok(row.command, `nothing to follow: ${JSON.stringify(row)}`);
  const running = patient.shell(row.command);
  if (what.pin) await patient.stage.typePin(running, what.pin);
  await running;
  if (what.then) await patient.ask(what.check, what.then);
  return `\`${patient.plain(row.command)}\`${what.then ? `, then \`ukeybridge doctor ${what.then}\`` : ''}`;
}

async function breakAndMend(name, patient, what) {
  const sound = about(await patient.ask(what.check), what);
  assert.ok(!sound || isWell(sound), `not sound: ${JSON.stringify(sound)}`);
  await what.broken(patient);
  const row = about(await patient.ask(what.check), what);
  assert.ok(!isWell(row), `not noticed: ${JSON.stringify(row)}`);
  if (what.evidence) assert.match(row.evidence, what.evidence);
  const fact = row.evidence ? ` \`${row.evidence}\`` : '';
  const said = patient.plain(`**${row.status}**: ${row.meaning}${fact}`);
  const by = await mend(patient, row, what);
  const rows = await patient.ask(what.check);
  const left = what.subject
    ? rows.filter(({ subject }) => subject === what.subject)
    : rows;
  assert.ok(left.every(isWell), `not mended: ${JSON.stringify(left)}`);
  await what.mended?.(patient);
  seen[name] = [`\`${what.check}\``, said, by];
}

function each(breaks, make, skipThese) {
  for (const [name, what] of Object.entries(breaks)) {
    test(name, { skip: skipThese }, async (t) => {
      const { stage, where, clean } = await make(t);
      const patient = new Patient(stage, where);
      try {
        await breakAndMend(name, patient, what);
      } finally {
        patient.end();
        await what.after?.(patient);
        if (clean) await patient.shell(clean);
      }
    });
  }
}

each(
  BREAKS,
  async (t) => ({ stage: await scene(t), where: space, clean: CLEAN }),
  skip
);
each(
  CARD_BREAKS,
  async (t) => {
    const stage = await cardScene(t);
    return { stage, where: stage.card.space };
  },
  skipCards
);

const INTRODUCTION = `# What the doctor says
Made by a run of \`tests/integration/doctor-breaks.test.mjs\`, which breaks an installation in each of these ways and fails
when this file says anything else (\`UKB_WRITE_TABLE=1\` writes it). *Mended by* is what undid the break, and the doctor was
well afterwards: its own repair, the command that it printed, run as it was printed, or, done by the test, what its
instruction says. Where \`sudo\` stands the test was root of a computer of its own. The same in Chinese: \`LANG=zh_CN.UTF-8\`,
or \`language\` of \`doctor.run\` ([protocol.md](protocol.md)).

`;

const line = (cells) => `| ${cells.join(' | ')} |\n`;

const NAMES = [...Object.keys(BREAKS), ...Object.keys(CARD_BREAKS)];

const table = () =>
  line(['broken', 'check', 'the doctor said', 'mended by']) +
  `|${'---|'.repeat(4)}\n` +
  NAMES.map((name) => line([name, ...(seen[name] ?? [])])).join('');

if (process.env.UKB_WRITE_TABLE) {
  test('the table is written', () => {
    writeFileSync(FILE, INTRODUCTION + table());
  });
}

test('the table says what this run saw', { skip }, () => {
  const said = readFileSync(FILE, 'utf8').split('\n');
  for (const [name, cells] of Object.entries(seen)) {
    assert.ok(
      said.includes(line([name, ...cells]).trimEnd()),
      `not in ${FILE}: ${line([name, ...cells])}`
    );
  }
  const rows = said.filter((text) => text.startsWith('| '));
  assert.equal(rows.length, NAMES.length + 1, 'rows of breaks that are none');
  assert.ok(NAMES.length >= 24);
});
