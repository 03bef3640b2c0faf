/* SPDX-License-Identifier: MIT */
/* What a worker says, and how long it may take. */
#include "broker/worker.h"

#include <signal.h>
#include <string.h>

#include "broker/health.h"
#include "broker/reset.h"
#include "broker/spare.h"
#include "broker/watch.h"

#define UNINTERRUPTIBLE_MS 60000U /* what a write that has begun gets beyond its time limit */
#define STOP_MS            2000U  /* a worker that is told to stop answers in a millisecond, whatever its module does */

void
ukb_worker_kill(struct ukb_worker *worker, enum ukb_status reason)
{
    worker->killed_for = reason;
    (void)uv_process_kill(&worker->process, SIGKILL); /* gone already: its exit is on the way */
}

/* The time limit */

static void
time_is_up(uv_timer_t *timer)
{
    struct ukb_worker *worker = timer->data;

    if (worker->killed_for == UKB_E_CANCELLED) {
        (void)uv_process_kill(&worker->process, SIGKILL);
        return;
    }
    if (worker->is_uninterruptible) {
        worker->is_uninterruptible = false; /* once */
        (void)uv_timer_start(timer, time_is_up, UNINTERRUPTIBLE_MS, 0);
        return;
    }
    ukb_worker_kill(worker, UKB_E_MODULE_HUNG);
}

void
ukb_worker_clock_start(struct ukb_worker *worker)
{
    worker->resumed_at_ms = uv_now(&worker->broker->loop);
    (void)uv_timer_start(&worker->timer, time_is_up, worker->left_ms, 0);
}

void
ukb_worker_clock_stop_soon(struct ukb_worker *worker)
{
    (void)uv_timer_start(&worker->timer, time_is_up, STOP_MS, 0);
}

/* The user's own time does not count. */
static void
set_waiting(struct ukb_worker *worker, bool waiting)
{
    uint64_t used_ms = uv_now(&worker->broker->loop) - worker->resumed_at_ms;

    if (waiting == worker->is_waiting || worker->current == NULL || worker->killed_for != UKB_OK) {
        return;
    }
    worker->is_waiting = waiting;
    if (worker->current->call != NULL) {
        worker->current->call->asked = true;
    }
    if (!waiting) {
        ukb_worker_clock_start(worker);
        return;
    }
    worker->left_ms = used_ms < worker->left_ms ? worker->left_ms - used_ms : 1U;
    (void)uv_timer_stop(&worker->timer);
}

/* What a worker says */

static void
job_done(struct ukb_worker *worker, cJSON *message)
{
    struct ukb_job *job = worker->current;
    const bool is_preview = job->method == &ukb_contract[UKB_RENEWAL_PREVIEW];
    cJSON *result = NULL;

    (void)uv_timer_stop(&worker->timer);
    worker->current = NULL;
    worker->is_uninterruptible = false;
    ukb_health_good(worker->broker, worker->module);
    if (worker->kind == UKB_RUNS_IN_LOGIN_WORKER && !ukb_reset_keep(worker, job, ukb_json_get(message, "result"))) {
        worker->is_retired = true;
        ukb_channel_close_out(&worker->channel);
        ukb_worker_retire(worker->broker, worker->module); /* before the reply: the next list reads the token afresh */
    }
    result = cJSON_DetachItemFromObjectCaseSensitive(message, "result");
    if (result != NULL) {
        ukb_job_replied(job, worker, result);
    } else {
        struct ukb_error error = { 0 };

        ukb_rpc_error_read(ukb_json_get(message, "error"), &error);
        ukb_job_failed(job, worker, &error);
    }
    if (result != NULL && is_preview) {
        ukb_spare_prepare(worker->broker, worker->module);
    }
    ukb_worker_hand_over(worker);
}

static void
progress(const struct ukb_worker *worker, const cJSON *params)
{
    struct ukb_call *call = worker->current == NULL ? NULL : worker->current->call;
    cJSON *copy = NULL;

    if (call == NULL || !cJSON_IsObject(params)) { /* without the call's id nobody knows whose step it is */
        return;
    }
    copy = cJSON_Duplicate(params, true);
    (void)cJSON_AddItemToObject(copy, "id", ukb_rpc_id_to_json(&call->request.id));
    ukb_broker_notify(worker->broker, "progress", copy);
}

static void
notified(struct ukb_worker *worker, const char *method, const cJSON *params)
{
    const cJSON *interruptible = ukb_json_get(params, "interruptible");

    if (strcmp(method, "progress") == 0) {
        progress(worker, params);
        return;
    }
    if (strcmp(method, "token.pending") == 0) {
        ukb_broker_notify(worker->broker, method, cJSON_Duplicate(params, true));
        return;
    }
    if (strcmp(method, "worker.tokens") == 0) {
        ukb_route_learn(worker->broker, ukb_json_get(params, "tokens"), worker->module);
        ukb_watch_saw(worker->broker, worker->module, ukb_json_get(params, "tokens"));
        return;
    }
    if (ukb_json_get(params, "waiting") != NULL) { /* worker.state */
        set_waiting(worker, ukb_json_bool(params, "waiting", false));
    }
    if (interruptible != NULL) {
        worker->is_uninterruptible = cJSON_IsFalse(interruptible);
        if (worker->is_uninterruptible && worker->current != NULL && worker->current->call != NULL) {
            if (worker->killed_for == UKB_E_CANCELLED) { /* the write was faster: it goes on */
                worker->killed_for = UKB_OK;
                ukb_worker_clock_start(worker);
            }
            ukb_call_cancel_outcome(worker->current->call, false);
        }
    }
}

void
ukb_worker_said(struct ukb_worker *worker, const char *body, size_t len)
{
    struct ukb_error error = { 0 };
    cJSON *message = NULL;
    const char *method = NULL;

    if (ukb_json_parse(body, len, &message, &error) != UKB_OK) {
        ukb_worker_kill(worker, UKB_E_MODULE_CRASHED); /* a worker that cannot speak has lost its mind */
        return;
    }
    method = ukb_json_string(message, "method");
    if (method != NULL) {
        notified(worker, method, ukb_json_get(message, "params"));
    } else if (worker->current != NULL) {
        job_done(worker, message);
    }
    cJSON_Delete(message);
}
