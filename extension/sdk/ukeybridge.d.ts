// SPDX-License-Identifier: MIT
/**
 * UKey Bridge SDK: what a portal page can ask of the user's UKey.
 *
 * Everything is asynchronous and nothing blocks the page. Calls marked
 * "dialog" wait for the user in a window of the operating system, for up to
 * five minutes. The PIN is typed there; it never passes through this API.
 *
 * Every call rejects with UKeyBridgeError. Beside the reasons named at a call
 * (`@throws`), each may reject with a ConnectionReason, a PermissionReason,
 * a LimitReason or `CANCELLED`.
 *
 * The wire below is JSON-RPC 2.0 (https://www.jsonrpc.org/specification); the
 * objects are those that `ukeybridge describe` prints, protocol 1.
 */

/** An instant, RFC 3339 in UTC: `2026-12-31T15:59:59Z`. */
export type Instant = string;
/** Text of one PEM block (RFC 7468). */
export type Pem = string;

// ---------------------------------------------------------------- connecting

export interface ConnectOptions {
  /**
   * How long to wait for the extension, in ms. Default 3000: a browser that
   * just started may need a second to wake the extension.
   */
  timeoutMs?: number;
}

/** What every call takes beside its parameters. */
export interface CallOptions {
  /**
   * Aborting asks the host to cancel; an open dialog closes. The promise then
   * rejects with `CANCELLED`, unless the host was already past the point where
   * it may stop: then the call settles with what really happened.
   */
  signal?: AbortSignal;
  /** Told of each step of a long call. */
  onProgress?: (progress: Progress) => void;
}

/** One step of a long call. */
export interface Progress {
  /** Name of the step, such as `generate-key`; for programs, not for users. */
  step: string;
  /** Steps done, of `total`. */
  done: number;
  total: number;
  /** False while the UKey is being written and must not be unplugged. */
  interruptible: boolean;
}

/** What the SDK needs of a MessagePort. */
export interface BridgePort {
  onmessage: ((event: { data: any }) => void) | null;
  postMessage(message: any): void;
  close(): void;
}

/** One connection to the extension. A page needs one; it may open eight. */
export class UKeyBridge {
  /**
   * Connect to the extension. Does not start the host: the first call does.
   * After the host or the extension's service worker died, the next call
   * works again; there is no need to connect anew. After an update of the
   * extension all calls reject `EXTENSION_UNREACHABLE` until the page is
   * loaded anew, which their `text` asks for.
   * @throws {UKeyBridgeError} `EXTENSION_UNREACHABLE`: no extension answers on
   *   this site, or this is a frame or an insecure page (see `message`).
   *   `BUSY`: this document has too many connections open.
   */
  static connect(options?: ConnectOptions): Promise<UKeyBridge>;

  /**
   * Speak on a port that is connected already. For tests and simulators.
   * @param port taken over; its `onmessage` is replaced
   */
  static over(port: BridgePort): UKeyBridge;

  private constructor(port: BridgePort);

  readonly host: HostMethods;
  readonly tokens: TokenMethods;
  /** Called for each change while `tokens.watch` is on. */
  onTokensChanged: ((change: TokensChanged) => void) | null;
  /**
   * Called while `tokens.watch` is on, for each renewal of this origin that
   * was interrupted and waits to be finished.
   */
  onTokenPending: ((pending: TokenPending) => void) | null;
  readonly certificates: CertificateMethods;
  readonly pin: PinMethods;
  readonly renewal: RenewalMethods;
  readonly auth: AuthMethods;
  readonly files: FileMethods;
  readonly orders: OrderMethods;

  /**
   * Call a method by its name on the wire: the way to methods that have no
   * function here. The host refuses what it does not know.
   */
  call<Result = any>(
    method: string,
    params?: object,
    options?: CallOptions
  ): Promise<Result>;

  /** End the connection. Open calls reject with `CANCELLED`. */
  close(): void;
}

// -------------------------------------------------------------------- methods

