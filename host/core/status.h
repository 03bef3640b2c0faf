/* SPDX-License-Identifier: MIT */
/*
 * status - what a fallible function returns, and the error object that it fills.
 *
 * Room: core.  One enum value per thing that a user, an administrator or a portal developer can do
 * something about; the wire code and the reason string of each stand in UKB_REASONS, once.
 */
#ifndef UKB_CORE_STATUS_H
#define UKB_CORE_STATUS_H

#include <stdbool.h>
#include <stddef.h>

#define UKB_MUST_USE                   __attribute__((warn_unused_result))
#define UKB_PRINTF(format_at, args_at) __attribute__((format(printf, format_at, args_at)))

/** X(NAME, wire code): every reason of the protocol, in the order of its table. */
#define UKB_REASONS(X)                                                                                                 \
    X(BAD_ORIGIN, -32001)                                                                                              \
    X(ORIGIN_NOT_ALLOWED, -32001)                                                                                      \
    X(UI_ONLY, -32001)                                                                                                 \
    X(DENIED_BY_USER, -32001)                                                                                          \
    X(NOT_YOURS, -32001)                                                                                               \
    X(POLICY_INVALID, -32001)                                                                                          \
    X(TOO_LARGE, -32002)                                                                                               \
    X(REPLY_TOO_LARGE, -32002)                                                                                         \
    X(BUSY, -32002)                                                                                                    \
    X(RATE_LIMITED, -32002)                                                                                            \
    X(TIMEOUT, -32002)                                                                                                 \
    X(NO_TOKEN, -32003)                                                                                                \
    X(TOKEN_REMOVED, -32003)                                                                                           \
    X(TOKEN_READ_ONLY, -32003)                                                                                         \
    X(TOKEN_FULL, -32003)                                                                                              \
    X(TOKEN_BUSY, -32003)                                                                                              \
    X(TOKEN_AMBIGUOUS, -32003)                                                                                         \
    X(TOKEN_ERROR, -32003)                                                                                             \
    X(UNSUPPORTED, -32003)                                                                                             \
    X(MODULE_CRASHED, -32004)                                                                                          \
    X(MODULE_HUNG, -32004)                                                                                             \
    X(MODULE_MISSING, -32004)                                                                                          \
    X(PIN_INCORRECT, -32010)                                                                                           \
    X(PIN_LOCKED, -32010)                                                                                              \
    X(PIN_FINAL_TRY, -32010)                                                                                           \
    X(PIN_CANCELLED, -32010)                                                                                           \
    X(PIN_TIMEOUT, -32010)                                                                                             \
    X(PIN_LENGTH, -32010)                                                                                              \
    X(PIN_UI_UNAVAILABLE, -32010)                                                                                      \
    X(PIN_MUST_CHANGE, -32010)                                                                                         \
    X(NO_CERTIFICATE, -32020)                                                                                          \
    X(KEY_MISMATCH, -32020)                                                                                            \
    X(NOT_NEWER, -32020)                                                                                               \
    X(WRONG_ROLE, -32020)                                                                                              \
    X(SUBJECT_CHANGED, -32020)                                                                                         \
    X(UNTRUSTED_ISSUER, -32020)                                                                                        \
    X(BAD_CERTIFICATE, -32020)                                                                                         \
    X(BAD_ENVELOPE, -32020)                                                                                            \
    X(NOT_YET_VALID, -32020)                                                                                           \
    X(NO_RENEWAL, -32021)                                                                                              \
    X(WRONG_STATE, -32021)                                                                                             \
    X(RENEWAL_PENDING, -32021)                                                                                         \
    X(ROLLED_BACK, -32021)                                                                                             \
    X(PROOF_FAILED, -32021)                                                                                            \
    X(NEEDS_ATTENTION, -32021)                                                                                         \
    X(JOURNAL_UNAVAILABLE, -32022)                                                                                     \
    X(DISK_FULL, -32022)                                                                                               \
    X(NETWORK, -32030)                                                                                                 \
    X(TLS, -32030)                                                                                                     \
    X(HTTP_STATUS, -32030)                                                                                             \
    X(BAD_REPLY, -32030)                                                                                               \
    X(RESET_UNAUTHORISED, -32040)                                                                                      \
    X(RESET_EXPIRED, -32040)                                                                                           \
    X(RESET_USED, -32040)                                                                                              \
    X(EXTENSION_UNREACHABLE, -32050)                                                                                   \
    X(HOST_MISSING, -32050)                                                                                            \
    X(HOST_BLOCKED, -32050)                                                                                            \
    X(HOST_TOO_OLD, -32050)                                                                                            \
    X(HOST_DISCONNECTED, -32050)                                                                                       \
    X(CANCELLED, -32099)                                                                                               \
    X(SHUTTING_DOWN, -32099)

