/* SPDX-License-Identifier: MIT */
/* Which worker serves a call? */
#include "broker/call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/health.h"
#include "broker/reset.h"
#include "broker/watch.h"
#include "broker/worker.h"
#include "core/hex.h"

bool
ukb_route_token(const struct ukb_call *call, char ret_token[UKB_TOKEN_ID_LEN + 1U])
{
    const char *token = ukb_json_string(call->request.params, "token");
    const char *renewal = ukb_json_string(call->request.params, "renewal");
    const char *from = token != NULL ? token : renewal;

    if (from == NULL || strlen(from) < UKB_TOKEN_ID_LEN) {
        return false;
    }
    memcpy(ret_token, from, UKB_TOKEN_ID_LEN);
    ret_token[UKB_TOKEN_ID_LEN] = '\0';
    return ukb_hex_is(ret_token, UKB_TOKEN_ID_LEN) && (token != NULL || from[UKB_TOKEN_ID_LEN] == '-');
}

const struct ukb_policy_module *
ukb_route_module(struct ukb_broker *broker, const char *token_id)
{
    const struct ukb_policy_module *found = NULL;
    bool works = false;
    size_t i;

    for (i = 0; i < broker->token_count; i++) {
        const struct ukb_known_token *known = &broker->tokens[i];
        struct ukb_error why = { 0 };
        bool better = false;

        if (strcmp(known->id, token_id) == 0) {
            bool good = ukb_health_check(broker, known->module, &why) == UKB_OK;

            better = found == NULL || (good && !works) || (good == works && known->module < found);
            works = better ? good : works;
            found = better ? known->module : found;
        }
    }
    return found;
}

bool
ukb_route_is_known(const struct ukb_call *call)
{
    char id[UKB_TOKEN_ID_LEN + 1U] = "";

    return ukb_route_token(call, id) && ukb_route_module(call->broker, id) != NULL;
}

/* Forget what has this id (NULL: any) and this module (NULL: any). */
static void
forget(struct ukb_broker *broker, const char *id, const struct ukb_policy_module *module)
{
    size_t i = 0;

    while (i < broker->token_count) {
        const struct ukb_known_token *known = &broker->tokens[i];

        if ((id == NULL || strcmp(known->id, id) == 0) && (module == NULL || known->module == module)) {
            broker->tokens[i] = broker->tokens[--broker->token_count];
        } else {
            i++;
        }
    }
}

void
ukb_route_learn(struct ukb_broker *broker, const cJSON *tokens, const struct ukb_policy_module *module)
{
    const cJSON *item = NULL;

    if (!cJSON_IsArray(tokens)) {
        return;
    }
    forget(broker, NULL, module);
    cJSON_ArrayForEach(item, tokens)
    {
        const char *id = ukb_json_string(item, "id");
        struct ukb_known_token *known = NULL;

        if (id == NULL || !ukb_hex_is(id, UKB_TOKEN_ID_LEN)) {
            continue;
        }
        if (broker->token_count == UKB_KNOWN_TOKENS_MAX) {
            broker->token_count = 0; /* start over: what is asked for is looked up again */
        }
        known = &broker->tokens[broker->token_count++];
        memcpy(known->id, id, sizeof(known->id));
        known->module = module;
    }
}

void
ukb_route_forget(struct ukb_broker *broker, const char *token_id)
{
    forget(broker, token_id, NULL);
}

static struct ukb_job *
job_new(struct ukb_call *call, const struct ukb_method *method, enum ukb_job_use use)
{
    struct ukb_job *job = calloc(1, sizeof(*job));

    if (job == NULL) {
        abort(); /* a few bytes: nothing sensible can go on */
    }
    job->call = call;
    job->method = method;
    job->use = use;
    return job;
}

static void
submit(struct ukb_call *call, const struct ukb_method *method, enum ukb_job_use use, enum ukb_runs_in kind,
       const struct ukb_policy_module *module)
{
    ukb_worker_submit(call->broker, kind, module, job_new(call, method, use));
}

/* Said once: what is wrong with a computer that has so many modules is not a call's matter. */
static void
tell_left_out(struct ukb_broker *broker)
{
    const size_t left_out = ukb_policy_modules_left_out(broker->policy);

    if (left_out > 0 && !broker->told_left_out) {
        fprintf(stderr, "ukeybridge: %zu PKCS#11 modules are left out: at most %u are used\n", left_out,
                UKB_MODULES_MAX);
        broker->told_left_out = true;
    }
}

