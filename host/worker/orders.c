/* SPDX-License-Identifier: MIT */
/* orders.check: what portals say of orders, read from the resources that host/docs/orders.md describes. */
#include "worker/service.h"

#include <string.h>

#include "core/limits.h"
#include "platform/clock.h"

/* Where the order's resource may be: on the portal's own origin, which a canonical origin and a slash cannot leave. */
static enum ukb_status
check_url(const char *portal, const char *url, struct ukb_error *reterr)
{
    const size_t len = strlen(portal);
    const char *at = url;

    if (strncmp(url, portal, len) != 0 || url[len] != '/') {
        return ukb_raise(reterr, UKB_E_BAD_ORIGIN, 0, "the address is not one of the portal's own origin");
    }
    while (*at > 0x20 && *at < 0x7F && *at != '#' && *at != '\\') {
        at++;
    }
    if (*at != '\0') {
        return ukb_raise(reterr, UKB_E_BAD_ORIGIN, 0, "the address has a character that no address has, or a fragment");
    }
    return UKB_OK;
}

static enum ukb_status
check_portal(const struct ukb_service *service, const char *portal, struct ukb_error *reterr)
{
    struct ukb_context page = { .present = true };

    memcpy(page.origin, portal, strlen(portal) + 1U); /* as long as the contract allows */
    memcpy(page.top_origin, portal, strlen(portal) + 1U);
    return ukb_policy_decide(service->policy, UKB_GRANT_PORTAL, &page, reterr);
}

/* The members of @p said that we know; a portal may have more for others. */
static cJSON *
pick_known(const cJSON *said, const struct ukb_shape *shape)
{
    cJSON *known = cJSON_CreateObject();
    size_t i;

    for (i = 0; i < shape->count; i++) {
        const struct ukb_field *field = &shape->fields[i];
        const cJSON *member = ukb_json_get(said, field->name);

        if (member != NULL) {
            (void)cJSON_AddItemToObject(known, field->name,
                                        field->type == UKB_FIELD_OBJECT && cJSON_IsObject(member)
                                            ? pick_known(member, field->shape)
                                            : cJSON_Duplicate(member, true));
        }
    }
    return known;
}

/* Does what the table cannot say hold: this order, dates where there is a certificate, the user sent nowhere else? */
static enum ukb_status
check_sense(const cJSON *known, const char *portal, const char *order, struct ukb_error *reterr)
{
    const char *state = ukb_json_string(known, "state");
    const char *page = ukb_json_string(known, "page");
    const bool is_issued = strcmp(state, "issued") == 0 || strcmp(state, "installed") == 0;
    struct ukb_error ignored = { 0 };

    if (strcmp(ukb_json_string(known, "order"), order) != 0) {
        return ukb_raise(reterr, UKB_E_BAD_REPLY, 0, "the portal's answer is about another order");
    }
    if (is_issued && ukb_json_get(known, "certificate") == NULL) {
        return ukb_raise(reterr, UKB_E_BAD_REPLY, 0, "the portal's answer is \"%s\" and has no certificate's dates",
                         state);
    }
    if (page != NULL && check_url(portal, page, &ignored) != UKB_OK) {
        return ukb_raise(reterr, UKB_E_BAD_REPLY, 0, "the portal's answer sends its user to another site");
    }
    return UKB_OK;
}

static enum ukb_status
read_resource(const struct ukb_buf *body, const char *portal, const char *order, cJSON **ret_known,
              struct ukb_error *reterr)
{
    struct ukb_error error = { 0 };
    cJSON *said = NULL;
    cJSON *known = NULL;
    enum ukb_status st = ukb_json_parse(ukb_buf_text(body), body->len, &said, &error);

    if (st == UKB_OK && !cJSON_IsObject(said)) {
        st = ukb_raise(&error, UKB_E_PARSE, 0, "it is no object");
    }
    if (st == UKB_OK) {
        known = pick_known(said, &ukb_order_resource);
        st = ukb_fields_check(&ukb_order_resource, known, &error);
    }
    if (st != UKB_OK) {
        st = ukb_raise(reterr, UKB_E_BAD_REPLY, 0, "the portal's answer is no order resource: %s", error.message);
    } else {
        st = check_sense(known, portal, order, reterr);
    }
    cJSON_Delete(said);
    if (st != UKB_OK) {
        cJSON_Delete(known);
        return st;
    }
    *ret_known = known;
    return UKB_OK;
}

static enum ukb_status
look_after(const struct ukb_service *service, const cJSON *asked, unsigned int timeout_ms, cJSON **ret_known,
           struct ukb_error *reterr)
{
    const char *portal = ukb_json_string(asked, "portal");
    const struct ukb_http_request request = {
        .url = ukb_json_string(asked, "url"),
        .accept = "application/json",
        .allow_loopback = true, /* such a portal passes the policy only where it allows loopback */
        .timeout_ms = timeout_ms,
    };
    struct ukb_buf body = UKB_BUF_INIT(UKB_HTTP_BODY_MAX_LEN);
    enum ukb_status st = check_portal(service, portal, reterr);

    if (st == UKB_OK) {
        st = check_url(portal, request.url, reterr);
    }
    if (st == UKB_OK) {
        st = service->http->get(&request, &body, reterr);
    }
    if (st == UKB_OK) {
        st = read_resource(&body, portal, ukb_json_string(asked, "order"), ret_known, reterr);
    }
    ukb_buf_done(&body);
    return st;
}

static cJSON *
view_error(const struct ukb_error *error)
{
    cJSON *json = cJSON_CreateObject();

    (void)cJSON_AddStringToObject(json, "reason", ukb_status_word(error->status));
    (void)cJSON_AddStringToObject(json, "message", error->message);
    if (error->status == UKB_E_HTTP_STATUS) {
        (void)cJSON_AddNumberToObject(json, "status", (double)error->native);
    }
    return json;
}

enum ukb_status
ukb_orders_check_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result, struct ukb_error *reterr)
{
    const cJSON *orders = ukb_json_get(params, "orders");
    const long long end_ms = ukb_clock_uptime_ms() + UKB_HTTP_TIMEOUT_MS;
    long long left = cJSON_GetArraySize(orders);
    const cJSON *asked = NULL;
    cJSON *result = NULL;
    cJSON *list = NULL;

    if (service->http == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "this worker has no network");
    }
    result = cJSON_CreateObject();
    list = cJSON_AddArrayToObject(result, "orders");
    cJSON_ArrayForEach(asked, orders)
    {
        /* A portal that does not answer takes no more than its share of the time from the others. */
        const long long share_ms = (end_ms - ukb_clock_uptime_ms()) / left--;
        struct ukb_error error = { 0 };
        cJSON *known = NULL;

        if (look_after(service, asked, share_ms < 1 ? 1U : (unsigned int)share_ms, &known, &error) != UKB_OK) {
            known = cJSON_CreateObject();
            (void)cJSON_AddStringToObject(known, "order", ukb_json_string(asked, "order"));
            (void)cJSON_AddItemToObject(known, "error", view_error(&error));
        }
        (void)cJSON_AddStringToObject(known, "portal", ukb_json_string(asked, "portal"));
        (void)cJSON_AddItemToArray(list, known);
    }
    *ret_result = result;
    return UKB_OK;
}
