// SPDX-License-Identifier: MIT
// breaks - every way in which tests/integration/doctor-breaks.test.mjs breaks an installation.
//
// A row: `check`, the row of the doctor's that must notice; `broken(patient)` breaks it. What mends it is the doctor's
// `--repair`, or the command that it prints; where it gives an instruction alone, `person(patient, row)` does what that
// says. `says` is what the instruction must hold, `mended(patient)` what must be so besides the doctor being well.
// `subject` picks one row of several.
import assert from 'node:assert/strict';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { dirname, join } from 'node:path';

import { POLICY_FILE, SOFTHSM, setPolicy, useBrowser } from '../lib/place.mjs';
import { ORIGIN, until } from '../lib/scene.mjs';
import { FAULT } from '../module/fault.mjs';
import { PIN } from '../lib/ukey.mjs';

const MANIFEST = 'org.ukeybridge.host.json';
const MANAGED = '/etc/chromium/policies/managed';
const COMPANYS = 'ponmlkjihgfedcbaponmlkjihgfedcba';
const SOFT = { name: 'softhsm', path: SOFTHSM };
const VENDOR = { name: 'vendor', path: FAULT };
const CHROMIUM = '.config/chromium/NativeMessagingHosts';

const mine = (patient) => join(patient.home, CHROMIUM, MANIFEST);

const register = (patient, ...options) =>
  patient.shell(
    `${patient.programs}/ukeybridge register --browser chromium ${options.join(' ')}`
  );

/** The manifest that `register` writes, changed. */
async function manifest(patient, change) {
  await register(patient);
  const text = JSON.parse(readFileSync(mine(patient), 'utf8'));
  return patient.write(mine(patient), { ...text, ...change });
}

/** A rule that the administrator set for a browser. */
const rule = (folder, name, rules) => (patient) =>
  patient.shell(
    `mkdir -p ${folder} && cat > ${folder}/${name} <<'END'\n${
      typeof rules === 'string' ? rules : JSON.stringify(rules)
    }\nEND`
  );

const forAllOnly = rule(MANAGED, 'it.json', {
  NativeMessagingUserLevelHosts: false
});

const journal = (patient) =>
  join(patient.env.XDG_STATE_HOME, 'ukeybridge/state.sqlite3');

/** The journal, as the first call makes it. */
const begun = (patient) =>
  patient.shell(`${patient.programs}/ukeybridge audit >/dev/null`);

/** The version that the journal's file states, or has it state. */
const schema = (patient, version) =>
  patient.shell(
    `python3 -c 'import sqlite3; print(*sqlite3.connect("${journal(patient)}")` +
      `.execute("PRAGMA user_version${version ? ` = ${version}` : ''}").fetchone() or "")'`
  );

const config = (patient) =>
  join(patient.env.XDG_CONFIG_HOME, 'ukeybridge/config.json');

/** What others could write is in force no more, and kept. */
function isSetAside(patient) {
  assert.ok(!existsSync(config(patient)));
  assert.match(
    readdirSync(dirname(config(patient))).join(' '),
    /^config\.json\.\d+\.set-aside$/
  );
}

const withoutVendor = (patient) => patient.configure({ modules: [SOFT] });

const faulty = (fault) => (patient) => {
  Object.assign(patient.env, { UKB_FAULT_MODULE: SOFTHSM, UKB_FAULT: fault });
  patient.configure({ modules: [SOFT, VENDOR] });
};

/** A UKey that a renewal was interrupted on: the worker died while the key was made. */
async function interrupted(patient) {
  const { stage } = patient;
  Object.assign(patient.env, { UKB_FAULT_MODULE: SOFTHSM });
  patient.configure({ modules: [VENDOR] });
  const host = stage.host({
    UKB_FAULT_MODULE: SOFTHSM,
    UKB_FAULT: 'C_GenerateKeyPair=kill-after'
  });
  const { tokens } = await stage.call('tokens.list', {}, { host });
  const { certificates } = await stage.call(
    'certificates.list',
    { token: tokens[0].id },
    { host }
  );
  const begin = stage.withPin(
    'renewal.begin',
    {
      token: tokens[0].id,
      kind: 'renew',
      certificate: certificates[0].id,
      key: 'new'
    },
    { host }
  );
  await begin.catch(() => {});
  await host.end();
}

