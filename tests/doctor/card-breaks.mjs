// SPDX-License-Identifier: MIT
// card-breaks - as breaks.mjs, of a UKey that is a smart card: a reader, PC/SC's daemon, and what holds the card.
import { OPENSC } from '../lib/card.mjs';
import { SOFTHSM } from '../lib/place.mjs';
import { setPolicy } from '../lib/place.mjs';
import { ORIGIN, until } from '../lib/scene.mjs';

const ONLY_SOFT = {
  portals: [ORIGIN],
  systemModules: false,
  userPortals: true,
  modules: [{ name: 'softhsm', path: SOFTHSM }]
};

export const CARD_BREAKS = {
  'the smart card service does not run': {
    check: 'pcsc-service',
    broken: (patient) =>
      patient.shell(
        'kill $(cat /run/pcscd/pcscd.pid); ' +
          'while [ -e /run/pcscd/pcscd.comm ]; do sleep 0.05; done'
      ),
    after: (patient) => patient.shell('service pcscd stop').catch(() => {})
  },
  'no module knows the card that is in': {
    check: 'card-readers',
    broken(patient) {
      setPolicy(ONLY_SOFT);
      patient.configure({ modules: [] });
    },
    says: /name its PKCS#11 library under "modules"/,
    person: (patient) =>
      patient.configure({ modules: [{ name: 'opensc', path: OPENSC }] })
  },
  'another program has the card for itself': {
    check: 'card-readers',
    broken: (patient) => patient.hold('card'),
    says: /Quit these programs \(python3 \(\d+\)\)/,
    async person(patient) {
      patient.end();
      /* the daemon takes a moment to notice, and so does who tries again */
      await until(async () =>
        (await patient.ask('card-readers')).every(
          ({ status }) => status !== 'failed'
        )
      );
    }
  }
};
