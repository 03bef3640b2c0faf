/* SPDX-License-Identifier: MIT */
/* The audit: entries of calls served here, of the broker's notes, and their list. */
#include "worker/audit.h"

#include <stdio.h>
#include <string.h>

#include "core/hex.h"
#include "pki/time.h"
#include "store/audit.h"
#include "worker/fleet.h"

static void
copy(char *to, size_t size, const char *from)
{
    (void)snprintf(to, size, "%s", from == NULL ? "" : from); /* none is longer: the contract has checked it */
}

/* The token that a call names: itself, or as the beginning of a renewal's or reset's id. */
static void
copy_token(char to[UKB_TOKEN_ID_LEN + 1U], const cJSON *params)
{
    static const char *const names[] = { "token", "renewal", "reset" };
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *text = ukb_json_string(params, names[i]);

        if (text != NULL) {
            (void)snprintf(to, UKB_TOKEN_ID_LEN + 1U, "%s", text);
            break;
        }
    }
    if (!ukb_hex_is(to, UKB_TOKEN_ID_LEN)) {
        to[0] = '\0';
    }
}

static cJSON *
view_entry(const struct ukb_audit_entry *entry)
{
    char at[UKB_TIME_TEXT_SIZE];
    cJSON *json = cJSON_CreateObject();

    ukb_time_format(entry->at_s, at);
    (void)cJSON_AddStringToObject(json, "at", at);
    if (entry->origin[0] != '\0') {
        (void)cJSON_AddStringToObject(json, "origin", entry->origin);
    }
    (void)cJSON_AddStringToObject(json, "method", entry->method);
    if (entry->token[0] != '\0') {
        (void)cJSON_AddStringToObject(json, "token", entry->token);
    }
    if (entry->module[0] != '\0') {
        (void)cJSON_AddStringToObject(json, "module", entry->module);
    }
    (void)cJSON_AddStringToObject(json, "outcome", entry->outcome);
    (void)cJSON_AddBoolToObject(json, "userActivation", entry->user_activation);
    (void)cJSON_AddBoolToObject(json, "refused", entry->refused);
    return json;
}

static void
tell_fleet(const struct ukb_service *service, struct ukb_audit_entry *entry)
{
    cJSON *facts = NULL;

    entry->at_s = ukb_service_now_s();
    facts = view_entry(entry);
    ukb_fleet_tell(service->policy, "audit", strcmp(entry->outcome, ukb_status_word(UKB_OK)) != 0, facts);
    cJSON_Delete(facts);
}

static enum ukb_status
write_entry(struct ukb_service *service, const struct ukb_audit_entry *entry, struct ukb_error *reterr)
{
    enum ukb_status st = ukb_service_need_journal(service, reterr);

    return st == UKB_OK ? ukb_audit_add(service->journal, entry, reterr) : st;
}

void
ukb_audit_serving(struct ukb_service *service, const struct ukb_method *method, const cJSON *params)
{
    struct ukb_audit_entry *entry = &service->audit.entry;

    memset(&service->audit, 0, sizeof(service->audit));
    entry->user_activation = service->context->user_activation;
    copy(entry->origin, sizeof(entry->origin), service->context->origin);
    copy(entry->method, sizeof(entry->method), method->name);
    copy(entry->outcome, sizeof(entry->outcome), ukb_status_word(UKB_OK));
    copy_token(entry->token, params);
}

void
ukb_audit_served(struct ukb_service *service, const struct ukb_method *method, enum ukb_status outcome)
{
    struct ukb_audit_entry *entry = &service->audit.entry;
    struct ukb_error error = { 0 };

    if (method->runs_in != UKB_RUNS_IN_LOGIN_WORKER) {
        return;
    }
    copy(entry->outcome, sizeof(entry->outcome), ukb_status_word(outcome));
    tell_fleet(service, entry); /* first: it is told even when the journal cannot be written */
    if (service->audit.is_kept && outcome == UKB_OK) {
        return;
    }
    if (write_entry(service, entry, &error) != UKB_OK) {
        fprintf(stderr, "ukeybridge-worker: an entry of the audit is lost: %s\n", error.message);
    }
}

enum ukb_status
ukb_note_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result, struct ukb_error *reterr)
{
    struct ukb_audit_entry entry = {
        .user_activation = ukb_json_bool(params, "userActivation", false),
        .refused = ukb_json_bool(params, "refused", false),
    };
    enum ukb_status st;

    copy(entry.origin, sizeof(entry.origin), ukb_json_string(params, "origin"));
    copy(entry.method, sizeof(entry.method), ukb_json_string(params, "method"));
    copy(entry.module, sizeof(entry.module), ukb_json_string(params, "module"));
    copy(entry.outcome, sizeof(entry.outcome), ukb_json_string(params, "outcome"));
    copy_token(entry.token, params);
    tell_fleet(service, &entry);
    st = write_entry(service, &entry, reterr);
    if (st == UKB_OK) {
        *ret_result = cJSON_CreateObject();
    }
    return st;
}

enum ukb_status
ukb_audit_list_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result, struct ukb_error *reterr)
{
    struct ukb_audit_list list = { .items = NULL };
    cJSON *result = NULL;
    cJSON *entries = NULL;
    enum ukb_status st = ukb_service_need_journal(service, reterr);
    size_t i;

    if (st == UKB_OK) {
        st = ukb_audit_list(service->journal, ukb_json_string(params, "cursor"), UKB_PAGE_MAX_ITEMS, &list, reterr);
    }
    if (st != UKB_OK) {
        return st;
    }
    result = cJSON_CreateObject();
    entries = cJSON_AddArrayToObject(result, "entries");
    for (i = 0; i < list.count; i++) {
        (void)cJSON_AddItemToArray(entries, view_entry(&list.items[i]));
    }
    if (list.next[0] != '\0') {
        (void)cJSON_AddStringToObject(result, "next", list.next);
    }
    ukb_audit_list_done(&list);
    *ret_result = result;
    return UKB_OK;
}