#define UKB_STATUS_OF(name, code) UKB_E_##name,

/** Outcome of a fallible function. UKB_OK is 0; everything above UKB_END is an error. */
enum ukb_status {
    UKB_OK = 0,
    UKB_END,               /**< no more: the stream ended between messages. Not an error. */
    UKB_E_PARSE,           /**< -32700: not strict JSON (RFC 8259) */
    UKB_E_INVALID_REQUEST, /**< -32600: JSON, but not a JSON-RPC 2.0 request of ours */
    UKB_E_METHOD_UNKNOWN,  /**< -32601 */
    UKB_E_PARAMS,          /**< -32602; attribute "field" names the first offending member */
    UKB_E_INTERNAL,        /**< -32603: a bug or no memory; attribute "incident" */
    UKB_REASONS(UKB_STATUS_OF) UKB_STATUS_COUNT
};

#undef UKB_STATUS_OF

/* An error carries at most this many attributes, each at most this long (cut at a UTF-8 boundary). */
#define UKB_ERROR_ATTRS_MAX       4U
#define UKB_ERROR_ATTR_MAX_LEN    128U
#define UKB_ERROR_MESSAGE_MAX_LEN 255U

enum ukb_attr_type { UKB_ATTR_STRING, UKB_ATTR_INTEGER, UKB_ATTR_NULL };

/** One member of the wire error's `data`, beside `reason`. */
struct ukb_attr {
    const char *name; /**< static storage */
    enum ukb_attr_type type;
    long long integer;
    char string[UKB_ERROR_ATTR_MAX_LEN + 1U];
};

/** Caller-owned; zero-initialise. Filled on failure only, once, where the failure is seen. Holds no secret. */
struct ukb_error {
    enum ukb_status status;
    unsigned long native; /**< the library's own code (CK_RV, errno, SQLite's); 0 when there is none */
    char message[UKB_ERROR_MESSAGE_MAX_LEN + 1U]; /**< one English sentence for developers */
    size_t attr_count;
    struct ukb_attr attrs[UKB_ERROR_ATTRS_MAX];
};

/**
 * Fill @p reterr and return @p status, so that a failure is one statement: `return ukb_raise(...)`.
 * The result may go unused where the error object alone is wanted. Clears attributes left from before. @p reterr must
 * not be NULL; @p format is printf's and must take no secret.
 */
enum ukb_status ukb_raise(struct ukb_error *reterr, enum ukb_status status, unsigned long native, const char *format,
                          ...) UKB_PRINTF(4, 5);

/** Add a member to the wire error's `data`. @p name has static storage. Beyond UKB_ERROR_ATTRS_MAX: programmer error.
 */
void ukb_error_add_string(struct ukb_error *error, const char *name, const char *value);
void ukb_error_add_integer(struct ukb_error *error, const char *name, long long value);
void ukb_error_add_null(struct ukb_error *error, const char *name);

/** The JSON-RPC error code of @p status (§5.1, and the protocol's table). @p status must be an error. */
int ukb_status_code(enum ukb_status status);

/** The `reason` string of @p status, or NULL for JSON-RPC's own errors, which have none. Static storage. */
const char *ukb_status_reason(enum ukb_status status);

/** What the audit calls an outcome: "OK", the reason, or "INTERNAL", "INVALID_PARAMS" and the like. Static storage. */
const char *ukb_status_word(enum ukb_status status);

/** The status whose reason is @p reason, or UKB_E_INTERNAL when there is none. */
enum ukb_status ukb_status_from_reason(const char *reason);

#endif /* UKB_CORE_STATUS_H */
