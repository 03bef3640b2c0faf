/* SPDX-License-Identifier: MIT */
#include "policy/portals.h"

#include <stdlib.h>
#include <string.h>

#include "platform/file.h"
#include "platform/paths.h"
#include "policy/internal.h"
#include "policy/origin.h"

static const char PORTALS[] = "portals";

bool
ukb_policy_has_user_portals(const struct ukb_policy *policy)
{
    return policy->broken.status == UKB_OK && ukb_json_bool(policy->policy, "userPortals", policy->policy == NULL);
}

void
ukb_policy_portals_each(const struct ukb_policy *policy,
                        bool (*tell)(void *ctx, const char *portal, enum ukb_portal_from from), void *ctx)
{
    const cJSON *const lists[] = {
        [UKB_PORTAL_OF_POLICY] = ukb_json_get(policy->policy, PORTALS),
        [UKB_PORTAL_OF_USER] = ukb_policy_has_user_portals(policy) ? ukb_json_get(policy->config, PORTALS) : NULL,
        [UKB_PORTAL_ONCE] = policy->once,
    };
    const cJSON *item = NULL;
    size_t from;

    for (from = 0; from < sizeof(lists) / sizeof(lists[0]) && policy->broken.status == UKB_OK; from++) {
        cJSON_ArrayForEach(item, lists[from])
        {
            if (!tell(ctx, item->valuestring, (enum ukb_portal_from)from)) {
                return;
            }
        }
    }
}

/* Where @p origin stands in an array, or -1. */
static int
find(const cJSON *array, const char *origin)
{
    const cJSON *item = NULL;
    int index = 0;

    cJSON_ArrayForEach(item, array)
    {
        if (strcmp(item->valuestring, origin) == 0) {
            return index;
        }
        index++;
    }
    return -1;
}

static bool
is_the_policys(const struct ukb_policy *policy, const char *origin)
{
    const cJSON *item = NULL;

    cJSON_ArrayForEach(item, ukb_json_get(policy->policy, PORTALS))
    {
        if (ukb_origin_matches(item->valuestring, origin)) {
            return true;
        }
    }
    return false;
}

/* Put @p origin into the portals of a configuration, or take it out. False without memory. */
static bool
change(cJSON *config, const char *origin, bool allowed)
{
    cJSON *portals = cJSON_GetObjectItemCaseSensitive(config, PORTALS);
    const int at = find(portals, origin);

    if (!allowed) {
        cJSON_DeleteItemFromArray(portals, at); /* -1: nothing */
        return true;
    }
    if (portals == NULL) {
        portals = cJSON_AddArrayToObject(config, PORTALS);
    }
    return at >= 0 || cJSON_AddItemToArray(portals, cJSON_CreateString(origin));
}

static enum ukb_status
no_memory(struct ukb_error *reterr)
{
    return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a list of sites");
}

static enum ukb_status
write_config(const char *path, const cJSON *config, struct ukb_error *reterr)
{
    char *text = cJSON_Print(config);
    enum ukb_status st = UKB_OK;

    if (text == NULL) {
        return no_memory(reterr);
    }
    st = ukb_file_write(path, text, strlen(text), false, reterr);
    cJSON_free(text);
    return st;
}

/* The file as it is now, changed in this one thing. */
static enum ukb_status
change_file(const char *origin, bool allowed, struct ukb_error *reterr)
{
    struct ukb_source source = { 0 };
    struct ukb_buf path = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    cJSON *config = NULL;
    enum ukb_status st = ukb_path_get(UKB_PATH_CONFIG, &path, reterr);

    if (st == UKB_OK) {
        st = ukb_source_read(UKB_PATH_CONFIG, UKB_FILE_OF_USER, &source, reterr);
    }
    if (st == UKB_OK) {
        st = ukb_source_parse(&source, &ukb_config_shape, &config, reterr);
    }
    if (st == UKB_OK && config == NULL) {
        config = cJSON_CreateObject();
    }
    if (st == UKB_OK && !change(config, origin, allowed)) {
        st = no_memory(reterr);
    }
    if (st == UKB_OK) {
        st = write_config(ukb_buf_text(&path), config, reterr);
    }
    cJSON_Delete(config);
    ukb_source_done(&source);
    ukb_buf_done(&path);
    return st;
}

/* What all changes need: good files, and a policy that leaves this to users. */
static enum ukb_status
check(const struct ukb_policy *policy, const char *origin, struct ukb_error *reterr)
{
    if (policy->broken.status != UKB_OK) {
        return ukb_raise(reterr, UKB_E_POLICY_INVALID, policy->broken.native, "%s", policy->broken.message);
    }
    if (!ukb_policy_has_user_portals(policy)) {
        return ukb_raise(reterr, UKB_E_ORIGIN_NOT_ALLOWED, 0, "the administrator decides which sites may ask");
    }
    return ukb_origin_check(origin, policy->allow_loopback, reterr);
}

static enum ukb_status
check_room(const struct ukb_policy *policy, struct ukb_error *reterr)
{
    const int count = cJSON_GetArraySize(ukb_json_get(policy->config, PORTALS)) + cJSON_GetArraySize(policy->once);

    return count < (int)UKB_PORTALS_MAX
               ? UKB_OK
               : ukb_raise(reterr, UKB_E_TOO_LARGE, 0, "%u sites are allowed already", UKB_PORTALS_MAX);
}

static enum ukb_status
allow_once(struct ukb_policy *policy, const char *origin, struct ukb_error *reterr)
{
    if (policy->once == NULL) {
        policy->once = cJSON_CreateArray();
    }
    if (find(policy->once, origin) < 0 && !cJSON_AddItemToArray(policy->once, cJSON_CreateString(origin))) {
        return no_memory(reterr);
    }
    return UKB_OK;
}

enum ukb_status
ukb_policy_portal_allow(struct ukb_policy *policy, const char *origin, bool once, struct ukb_error *reterr)
{
    enum ukb_status st = check(policy, origin, reterr);

    if (st == UKB_OK && is_the_policys(policy, origin)) {
        return UKB_OK;
    }
    if (st == UKB_OK) {
        st = check_room(policy, reterr);
    }
    if (st != UKB_OK || once) {
        return st == UKB_OK ? allow_once(policy, origin, reterr) : st;
    }
    st = change_file(origin, true, reterr);
    if (st == UKB_OK && policy->config == NULL) {
        policy->config = cJSON_CreateObject();
    }
    return st == UKB_OK && !change(policy->config, origin, true) ? no_memory(reterr) : st;
}

enum ukb_status
ukb_policy_portal_revoke(struct ukb_policy *policy, const char *origin, struct ukb_error *reterr)
{
    enum ukb_status st = check(policy, origin, reterr);

    if (st == UKB_OK && is_the_policys(policy, origin)) {
        st = ukb_raise(reterr, UKB_E_NOT_YOURS, 0, "the administrator's policy allows this site");
    }
    if (st == UKB_OK) {
        st = change_file(origin, false, reterr);
    }
    if (st == UKB_OK) {
        cJSON_DeleteItemFromArray(policy->once, find(policy->once, origin));
        (void)change(policy->config, origin, false); /* taking away needs no memory */
    }
    return st;
}
