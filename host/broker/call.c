/* SPDX-License-Identifier: MIT */
#include "broker/call.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/note.h"
#include "broker/patience.h"
#include "broker/same.h"
#include "broker/veil.h"
#include "broker/watch.h"
#include "broker/worker.h"

struct ukb_call *
ukb_call_find(struct ukb_broker *broker, const struct ukb_rpc_id *id)
{
    struct ukb_call *call = broker->calls;

    while (call != NULL && !ukb_rpc_id_equal(&call->request.id, id)) {
        call = call->next;
    }
    return call;
}

/* Calls of the same origin (the extension's own pages count as one), and of those the ones that ask the user. */
static void
count_of_origin(const struct ukb_broker *broker, const struct ukb_context *context, unsigned int *ret_calls,
                unsigned int *ret_dialogs)
{
    const struct ukb_call *call = NULL;

    *ret_calls = 0;
    *ret_dialogs = 0;
    for (call = broker->calls; call != NULL; call = call->next) {
        if (strcmp(call->request.context.origin, context->origin) == 0) {
            *ret_calls += 1;
            *ret_dialogs += call->method->dialog ? 1U : 0U;
        }
    }
}

static enum ukb_status
check_limits(const struct ukb_broker *broker, const struct ukb_method *method, const struct ukb_context *context,
             struct ukb_error *reterr)
{
    unsigned int calls = 0;
    unsigned int dialogs = 0;

    count_of_origin(broker, context, &calls, &dialogs);
    if (broker->call_count >= UKB_IN_FLIGHT_MAX) {
        return ukb_raise(reterr, UKB_E_BUSY, 0, "%u requests are being worked on", UKB_IN_FLIGHT_MAX);
    }
    if (calls >= UKB_IN_FLIGHT_PER_ORIGIN_MAX) {
        return ukb_raise(reterr, UKB_E_BUSY, 0, "%u requests of this origin are being worked on",
                         UKB_IN_FLIGHT_PER_ORIGIN_MAX);
    }
    if (method->dialog && dialogs >= UKB_DIALOGS_PER_ORIGIN_MAX) {
        return ukb_raise(reterr, UKB_E_BUSY, 0, "a dialog of this origin is open and another waits");
    }
    return method->dialog ? ukb_patience_check(broker, context, reterr) : UKB_OK;
}

void
ukb_call_start(struct ukb_broker *broker, const struct ukb_method *method, struct ukb_request *request)
{
    struct ukb_error error = { 0 };
    struct ukb_call *call = NULL;

    if (check_limits(broker, method, &request->context, &error) != UKB_OK) {
        ukb_note_refused(broker, method, request, error.status);
        ukb_broker_reply_error(broker, &request->id, &error);
        return;
    }
    call = calloc(1, sizeof(*call));
    if (call == NULL) {
        (void)ukb_raise(&error, UKB_E_INTERNAL, 0, "no memory for a call");
        ukb_broker_reply_error(broker, &request->id, &error);
        return;
    }
    call->broker = broker;
    call->method = method;
    call->request = *request;
    memset(request, 0, sizeof(*request));
    call->next = broker->calls;
    broker->calls = call;
    broker->call_count++;
    ukb_route(call);
}

static void
forget_jobs(struct ukb_call *call)
{
    struct ukb_worker *worker = NULL;
    struct ukb_job *job = NULL;

    for (worker = call->broker->workers; worker != NULL; worker = worker->next) {
        if (worker->current != NULL && worker->current->call == call) {
            worker->current->call = NULL;
        }
        for (job = worker->queue; job != NULL; job = job->next) {
            job->call = job->call == call ? NULL : job->call;
        }
    }
}

static void
call_free(struct ukb_call *call)
{
    struct ukb_call **at = &call->broker->calls;
    size_t i;

    while (*at != call) {
        at = &(*at)->next;
    }
    *at = call->next;
    call->broker->call_count--;
    forget_jobs(call);
    for (i = 0; i < UKB_MODULES_MAX; i++) {
        cJSON_Delete(call->parts[i]);
    }
    cJSON_Delete(call->problems);
    ukb_request_done(&call->request);
    free(call);
}

void
ukb_call_cancel_outcome(struct ukb_call *call, bool cancelled)
{
    cJSON *result = NULL;

    if (call->canceller.type == UKB_ID_NONE) {
        return;
    }
    result = cJSON_CreateObject();
    (void)cJSON_AddBoolToObject(result, "cancelled", cancelled);
    ukb_broker_reply(call->broker, &call->canceller, result);
    call->canceller.type = UKB_ID_NONE;
}

void
ukb_call_finish(struct ukb_call *call, cJSON *result)
{
    ukb_call_cancel_outcome(call, false); /* it was faster than its cancellation */
    ukb_patience_learn(call->broker, &call->request.context, UKB_OK, call->asked);
    ukb_broker_reply(call->broker, &call->request.id, result);
    call_free(call);
}

void
ukb_call_fail(struct ukb_call *call, const struct ukb_error *error)
{
    const struct ukb_error told = ukb_veil(call->broker, &call->request.context, error);

    ukb_call_cancel_outcome(call, error->status == UKB_E_CANCELLED);
    ukb_patience_learn(call->broker, &call->request.context, error->status, call->asked);
    ukb_broker_reply_error(call->broker, &call->request.id, &told);
    call_free(call);
}

