// SPDX-License-Identifier: MIT
// Keys from outside on a smart card, through OpenSC's own module: imported, used to open secrets, destroyed.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { Card, OPENSC, cardMissing } from '../lib/card.mjs';
import { BUILD, makePlace } from '../lib/place.mjs';
import { PIN } from '../lib/ukey.mjs';

const OPENER = join(BUILD, 'tests/unit/token/token_opener');

const skip = cardMissing() ?? false;

test(
  'RSA keys are imported, EC keys are made there, and both open secrets',
  { skip },
  async (t) => {
    const place = makePlace();
    t.after(() => place.remove());
    const card = await Card.start(place);
    t.after(() => card.space.stop());
    await card.initialise();
    const said = await card.run(OPENER, OPENSC, PIN);
    const kinds = said.split('\n').filter(Boolean);
    assert.deepEqual(
      kinds.map((line) => line.replace('OAEP ', '')),
      [
        'RSA-2048',
        'RSA-3072',
        /* OpenSC 0.23 imports EC keys for signing, whatever they are to do */
        'no P-256',
        'no P-384',
        'P-256 made',
        'P-384 made'
      ]
    );
  }
);