export interface HostMethods {
  /**
   * What the installed program is and can do. Call it to test whether
   * everything is in place. Without params the SDK fills them in.
   * @throws {UKeyBridgeError} ConnectionReason
   */
  hello(params?: HelloParams, options?: CallOptions): Promise<Hello>;
  /** Answers `{}` when the host lives. */
  ping(params?: {}, options?: CallOptions): Promise<{}>;
}

export interface TokenMethods {
  /**
   * The UKeys that are plugged in. A module that hangs or crashes does not
   * fail the call: it is named in `problems`. No UKey: an empty list.
   * @throws {UKeyBridgeError} PermissionReason
   */
  list(params?: {}, options?: CallOptions): Promise<TokenList>;
  /**
   * Be told (`onTokensChanged`) within a second when a UKey is plugged in or
   * pulled, and soon when it changes; a soft token takes some seconds. Watch while the user can see what it is for; the watch
   * ends with the bridge, and with the host: after `HOST_DISCONNECTED` watch
   * again.
   * @throws {UKeyBridgeError} PermissionReason
   */
  watch(params: { enabled: boolean }, options?: CallOptions): Promise<{}>;
}

/** A UKey came, went or changed. */
export interface TokensChanged {
  kind: 'inserted' | 'removed' | 'changed';
  /** As `tokens.list` shows it; `present` is false for a removed one. */
  token: Token;
}

/** A renewal was found interrupted on a UKey that is in. */
export interface TokenPending {
  /** One of this origin. */
  renewal: Renewal;
  /** What repeating `renewal.install` will do with what is there already. */
  next: 'finish' | 'undo';
}

export interface CertificateMethods {
  /**
   * One page of the certificates on a UKey. Public data: asks no PIN.
   * @throws {UKeyBridgeError} `NO_TOKEN` `TOKEN_REMOVED` `TOKEN_ERROR`
   *   ModuleReason
   */
  list(
    params: CertificateListParams,
    options?: CallOptions
  ): Promise<CertificatePage>;
  /**
   * All certificates on a UKey: `list` page by page, up to 100 pages.
   * @throws {UKeyBridgeError} as `list`
   */
  all(
    params: Omit<CertificateListParams, 'cursor'>,
    options?: CallOptions
  ): Promise<{ certificates: Certificate[] }>;
}

export interface PinMethods {
  /**
   * Have the user change the PIN of a UKey, also an initial one that must be
   * changed first (`Pin.state` is `must-change`). Dialog: asks for the present
   * PIN, then for the new one twice. The page sees neither.
   * @throws {UKeyBridgeError} PinReason, TokenReason, ModuleReason
   *   `RATE_LIMITED`
   */
  change(params: { token: string }, options?: CallOptions): Promise<{}>;
  /**
   * Give a locked UKey a new PIN by its administrator PIN (PUK). For the
   * extension's own pages: a portal's page gets `UI_ONLY`.
   * @throws {UKeyBridgeError} `UI_ONLY`, PinReason (of the administrator PIN,
   *   which locks for good), TokenReason, ModuleReason
   */
  unblock(params: { token: string }, options?: CallOptions): Promise<{}>;
  /** A new PIN that the portal's server authorises from afar. */
  readonly reset: PinResetMethods;
}

export interface PinResetMethods {
  /**
   * Begin the reset of a forgotten or locked PIN. Opens no dialog. Give all of
   * the result to the portal's server, which answers with an authorization if
   * the user may have a new PIN. The reset stays open for ten minutes, for one
   * `finish` of this origin; another `begin` for the UKey takes its place.
   * @throws {UKeyBridgeError} `UNSUPPORTED` (the computer's policy names nobody
   *   who may authorise it) `POLICY_INVALID` `PIN_LOCKED` (the administrator
   *   PIN), TokenReason, ModuleReason
   */
  begin(params: { token: string }, options?: CallOptions): Promise<PinReset>;
  /**
   * Finish a reset with the server's authorization. Dialog: asks for the new
   * PIN twice. The page sees neither it nor the administrator PIN. One try:
   * after any outcome but `NOT_YOURS` begin again.
   * @throws {UKeyBridgeError} ResetReason, `NOT_YOURS`, PinReason (incorrect,
   *   locked and final try speak of the administrator PIN), TokenReason,
   *   ModuleReason `RATE_LIMITED`
   */
  finish(params: PinResetFinishParams, options?: CallOptions): Promise<{}>;
}

