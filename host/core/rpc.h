/* SPDX-License-Identifier: MIT */
/*
 * rpc - the JSON-RPC 2.0 envelope (jsonrpc.org/specification) with our `context` member.
 *
 * Room: core.  Browser ↔ broker and broker ↔ worker speak the same.  Batches are refused.
 */
#ifndef UKB_CORE_RPC_H
#define UKB_CORE_RPC_H

#include <stdbool.h>
#include <stddef.h>

#include "core/json.h"
#include "core/limits.h"
#include "core/status.h"

enum ukb_id_type { UKB_ID_NONE /**< a notification */, UKB_ID_NULL, UKB_ID_INTEGER, UKB_ID_STRING };

/** A request's id: a value. */
struct ukb_rpc_id {
    enum ukb_id_type type;
    long long integer;
    char string[UKB_ID_MAX_LEN + 1U];
};

/** Who asks: set by the extension's service worker, never by a page. Strings are "" when absent. */
struct ukb_context {
    bool present;
    bool ui; /**< the extension's own page; then origin is "" */
    bool user_activation;
    char origin[UKB_ORIGIN_MAX_LEN + 1U];
    char top_origin[UKB_ORIGIN_MAX_LEN + 1U];
    char document_id[UKB_DOCUMENT_ID_MAX_LEN + 1U];
    char lang[UKB_LANG_MAX_LEN + 1U]; /**< BCP 47 */
};

/** A request read from a frame. Borrowed pointers live until ukb_request_done(). */
struct ukb_request {
    struct ukb_rpc_id id;
    const char *method;
    const cJSON *params; /**< an object, or NULL when absent */
    struct ukb_context context;
    cJSON *root; /**< owns all of the above */
};

/**
 * Read a request.
 *
 * @param ret_request  set on success; on failure only its id is set, as far as it could be told (UKB_ID_NULL
 * otherwise), so that the error reply can carry it. Free with ukb_request_done() either way.
 * @retval UKB_E_PARSE            not strict JSON.
 * @retval UKB_E_INVALID_REQUEST  a batch, a reply, a bad id, method or context.
 * @retval UKB_E_PARAMS           params is an array: our methods take named members only.
 * @retval UKB_E_BAD_ORIGIN       context.origin or topOrigin is longer than UKB_ORIGIN_MAX_LEN.
 */
UKB_MUST_USE enum ukb_status ukb_request_parse(const char *text, size_t len, struct ukb_request *ret_request,
                                               struct ukb_error *reterr);
void ukb_request_done(struct ukb_request *request);

bool ukb_rpc_id_equal(const struct ukb_rpc_id *a, const struct ukb_rpc_id *b);

/** Read an id that stands as @p value somewhere in a message. False when it is none. */
bool ukb_rpc_id_from_json(const cJSON *value, struct ukb_rpc_id *ret_id);

/** A new JSON value for @p id (null for UKB_ID_NULL and _NONE), owned by the caller; NULL without memory. */
cJSON *ukb_rpc_id_to_json(const struct ukb_rpc_id *id);

/** Append {"jsonrpc","id","result"} to @p body. Takes @p result (NULL reads as {}), on failure too. */
UKB_MUST_USE enum ukb_status ukb_rpc_result(const struct ukb_rpc_id *id, cJSON *result, struct ukb_buf *body,
                                            struct ukb_error *reterr);

/** Append {"jsonrpc","id","error"} with code, message, data.reason and data's attributes. Bounded well below a frame.
 */
UKB_MUST_USE enum ukb_status ukb_rpc_error(const struct ukb_rpc_id *id, const struct ukb_error *error,
                                           struct ukb_buf *body, struct ukb_error *reterr);

/** Read the `error` member of a reply back into an error object; anything malformed reads as UKB_E_INTERNAL. */
void ukb_rpc_error_read(const cJSON *json, struct ukb_error *ret_error);

/** Append a notification. Takes @p params, on failure too. */
UKB_MUST_USE enum ukb_status ukb_rpc_notification(const char *method, cJSON *params, struct ukb_buf *body,
                                                  struct ukb_error *reterr);

/** Append a request with id, for a worker: @p params (may be NULL) and @p context are borrowed. */
UKB_MUST_USE enum ukb_status ukb_rpc_request(const struct ukb_rpc_id *id, const char *method, const cJSON *params,
                                             const struct ukb_context *context, struct ukb_buf *body,
                                             struct ukb_error *reterr);

#endif /* UKB_CORE_RPC_H */
