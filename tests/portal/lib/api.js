// SPDX-License-Identifier: MIT
// @ts-check
/** The portal's JSON API: one table of routes, one function each. */
import { X509Certificate } from 'node:crypto';
import { ApiError } from './api-error.js';
import {
  checkInstalled,
  checkOldCertificates,
  checkRequest,
  checkSuccessor
} from './checks.js';
import { checkFields } from './fields.js';
import { checkOrigin, readJson, sendJson } from './http.js';
import { unitCodeOf } from './profiles.js';
import { checkSignedRequest } from './signed-request.js';

/**
 * @typedef {object} Service
 * @property {import('../ca.js').Ca} ca
 * @property {import('./orders.js').Orders} orders
 * @property {import('./issuing.js').Issuer} issuer
 */

/** @typedef {import('./orders.js').Issued} Issued */

const PEM_MAX = 16 * 1024;
const SIGNED_PEM_MAX = 40 * 1024;

/** @type {Record<string, import('./fields.js').Field>} */
const ORDER_FIELDS = {
  certificatePem: { max: PEM_MAX },
  encryptionPem: { max: PEM_MAX, optional: true },
  key: { oneOf: ['same', 'new'], optional: true },
  encryption: { oneOf: ['add'], optional: true },
  ukey: {
    members: { id: { max: 128 }, label: { max: 64 }, serial: { max: 64 } }
  }
};

/** @type {Record<string, import('./fields.js').Field>} */
const INSTALLED_FIELDS = {
  certificatePem: { max: PEM_MAX },
  encryptionPem: { max: PEM_MAX, optional: true }
};

/**
 * A renewal that keeps the keys keeps both; one that makes a new signing key
 * has the CA make a new encryption key. A first encryption key is delivered to
 * the new signing key: a key that is on the UKey already may only sign.
 * @param {{key?: string, encryption?: string, encryptionPem?: string}} body
 * @returns {import('./orders.js').EncryptionPlan}
 */
function planEncryption({ key, encryption, encryptionPem }) {
  if (encryption === undefined) {
    if (encryptionPem === undefined) return 'none';
    return key === 'new' ? 'replace' : 'keep';
  }
  if (encryptionPem === undefined && key === 'new') return 'add';
  const message = 'add: to a UKey without one, with a new signing key';
  throw new ApiError('BAD_FIELD', message, { field: 'encryption' });
}

/** @param {import('node:crypto').X509Certificate} x509 @param {string} type */
function subjectPart(x509, type) {
  const prefix = `${type}=`;
  const line = x509.subject.split('\n').find((row) => row.startsWith(prefix));
  // node escapes as RFC 4514 does
  return line ? line.slice(prefix.length).replace(/\\(.)/g, '$1') : '';
}

/** @param {Date} date whole seconds */
const instant = (date) => date.toISOString().replace('.000Z', 'Z');

/** @param {string} time RFC 3339 with a fraction */
const wholeSeconds = (time) => time.replace(/\.\d+Z$/, 'Z');

/** @param {import('./facts.js').CertificateFacts} certificate */
function facts({ pem, x509, notAfter }) {
  return {
    pem,
    serial: x509.serialNumber.toLowerCase(),
    notBefore: instant(new Date(x509.validFrom)),
    notAfter: instant(notAfter)
  };
}

/** @param {Service} service @param {any} body */
async function createOrder({ ca, orders }, body) {
  checkFields(body, ORDER_FIELDS);
  const encryptionPlan = planEncryption(body);
  const { signing, encryption } = await checkOldCertificates(ca, body);
  checkSuccessor(encryptionPlan, encryption ?? signing);
  return orders.create({
    key: body.key ?? 'same',
    encryption: encryptionPlan,
    ukey: body.ukey,
    applicant: {
      name: subjectPart(signing.x509, 'CN'),
      organization: subjectPart(signing.x509, 'O'),
      code: unitCodeOf(signing.extensions)
    },
    old: {
      signing: facts(signing),
      encryption: encryption && facts(encryption)
    }
  });
}

