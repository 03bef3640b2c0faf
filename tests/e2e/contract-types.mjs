// SPDX-License-Identifier: MIT
// contract-types - what `ukeybridge describe` says, written as assertions about the SDK's types for tsc to judge.

/** Where the SDK keeps each object of the contract. */
const OBJECTS = {
  host: "S.Hello['host']",
  limits: 'S.Limits',
  policy: "S.Hello['policy']",
  token: 'S.Token',
  module: "S.Token['module']",
  pin: 'S.Pin',
  capabilities: "S.Token['capabilities']",
  problem: 'S.ModuleProblem',
  certificate: 'S.Certificate',
  name: 'S.Name',
  key: "S.Certificate['key']",
  renewal: 'S.Renewal',
  request: 'S.CertificateRequest',
  step: 'S.Step',
  renewalError: "NonNullable<S.Renewal['error']>",
  change: 'S.Change',
  warning: "S.Preview['warnings'][number]"
};

/** Where the SDK says more than the contract's tables can: its type must be within the table's. */
const FINER = {
  'pin.retriesLeft': '0 | 1 | null',
  'problem.reason': "S.ModuleReason | 'SAME_TOKEN'",
  'renewalError.reason': 'S.Reason',
  'warning.reason': 'S.WarningReason'
};

/** Calls and objects of the extension's own pages alone: no portal needs them in its SDK. */
export const isOwn = (name) =>
  /^(portals?|doctor|checks?|audit|orders?|update)([.A-Z]|$)/.test(name);

/** Calls that the SDK makes by itself, and its functions that are several calls. */
const WITHOUT_FUNCTION = ['host.cancel'];
const WITHOUT_METHOD = ['certificates.all'];

/** Calls of a page that the extension answers itself: no host knows them. */
export const OF_EXTENSION = ['orders.watch'];

/** Where the SDK hands a notification's parameters to a page. */
const NOTIFICATIONS = {
  progress: { type: 'S.Progress', withheld: ['id'] },
  'tokens.changed': { type: 'S.TokensChanged', withheld: [] },
  'token.pending': { type: 'S.TokenPending', withheld: [] }
};

const REASON_GROUPS = {
  '-32001': 'PermissionReason',
  '-32002': 'LimitReason',
  '-32003': 'TokenReason',
  '-32004': 'ModuleReason',
  '-32010': 'PinReason',
  '-32020': 'CertificateReason',
  '-32021': 'RenewalReason',
  '-32022': 'StorageReason',
  '-32030': 'NetworkReason',
  '-32040': 'ResetReason',
  '-32050': 'ConnectionReason',
  '-32099': 'EndReason'
};

const PRELUDE = `import type * as S from '../../extension/sdk/ukeybridge.js';
type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Within<A, B> = [A] extends [B] ? true : false;
type Optional<T> = { [K in keyof T]-?: {} extends Pick<T, K> ? K : never }[keyof T];
type Params<F extends (...all: any) => any> = NonNullable<Parameters<F>[0]>;
type Result<F extends (...all: any) => any> = Awaited<ReturnType<F>>;
`;

/** The type of what the SDK calls "pin" or "pin.reset.begin". */
const place = (name) =>
  `S.UKeyBridge${name
    .split('.')
    .map((part) => `['${part}']`)
    .join('')}`;

const union = (values) =>
  values.map((value) => JSON.stringify(value)).join(' | ') || 'never';

/** One described field as a type. */
function typeOf(field) {
  const { type, object, fields, values, nullable } = field;
  const plain = {
    string: 'string',
    hex: 'string',
    time: 'string',
    id: 'string | number',
    integer: 'number',
    boolean: 'boolean',
    enum: values && union(values),
    strings: values ? `(${union(values)})[]` : 'string[]',
    object: object ? named(object) : fields && inline(fields),
    objects: object ? `${named(object)}[]` : fields && `${inline(fields)}[]`
  }[type];
  if (!plain) throw new Error(`an unknown kind of field: ${type}`);
  return nullable ? `${plain} | null` : plain;
}

