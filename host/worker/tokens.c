/* SPDX-License-Identifier: MIT */
#include "worker/service.h"

#include <stdlib.h>
#include <string.h>

#include "worker/view.h"

/* The tokens that are in, as a JSON array. */
static enum ukb_status
list(struct ukb_service *service, cJSON **ret_tokens, struct ukb_error *reterr)
{
    enum ukb_status st = ukb_tokens_list(service->module, &service->present, reterr);
    size_t i;

    if (st != UKB_OK) {
        return st;
    }
    *ret_tokens = cJSON_CreateArray();
    for (i = 0; i < service->present.count; i++) {
        (void)cJSON_AddItemToArray(*ret_tokens, ukb_view_token(&service->present.items[i], service->module));
    }
    return UKB_OK;
}

/* Start the module anew. One that does not start is of no more use: it is loaded again when it is needed next. */
static enum ukb_status
refresh(struct ukb_service *service, struct ukb_error *reterr)
{
    enum ukb_status st = ukb_module_refresh(service->module, reterr);

    if (st != UKB_OK) {
        ukb_module_free(service->module);
        service->module = NULL;
    }
    return st;
}

/* {"tokens": …}; @p tokens is taken. */
static cJSON *
with_tokens(cJSON *tokens)
{
    cJSON *json = cJSON_CreateObject();

    (void)cJSON_AddItemToObject(json, "tokens", tokens);
    return json;
}

enum ukb_status
ukb_tokens_list_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result, struct ukb_error *reterr)
{
    cJSON *tokens = NULL;
    enum ukb_status st = list(service, &tokens, reterr);

    (void)params;
    if (st == UKB_OK && tokens->child == NULL) {
        /* Some modules notice an insertion only when they start; with no token in, starting again costs little. */
        cJSON_Delete(tokens);
        tokens = NULL;
        st = refresh(service, reterr);
        if (st == UKB_OK) {
            st = list(service, &tokens, reterr);
        }
    }
    if (st != UKB_OK) {
        return st;
    }
    *ret_result = with_tokens(tokens);
    (void)cJSON_AddArrayToObject(*ret_result, "problems");
    return UKB_OK;
}

/* Remember @p tokens; true when they are other than the last ones. */
static bool
is_new(struct ukb_service *service, const cJSON *tokens)
{
    char *now = cJSON_PrintUnformatted(tokens);
    bool changed = now != NULL && (service->seen == NULL || strcmp(now, service->seen) != 0);

    if (changed) {
        free(service->seen);
        service->seen = now;
    } else {
        free(now);
    }
    return changed;
}

/* Have the next look come early where that is possible; where it is not, the look comes in its time. */
static void
be_woken(struct ukb_service *service)
{
    struct ukb_error error = { 0 };

    if (service->readers == NULL && ukb_readers_new(&service->readers, &error) != UKB_OK) {
        service->readers = NULL;
    }
}

enum ukb_status
ukb_tokens_watch_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result, struct ukb_error *reterr)
{
    cJSON *tokens = NULL;
    enum ukb_status st = UKB_OK;

    service->is_watching = ukb_json_bool(params, "enabled", false);
    if (!service->is_watching) {
        ukb_readers_free(service->readers);
        service->readers = NULL;
        *ret_result = cJSON_CreateObject();
        return UKB_OK;
    }
    st = list(service, &tokens, reterr);
    if (st == UKB_OK) {
        (void)is_new(service, tokens);
        *ret_result = with_tokens(tokens); /* what later looks are compared with */
        be_woken(service);
    }
    return st;
}

void
ukb_tokens_watch_tick(struct ukb_service *service)
{
    struct ukb_error error = { 0 };
    cJSON *tokens = NULL;

    ukb_listed_expire(&service->listed, ukb_service_uptime_ms());
    service->looks++;
    if (ukb_service_need_module(service, &error) != UKB_OK ||
        (service->looks % 2U == 0 && ukb_module_is_software(service->module) && refresh(service, &error) != UKB_OK) ||
        list(service, &tokens, &error) != UKB_OK) {
        return; /* a module in trouble says so when it is asked for something */
    }
    if (is_new(service, tokens)) {
        ukb_service_notify(service, "worker.tokens", with_tokens(tokens));
        ukb_pending_tell(service);
    } else {
        service->present.count = 0;
        cJSON_Delete(tokens);
    }
}