export interface PinReset {
  /** Id of the reset, for `finish`. */
  reset: string;
  /** Which UKey it is for; its `serial` goes into the authorization. */
  token: Token;
  /** 64 hex digits that go into the authorization. */
  nonce: string;
  /** PEM certificate of the key that the authorization is encrypted to. */
  recipient: string;
}

export interface PinResetFinishParams {
  reset: string;
  /** Base64 of the server's CMS. */
  authorization: string;
}

export interface AuthMethods {
  /**
   * Have the user sign in to this site with a certificate. Dialog: names this
   * site and the certificate, and takes the PIN. Hand the result to the
   * server, which verifies it with any Web eID validation library (format
   * `web-eid:1.0`): the nonce must be one that the server made for this
   * browser session moments ago.
   * @throws {UKeyBridgeError} PinReason, TokenReason, ModuleReason,
   *   `NO_CERTIFICATE` `WRONG_ROLE` (for encryption only) `NOT_YET_VALID`
   *   `KEY_MISMATCH` (no such private key) `PROOF_FAILED`
   */
  sign(params: AuthSignParams, options?: CallOptions): Promise<AuthToken>;
}

export interface AuthSignParams {
  token: string;
  /** Id of a certificate that signs. An expired one is not refused here. */
  certificate: string;
  /** Base64 of 32 to 128 random bytes. */
  nonce: string;
}

/** A Web eID authentication token. */
export interface AuthToken {
  /** Base64 of the DER. Nobody has looked whether it is to be trusted. */
  unverifiedCertificate: string;
  algorithm: 'RS256' | 'ES256' | 'ES384';
  /** Base64; over the hashes of this site's origin and of the nonce. */
  signature: string;
  format: 'web-eid:1.0';
  /** Which program made it: a package URL. */
  appVersion: string;
}

export interface FileMethods {
  /**
   * Whether a UKey could open an encrypted file, such as a bid, judged by the
   * file's recipients alone: nothing is decrypted, no PIN is asked.
   * @throws {UKeyBridgeError} `BAD_ENVELOPE` (no such recipients) `NO_TOKEN`
   *   `TOKEN_REMOVED` `TOKEN_ERROR` ModuleReason
   */
  check(params: FileCheckParams, options?: CallOptions): Promise<FileCheck>;
}

export interface OrderMethods {
  /**
   * Have the extension look after an order: it asks the order's resource now
   * and then, until the order is `installed` or `rejected`, and tells the user
   * when the certificate is ready. Repeat it whenever your page shows the
   * order, best after each change: the extension then asks at once. Answered by
   * the extension, which keeps no order whose resource it cannot read; a page
   * can do without.
   * @throws {UKeyBridgeError} `BAD_ORIGIN`: `url` is none of this page's
   *   origin. `ORIGIN_NOT_ALLOWED`: this site is allowed once only.
   *   NetworkReason: what is wrong with the resource. `BUSY`
   */
  watch(params: OrderWatchParams, options?: CallOptions): Promise<{}>;
}

export interface OrderWatchParams {
  /** As in `renewal.begin`; at most 128 characters. */
  order: string;
  /** Of the order's resource (host/docs/orders.md), on this page's origin. */
  url: string;
}

export interface FileCheckParams {
  token: string;
  /** Base64 of the DER of a CMS file's RecipientInfos, at most 64 KiB. */
  recipients: string;
}

export interface FileCheck {
  /** True when the key is there, or cannot be seen before a login. */
  readable: boolean;
  /** The recipient's, also of an older key; absent when none is on the UKey. */
  certificate?: Certificate;
}

