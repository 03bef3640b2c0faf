/* SPDX-License-Identifier: MIT */
#include "broker/reset.h"

#include <string.h>

enum ukb_status
ukb_reset_raise_expired(struct ukb_error *reterr)
{
    return ukb_raise(reterr, UKB_E_RESET_EXPIRED, 0, "no such reset is open");
}

/* The worker that waits with a reset whose id begins with those @p len bytes. */
static struct ukb_worker *
find(const struct ukb_broker *broker, const char *id, size_t len, const struct ukb_worker *but)
{
    struct ukb_worker *worker = broker->workers;

    while (worker != NULL && (worker == but || worker->is_retired || worker->killed_for != UKB_OK ||
                              worker->reset[0] == '\0' || strncmp(worker->reset, id, len) != 0)) {
        worker = worker->next;
    }
    return worker;
}

static bool
is_used(const struct ukb_broker *broker, const char *id)
{
    size_t i;

    for (i = 0; i < UKB_USED_RESETS_MAX; i++) {
        if (strcmp(broker->used_resets.ids[i], id) == 0) {
            return true;
        }
    }
    return false;
}

bool
ukb_reset_keep(struct ukb_worker *worker, const struct ukb_job *job, const cJSON *result)
{
    const char *id = ukb_json_string(result, "reset");
    struct ukb_worker *earlier = NULL;

    if (job->method != &ukb_contract[UKB_PIN_RESET_BEGIN] || job->call == NULL || id == NULL ||
        strlen(id) != UKB_RESET_ID_LEN) {
        return false;
    }
    earlier = find(worker->broker, id, UKB_TOKEN_ID_LEN, worker);
    if (earlier != NULL && earlier->current == NULL) { /* one that is being finished ends soon */
        earlier->is_retired = true;
        ukb_worker_hand_over(earlier);
    }
    memcpy(worker->reset, id, UKB_RESET_ID_LEN + 1U);
    memcpy(worker->reset_origin, job->call->request.context.origin, sizeof(worker->reset_origin));
    return true;
}

enum ukb_status
ukb_reset_take(const struct ukb_call *call, struct ukb_worker **ret_worker, struct ukb_error *reterr)
{
    struct ukb_used_resets *used = &call->broker->used_resets;
    const char *id = ukb_json_string(call->request.params, "reset");
    struct ukb_worker *worker = NULL;

    if (id == NULL || strlen(id) != UKB_RESET_ID_LEN) {
        return ukb_reset_raise_expired(reterr);
    }
    if (is_used(call->broker, id)) {
        return ukb_raise(reterr, UKB_E_RESET_USED, 0, "this reset was finished before");
    }
    worker = find(call->broker, id, UKB_RESET_ID_LEN, NULL);
    if (worker == NULL) {
        return ukb_reset_raise_expired(reterr);
    }
    if (strcmp(worker->reset_origin, call->request.context.origin) != 0) {
        return ukb_raise(reterr, UKB_E_NOT_YOURS, 0, "another site began this reset");
    }
    memcpy(used->ids[used->next], id, UKB_RESET_ID_LEN + 1U);
    used->next = (used->next + 1U) % UKB_USED_RESETS_MAX;
    *ret_worker = worker;
    return UKB_OK;
}
