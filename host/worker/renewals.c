/* SPDX-License-Identifier: MIT */
/* The renewal methods: parameters in, the renewal room's work, objects out. */
#include "worker/service.h"

#include <string.h>

#include "worker/view.h"

static void
send_progress(void *ctx, const char *step, unsigned int done, unsigned int total, bool interruptible)
{
    cJSON *params = cJSON_CreateObject();

    (void)cJSON_AddStringToObject(params, "step", step);
    (void)cJSON_AddNumberToObject(params, "done", done);
    (void)cJSON_AddNumberToObject(params, "total", total);
    (void)cJSON_AddBoolToObject(params, "interruptible", interruptible);
    ukb_service_notify(ctx, "progress", params);
}

static enum ukb_status
make_env(struct ukb_service *service, struct ukb_renewal_env *ret_env, struct ukb_error *reterr)
{
    enum ukb_status st = ukb_service_need_journal(service, reterr);
    const struct ukb_renewal_env env = {
        .policy = service->policy,
        .journal = service->journal,
        .module = service->module,
        .dialog = service->dialog,
        .context = service->context,
        .lock_dir = ukb_buf_text(&service->lock_dir),
        .now_s = ukb_service_now_s(),
        .audit = service->kind == UKB_WORKER_LOGIN ? &service->audit : NULL,
        .progress = send_progress,
        .uninterruptible = ukb_service_set_uninterruptible,
        .ctx = service,
    };

    if (st == UKB_OK) {
        *ret_env = env;
    }
    return st;
}

static struct ukb_view
make_view(const struct ukb_service *service, const char *token)
{
    const struct ukb_view view = { .token = token,
                                   .now_s = ukb_service_now_s(),
                                   .reminder_days = (int)ukb_policy_reminder_days(service->policy) };

    return view;
}

/* {"renewal": …} of a record, which is freed. */
static cJSON *
renewal_result(const struct ukb_service *service, struct ukb_renewal_record *record)
{
    const struct ukb_view view = make_view(service, record->token);
    cJSON *result = cJSON_CreateObject();

    (void)cJSON_AddItemToObject(result, "renewal", ukb_view_renewal(&view, record));
    ukb_renewal_record_done(record);
    return result;
}

static enum ukb_kind
kind_of(const char *name)
{
    static const char *const names[] = {
        [UKB_KIND_RENEW] = "renew",
        [UKB_KIND_ISSUE] = "issue",
        [UKB_KIND_CHANGE] = "change",
        [UKB_KIND_REPLACE] = "replace",
    };
    size_t i = 0;

    while (strcmp(names[i], name) != 0) { /* the contract has checked that it is one of them */
        i++;
    }
    return (enum ukb_kind)i;
}

enum ukb_status
ukb_renewal_begin_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result, struct ukb_error *reterr)
{
    struct ukb_subject_item subject[UKB_SUBJECT_MAX_ITEMS];
    struct ukb_begin_params begin = {
        .token = ukb_json_string(params, "token"),
        .kind = kind_of(ukb_json_string(params, "kind")),
        .certificate = ukb_json_string(params, "certificate"),
        .subject = subject,
        .key = ukb_json_string(params, "key"),
        .algorithm = ukb_json_string(params, "algorithm"),
        .dual = ukb_json_bool(params, "dual", false),
        .challenge = ukb_json_string(params, "challenge"),
        .order = ukb_json_string(params, "order"),
    };
    struct ukb_renewal_env env;
    struct ukb_renewal_record record = { 0 };
    const cJSON *item = NULL;
    enum ukb_status st;

    cJSON_ArrayForEach(item, ukb_json_get(params, "subject"))
    {
        subject[begin.subject_count].type = ukb_json_string(item, "type");
        subject[begin.subject_count++].value = ukb_json_string(item, "value");
    }
    st = make_env(service, &env, reterr);
    if (st == UKB_OK) {
        st = ukb_renewal_begin(&env, &begin, &record, reterr);
    }
    if (st == UKB_OK) {
        *ret_result = renewal_result(service, &record);
    }
    return st;
}

static struct ukb_install_params
install_params(const cJSON *params)
{
    struct ukb_install_params install = {
        .renewal = ukb_json_string(params, "renewal"),
        .token = ukb_json_string(params, "token"),
        .certificate = ukb_json_string(params, "certificate"),
        .signing = ukb_json_string(params, "signing"),
        .encryption = ukb_json_string(params, "encryption"),
        .encryption_key = ukb_json_string(params, "encryptionKey"),
    };
    const cJSON *item = NULL;

    cJSON_ArrayForEach(item, ukb_json_get(params, "chain"))
    {
        install.chain[install.chain_count++] = item->valuestring;
    }
    return install;
}

static cJSON *
view_preview(const struct ukb_service *service, const struct ukb_renewal_preview *preview)
{
    const struct ukb_view view = make_view(service, preview->token);
    cJSON *result = cJSON_CreateObject();
    cJSON *list = cJSON_AddArrayToObject(result, "changes");
    size_t i;

    for (i = 0; i < preview->change_count; i++) {
        const struct ukb_certificate *certificate = preview->changes[i].certificate;
        cJSON *change = cJSON_CreateObject();

        (void)cJSON_AddStringToObject(change, "role", ukb_role_name(ukb_certificate_facts(certificate)->role));
        (void)cJSON_AddStringToObject(change, "action", preview->changes[i].action);
        (void)cJSON_AddItemToObject(change, "certificate", ukb_view_certificate(&view, certificate, NULL));
        (void)cJSON_AddItemToArray(list, change);
    }
    list = cJSON_AddArrayToObject(result, "warnings");
    for (i = 0; i < preview->warnings.count; i++) {
        cJSON *warning = cJSON_CreateObject();

        (void)cJSON_AddStringToObject(warning, "reason", preview->warnings.reasons[i]);
        (void)cJSON_AddItemToArray(list, warning);
    }
    return result;
}

