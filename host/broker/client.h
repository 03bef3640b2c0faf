/* SPDX-License-Identifier: MIT */
/*
 * client - calls of the command line: the same broker, asked by ourselves instead of a browser.
 *
 * Room: broker.
 */
#ifndef UKB_BROKER_CLIENT_H
#define UKB_BROKER_CLIENT_H

#include "core/json.h"
#include "core/status.h"

struct ukb_client; /* the broker and our end of its pipes */

/** Start the broker. @param ret_client end with ukb_client_free(). @retval UKB_E_INTERNAL it does not start. */
UKB_MUST_USE enum ukb_status ukb_client_new(struct ukb_client **ret_client, struct ukb_error *reterr);

/**
 * Call @p method as the extension's own pages do, in the user's language, and wait for the reply. Steps of a long call
 * are told on stderr.
 *
 * @param params      a JSON object, or NULL; borrowed.
 * @param ret_result  owned by the caller.
 * @retval others     the reply's error.
 */
UKB_MUST_USE enum ukb_status ukb_client_call(struct ukb_client *client, const char *method, const cJSON *params,
                                             cJSON **ret_result, struct ukb_error *reterr);

/** Let go; the workers end. NULL is fine. */
void ukb_client_free(struct ukb_client *client);

/** A client, one call, its result. */
UKB_MUST_USE enum ukb_status ukb_client_call_once(const char *method, const cJSON *params, cJSON **ret_result,
                                                  struct ukb_error *reterr);

#endif /* UKB_BROKER_CLIENT_H */