export interface RenewalMethods {
  /**
   * Make a certificate request on the UKey. Dialog: shows this site's origin
   * and what it asks for, and takes the PIN. With `key: 'new'` a fresh signing
   * key is generated beside the old one, which stays usable. Asking again with
   * the same certificate, kind and key gives the renewal that is open already.
   * @throws {UKeyBridgeError} PinReason, TokenReason, ModuleReason,
   *   `NO_CERTIFICATE` `RENEWAL_PENDING` `JOURNAL_UNAVAILABLE` `DISK_FULL`
   */
  begin(params: BeginParams, options?: CallOptions): Promise<RenewalReply>;
  /**
   * What `install` would change, and what the user should know before. Reads
   * only, asks no PIN. Binds nobody: `install` checks everything again.
   * @throws {UKeyBridgeError} CertificateReason, `NO_RENEWAL` `WRONG_STATE`
   *   `NOT_YOURS` `NO_TOKEN` ModuleReason
   */
  preview(params: InstallParams, options?: CallOptions): Promise<Preview>;
  /**
   * Check, write, read back and prove the new certificates. Dialog: shows the
   * changes, asks consent and the PIN. After any failure before the end the
   * old certificates are usable and the call may be repeated; repeating it
   * after success returns the same result.
   * @throws {UKeyBridgeError} CertificateReason, PinReason, TokenReason,
   *   ModuleReason, RenewalReason, StorageReason
   */
  install(params: InstallParams, options?: CallOptions): Promise<RenewalReply>;
  /**
   * One renewal of this origin.
   * @throws {UKeyBridgeError} `NO_RENEWAL` `NOT_YOURS` `JOURNAL_UNAVAILABLE`
   */
  get(
    params: { renewal: string },
    options?: CallOptions
  ): Promise<RenewalReply>;
  /**
   * This origin's renewals, newest first, one page at a time.
   * @throws {UKeyBridgeError} `JOURNAL_UNAVAILABLE`
   */
  list(params?: RenewalListParams, options?: CallOptions): Promise<RenewalPage>;
  /**
   * Give a renewal up. Dialog when a generated key is to be deleted: a
   * certificate that was issued for it can then never be installed.
   * @throws {UKeyBridgeError} `NO_RENEWAL` `NOT_YOURS` `WRONG_STATE` PinReason
   *   TokenReason
   */
  abandon(params: { renewal: string }, options?: CallOptions): Promise<{}>;
  /**
   * Finish or undo what was interrupted on a UKey, whoever asked for it.
   * For the extension's own pages. Dialog, when there is anything to be done.
   * @returns the renewals that something was done about, as they are now
   * @throws {UKeyBridgeError} `UI_ONLY` PinReason TokenReason StorageReason
   */
  recover(
    params: { token: string },
    options?: CallOptions
  ): Promise<{ renewals: Renewal[] }>;
}

// -------------------------------------------------------- parameters, results

export interface HelloParams {
  client: { name: string; version: string };
  /** Version of the wire protocol that the caller speaks: 1. */
  protocol: number;
}

export interface Hello {
  host: { name: string; version: string; commit: string; os: string };
  protocol: number;
  /** Names of the methods that this host has. */
  methods: string[];
  limits: Limits;
  policy: {
    /** True when an administrator manages this computer. */
    managed: boolean;
    /** To a page its own origin, or nothing where it is not allowed. */
    portals: string[];
  };
}

/** What a host takes and gives at most. */
export interface Limits {
  /** Of one request, in bytes. */
  maxRequest: number;
  /** Of one reply, in bytes. */
  maxReply: number;
  /** Levels of JSON. */
  maxDepth: number;
  /** Requests that are not yet answered. */
  maxInFlight: number;
  /** Of these, of one origin. */
  maxInFlightPerOrigin: number;
  /** Items of one page of a list. */
  pageItems: number;
}

export interface TokenList {
  tokens: Token[];
  problems: ModuleProblem[];
}

/**
 * A vendor's PKCS#11 module that could not be asked; or, `SAME_TOKEN`, one that
 * shows a UKey which is listed already: nothing to warn a user of.
 */
