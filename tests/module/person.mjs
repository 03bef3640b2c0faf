// SPDX-License-Identifier: MIT
// person - somebody who answers every dialog at once: a pinentry program of the tests' own, for thousands of renewals.
//
// What a real dialog shows and does is tested elsewhere, with the real one (tests/lib/display.mjs). Here the UKey and
// the journal are looked at; a second of xdotool at each PIN would let us look at few of their states. The program
// writes each PIN that it gives down in the ledger (tests/lib/ledger.mjs), as a person who types does.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ledger } from '../lib/ledger.mjs';
import { makePlace } from '../lib/place.mjs';
import { ORIGIN, OTHER_ORIGIN, Scene } from '../lib/scene.mjs';
import { SpaceScene } from '../lib/space.mjs';
import { PIN } from '../lib/ukey.mjs';

const program = (line, pin) => `#!/bin/sh
echo OK
while read -r line; do
case "$line" in
GETPIN) echo '${line}' >>'${ledger().file}'; echo 'D ${pin}'; echo OK;;
BYE*) echo OK; exit 0;;
*) echo OK;;
esac
done
`;

/** A pinentry for `place`; its path. */
function pinentryFor(place, pin) {
  const dir = join(place.dir, 'person');
  mkdirSync(dir, { recursive: true });
  const path = join(dir, 'pinentry');
  writeFileSync(path, program(ledger().lineFor(pin), pin));
  chmodSync(path, 0o700);
  return path;
}

/** A scene without a screen; many of them at once share one section of the ledger. */
const withPerson = (Base) =>
  class extends Base {
    constructor(place, config, pin = PIN) {
      super(place, {
        portals: [ORIGIN, OTHER_ORIGIN],
        ...config,
        pinentry: pinentryFor(place, pin)
      });
    }

    async withPin(method, params, options) {
      return this.call(method, params, options);
    }

    async agree() {} /* as everything else, at once */

    async typePin() {}
  };

const Soft = withPerson(Scene);
const InSpace = withPerson(SpaceScene);

export const personScene = (config) => new Soft(makePlace(), config);

/** With a card that `start(place)` puts in. */
export async function personCardScene(config, start) {
  const place = makePlace();
  const stage = new InSpace(place, config);
  stage.ukey = stage.card = await start(place);
  return stage;
}