enum ukb_status
ukb_renewal_preview_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result,
                           struct ukb_error *reterr)
{
    const struct ukb_install_params install = install_params(params);
    struct ukb_renewal_preview preview = { .change_count = 0 };
    struct ukb_renewal_env env;
    enum ukb_status st = make_env(service, &env, reterr);

    if (st == UKB_OK) {
        st = ukb_renewal_preview(&env, &install, &preview, reterr);
    }
    if (st == UKB_OK) {
        *ret_result = view_preview(service, &preview);
        ukb_renewal_preview_done(&preview);
    }
    return st;
}

enum ukb_status
ukb_renewal_install_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result,
                           struct ukb_error *reterr)
{
    const struct ukb_install_params install = install_params(params);
    struct ukb_renewal_record record = { 0 };
    struct ukb_renewal_env env;
    enum ukb_status st = make_env(service, &env, reterr);

    if (st == UKB_OK) {
        st = ukb_renewal_install(&env, &install, &record, reterr);
    }
    if (st == UKB_OK) {
        *ret_result = renewal_result(service, &record);
    }
    return st;
}

enum ukb_status
ukb_renewal_get_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result, struct ukb_error *reterr)
{
    struct ukb_renewal_record record = { 0 };
    struct ukb_renewal_env env;
    enum ukb_status st = make_env(service, &env, reterr);

    if (st == UKB_OK) {
        st = ukb_renewal_get(&env, ukb_json_string(params, "renewal"), &record, reterr);
    }
    if (st == UKB_OK) {
        *ret_result = renewal_result(service, &record);
    }
    return st;
}

/* Renewals with their certificates are large: a page is what usually fits a reply. */
#define RENEWALS_ON_PAGE 8U

/* {"renewals": …} of the beginning of @p list that fits a reply, the first one at least. */
static cJSON *
view_page(const struct ukb_service *service, const struct ukb_renewal_list *list, size_t *ret_count)
{
    cJSON *result = cJSON_CreateObject();
    cJSON *items = cJSON_AddArrayToObject(result, "renewals");
    size_t len = 0;
    size_t i;

    for (i = 0; i < list->count; i++) {
        const struct ukb_view view = make_view(service, list->items[i].token);
        cJSON *renewal = ukb_view_renewal(&view, &list->items[i]);

        len += ukb_view_len(renewal) + 1U;
        if (i > 0 && len > UKB_VIEW_PAGE_MAX_LEN) {
            cJSON_Delete(renewal);
            break;
        }
        (void)cJSON_AddItemToArray(items, renewal);
    }
    *ret_count = i;
    return result;
}

enum ukb_status
ukb_renewal_list_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result, struct ukb_error *reterr)
{
    const char *origin = service->context->ui ? NULL : service->context->origin;
    struct ukb_renewal_list list = { 0 };
    cJSON *result = NULL;
    size_t limit = RENEWALS_ON_PAGE;
    size_t count = 0;
    enum ukb_status st = ukb_service_need_journal(service, reterr);

    if (st != UKB_OK) {
        return st;
    }
    for (;;) { /* only the journal knows the cursor behind a page: one that did not fit is read again, shorter */
        st = ukb_journal_list(service->journal, origin, ukb_json_string(params, "token"),
                              ukb_json_string(params, "cursor"), limit, &list, reterr);
        if (st != UKB_OK) {
            return st;
        }
        result = view_page(service, &list, &count);
        if (count == list.count) {
            break;
        }
        limit = count;
        cJSON_Delete(result);
        ukb_renewal_list_done(&list);
    }
    if (list.next[0] != '\0') {
        (void)cJSON_AddStringToObject(result, "next", list.next);
    }
    ukb_renewal_list_done(&list);
    *ret_result = result;
    return UKB_OK;
}

enum ukb_status
ukb_renewal_abandon_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result,
                           struct ukb_error *reterr)
{
    struct ukb_renewal_env env;
    enum ukb_status st = make_env(service, &env, reterr);

    if (st == UKB_OK) {
        st = ukb_renewal_abandon(&env, ukb_json_string(params, "renewal"), reterr);
    }
    if (st == UKB_OK) {
        *ret_result = cJSON_CreateObject();
    }
    return st;
}

enum ukb_status
ukb_renewal_recover_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result,
                           struct ukb_error *reterr)
{
    struct ukb_renewal_list done = { 0 };
    struct ukb_renewal_env env;
    size_t shown = 0;
    enum ukb_status st = make_env(service, &env, reterr);

    if (st == UKB_OK) {
        st = ukb_renewal_recover(&env, ukb_json_string(params, "token"), &done, reterr);
    }
    if (st == UKB_OK) {
        *ret_result = view_page(service, &done, &shown); /* more than fit a reply are in the journal, and done */
        ukb_renewal_list_done(&done);
    }
    return st;
}