export interface ModuleProblem {
  module: string;
  reason: ModuleReason | 'SAME_TOKEN';
  /** The listed UKey's `Token.id`, with `SAME_TOKEN`. */
  token?: string;
}

export interface CertificateListParams {
  /** `Token.id` */
  token: string;
  /** `next` of the page before. */
  cursor?: string;
  /** True adds `Certificate.pem`. */
  pem?: boolean;
}

export interface CertificatePage {
  certificates: Certificate[];
  /** Cursor of the next page; absent on the last one. */
  next?: string;
}

export type RenewalKind = 'renew' | 'issue' | 'change' | 'replace';
export type Algorithm = 'RSA-2048' | 'RSA-3072' | 'EC-P256' | 'EC-P384' | 'SM2';

/** One part of a subject, in order. `type`: a short name (CN, O) or an OID. */
export interface SubjectPart {
  type: string;
  value: string;
}

export interface BeginParams {
  /** `Token.id` */
  token: string;
  kind: RenewalKind;
  /** `Certificate.id`; `renew` needs it. */
  certificate?: string;
  /** For `issue`, `change` and `replace`; ≤ 1 KiB in all. */
  subject?: SubjectPart[];
  /** `same` is the default for `renew`, `new` for all else. */
  key?: 'same' | 'new';
  /** Default: as the old key. `issue` needs it. */
  algorithm?: Algorithm;
  /** True: the CA will deliver an encryption key to the request's key. */
  dual?: boolean;
  /** The portal's nonce, ≤ 255 characters: the challengePassword. */
  challenge?: string;
  /** The portal's order number, ≤ 128 bytes, kept with the renewal. */
  order?: string;
}

/** Either `renewal`, or `token` with `certificate` where one is replaced. */
export interface InstallParams {
  renewal?: string;
  token?: string;
  certificate?: string;
  /** The new signing certificate; with `renewal` it is what was requested. */
  signing?: Pem;
  /** The new encryption certificate: for the present key, or for a new one. */
  encryption?: Pem;
  /**
   * The new encryption key: base64 of a CMS EnvelopedData that holds PKCS#8,
   * encrypted to the present encryption certificate, or where there is none to
   * the key of the request (made with `dual: true`).
   */
  encryptionKey?: string;
  /** Issuers, for the check only; never written. */
  chain?: Pem[];
}

export interface Preview {
  changes: Change[];
  warnings: { reason: WarningReason }[];
}

/** What happens to one certificate on the UKey. */
export interface Change {
  role: CertificateRole;
  action: 'add' | 'remove' | 'keep';
  certificate: Certificate;
}

/**
 * What the user is asked about before the PIN: other subject data than before,
 * a validity that begins later, a weak signature or key of the certificate.
 * Newer hosts may add others: show one that you do not know, too.
 */
export type WarningReason =
  | 'SUBJECT_DIFFERS'
  | 'OLD_FILES_NEED_OLD_KEY'
  | 'NOT_YET_VALID'
  | 'WEAK_SIGNATURE'
  | 'WEAK_KEY'
  | (string & {});

export interface RenewalReply {
  renewal: Renewal;
}

export interface RenewalListParams {
  /** `Token.id` */
  token?: string;
  cursor?: string;
}

export interface RenewalPage {
  renewals: Renewal[];
  next?: string;
}

// -------------------------------------------------------------------- objects

/** A UKey. */
export interface Token {
  /** Stable; the same in every slot, with every module, on every computer. */
  id: string;
  /** What the UKey does not say of itself is absent. */
  label?: string;
  manufacturer?: string;
  model?: string;
  serial?: string;
  module: { id: string; name?: string; version?: string };
  reader?: string;
  present: boolean;
  pin: Pin;
  writable: boolean;
  capabilities: {
    /** Kinds of keys that it can generate. */
    generate: ('RSA' | 'EC')[];
    /** False when a delivered encryption key cannot be imported; true means that it may be. */
    import: boolean;
    /** Keys that it can use. */
    algorithms: Algorithm[];
  };
}

