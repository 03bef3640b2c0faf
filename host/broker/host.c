/* SPDX-License-Identifier: MIT */
/* The methods that the broker answers itself. */
#include "broker/broker.h"

#include "broker/call.h"
#include "broker/portals.h"
#include "broker/version.h"
#include "policy/portals.h"

#define OS_MAX_LEN 64U

static cJSON *
describe_host(void)
{
    struct ukb_buf os = UKB_BUF_INIT(OS_MAX_LEN);
    struct ukb_error ignored = { 0 };
    uv_utsname_t name;
    cJSON *host = cJSON_CreateObject();

    if (uv_os_uname(&name) != 0 || ukb_buf_append_text(&os, name.sysname, &ignored) != UKB_OK ||
        ukb_buf_append_text(&os, " ", &ignored) != UKB_OK ||
        ukb_buf_append_text(&os, name.machine, &ignored) != UKB_OK) {
        ukb_buf_clear(&os);
    }
    (void)cJSON_AddStringToObject(host, "name", "ukeybridge");
    (void)cJSON_AddStringToObject(host, "version", UKB_VERSION);
    (void)cJSON_AddStringToObject(host, "commit", UKB_COMMIT);
    (void)cJSON_AddStringToObject(host, "os", os.len == 0 ? "unknown" : ukb_buf_text(&os));
    ukb_buf_done(&os);
    return host;
}

static bool
add_portal(void *ctx, const char *portal, enum ukb_portal_from from)
{
    (void)from;
    (void)cJSON_AddItemToArray(ctx, cJSON_CreateString(portal));
    return true;
}

/* Which other sites this computer trusts is no page's business: it hears of itself alone. */
static void
add_portals(cJSON *portals, const struct ukb_policy *policy, const struct ukb_context *context)
{
    struct ukb_error ignored = { 0 };

    if (ukb_policy_decide(policy, UKB_GRANT_PORTAL, context, &ignored) != UKB_OK) {
        return;
    }
    if (!context->ui) {
        (void)cJSON_AddItemToArray(portals, cJSON_CreateString(context->origin));
        return;
    }
    ukb_policy_portals_each(policy, add_portal, portals);
}

static cJSON *
describe_policy(const struct ukb_policy *policy, const struct ukb_context *context)
{
    cJSON *json = cJSON_CreateObject();

    (void)cJSON_AddBoolToObject(json, "managed", ukb_policy_is_managed(policy));
    add_portals(cJSON_AddArrayToObject(json, "portals"), policy, context);
    return json;
}

static void
hello(struct ukb_broker *broker, const struct ukb_request *request)
{
    cJSON *result = cJSON_CreateObject();
    cJSON *part = NULL;
    size_t i;

    (void)cJSON_AddItemToObject(result, "host", describe_host());
    (void)cJSON_AddNumberToObject(result, "protocol", UKB_PROTOCOL);
    part = cJSON_AddArrayToObject(result, "methods");
    for (i = 0; i < UKB_METHOD_COUNT; i++) {
        (void)cJSON_AddItemToArray(part, cJSON_CreateStringReference(ukb_contract[i].name));
    }
    part = cJSON_AddObjectToObject(result, "limits");
    for (i = 0; i < ukb_contract_limit_count; i++) {
        (void)cJSON_AddNumberToObject(part, ukb_contract_limits[i].name, (double)ukb_contract_limits[i].value);
    }
    (void)cJSON_AddItemToObject(result, "policy", describe_policy(broker->policy, &request->context));
    ukb_broker_reply(broker, &request->id, result);
}

static void
cancel(struct ukb_broker *broker, const struct ukb_request *request)
{
    struct ukb_rpc_id id = { .type = UKB_ID_NONE };
    struct ukb_call *call = NULL;
    cJSON *result = NULL;

    if (ukb_rpc_id_from_json(ukb_json_get(request->params, "id"), &id)) {
        call = ukb_call_find(broker, &id);
    }
    if (call != NULL) {
        ukb_call_cancel(call, &request->id);
        return;
    }
    result = cJSON_CreateObject();
    (void)cJSON_AddFalseToObject(result, "cancelled");
    ukb_broker_reply(broker, &request->id, result);
}

void
ukb_host_answer(struct ukb_broker *broker, const struct ukb_method *method, const struct ukb_request *request)
{
    switch (ukb_contract_index(method)) {
    case UKB_HOST_HELLO:
        hello(broker, request);
        return;
    case UKB_HOST_PING:
        ukb_broker_reply(broker, &request->id, NULL);
        return;
    case UKB_HOST_CANCEL:
        cancel(broker, request);
        return;
    default: /* the table sends only host.* and portals.* here; a unit test checks it */
        ukb_portals_answer(broker, method, request);
        return;
    }
}
