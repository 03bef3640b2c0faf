// SPDX-License-Identifier: MIT
// @ts-check
/** Every limit and time of the extension, in one place. Units in the names. */
export const CONFIG = Object.freeze({
  nativeHostName: 'org.ukeybridge.host',
  protocol: 1,

  /** The host's own `limits.maxRequest`; refused here to spare the trip. */
  maxRequestBytes: 1024 * 1024,
  maxIdBytes: 64,
  maxMethodChars: 64,
  maxOpenCallsPerClient: 32,

  helloTimeoutMs: 10_000,
  /*
   * The host has a limit of its own for each method and stops its clock while
   * the user reads a dialog. These caps only catch a host that went silent.
   */
  quickCallCapMs: 2 * 60_000,
  dialogCallCapMs: 20 * 60_000,

  /** A quiet host is let go, and with it this service worker. */
  idleDisconnectMs: 60_000,

  /** A UKey's open PIN reset lives in the host, for so long. */
  resetOpenMs: 10 * 60_000,

  /** How often the open popup looks where the host cannot watch. */
  popupPollMs: 2000
});

/** Methods that may wait for the user, or for a certificate authority. */
export const DIALOG_METHODS = Object.freeze([
  'pin.change',
  'pin.unblock',
  'pin.reset.begin',
  'pin.reset.finish',
  'renewal.begin',
  'renewal.install',
  'renewal.abandon',
  'renewal.recover',
  'enroll.run',
  'auth.sign',
  'seal.install'
]);

/** What the extension's own pages cannot do without: a host lacks none of it. */
export const NEEDED_METHODS = Object.freeze([
  'portals.list',
  'portals.allow',
  'portals.revoke',
  'tokens.list',
  'tokens.watch',
  'certificates.list',
  'pin.change',
  'pin.unblock',
  'renewal.list',
  'renewal.abandon',
  'renewal.recover',
  'orders.check',
  'update.check',
  'doctor.run',
  'doctor.repair'
]);

/** Methods behind which a UKey holds other certificates. */
export const RENEWING_METHODS = Object.freeze([
  'renewal.install',
  'renewal.recover'
]);
