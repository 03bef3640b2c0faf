/* SPDX-License-Identifier: MIT */
#include "broker/note.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOTED_FOR_MS         60000U
#define FAILURE_NOTED_FOR_MS 3600000U /* of one module: who watches one that crashes fills no journal */

/* Hand an entry to the plain worker. */
static void
note(struct ukb_broker *broker, const struct ukb_method *method, const struct ukb_request *request, const char *token,
     const struct ukb_policy_module *module, enum ukb_status outcome, bool refused)
{
    struct ukb_job *job = calloc(1, sizeof(*job));
    cJSON *params = cJSON_CreateObject();

    if (job == NULL || params == NULL) {
        abort(); /* a few bytes: nothing sensible can go on */
    }
    if (request != NULL && request->context.origin[0] != '\0') {
        (void)cJSON_AddStringToObject(params, "origin", request->context.origin);
    }
    (void)cJSON_AddStringToObject(params, "method", method->name);
    if (token != NULL) {
        (void)cJSON_AddStringToObject(params, "token", token);
    }
    if (module != NULL) {
        (void)cJSON_AddStringToObject(params, "module", module->name);
    }
    (void)cJSON_AddStringToObject(params, "outcome", ukb_status_word(outcome));
    (void)cJSON_AddBoolToObject(params, "userActivation", request != NULL && request->context.user_activation);
    (void)cJSON_AddBoolToObject(params, "refused", refused);
    job->method = &ukb_contract_note;
    job->use = UKB_JOB_NOTE;
    job->params = params;
    ukb_worker_submit(broker, UKB_RUNS_IN_PLAIN_WORKER, NULL, job);
}

/* Take a place for this origin and method; false while it has one, and when all are taken. */
static bool
take_place(struct ukb_broker *broker, const struct ukb_method *method, const char *origin)
{
    const uint64_t now_ms = uv_now(&broker->loop);
    struct ukb_noted *free_place = NULL;
    size_t i;

    for (i = 0; i < UKB_NOTED_MAX; i++) {
        struct ukb_noted *noted = &broker->noted[i];

        if (noted->method == NULL || now_ms - noted->at_ms >= NOTED_FOR_MS) {
            free_place = free_place == NULL ? noted : free_place;
        } else if (noted->method == method && strcmp(noted->origin, origin) == 0) {
            return false;
        }
    }
    if (free_place != NULL) {
        free_place->method = method;
        free_place->at_ms = now_ms;
        memcpy(free_place->origin, origin, strlen(origin) + 1U);
    }
    return free_place != NULL;
}

void
ukb_note_refused(struct ukb_broker *broker, const struct ukb_method *method, const struct ukb_request *request,
                 enum ukb_status reason)
{
    if (method == NULL || reason == UKB_E_PARAMS || !take_place(broker, method, request->context.origin)) {
        return;
    }
    note(broker, method, request, NULL, NULL, reason, true); /* its parameters were not looked at */
}

void
ukb_note_done(struct ukb_broker *broker, const struct ukb_method *method, const struct ukb_request *request,
              enum ukb_status outcome)
{
    note(broker, method, request, NULL, NULL, outcome, false);
}

/* Does that say something of the module? */
static bool
is_modules(enum ukb_status reason)
{
    return reason == UKB_E_MODULE_CRASHED || reason == UKB_E_MODULE_HUNG;
}

void
ukb_note_cut_off(const struct ukb_worker *worker, const struct ukb_job *job, enum ukb_status reason)
{
    char token[UKB_TOKEN_ID_LEN + 1U] = "";

    if (worker->kind == UKB_RUNS_IN_LOGIN_WORKER && job->call != NULL) {
        note(worker->broker, job->method, &job->call->request, ukb_route_token(job->call, token) ? token : NULL,
             is_modules(reason) ? worker->module : NULL, reason, false);
    }
}

void
ukb_note_module_failed(const struct ukb_worker *worker, const struct ukb_job *job, enum ukb_status reason)
{
    struct ukb_broker *broker = worker->broker;
    const struct ukb_method *method = job == NULL ? &ukb_contract[UKB_TOKENS_WATCH] : job->method;
    const struct ukb_request *request = job == NULL || job->call == NULL ? NULL : &job->call->request;
    size_t count = 0;
    size_t i;

    if (worker->kind != UKB_RUNS_IN_LISTING_WORKER || worker->module == NULL || !is_modules(reason)) {
        return;
    }
    i = (size_t)(worker->module - ukb_policy_modules(broker->policy, &count));
    if (uv_now(&broker->loop) >= broker->note_failure_from_ms[i]) {
        broker->note_failure_from_ms[i] = uv_now(&broker->loop) + FAILURE_NOTED_FOR_MS;
        note(broker, method, request, NULL, worker->module, reason, false);
    }
}

void
ukb_note_failed(struct ukb_broker *broker, const struct ukb_error *error)
{
    if (!broker->told_note_failed) {
        fprintf(stderr, "ukeybridge: an entry of the audit is lost: %s\n", error->message);
    }
    broker->told_note_failed = true;
}
