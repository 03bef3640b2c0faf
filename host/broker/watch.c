/* SPDX-License-Identifier: MIT */
#include "broker/watch.h"

#include <stdlib.h>
#include <string.h>

#include "broker/health.h"
#include "broker/same.h"
#include "broker/worker.h"

/* After a listing worker's end: soon enough for "within a second", and after the first pause of a module that failed.
 */
#define RESTART_MS 300U

static size_t
index_of(const struct ukb_broker *broker, const struct ukb_policy_module *module)
{
    size_t count = 0;

    return (size_t)(module - ukb_policy_modules(broker->policy, &count));
}

static void
forget(struct ukb_broker *broker)
{
    size_t i;

    for (i = 0; i < UKB_MODULES_MAX; i++) {
        cJSON_Delete(broker->watch.seen[i]);
        broker->watch.seen[i] = NULL;
    }
}

void
ukb_watch_start(struct ukb_broker *broker)
{
    if (!broker->watch.is_on) {
        forget(broker);
    }
    broker->watch.is_on = true;
}

void
ukb_watch_stop(struct ukb_broker *broker)
{
    size_t count = 0;
    const struct ukb_policy_module *modules = ukb_policy_modules(broker->policy, &count);
    size_t i;

    broker->watch.is_on = false;
    forget(broker);
    (void)uv_timer_stop(&broker->watch.restart);
    for (i = 0; i < count; i++) {
        if (ukb_worker_lists(broker, &modules[i])) {
            ukb_worker_submit(broker, UKB_RUNS_IN_LISTING_WORKER, &modules[i], ukb_watch_job());
        }
    }
}

struct ukb_job *
ukb_watch_job(void)
{
    struct ukb_job *job = calloc(1, sizeof(*job));

    if (job == NULL) {
        abort(); /* a few bytes: nothing sensible can go on */
    }
    job->method = &ukb_contract[UKB_TOKENS_WATCH];
    job->use = UKB_JOB_WATCH;
    return job;
}

static const cJSON *
find(const cJSON *tokens, const char *id)
{
    const cJSON *item = NULL;

    cJSON_ArrayForEach(item, tokens)
    {
        const char *own = ukb_json_string(item, "id");

        if (own != NULL && strcmp(own, id) == 0) {
            return item;
        }
    }
    return NULL;
}

/* Does one of the modules before @p end, but not @p module itself, see this UKey, too? */
static bool
is_elsewhere(const struct ukb_broker *broker, size_t module, size_t end, const cJSON *token)
{
    const cJSON *item = NULL;
    size_t i;

    for (i = 0; i < end; i++) {
        cJSON_ArrayForEach(item, broker->watch.seen[i])
        {
            if (i != module && ukb_same_token(item, token)) {
                return true;
            }
        }
    }
    return false;
}

/* A token that another module serves too has come, or stays, with that one. */
static bool
is_only_here(const struct ukb_broker *broker, size_t module, const cJSON *token)
{
    return !is_elsewhere(broker, module, UKB_MODULES_MAX, token);
}

/* Of several modules that see a change, the one whose token is listed tells it. */
static bool
is_listed(const struct ukb_broker *broker, size_t module, const cJSON *token)
{
    return !is_elsewhere(broker, module, module, token);
}

static void
tell(struct ukb_broker *broker, const char *kind, const cJSON *token)
{
    cJSON *params = cJSON_CreateObject();
    cJSON *copy = cJSON_Duplicate(token, true);

    (void)cJSON_AddStringToObject(params, "kind", kind);
    if (strcmp(kind, "removed") == 0) {
        (void)cJSON_ReplaceItemInObjectCaseSensitive(copy, "present", cJSON_CreateFalse());
    }
    (void)cJSON_AddItemToObject(params, "token", copy);
    ukb_broker_notify(broker, "tokens.changed", params);
}

static void
tell_changes(struct ukb_broker *broker, size_t module, const cJSON *before, const cJSON *after)
{
    const cJSON *item = NULL;

    cJSON_ArrayForEach(item, before)
    {
        const char *id = ukb_json_string(item, "id");

        if (id != NULL && find(after, id) == NULL && is_only_here(broker, module, item)) {
            tell(broker, "removed", item);
        }
    }
    cJSON_ArrayForEach(item, after)
    {
        const char *id = ukb_json_string(item, "id");
        const cJSON *old = id == NULL ? NULL : find(before, id);

        if (old != NULL && !cJSON_Compare(old, item, true) && is_listed(broker, module, item)) {
            tell(broker, "changed", item);
        } else if (id != NULL && old == NULL && is_only_here(broker, module, item)) {
            tell(broker, "inserted", item);
        }
    }
}

void
ukb_watch_saw(struct ukb_broker *broker, const struct ukb_policy_module *module, const cJSON *tokens)
{
    size_t i = index_of(broker, module);
    cJSON *before = broker->watch.seen[i];

    if (!broker->watch.is_on || tokens == NULL) {
        return;
    }
    broker->watch.seen[i] = cJSON_Duplicate(tokens, true);
    if (before != NULL) {
        tell_changes(broker, i, before, tokens);
    }
    cJSON_Delete(before);
}

static void
restart(uv_timer_t *timer)
{
    struct ukb_broker *broker = timer->data;
    size_t count = 0;
    const struct ukb_policy_module *modules = ukb_policy_modules(broker->policy, &count);
    struct ukb_error error = { 0 };
    size_t i;

    for (i = 0; i < count && broker->watch.is_on; i++) {
        if (ukb_worker_lists(broker, &modules[i])) {
            continue;
        }
        if (ukb_health_check(broker, &modules[i], &error) == UKB_OK) {
            ukb_worker_submit(broker, UKB_RUNS_IN_LISTING_WORKER, &modules[i], ukb_watch_job());
        } else {
            ukb_watch_worker_ended(broker); /* still left alone: look again */
        }
    }
}

void
ukb_watch_worker_ended(struct ukb_broker *broker)
{
    if (broker->watch.is_on && !broker->is_ending && !uv_is_active((uv_handle_t *)&broker->watch.restart)) {
        (void)uv_timer_start(&broker->watch.restart, restart, RESTART_MS, 0);
    }
}
