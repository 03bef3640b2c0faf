/* SPDX-License-Identifier: MIT */
/* portals.*: the sites that may ask, shown to their user and changed by him. */
#include "broker/portals.h"

#include "broker/note.h"
#include "policy/portals.h"

static const char *const sources[] = {
    [UKB_PORTAL_OF_POLICY] = "policy",
    [UKB_PORTAL_OF_USER] = "user",
    [UKB_PORTAL_ONCE] = "once",
};

static bool
add(void *ctx, const char *portal, enum ukb_portal_from from)
{
    cJSON *json = cJSON_CreateObject();

    (void)cJSON_AddStringToObject(json, "origin", portal);
    (void)cJSON_AddStringToObject(json, "from", sources[from]);
    (void)cJSON_AddItemToArray(ctx, json);
    return true;
}

static cJSON *
list(const struct ukb_policy *policy)
{
    cJSON *result = cJSON_CreateObject();

    ukb_policy_portals_each(policy, add, cJSON_AddArrayToObject(result, "portals"));
    (void)cJSON_AddBoolToObject(result, "userPortals", ukb_policy_has_user_portals(policy));
    return result;
}

void
ukb_portals_answer(struct ukb_broker *broker, const struct ukb_method *method, const struct ukb_request *request)
{
    const char *origin = ukb_json_string(request->params, "origin");
    struct ukb_error error = { 0 };
    cJSON *result = NULL;
    enum ukb_status st = UKB_OK;

    if (method == &ukb_contract[UKB_PORTALS_ALLOW]) {
        st = ukb_policy_portal_allow(broker->policy, origin, ukb_json_bool(request->params, "once", false), &error);
    } else if (method == &ukb_contract[UKB_PORTALS_REVOKE]) {
        st = ukb_policy_portal_revoke(broker->policy, origin, &error);
    } else {
        result = list(broker->policy);
    }
    if (result == NULL) {
        ukb_note_done(broker, method, request, st);
    }
    if (st != UKB_OK) {
        ukb_broker_reply_error(broker, &request->id, &error);
        return;
    }
    ukb_broker_reply(broker, &request->id, result);
}
