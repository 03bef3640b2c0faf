/* SPDX-License-Identifier: MIT */
#include "worker/service.h"

#include <stdio.h>
#include <string.h>

#include "core/hex.h"
#include "platform/clock.h"
#include "worker/view.h"

/* The cursor is the id of the last certificate shown: a page that is asked for later starts behind it all the same. */
static enum ukb_status
first_behind(const struct ukb_inventory *inventory, const char *cursor, size_t *ret_first, struct ukb_error *reterr)
{
    size_t first = 0;

    if (cursor != NULL && !ukb_hex_is(cursor, UKB_CERTIFICATE_ID_LEN)) {
        enum ukb_status st = ukb_raise(reterr, UKB_E_PARAMS, 0, "cursor: not one of ours");

        ukb_error_add_string(reterr, "field", "cursor");
        return st;
    }
    while (cursor != NULL && first < inventory->count &&
           strcmp(ukb_certificate_facts(inventory->items[first].certificate)->id, cursor) <= 0) {
        first++;
    }
    *ret_first = first;
    return UKB_OK;
}

/* One page from @p first on; notes what may follow. */
static cJSON *
view_page(struct ukb_listed *listed, size_t first, const struct ukb_view *view)
{
    const struct ukb_inventory *inventory = &listed->inventory;
    cJSON *result = cJSON_CreateObject();
    cJSON *list = cJSON_AddArrayToObject(result, "certificates");
    size_t len = 0;
    size_t i;

    listed->next[0] = '\0';
    for (i = first; i < inventory->count; i++) {
        const struct ukb_inventory_item *item = &inventory->items[i];
        cJSON *certificate = ukb_view_certificate(view, item->certificate, item);

        len += ukb_view_len(certificate) + 1U;
        if (i > first && (i - first == UKB_PAGE_MAX_ITEMS || len > UKB_VIEW_PAGE_MAX_LEN)) {
            cJSON_Delete(certificate);
            (void)snprintf(listed->next, sizeof(listed->next), "%s",
                           ukb_certificate_facts(inventory->items[i - 1U].certificate)->id);
            (void)cJSON_AddStringToObject(result, "next", listed->next);
            break;
        }
        (void)cJSON_AddItemToArray(list, certificate);
    }
    return result;
}

enum ukb_status
ukb_certificates_list_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result,
                             struct ukb_error *reterr)
{
    const struct ukb_view view = { .token = ukb_json_string(params, "token"),
                                   .now_s = ukb_service_now_s(),
                                   .reminder_days = (int)ukb_policy_reminder_days(service->policy),
                                   .pem = ukb_json_bool(params, "pem", false),
                                   .policy = service->policy };
    struct ukb_token_session *session = NULL;
    const char *cursor = ukb_json_string(params, "cursor");
    size_t first = 0;
    enum ukb_status st;

    st = ukb_token_session_open(service->module, view.token, false, &session, reterr);
    if (st == UKB_OK) {
        st = ukb_listed_read(&service->listed, session, view.token, cursor, ukb_clock_uptime_ms(), reterr);
    }
    if (st == UKB_OK) {
        st = first_behind(&service->listed.inventory, cursor, &first, reterr);
    }
    if (st == UKB_OK) {
        *ret_result = view_page(&service->listed, first, &view);
    }
    ukb_token_session_free(session);
    return st;
}
