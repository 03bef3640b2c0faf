// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';

import { disconnectFailure } from '../../../extension/background/host-state.js';
import { redactor } from '../../../extension/diagnostics/redact.js';
import { reportOf } from '../../../extension/diagnostics/report.js';

/** @type {typeof import('../../../extension/diagnostics/own-checks.js')} */
let own;

before(async () => {
  globalThis.chrome = {
    i18n: { getMessage: (key) => key, getUILanguage: () => 'en-US' }
  };
  own = await import('../../../extension/diagnostics/own-checks.js');
});

const token = (more = {}) => ({
  serial: '6F1C22',
  label: 'Key of Wang',
  ...more
});
const certificate = (more = {}) => ({
  serial: '0a1b2c3d',
  subject: {
    dn: 'CN=王芳,O=江苏示例科技有限公司,C=CN',
    commonName: '王芳',
    organization: '江苏示例科技有限公司',
    country: 'CN',
    serialNumber: '320102198001011234'
  },
  ...more
});

describe('a report', () => {
  const known = { tokens: [token()], certificates: [certificate()] };
  const redact = redactor(known);

  it('has no serial numbers, in whatever case, and no labels', () => {
    assert.equal(
      redact('serial 6f1c22 of 0A1B2C3D'),
      'serial <number> of <number>'
    );
    assert.equal(redact('on "Key of Wang"'), 'on "<label>"');
  });

  it('has no names of owners, the longer one first', () => {
    const text = redact(
      'CN=王芳,O=江苏示例科技有限公司,C=CN; 王芳; 320102198001011234'
    );
    assert.doesNotMatch(text, /王|江苏|320102/);
    assert.match(text, /^<owner>; <owner>; <number>$/);
    const subject = { dn: '-', commonName: 'Li', organization: 'Li Ltd' };
    const twice = redactor({ certificates: [certificate({ subject })] });
    assert.equal(twice('Li Ltd and Li'), '<owner> and <owner>');
  });

  it('has the home directory as ~', () => {
    for (const [path, clean] of [
      [
        '/home/wang/.config/ukeybridge/config.json',
        '~/.config/ukeybridge/config.json'
      ],
      ['/root/.config', '~/.config'],
      ['no /export/u1/wang/.mozilla/x', 'no ~/.mozilla/x'],
      ['/etc/x.config/y', '/etc/x.config/y'],
      ['in /root, and', 'in /root, and'],
      ['/rooted/x', '/rooted/x'],
      ['/Users/wang/x', '~/x'],
      ['C:\\Users\\wang\\x', '~\\x'],
      ['/usr/lib/opensc-pkcs11.so', '/usr/lib/opensc-pkcs11.so']
    ]) {
      assert.equal(redact(path), clean);
    }
  });

  it('has the home directory as ~ where no one expects it', () => {
    for (const [path, clean] of [
      ['/data/home/zhang/lib.so: no', '~/lib.so: no'],
      ['/var/home/zhang, too', '~, too'],
      ['/home2/zhang/x', '~/x'],
      ['LD=/a:/export/homes/zhang:/b', 'LD=/a:~:/b'],
      ['/root/vendor.so', '~/vendor.so'],
      ['D:\\Users\\zhang\\x', '~\\x'],
      ['D:/Users/zhang/x', '~/x'],
      ['C:\\Users\\Zhang San\\x y', '~\\x y'],
      ['"C:\\Documents and Settings\\zhang"', '"~"'],
      ['\\\\server\\homes\\zhang\\x', '~\\x'],
      ['\\\\server\\zhang$\\x', '~\\x'],
      ['在/home/zhang，请', '在~，请'],
      ['file:///home/zhang/x', 'file:~/x'],
      ['https://portal.example/home/page', 'https://portal.example/home/page'],
      ['/usr/share/homework/x', '/usr/share/homework/x']
    ]) {
      assert.equal(redactor()(path), clean, path);
    }
  });

  it('has it so wherever the host says that it is', () => {
    const at = (home) => redactor({ home });
    assert.equal(at('/srv/u1/zhang')('/srv/u1/zhang/x'), '~/x');
    assert.equal(at('/srv/u1/zhang/')('in "/srv/u1/zhang"'), 'in "~"');
    assert.equal(at('/home/EXAMPLE/zhang')('/home/EXAMPLE/zhang/x'), '~/x');
    assert.equal(at('/srv/zhang')('/srv/zhangsan/x'), '/srv/zhangsan/x');
    assert.equal(at('/')('/usr/lib/x'), '/usr/lib/x');
    assert.equal(at('/root')('/root/x of root'), '~/x of root');
  });

  it('has no name of a user that is told by a home elsewhere', () => {
    const evidence = '/data/home/zhang/lib.so';
    const checks = [{ id: 'a', evidence }];
    for (const of of [{ home: '/srv/zhang' }, { checks }]) {
      const clean = redactor(of);
      for (const [text, wanted] of [
        ['/run/media/zhang/USB/x.so', '/run/media/<user>/USB/x.so'],
        ['/tmp/x-Zhang.so', '/tmp/x-<user>.so'],
        ['sudo chown zhang:zhang /x', 'sudo chown <user>:<user> /x'],
        ['\\\\server\\data\\zhang', '\\\\server\\data\\<user>'],
        ['/usr/lib/zhangsan.so', '/usr/lib/zhangsan.so']
      ]) {
        assert.equal(clean(text), wanted);
      }
    }
    const spaced = redactor({ home: 'C:\\Users\\Zhang San' });
    assert.equal(spaced('D:\\of Zhang San\\x'), 'D:\\of <user>\\x');
  });

  it('keeps the paths of a computer whose user is called as its folders', () => {
    for (const home of ['/home/lib', '/home/user', '/var/opt', '/home/x']) {
      const clean = redactor({ home });
      assert.equal(clean('/usr/lib/x of user:'), '/usr/lib/x of user:');
    }
  });

  it('has no label of a UKey whose list could not be read', () => {
    const same = { id: 'module-same-token', subject: 'Key of Wang' };
    const clean = redactor({ checks: [same] });
    assert.equal(clean('(Key of Wang): two'), '(<label>): two');
    const nameless = redactor({ checks: [{ ...same, subject: 'UKey' }] });
    assert.equal(nameless('UKey Bridge, UKeys: 1'), 'UKey Bridge, UKeys: 1');
  });

  it('has no serial number in the name of a reader', () => {
    assert.equal(
      redact('in Vendor Token [CCID] (A1B2C3) 00 00 (none)'),
      'in Vendor Token [CCID] (<number>) 00 00 (none)'
    );
  });

  it('has no numbers that look like ones, of UKeys that are gone', () => {
    const none = redactor();
    assert.equal(none('id 00112233445566778899aabbccddeeff.'), 'id <number>.');
    assert.equal(none('unit 91320100MA1XYTEN7K'), 'unit <code>');
    assert.equal(none('0x30 of 4 readers'), '0x30 of 4 readers');
  });

  it('is not emptied by a name of one letter, nor by none', () => {
    const subject = { dn: 'C', commonName: 'a.b' };
    const odd = redactor({
      tokens: [token({ serial: '', label: undefined })],
      certificates: [certificate({ serial: '1', subject })]
    });
    assert.equal(odd('a cab at 1, axb, a.b'), 'a cab at 1, axb, <owner>');
  });

  it('tells all of what is wrong, the rest in a line, and what is ours as it is', () => {
    const checks = [
      { id: 'a', group: 'host', status: 'ok', title: 'well', evidence: 'e' },
      {
        id: 'module',
        subject: 'opensc',
        status: 'failed',
        title: 'bad',
        evidence: '/home/wang/x.so',
        meaning: 'm',
        instruction: 'i',
        command: 'c'
      }
    ];
    const commit = '00112233445566778899aabbccddeeff00112233';
    const host = { version: '1.2', commit, os: 'linux' };
    const facts = {
      extension: '1',
      browser: 'B',
      language: 'en',
      at: 'now',
      host
    };
    const text = reportOf(checks, facts, redact);
    assert.ok(text.includes(`program: 1.2 (${commit}), linux`));
    assert.ok(text.includes('[ok] a: well\n[failed] module (opensc): bad\n'));
    for (const line of [
      'evidence: ~/x.so',
      'meaning: m',
      'instruction: i',
      'command: c'
    ]) {
      assert.ok(text.includes(`  ${line}\n`), line);
    }
    const missing = reportOf([], { ...facts, host: undefined }, redact);
    assert.ok(missing.includes('program: no answer'));
  });
});