/* Ask every module. All jobs are counted first: one that fails at once must not end the call. */
static void
ask_all(struct ukb_call *call, enum ukb_job_use use)
{
    size_t count = 0;
    const struct ukb_policy_module *modules = ukb_policy_modules(call->broker->policy, &count);
    const struct ukb_method *method = use == UKB_JOB_LOOKUP ? &ukb_contract[UKB_TOKENS_LIST] : call->method;
    size_t i;

    tell_left_out(call->broker);
    call->jobs = (unsigned int)count;
    for (i = 0; i < count; i++) {
        submit(call, method, use, UKB_RUNS_IN_LISTING_WORKER, &modules[i]);
    }
}

static void
ask_one(struct ukb_call *call, enum ukb_runs_in kind, const struct ukb_policy_module *module)
{
    call->jobs = 1;
    submit(call, call->method, UKB_JOB_ANSWER, kind, module);
}

static void
fail(struct ukb_call *call, enum ukb_status status, const char *message)
{
    struct ukb_error error = { 0 };

    (void)ukb_raise(&error, status, 0, "%s", message);
    ukb_call_fail(call, &error);
}

static void
route_to_reset(struct ukb_call *call)
{
    struct ukb_error error = { 0 };
    struct ukb_worker *worker = NULL;

    if (ukb_reset_take(call, &worker, &error) != UKB_OK) {
        ukb_call_fail(call, &error);
        return;
    }
    call->jobs = 1;
    ukb_worker_give(worker, job_new(call, call->method, UKB_JOB_ANSWER));
}

static void
route_to_token(struct ukb_call *call)
{
    char id[UKB_TOKEN_ID_LEN + 1U] = "";
    const struct ukb_policy_module *module = NULL;
    size_t count = 0;

    if (!ukb_route_token(call, id)) {
        fail(call, UKB_E_NO_RENEWAL, "no renewal has this id");
        return;
    }
    module = ukb_route_module(call->broker, id);
    if (module != NULL) {
        ask_one(call, call->method->runs_in, module);
        return;
    }
    (void)ukb_policy_modules(call->broker->policy, &count);
    if (!call->looked_up && count > 0) {
        call->looked_up = true;
        ask_all(call, UKB_JOB_LOOKUP);
        return;
    }
    if (call->method == &ukb_contract[UKB_RENEWAL_ABANDON]) {
        ask_one(call, UKB_RUNS_IN_PLAIN_WORKER, NULL); /* without its UKey a renewal that left no key can still go */
        return;
    }
    fail(call, UKB_E_NO_TOKEN, "no UKey with this id is inserted");
}

/* Watching is the broker's state; only a start needs every module's first look before its reply. */
static bool
is_watch_stop(const struct ukb_call *call)
{
    if (call->method != &ukb_contract[UKB_TOKENS_WATCH]) {
        return false;
    }
    if (ukb_json_bool(call->request.params, "enabled", false)) {
        ukb_watch_start(call->broker);
        return false;
    }
    ukb_watch_stop(call->broker);
    return true;
}

static cJSON *
no_tokens(const struct ukb_call *call)
{
    cJSON *result = cJSON_CreateObject();

    if (call->method == &ukb_contract[UKB_TOKENS_LIST]) {
        (void)cJSON_AddArrayToObject(result, "tokens");
        (void)cJSON_AddArrayToObject(result, "problems");
    }
    return result;
}

void
ukb_route(struct ukb_call *call)
{
    size_t count = 0;

    switch (call->method->module) {
    case UKB_MODULE_NONE:
        ask_one(call, call->method->runs_in, NULL);
        return;
    case UKB_MODULE_EVERY:
        (void)ukb_policy_modules(call->broker->policy, &count);
        if (is_watch_stop(call) || count == 0) {
            ukb_call_finish(call, no_tokens(call));
            return;
        }
        ask_all(call, UKB_JOB_MERGE);
        return;
    case UKB_MODULE_OF_TOKEN:
    case UKB_MODULE_OF_RENEWAL:
        route_to_token(call);
        return;
    case UKB_MODULE_OF_RESET:
        route_to_reset(call);
        return;
    }
}