void
ukb_call_cancel(struct ukb_call *call, const struct ukb_rpc_id *canceller)
{
    struct ukb_worker *worker = ukb_worker_of(call->broker, call);
    struct ukb_error error = { 0 };

    ukb_call_cancel_outcome(call, false); /* an earlier host.cancel of the same call */
    call->canceller = *canceller;
    if (worker != NULL && worker->is_uninterruptible) {
        ukb_call_cancel_outcome(call, false);
        return;
    }
    if (worker != NULL && worker->kind == UKB_RUNS_IN_LOGIN_WORKER) {
        ukb_worker_stop(worker); /* it alone knows whether a write has begun: the outcome comes with its end */
        return;
    }
    (void)ukb_raise(&error, UKB_E_CANCELLED, 0, "cancelled"); /* a reader may finish: nobody listens */
    ukb_call_fail(call, &error);
}

/* Pages read no path, so the whole message is for stderr; once for each module, or a page could fill a log. */
static void
tell_problem(struct ukb_broker *broker, const struct ukb_worker *worker, const char *reason,
             const struct ukb_error *error)
{
    size_t count = 0;
    bool *told = &broker->told_problem[worker->module - ukb_policy_modules(broker->policy, &count)];

    if (!*told) {
        fprintf(stderr, "ukeybridge: %s: %s\n", reason, error->message);
    }
    *told = true;
}

static void
add_problem(struct ukb_call *call, const struct ukb_worker *worker, const struct ukb_error *error)
{
    const char *reason = ukb_status_reason(error->status) == NULL ? "INTERNAL" : ukb_status_reason(error->status);
    cJSON *problem = cJSON_CreateObject();

    tell_problem(call->broker, worker, reason, error);
    (void)cJSON_AddStringToObject(problem, "module", worker->module->name);
    (void)cJSON_AddStringToObject(problem, "reason", reason);
    if (call->problems == NULL) {
        call->problems = cJSON_CreateArray();
    }
    (void)cJSON_AddItemToArray(call->problems, problem);
}

static cJSON *
merged(struct ukb_call *call)
{
    size_t count = 0;
    const struct ukb_policy_module *modules = ukb_policy_modules(call->broker->policy, &count);
    cJSON *result = cJSON_CreateObject();
    cJSON *tokens = cJSON_AddArrayToObject(result, "tokens");
    cJSON *problems = call->problems == NULL ? cJSON_CreateArray() : call->problems;

    call->problems = NULL;
    ukb_same_merge(call->parts, modules, count, tokens, problems);
    (void)cJSON_AddItemToObject(result, "problems", problems);
    return result;
}

/* The last part is in: answer, or go on to the module that has the token. */
static void
part_done(struct ukb_call *call, enum ukb_job_use use)
{
    if (use == UKB_JOB_LOOKUP && (call->jobs == 0 || ukb_route_is_known(call))) {
        forget_jobs(call); /* modules that have not answered, of which one may hang, are not waited for */
        call->jobs = 0;
        ukb_route(call);
        return;
    }
    if (call->jobs > 0) {
        return;
    }
    if (call->method == &ukb_contract[UKB_TOKENS_WATCH]) {
        ukb_call_finish(call, NULL);
        return;
    }
    ukb_call_finish(call, merged(call));
}

void
ukb_job_free(struct ukb_job *job)
{
    cJSON_Delete(job->params);
    free(job);
}

bool
ukb_job_is_wanted(const struct ukb_job *job)
{
    return job->call != NULL || job->use == UKB_JOB_WATCH || job->use == UKB_JOB_NOTE;
}

/* The job's call, one job fewer, and its use; the job is gone. */
static struct ukb_call *
job_end(struct ukb_job *job, enum ukb_job_use *ret_use)
{
    struct ukb_call *call = job->call;

    *ret_use = job->use;
    ukb_job_free(job);
    if (call != NULL) {
        assert(call->jobs > 0);
        call->jobs--;
    }
    return call;
}

void
ukb_job_replied(struct ukb_job *job, struct ukb_worker *worker, cJSON *result)
{
    enum ukb_job_use use;
    struct ukb_call *call = job_end(job, &use);

    if (use != UKB_JOB_ANSWER && use != UKB_JOB_NOTE) {
        ukb_route_learn(worker->broker, ukb_json_get(result, "tokens"), worker->module);
        ukb_watch_saw(worker->broker, worker->module, ukb_json_get(result, "tokens"));
    }
    if (call == NULL) {
        cJSON_Delete(result);
        return;
    }
    if (use == UKB_JOB_ANSWER) {
        ukb_call_finish(call, result);
        return;
    }
    if (use == UKB_JOB_MERGE) {
        size_t count = 0;
        size_t module = (size_t)(worker->module - ukb_policy_modules(worker->broker->policy, &count));

        cJSON_Delete(call->parts[module]);
        call->parts[module] = cJSON_DetachItemFromObjectCaseSensitive(result, "tokens");
    }
    cJSON_Delete(result);
    part_done(call, use);
}

void
ukb_job_failed(struct ukb_job *job, struct ukb_worker *worker, const struct ukb_error *error)
{
    char token[UKB_TOKEN_ID_LEN + 1U] = "";
    enum ukb_job_use use;
    struct ukb_call *call = job_end(job, &use);

    if (use == UKB_JOB_NOTE) {
        ukb_note_failed(worker->broker, error);
    }
    if (call == NULL) {
        return;
    }
    if (use != UKB_JOB_ANSWER) {
        if (use == UKB_JOB_MERGE) {
            add_problem(call, worker, error);
        }
        part_done(call, use);
        return;
    }
    if (error->status == UKB_E_NO_TOKEN && !call->looked_up && ukb_route_token(call, token)) {
        ukb_route_forget(call->broker, token); /* it may have moved to another module's reader */
        ukb_route(call);
        return;
    }
    ukb_call_fail(call, error);
}