export type PinState =
  /** No wrong try since the last right one. */
  | 'ok'
  /** Wrong at least once. */
  | 'low'
  /** One try left. */
  | 'final'
  | 'locked'
  | 'uninitialised'
  /** An initial PIN, to be changed before anything else. */
  | 'must-change'
  /** Typed on the reader's own keys. */
  | 'pad';

/** State of a PIN, never the PIN (PKCS#11 v2.40, CK_TOKEN_INFO flags). */
export interface Pin {
  state: PinState;
  /** 0 when locked, 1 when final, else null: a UKey does not tell more. */
  retriesLeft: 0 | 1 | null;
  minLength: number;
  maxLength: number;
}

export type CertificateRole = 'signing' | 'encryption' | 'both' | 'unknown';
export type CertificateState =
  'valid' | 'expiring' | 'expired' | 'not-yet-valid';

/** A subject or an issuer. */
export interface Name {
  /** RFC 4514 */
  dn: string;
  commonName?: string;
  organization?: string;
  organizationalUnit?: string;
  country?: string;
  serialNumber?: string;
}

/** An X.509 certificate on a UKey (RFC 5280). */
export interface Certificate {
  /** SHA-256 of its DER, hex. */
  id: string;
  /** `Token.id` */
  token: string;
  /** From keyUsage. */
  role: CertificateRole;
  subject: Name;
  issuer: Name;
  /** Hex in lower case, as Windows' certificate viewer shows it. */
  serial: string;
  notBefore: Instant;
  notAfter: Instant;
  /** Whole days until `notAfter`; negative when past. */
  daysLeft: number;
  state: CertificateState;
  key: { type: 'RSA' | 'EC' | 'SM2' | 'unknown'; bits: number; curve?: string };
  /** A hint; null: not visible before login. */
  hasPrivateKey: boolean | null;
  /** A newer one of the same role, subject and issuer is on the UKey. */
  history: boolean;
  /** `Certificate.id` of the other half of a dual pair. */
  pairedWith?: string;
  /** SHA-256 of its DER, hex. */
  sha256: string;
  /** URL of the site that renews certificates of this issuer, where the
   * administrator's policy names one (`issuerPortals`). In `certificates.list`. */
  portal?: string;
  /** When asked for. */
  pem?: Pem;
}

export type RenewalState =
  | 'requested'
  | 'installing'
  | 'installed'
  | 'abandoned'
  | 'rolled-back'
  | 'needs-attention';

/** One renewal, from the request to the proof. */
export interface Renewal {
  id: string;
  kind: RenewalKind;
  /** Absent where the extension itself began it. */
  origin?: string;
  order?: string;
  /** `Token.id` */
  token: string;
  state: RenewalState;
  requests: CertificateRequest[];
  created: Instant;
  updated: Instant;
  old: Certificate[];
  new: Certificate[];
  steps: Step[];
  /** Why it stopped, for programs and developers. */
  error?: { reason: Reason; message: string };
}

export interface CertificateRequest {
  role: CertificateRole;
  /** PKCS#10 (RFC 2986). */
  pem: Pem;
  /**
   * The same inside CMS SignedData by the certificate that is renewed, with
   * this site's origin as a signed attribute. Absent where there is no such
   * certificate, or its key is not on the UKey.
   */
  signedPem?: Pem;
}

/** What was done, and how it went. */
export interface Step {
  name: string;
  at: Instant;
  outcome: string;
}

// --------------------------------------------------------------------- errors

export class UKeyBridgeError extends Error {
  constructor(wire: { code: number; message: string; data?: ErrorData });
  readonly name: 'UKeyBridgeError';
  /** JSON-RPC error code. */
  readonly code: number;
  /** What a program decides by; undefined for a JSON-RPC error (a bug). */
  readonly reason: Reason | undefined;
  readonly data: ErrorData;
  /**
   * The user's sentence, in the browser's language: what happened and what to
   * do next. Show it as text, never as HTML.
   */
  readonly text: string;
}

