/* SPDX-License-Identifier: MIT */
/* update.check: the newest version that the policy's `update` address tells of. Nothing is fetched but that. */
#include "worker/service.h"

#include <string.h>

#include "core/limits.h"

/* Numbers between dots, "1.2.3": what can be compared. */
static bool
version_is_good(const char *version)
{
    const char *at = version;

    for (;;) {
        const size_t digits = strspn(at, "0123456789");

        if (digits == 0 || digits > 9U) {
            return false;
        }
        at += digits;
        if (*at != '.') {
            return *at == '\0';
        }
        at++;
    }
}

/* Where a person is sent who wants it. */
static bool
url_is_good(const char *url)
{
    static const char scheme[] = "https://";
    const char *at = url;

    while (*at > 0x20 && *at < 0x7F && *at != '\\') {
        at++;
    }
    return *at == '\0' && strncmp(url, scheme, strlen(scheme)) == 0 && url[strlen(scheme)] != '\0';
}

static enum ukb_status
read_document(const struct ukb_buf *body, cJSON *result, struct ukb_error *reterr)
{
    struct ukb_error error = { 0 };
    cJSON *document = NULL;
    enum ukb_status st = ukb_json_parse(ukb_buf_text(body), body->len, &document, &error);

    if (st == UKB_OK) {
        st = ukb_fields_check(&ukb_update_document, document, &error);
    }
    if (st != UKB_OK) {
        st = ukb_raise(reterr, UKB_E_BAD_REPLY, 0, "what is at the update address is no version: %s", error.message);
    } else if (!version_is_good(ukb_json_string(document, "version"))) {
        st = ukb_raise(reterr, UKB_E_BAD_REPLY, 0, "what is at the update address has a version that is no numbers");
    } else if (!url_is_good(ukb_json_string(document, "url"))) {
        st =
            ukb_raise(reterr, UKB_E_BAD_REPLY, 0, "what is at the update address sends its reader to no https address");
    } else {
        (void)cJSON_AddStringToObject(result, "version", ukb_json_string(document, "version"));
        (void)cJSON_AddStringToObject(result, "url", ukb_json_string(document, "url"));
    }
    cJSON_Delete(document);
    return st;
}

enum ukb_status
ukb_update_check_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result, struct ukb_error *reterr)
{
    const struct ukb_http_request request = {
        .url = ukb_policy_update(service->policy),
        .accept = "application/json",
        .allow_loopback = ukb_policy_allows_loopback(service->policy),
        .timeout_ms = UKB_UPDATE_TIMEOUT_MS,
    };
    struct ukb_buf body = UKB_BUF_INIT(UKB_HTTP_BODY_MAX_LEN);
    cJSON *result = cJSON_CreateObject();
    enum ukb_status st = UKB_OK;

    (void)params;
    if (service->http == NULL) {
        st = ukb_raise(reterr, UKB_E_INTERNAL, 0, "this worker has no network");
    } else if (request.url != NULL) {
        st = service->http->get(&request, &body, reterr);
        if (st == UKB_OK) {
            st = read_document(&body, result, reterr);
        }
    }
    ukb_buf_done(&body);
    if (st != UKB_OK) {
        cJSON_Delete(result);
        return st;
    }
    *ret_result = result;
    return UKB_OK;
}