describe('the extension’s own finding', () => {
  const finding = (lastError) => {
    const { wire } = disconnectFailure(lastError);
    const { message, data } = wire;
    const error = { message, data, reason: data.reason, text: 't' };
    return own.hostFinding(error).title;
  };

  it('tells a missing, a blocked and a crashing program apart', () => {
    assert.deepEqual(
      [
        'Specified native messaging host not found.',
        'Failed to start native messaging host.',
        'Access to the specified native messaging host is forbidden.',
        'Access to the native messaging host was disabled by the system administrator.',
        'Native host has exited.',
        'Error when communicating with the native messaging host.'
      ].map(finding),
      [
        'finding_missing',
        'finding_missing',
        'finding_foreign',
        'finding_policy',
        'finding_crashing',
        'finding_crashing'
      ]
    );
  });

  it('tells one that is too old, and one that is silent', () => {
    const title = (reason) =>
      own.hostFinding({ reason, message: 'm', text: 't', data: { reason } })
        .title;
    assert.equal(title('HOST_TOO_OLD'), 'finding_old');
    assert.equal(title('TIMEOUT'), 'finding_silent');
    assert.equal(own.oldFinding({ version: '0.1' }).title, 'finding_old');
  });

  it('of another reason is the error’s own sentence', () => {
    for (const reason of ['BUSY', 'toString', undefined]) {
      const error = { reason, message: 'm', text: 'sentence' };
      const { title, status, evidence } = own.hostFinding(error);
      assert.deepEqual([title, status], ['sentence', 'failed']);
      assert.match(evidence, /m$/);
    }
  });
});