/** @param {Service} service @param {any} body @param {string} id */
function payOrder({ orders }, body, id) {
  checkFields(body, {});
  return orders.advance(id, 'paid');
}

/**
 * @param {Service} service
 * @param {any} body
 * @param {string} id
 * @param {string} origin this portal's, as the browser knows it
 */
async function takeRequest(service, body, id, origin) {
  checkFields(body, {
    pem: { max: PEM_MAX },
    signedPem: { max: SIGNED_PEM_MAX, optional: true }
  });
  const order = service.orders.check(id, 'requested');
  const request = await checkRequest(order, body.pem);
  if (body.signedPem !== undefined) {
    const old = order.old.signing.pem;
    await checkSignedRequest(old, request, body.signedPem, origin);
  }
  await service.orders.advance(id, 'requested', { request });
  service.issuer.later(order);
  return order;
}

/** @param {Service} service @param {any} body @param {string} id */
function confirmInstalled({ orders }, body, id) {
  checkFields(body, INSTALLED_FIELDS);
  const { issued } = orders.check(id, 'installed');
  checkInstalled(issued, body);
  const kept = { .../** @type {Issued} */ (issued), encryptionKey: undefined };
  return orders.advance(id, 'installed', { issued: kept });
}

/** What the order resource calls the states (host/docs/orders.md). */
const RESOURCE_STATES = Object.freeze({
  created: 'created',
  paid: 'paid',
  requested: 'reviewing',
  issued: 'issued',
  installed: 'installed'
});

/** @param {Service} service @param {any} _ @param {string} id @param {string} origin */
function orderResource({ orders }, _, id, origin) {
  const order = orders.get(id);
  const x509 = order.issued && new X509Certificate(order.issued.signing);
  return {
    order: order.number,
    state: RESOURCE_STATES[order.state],
    updated: wholeSeconds(order.times[order.state] ?? ''),
    page: `${origin}/?order=${id}`,
    ...(x509 && {
      certificate: {
        notBefore: instant(new Date(x509.validFrom)),
        notAfter: instant(new Date(x509.validTo))
      }
    })
  };
}

/** @typedef {(service: Service, body: any, id: string, origin: string) => unknown} Handler */
/** @type {[string, RegExp, Handler][]} */
const ROUTES = [
  ['POST', /^\/api\/orders$/, createOrder],
  [
    'GET',
    /^\/api\/orders\/([0-9a-f]{32})$/,
    ({ orders }, _, id) => orders.get(id)
  ],
  ['GET', /^\/api\/orders\/([0-9a-f]{32})\/status$/, orderResource],
  ['POST', /^\/api\/orders\/([0-9a-f]{32})\/pay$/, payOrder],
  ['POST', /^\/api\/orders\/([0-9a-f]{32})\/request$/, takeRequest],
  ['POST', /^\/api\/orders\/([0-9a-f]{32})\/installed$/, confirmInstalled]
];

/**
 * @param {Service} service
 * @param {import('./http.js').Request} request
 * @param {import('./http.js').Response} response
 * @param {string} path
 */
export async function serveApi(service, request, response, path) {
  checkOrigin(request);
  const route = ROUTES.find(([, pattern]) => pattern.test(path));
  if (!route) throw new ApiError('NOT_FOUND', 'no such resource');
  const [method, pattern, handler] = route;
  if (request.method !== method) {
    throw new ApiError('METHOD_NOT_ALLOWED', `use ${method}`, {
      allow: method
    });
  }
  const body = method === 'POST' ? await readJson(request) : {};
  const id = pattern.exec(path)?.[1] ?? '';
  const created = handler === createOrder;
  const origin = request.headers.origin ?? `http://${request.headers.host}`;
  const reply = await handler(service, body, id, origin);
  sendJson(response, created ? 201 : 200, reply);
}
