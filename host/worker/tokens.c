/* SPDX-License-Identifier: MIT */
#include "worker/service.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "hold/writes.h"
#include "platform/clock.h"
#include "worker/view.h"

/* A watched module without hardware slots is started again every second, or so much more seldom that it takes no more
 * than one part in RESTART_SHARE of a processor: it loads all its objects. */
#define RESTART_MS     1000LL
#define RESTART_MAX_MS 5000LL
#define SETTLE_MS      5000LL
#define RESTART_SHARE  4000LL

/* {"tokens": [the tokens]} */
static cJSON *
view(const struct ukb_service *service, const struct ukb_token_list *tokens)
{
    cJSON *json = cJSON_CreateObject();
    cJSON *list = cJSON_AddArrayToObject(json, "tokens");
    size_t i;

    for (i = 0; i < tokens->count; i++) {
        (void)cJSON_AddItemToArray(list, ukb_view_token(&tokens->items[i], service->module));
    }
    return json;
}

/* Start the module anew. One that does not start is of no more use: it is loaded again when it is needed next. */
static enum ukb_status
refresh(struct ukb_service *service, struct ukb_error *reterr)
{
    enum ukb_status st = ukb_writes_refresh(ukb_buf_text(&service->lock_dir), service->module, reterr);

    if (st != UKB_OK) {
        ukb_module_free(service->module);
        service->module = NULL;
    }
    return st;
}

/* Remember @p tokens; true when they are other than the last ones. Compared as they are read: nearly every look shows
 * what the last one did, and words for it cost more than reading it. */
static bool
is_new(struct ukb_service *service, const struct ukb_token_list *tokens)
{
    const size_t size = tokens->count * sizeof(tokens->items[0]);
    struct ukb_token_info *seen = NULL;

    if (service->seen != NULL && service->seen_count == tokens->count &&
        memcmp(service->seen, tokens->items, size) == 0) {
        return false;
    }
    seen = malloc(size + 1U);
    if (seen == NULL) {
        return false; /* the next look may tell */
    }
    memcpy(seen, tokens->items, size);
    free(service->seen);
    service->seen = seen;
    service->seen_count = tokens->count;
    return true;
}

enum ukb_status
ukb_tokens_list_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result, struct ukb_error *reterr)
{
    struct ukb_token_list *tokens = &service->present;
    enum ukb_status st = ukb_tokens_list(service->module, tokens, reterr);

    (void)params;
    if (st == UKB_OK && tokens->count == 0) {
        /* Some modules notice an insertion only when they start; with no token in, starting again costs little. */
        st = refresh(service, reterr);
        if (st == UKB_OK) {
            st = ukb_tokens_list(service->module, tokens, reterr);
        }
    }
    if (st != UKB_OK) {
        return st;
    }
    *ret_result = view(service, tokens);
    (void)cJSON_AddArrayToObject(*ret_result, "problems");
    if (service->is_watching && is_new(service, tokens)) {
        ukb_pending_tell(service); /* the list tells the rest; the next look is compared with it */
    }
    return UKB_OK;
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
    struct ukb_token_list *tokens = &service->present;
    enum ukb_status st = UKB_OK;

    service->is_watching = ukb_json_bool(params, "enabled", false);
    if (!service->is_watching) {
        ukb_readers_free(service->readers);
        service->readers = NULL;
        service->is_announced = false;
        *ret_result = cJSON_CreateObject();
        return UKB_OK;
    }
    st = ukb_tokens_list(service->module, tokens, reterr);
    if (st == UKB_OK) {
        (void)is_new(service, tokens);
        *ret_result = view(service, tokens); /* what later looks are compared with */
        service->restart_due_ms = ukb_clock_uptime_ms() + RESTART_MS;
        be_woken(service);
    }
    return st;
}

/* When a module that took so long to start again may be started once more. */
static long long
restart_due_ms(clock_t used, long long now_ms)
{
    const long long used_us = (long long)used * 1000000 / CLOCKS_PER_SEC;
    const long long pause_ms = used_us * RESTART_SHARE / 1000;

    return now_ms + (pause_ms < RESTART_MS ? RESTART_MS : pause_ms > RESTART_MAX_MS ? RESTART_MAX_MS : pause_ms);
}

/* The tokens, seen through a module that was started again where only that shows new ones. */
static enum ukb_status
look(struct ukb_service *service, struct ukb_token_list *ret_tokens, struct ukb_error *reterr)
{
    const long long now_ms = ukb_clock_uptime_ms();
    const clock_t start = clock();
    enum ukb_status st;

    if (now_ms < service->restart_due_ms || !ukb_module_is_software(service->module)) {
        return ukb_tokens_list(service->module, ret_tokens, reterr);
    }
    st = refresh(service, reterr);
    if (st == UKB_OK) {
        st = ukb_tokens_list(service->module, ret_tokens, reterr);
    }
    service->restart_due_ms = restart_due_ms(clock() - start, now_ms);
    return st;
}

static bool
is_watched_reader(void *readers, const char *slot)
{
    return ukb_readers_have(readers, slot);
}

/* Every slot is a reader that is watched? Soon after a change it is looked at all the same: a card that was just put in
 * may not answer at once. */
static void
settle(struct ukb_service *service, long long now_ms)
{
    if (service->readers == NULL) {
        service->is_announced = false;
        return;
    }
    if (ukb_readers_had_news(service->readers)) {
        service->news_ms = now_ms;
    }
    service->is_announced = now_ms - service->news_ms >= SETTLE_MS &&
                            ukb_module_slots_all(service->module, is_watched_reader, service->readers);
}

void
ukb_tokens_watch_tick(struct ukb_service *service)
{
    struct ukb_token_list tokens;
    struct ukb_error error = { 0 };

    ukb_listed_expire(&service->listed, ukb_clock_uptime_ms());
    if (ukb_service_need_module(service, &error) != UKB_OK) {
        return;
    }
    settle(service, ukb_clock_uptime_ms());
    if (look(service, &tokens, &error) != UKB_OK) {
        return; /* a module in trouble says so when it is asked for something */
    }
    if (is_new(service, &tokens)) {
        ukb_service_notify(service, "worker.tokens", view(service, &tokens));
        service->present = tokens;
        ukb_pending_tell(service);
    }
}
