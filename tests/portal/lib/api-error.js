// SPDX-License-Identifier: MIT
// @ts-check
/** Why a request is refused; the page has words for each code. */
const STATUS = Object.freeze({
  BAD_JSON: 400,
  BAD_FIELD: 400,
  BAD_CERTIFICATE: 400,
  UNKNOWN_CA: 400,
  WRONG_ROLE: 400,
  BAD_REQUEST: 400,
  BAD_SIGNATURE: 400,
  WRONG_CHALLENGE: 400,
  WRONG_ORIGIN: 400,
  WRONG_SUBJECT: 400,
  WRONG_KEY: 400,
  WEAK_KEY: 400,
  NOT_THE_NEW_ONE: 400,
  FOREIGN_ORIGIN: 403,
  NOT_FOUND: 404,
  NO_ORDER: 404,
  METHOD_NOT_ALLOWED: 405,
  WRONG_STATE: 409,
  TOO_LARGE: 413,
  UNSUPPORTED_TYPE: 415,
  TOO_MANY_ORDERS: 429
});

export class ApiError extends Error {
  /**
   * @param {keyof typeof STATUS} code
   * @param {string} message for developers
   * @param {Record<string, unknown>} [data] further members of the reply
   */
  constructor(code, message, data = {}) {
    super(message);
    this.code = code;
    this.status = STATUS[code];
    this.data = data;
  }
}