function named(object) {
  if (!OBJECTS[object]) throw new Error(`the SDK has no object ${object}`);
  return OBJECTS[object];
}

const inline = (fields) =>
  `{ ${fields.map((f) => `${f.name}${f.required ? '' : '?'}: ${typeOf(f)}`).join('; ')} }`;

/** Every assertion with the words for its failure: `{what, type}`. */
export function assertions(contract) {
  const made = [];
  const unused = new Set(Object.keys(FINER));
  const same = (what, a, b) => made.push({ what, type: `Same<${a}, ${b}>` });

  /** The SDK's type has these members, no others, and each as described. */
  const members = (what, type, fields) => {
    const names = (list) => union(list.map(({ name }) => name));
    same(`${what}: names of members`, `keyof ${type}`, names(fields));
    const optional = fields.filter(({ required }) => !required);
    same(`${what}: which may be absent`, `Optional<${type}>`, names(optional));
    for (const field of fields) {
      const key = `${what}.${field.name}`;
      const held = `Required<${type}>[${JSON.stringify(field.name)}]`;
      if (FINER[key]) {
        unused.delete(key);
        same(key, held, FINER[key]);
        const type = `Within<${held}, ${typeOf(field)}>`;
        made.push({ what: `${key} within the contract`, type });
      } else if (field.fields) {
        const item = field.type === 'objects' ? `${held}[number]` : held;
        members(key, item, field.fields);
      } else {
        same(key, held, typeOf(field));
      }
    }
  };

  for (const [name, fields] of Object.entries(contract.objects)) {
    if (isOwn(name)) continue;
    members(name, named(name), fields);
  }

  const groups = {};
  for (const { name, params, result } of contract.methods) {
    if (WITHOUT_FUNCTION.includes(name) || isOwn(name)) continue;
    const path = name.split('.');
    for (let depth = 1; depth < path.length; depth++) {
      const group = path.slice(0, depth).join('.');
      (groups[group] ??= new Set()).add(path[depth]);
    }
    const call = place(name);
    members(`params of ${name}`, `Params<${call}>`, params);
    members(`result of ${name}`, `Result<${call}>`, result);
  }
  for (const name of WITHOUT_METHOD) {
    const [group, verb] = name.split('.');
    groups[group].add(verb);
  }
  for (const name of OF_EXTENSION) {
    const [group, verb] = name.split('.');
    (groups[group] ??= new Set()).add(verb);
  }
  for (const [group, verbs] of Object.entries(groups)) {
    same(`functions of ${group}`, `keyof ${place(group)}`, union([...verbs]));
  }
  const own = ['call', 'close', 'onTokensChanged', 'onTokenPending'];
  const top = Object.keys(groups).filter((group) => !group.includes('.'));
  const all = [...top, ...own];
  same('groups of functions', 'keyof S.UKeyBridge', union(all));

  for (const { name, params } of contract.notifications) {
    const { type, withheld } = NOTIFICATIONS[name] ?? {};
    if (!type) throw new Error(`the SDK has no notification ${name}`);
    const told = params.filter((field) => !withheld.includes(field.name));
    members(`notification ${name}`, type, told);
  }

  for (const [code, type] of Object.entries(REASON_GROUPS)) {
    const errors = contract.errors.filter((error) => error.code === +code);
    const named = errors.map(({ reason }) => reason);
    same(`reasons of ${code}`, `S.${type}`, union(named));
  }
  const every = contract.errors.flatMap(({ reason }) => reason ?? []);
  same('reasons', 'S.Reason', union(every));

  if (unused.size > 0) throw new Error(`not described: ${[...unused]}`);
  return made;
}

/** The assertions as a program: assertion number N is on line `firstLine` + N. */
export function program(list) {
  const lines = list.map(
    ({ type }, index) => `export const a${index}: ${type} = true;`
  );
  return {
    text: `${PRELUDE}${lines.join('\n')}\n`,
    firstLine: PRELUDE.split('\n').length
  };
}