export interface ErrorData {
  reason?: Reason;
  text?: string;
  /** `-32602`: the first parameter that is wrong. */
  field?: string;
  /** `-32603`: number of the incident, which the host's stderr has too. */
  incident?: string;
  /** `RATE_LIMITED`: seconds. */
  retryAfter?: number;
  /** `PIN_INCORRECT`: 1, or null where the UKey does not tell. */
  retriesLeft?: number | null;
  /** `TOKEN_ERROR`: the PKCS#11 CK_RV. */
  ckr?: string | number;
  /** ModuleReason */
  module?: string;
  /** `WRONG_STATE` */
  state?: RenewalState;
  /** `RENEWAL_PENDING`: `Renewal.id` of the open one. */
  renewal?: string;
  /** `ROLLED_BACK`: why. */
  cause?: string;
  /** `HTTP_STATUS` */
  status?: number;
  [member: string]: unknown;
}

export type Reason =
  | PermissionReason
  | LimitReason
  | TokenReason
  | ModuleReason
  | PinReason
  | CertificateReason
  | RenewalReason
  | StorageReason
  | NetworkReason
  | ResetReason
  | ConnectionReason
  | EndReason;

/** Code -32001. */
export type PermissionReason =
  | 'BAD_ORIGIN'
  | 'ORIGIN_NOT_ALLOWED'
  | 'UI_ONLY'
  | 'DENIED_BY_USER'
  | 'NOT_YOURS'
  | 'POLICY_INVALID';

/** Code -32002. */
export type LimitReason =
  'TOO_LARGE' | 'REPLY_TOO_LARGE' | 'BUSY' | 'RATE_LIMITED' | 'TIMEOUT';

/** Code -32003. */
export type TokenReason =
  | 'NO_TOKEN'
  | 'TOKEN_REMOVED'
  | 'TOKEN_READ_ONLY'
  | 'TOKEN_FULL'
  | 'TOKEN_BUSY'
  | 'TOKEN_AMBIGUOUS'
  | 'TOKEN_ERROR'
  | 'UNSUPPORTED';

/** Code -32004. */
export type ModuleReason = 'MODULE_CRASHED' | 'MODULE_HUNG' | 'MODULE_MISSING';

/** Code -32010. */
export type PinReason =
  | 'PIN_INCORRECT'
  | 'PIN_LOCKED'
  | 'PIN_FINAL_TRY'
  | 'PIN_CANCELLED'
  | 'PIN_TIMEOUT'
  | 'PIN_LENGTH'
  | 'PIN_UI_UNAVAILABLE'
  | 'PIN_MUST_CHANGE';

/** Code -32020. */
export type CertificateReason =
  | 'NO_CERTIFICATE'
  | 'KEY_MISMATCH'
  | 'NOT_NEWER'
  | 'WRONG_ROLE'
  | 'SUBJECT_CHANGED'
  | 'UNTRUSTED_ISSUER'
  | 'BAD_CERTIFICATE'
  | 'BAD_ENVELOPE'
  | 'NOT_YET_VALID';

/** Code -32021. */
export type RenewalReason =
  | 'NO_RENEWAL'
  | 'WRONG_STATE'
  | 'RENEWAL_PENDING'
  | 'ROLLED_BACK'
  | 'PROOF_FAILED'
  | 'NEEDS_ATTENTION';

/** Code -32022. */
export type StorageReason = 'JOURNAL_UNAVAILABLE' | 'DISK_FULL';

/** Code -32030. */
export type NetworkReason = 'NETWORK' | 'TLS' | 'HTTP_STATUS' | 'BAD_REPLY';

/** Code -32040. */
export type ResetReason = 'RESET_UNAUTHORISED' | 'RESET_EXPIRED' | 'RESET_USED';

/** Code -32050: made by the extension and this SDK. */
export type ConnectionReason =
  | 'EXTENSION_UNREACHABLE'
  | 'HOST_MISSING'
  | 'HOST_BLOCKED'
  | 'HOST_TOO_OLD'
  | 'HOST_DISCONNECTED';

/** Code -32099. */
export type EndReason = 'CANCELLED' | 'SHUTTING_DOWN';