/** A real one, with nothing in it. */
async function installFlatpak(patient, id, whose = '--user') {
  const app = patient.path('app');
  const repo = patient.path('repo');
  patient.write(join(app, 'files/bin/browser'), '#!/bin/sh\n', 0o755);
  patient.write(
    join(app, 'metadata'),
    `[Application]\nname=${id}\ncommand=browser\n` +
      'runtime=org.example.Platform/x86_64/1\nsdk=org.example.Sdk/x86_64/1\n'
  );
  await patient.shell(
    `flatpak build-finish ${app} --command=browser && ` +
      `flatpak build-export --disable-sandbox ${repo} ${app} && ` +
      `flatpak ${whose} remote-add --no-gpg-verify test ${repo} && ` +
      `flatpak ${whose} install --no-deps -y --noninteractive test ${id}`
  );
}

export const BREAKS = {
  'a program of the host is gone': {
    check: 'host-parts',
    broken: (patient) =>
      rmSync(join(patient.programs, 'ukeybridge-worker-net')),
    says: /Install UKey Bridge again/,
    person: (patient) => patient.install('ukeybridge-worker-net')
  },
  'a program of the host may not be executed': {
    check: 'host-parts',
    broken: (patient) =>
      chmodSync(join(patient.programs, 'ukeybridge-worker-net'), 0o644),
    says: /be executable/,
    person: (patient) =>
      chmodSync(join(patient.programs, 'ukeybridge-worker-net'), 0o755)
  },
  'a browser was used that no manifest was written for': {
    check: 'manifest-chromium',
    broken: (patient) => useBrowser(patient.home, '.config/chromium')
  },
  'the same with Firefox': {
    check: 'manifest-firefox',
    broken: (patient) => useBrowser(patient.home, '.mozilla')
  },
  'the manifest is no JSON': {
    check: 'manifest-chromium',
    broken: (patient) => patient.write(mine(patient), '{"name": ')
  },
  'the manifest has another name': {
    check: 'manifest-chromium',
    broken: (patient) => manifest(patient, { name: 'org.other.host' })
  },
  'the manifest points to a program that is there no more': {
    check: 'manifest-chromium',
    broken: (patient) => manifest(patient, { path: '/opt/old/ukeybridge' })
  },
  'the manifest lets another extension in, not ours': {
    check: 'manifest-chromium',
    broken: (patient) =>
      manifest(patient, {
        allowed_origins: [
          'chrome-extension://abcdefghijklmnopabcdefghijklmnop/'
        ]
      })
  },
  'a bad manifest of the user hides a good one for all users': {
    check: 'manifest-chromium',
    async broken(patient) {
      await patient.installForAll();
      await register(patient, '--system');
      await manifest(patient, { path: '/opt/old/ukeybridge' });
    }
  },
  'the manifest cannot be read': {
    check: 'manifest-chromium',
    broken(patient) {
      useBrowser(patient.home, '.config/chromium');
      mkdirSync(mine(patient), { recursive: true });
    },
    then: '--repair' /* as the instruction says */
  },
  'the browser’s rules forbid all native hosts': {
    check: 'browser-policy-chromium',
    broken: rule(MANAGED, 'it.json', { NativeMessagingBlocklist: ['*'] })
  },
  'the same, in a file with comments and a comma too many': {
    check: 'browser-policy-chromium',
    broken: rule(
      MANAGED,
      'it.json',
      '// of the IT\n{ "NativeMessagingBlocklist": ["*"], /* all */ }'
    )
  },
  'the same, with a list of those that are allowed': {
    check: 'browser-policy-chromium',
    broken: rule(MANAGED, 'it.json', {
      NativeMessagingBlocklist: ['*'],
      NativeMessagingAllowlist: ['org.other.host']
    })
  },
  'the browser’s rules allow hosts for all users only': {
    check: 'browser-policy-chromium',
    async broken(patient) {
      await patient.installForAll();
      await forAllOnly(patient);
    }
  },
  'the same, with a program in a folder of the user’s': {
    check: 'browser-policy-chromium',
    broken: forAllOnly,
    says: /install the package/,
    async person(patient, row) {
      assert.equal(row.command, undefined);
      await assert.rejects(
        register(patient, '--system'),
        /only root can change/
      );
      await patient.installForAll();
      await register(patient, '--system'); /* as the package does it */
    }
  },
  'the browser’s rules forbid all extensions': {
    check: 'browser-policy-chromium',
    broken: rule(MANAGED, 'it.json', { ExtensionInstallBlocklist: ['*'] })
  },
  'the same, where the company packed the extension with its own key': {
    check: 'browser-policy-chromium',
    async broken(patient) {
      await patient.installForAll();
      await register(patient, '--system', '--extension-id', COMPANYS);
      await rule(MANAGED, 'it.json', { ExtensionInstallBlocklist: ['*'] })(
        patient
      );
    }
  },
  'the browser’s settings of extensions forbid ours': {
    check: 'browser-policy-edge',
    broken: rule('/etc/opt/edge/policies/managed', 'it.json', {
      ExtensionSettings: { '*': { installation_mode: 'blocked' } }
    })
  },
  'Firefox’s policies.json forbids all add-ons': {
    check: 'browser-policy-firefox',
    broken: rule('/etc/firefox/policies', 'policies.json', {
      policies: { ExtensionSettings: { '*': { installation_mode: 'blocked' } } }
    })
  },
  'a file of the browser’s rules is no JSON': {
    check: 'browser-policy-chrome',
    broken: rule(
      '/etc/opt/chrome/policies/managed',
      'it.json',
      '{ "NativeMessagingBlocklist": ['
    ),
    mended: async (patient) =>
      assert.equal(
        await patient.shell('ls /etc/opt/chrome/policies/*'),
        '/etc/opt/chrome/policies/managed:\n\n/etc/opt/chrome/policies/set-aside:\nit.json\n'
      )
  },
  'a file of the browser’s rules is too large': {
    check: 'browser-policy-chrome',
    broken: (patient) =>
      patient.shell(
        'mkdir -p /etc/opt/chrome/policies/managed && ' +
          "printf '{}%300000s' > /etc/opt/chrome/policies/managed/it.json"
      ),
    says: /divide it/,
    person: rule('/etc/opt/chrome/policies/managed', 'it.json', {})
  },
  'the browser is a Flatpak': {
    check: 'browser-sandbox',
    broken: (patient) => installFlatpak(patient, 'org.chromium.Chromium')
  },
  'everybody’s browser is a Flatpak': {
    check: 'browser-sandbox',
    subject: 'Firefox',
    broken: (patient) =>
      installFlatpak(patient, 'org.mozilla.firefox', '--system')
  },
  'others may write the policy': {
    check: 'policy-file',
    says: /could have changed .* read it first/,
    broken() {
      setPolicy({ portals: [ORIGIN] });
      chmodSync(POLICY_FILE, 0o666);
    }
  },
  'others may write the policy’s folder': {
    check: 'policy-file',
    broken() {
      setPolicy({ portals: [ORIGIN] });
      chmodSync(join(POLICY_FILE, '..'), 0o777);
    }
  },
  'a member of the policy is misspelt': {
    check: 'policy-file',
    broken: () => setPolicy({ portal: [ORIGIN] }),
    says: /correct this, .*policy\.json: portal: unknown member$/,
    evidence: /portal/,
    person: () => setPolicy({ portals: [ORIGIN] })
  },
  'the policy lacks a brace': {
    check: 'policy-file',
    broken: () => setPolicy('{"portals": []'),
    says: /correct this, .*policy\.json:1:15: /,
    evidence: /:1:15: /,
    person: () => setPolicy('{"portals": []}')
  },
  'others may write the user’s configuration': {
    check: 'config-file',
    says: /others could have changed it/,
    broken: (patient) => chmodSync(config(patient), 0o666),
    mended: isSetAside
  },
  'others may write the configuration’s folder': {
    check: 'config-file',
    broken: (patient) => chmodSync(dirname(config(patient)), 0o777),
    mended: isSetAside
  },
  'the configuration is no JSON': {
    check: 'config-file',
    broken: (patient) => patient.stage.place.configure('{"modules": [}')
  },
  'no site may ask': {
    check: 'portals',
    broken: (patient) => patient.configure({ portals: [] }),
    says: /choose Always allow/,
    person: (patient) =>
      patient.shell(
        /* what that click does */
        `${patient.programs}/ukeybridge call portals.allow '{"origin":"${ORIGIN}"}'`
      )
  },
  'another program has a driver of UKeys loaded': {
    check: 'middleware-programs',
    broken: (patient) => patient.hold('load', SOFTHSM)
  },
  'another portal’s local service is running': {
    check: 'middleware-services',
    broken: (patient) => patient.hold('listen', '21051')
  },
  'a module’s library is gone': {
    check: 'modules',
    subject: 'vendor',
    broken: (patient) =>
      patient.configure({
        modules: [SOFT, { name: 'vendor', path: '/usr/lib/vendor/gone.so' }]
      }),
    says: /take vendor out of "modules"/,
    person: withoutVendor
  },
  'a module’s library is no library': {
    check: 'modules',
    subject: 'vendor',
    broken(patient) {
      const path = patient.write(
        patient.path('vendor.so'),
        'this is no library'
      );
      patient.configure({ modules: [SOFT, { name: 'vendor', path }] });
    },
    says: /Install the driver of this UKey again/,
    person: (patient) => copyFileSync(SOFTHSM, patient.path('vendor.so')),
    evidence: /file too short|invalid ELF header/
  },
  'a module crashes': {
    check: 'modules',
    subject: 'vendor',
    broken: faulty('C_Initialize=crash'),
    says: /take vendor out of "modules"/,
    person: withoutVendor
  },
  'a module hangs': {
    check: 'modules',
    subject: 'vendor',
    broken: faulty('C_GetSlotList=hang'),
    says: /take vendor out of "modules"/,
    person: withoutVendor
  },
  'a module crashed while it was asked for UKeys': {
    check: 'module-history',
    async broken(patient) {
      const { stage } = patient;
      faulty('C_GetSlotList=crash')(patient);
      const host = stage.host({
        UKB_FAULT_MODULE: SOFTHSM,
        UKB_FAULT: 'C_GetSlotList=crash'
      });
      await stage.call('tokens.list', {}, { host });
      await until(async () => {
        const ask = stage.call('audit.list', {}, { origin: 'ui', host });
        return (await ask).entries.length > 0;
      });
      await host.end();
      patient.env.UKB_FAULT = ''; /* it is well again */
    }
  },
  'two modules show one UKey': {
    check: 'module-same-token',
    broken(patient) {
      copyFileSync(SOFTHSM, patient.path('copy.so'));
      patient.configure({
        modules: [SOFT, { name: 'copy', path: patient.path('copy.so') }]
      });
    },
    says: /Take copy out of "modules"/,
    person: (patient) => patient.configure({ modules: [SOFT] })
  },
  'the PIN window’s program that is configured is not there': {
    check: 'dialog-program',
    broken: (patient) =>
      patient.configure({ pinentry: '/usr/bin/pinentry-gone' }),
    says: /Take "pinentry" out of/,
    person: (patient) => patient.configure({ pinentry: undefined })
  },
  'the PIN window’s program does not speak': {
    check: 'dialog-program',
    broken: (patient) => patient.configure({ pinentry: '/bin/true' }),
    says: /name a program there that works/,
    person: (patient) => patient.configure({})
  },
  'the session has no screen': {
    check: 'dialog-display',
    broken: (patient) => delete patient.env.DISPLAY,
    says: /Sign in to the desktop/,
    person: (patient) => (patient.env.DISPLAY = patient.stage.display.name)
  },
  'the session’s screen does not answer': {
    check: 'dialog-display',
    broken: (patient) => (patient.env.DISPLAY = ':987'),
    says: /Sign out of the desktop and in again/,
    person: (patient) => (patient.env.DISPLAY = patient.stage.display.name)
  },
  'others may write the journal': {
    check: 'journal',
    async broken(patient) {
      await begun(patient);
      chmodSync(journal(patient), 0o666);
    },
    says: /others could have changed them.*The UKey itself is not touched/
  },
  'the journal is damaged': {
    check: 'journal',
    async broken(patient) {
      await begun(patient);
      writeFileSync(journal(patient), 'x'.repeat(8192));
    }
  },
  'the journal is a newer program’s': {
    check: 'journal',
    async broken(patient) {
      await begun(patient);
      patient.version = (await schema(patient)).trim();
      await schema(patient, 99);
    },
    says: /Install the newest UKey Bridge/,
    person: (patient) => schema(patient, patient.version) /* that knows it */
  },
  'a renewal was interrupted while its key was made': {
    check: 'renewals',
    broken: interrupted,
    pin: PIN
  },
  'others may write the folder of locks': {
    check: 'locks',
    broken(patient) {
      const dir = join(patient.env.XDG_RUNTIME_DIR, 'ukeybridge');
      mkdirSync(dir, { recursive: true });
      chmodSync(dir, 0o777);
    }
  },
  'the disk is full': {
    check: 'disk-space',
    async broken(patient) {
      const dir = join(patient.env.XDG_STATE_HOME, 'ukeybridge');
      await patient.shell(
        `mkdir -p ${dir} && mount -t tmpfs -o size=24m,mode=0700 none ${dir} && head -c 20m /dev/zero > ${dir}/old`
      );
    },
    says: /Delete files that you do not need/,
    person: (patient) =>
      patient.shell(`rm ${patient.env.XDG_STATE_HOME}/ukeybridge/old`),
    after: (patient) =>
      patient.shell(`umount ${patient.env.XDG_STATE_HOME}/ukeybridge`)
  },
  'the clock is a year behind': {
    check: 'clock',
    broken(patient) {
      const time = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';
      if (!existsSync(time)) {
        throw new Error('no libfaketime: packaging/deps --test');
      }
      patient.ledger = patient.env.LD_PRELOAD;
      patient.env.LD_PRELOAD = [time, patient.ledger].filter(Boolean).join(':');
      patient.env.FAKETIME = '-366d';
    },
    says: /Set date and time right/,
    person(patient) {
      patient.env.LD_PRELOAD = patient.ledger ?? '';
      delete patient.env.FAKETIME;
    }
  }
};
