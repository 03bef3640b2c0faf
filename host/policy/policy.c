/* SPDX-License-Identifier: MIT */
#include "policy/internal.h"

#include <stdlib.h>
#include <string.h>

#include "core/limits.h"
#include "policy/origin.h"
#include "policy/source.h"

#define REMINDER_DAYS     30U
#define REMINDER_DAYS_MAX 366U

/* The files' shapes: the same tables and checks as for requests. */

/* clang-format off */
#define STRINGS(name, max_len, max_items) { name, UKB_FIELD_STRINGS, UKB_OPTIONAL, max_len, max_items, NULL, NULL }
#define STRING(name, need, max_len) { name, UKB_FIELD_STRING, need, max_len, 0, NULL, NULL }
#define BOOL(name) { name, UKB_FIELD_BOOL, UKB_OPTIONAL, 0, 0, NULL, NULL }

static const struct ukb_field module_fields[] = {
    STRING("name", UKB_REQUIRED, UKB_MODULE_NAME_MAX_LEN),
    STRING("path", UKB_REQUIRED, UKB_PATH_MAX_LEN),
};
static const struct ukb_shape module_shape = UKB_SHAPE(NULL, module_fields);

static const struct ukb_field identity_fields[] = {
    STRING("certificate", UKB_REQUIRED, UKB_PATH_MAX_LEN),
    STRING("key", UKB_REQUIRED, UKB_PATH_MAX_LEN),
};
static const struct ukb_shape identity_shape = UKB_SHAPE(NULL, identity_fields);

static const struct ukb_field issuer_fields[] = {
    STRING("issuer", UKB_REQUIRED, UKB_SUBJECT_MAX_LEN),
    STRING("portal", UKB_REQUIRED, UKB_PATH_MAX_LEN),
};
static const struct ukb_shape issuer_shape = UKB_SHAPE(NULL, issuer_fields);

static const char *const retire_names[] = {
    [UKB_RETIRE_EXPIRED] = "expired", [UKB_RETIRE_NOW] = "now", [UKB_RETIRE_KEEP] = "keep", NULL
};

static const struct ukb_field policy_fields[] = {
    STRINGS("portals", UKB_ORIGIN_MAX_LEN, UKB_PORTALS_MAX),
    BOOL("userPortals"),
    { "modules", UKB_FIELD_OBJECTS, UKB_OPTIONAL, 0, UKB_MODULES_MAX, NULL, &module_shape },
    BOOL("userModules"),
    BOOL("systemModules"),
    STRINGS("trustAnchors", UKB_PATH_MAX_LEN, UKB_PORTALS_MAX),
    STRINGS("resetAuthorities", UKB_PATH_MAX_LEN, UKB_AUTHORITIES_MAX),
    { "hostIdentity", UKB_FIELD_OBJECT, UKB_OPTIONAL, 0, 0, NULL, &identity_shape },
    STRINGS("est", UKB_PATH_MAX_LEN, UKB_PORTALS_MAX),
    { "issuerPortals", UKB_FIELD_OBJECTS, UKB_OPTIONAL, 0, UKB_PORTALS_MAX, NULL, &issuer_shape },
    BOOL("allowLoopback"),
    { "retireOldSigning", UKB_FIELD_ENUM, UKB_OPTIONAL, 0, 0, retire_names, NULL },
    { "reminderDays", UKB_FIELD_INTEGER, UKB_OPTIONAL, 0, 0, NULL, NULL },
    STRING("update", UKB_OPTIONAL, UKB_PATH_MAX_LEN),
    BOOL("auditSyslog"),
};
static const struct ukb_shape policy_shape = UKB_SHAPE(NULL, policy_fields);

static const struct ukb_field config_fields[] = {
    { "modules", UKB_FIELD_OBJECTS, UKB_OPTIONAL, 0, UKB_MODULES_MAX, NULL, &module_shape },
    STRING("pinentry", UKB_OPTIONAL, UKB_PATH_MAX_LEN),
    STRINGS("portals", UKB_ORIGIN_MAX_LEN, UKB_PORTALS_MAX),
};
const struct ukb_shape ukb_config_shape = UKB_SHAPE(NULL, config_fields);
/* clang-format on */

/* Every portal of a file is an origin, or where @p patterns a wildcard. */
static enum ukb_status
check_portals(const cJSON *json, bool patterns, bool allow_loopback, const struct ukb_source *source,
              struct ukb_error *reterr)
{
    const cJSON *item = NULL;
    size_t index = 0;

    cJSON_ArrayForEach(item, ukb_json_get(json, "portals"))
    {
        struct ukb_error why = { 0 };
        enum ukb_status st = patterns ? ukb_origin_pattern_check(item->valuestring, allow_loopback, &why)
                                      : ukb_origin_check(item->valuestring, allow_loopback, &why);

        if (st != UKB_OK) {
            return ukb_raise(reterr, UKB_E_POLICY_INVALID, 0, "%s: portals[%zu]: \"%.100s\": %s", source->name, index,
                             item->valuestring, why.message);
        }
        index++;
    }
    return UKB_OK;
}

/* An address at a site that the host would talk to, with nothing in it that a URL does not hold. */
static bool
is_url(const struct ukb_policy *policy, const char *url)
{
    const char *host = strstr(url, "://");
    const size_t len = host == NULL ? 0 : strcspn(host + 3, "/") + (size_t)(host + 3 - url);
    char origin[UKB_ORIGIN_MAX_LEN + 1U];
    struct ukb_error why = { 0 };

    (void)snprintf(origin, sizeof(origin), "%.*s", len < sizeof(origin) ? (int)len : 0, url);
    return ukb_origin_check(origin, policy->allow_loopback, &why) == UKB_OK && strpbrk(url, " \"<>\\^`{|}") == NULL;
}

static enum ukb_status
check_update(const struct ukb_policy *policy, const struct ukb_source *source, struct ukb_error *reterr)
{
    const char *update = ukb_json_string(policy->policy, "update");

    return update == NULL || is_url(policy, update)
               ? UKB_OK
               : ukb_raise(reterr, UKB_E_POLICY_INVALID, 0,
                           "%s: update: must be like https://updates.example/version.json", source->name);
}

/* What leads there is opened by a click. */
static enum ukb_status
check_issuer_portals(const struct ukb_policy *policy, const struct ukb_source *source, struct ukb_error *reterr)
{
    const cJSON *item = NULL;
    size_t index = 0;

    cJSON_ArrayForEach(item, ukb_json_get(policy->policy, "issuerPortals"))
    {
        if (!is_url(policy, ukb_json_string(item, "portal"))) {
            return ukb_source_fault(source, "issuerPortals", index, ".portal", "must be like https://portal.example/",
                                    reterr);
        }
        index++;
    }
    return UKB_OK;
}

static bool
module_name_is_good(const char *name)
{
    return strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == strlen(name);
}

/* Add a file's modules; a name or a path that is there already is the same module: the first one counts. */
static enum ukb_status
add_modules(struct ukb_policy *policy, const cJSON *json, const struct ukb_source *source, struct ukb_error *reterr)
{
    const cJSON *item = NULL;
    size_t index = 0;

    cJSON_ArrayForEach(item, ukb_json_get(json, "modules"))
    {
        const struct ukb_policy_module module = { ukb_json_string(item, "name"), ukb_json_string(item, "path") };
        bool known = false;
        size_t i;

        if (!module_name_is_good(module.name)) {
            return ukb_source_fault(source, "modules", index, ".name", "holds letters, digits, '.', '_' and '-' only",
                                    reterr);
        }
        if (module.path[0] != '/') {
            return ukb_source_fault(source, "modules", index, ".path", "must be absolute", reterr);
        }
        for (i = 0; i < policy->module_count; i++) {
            known = known || strcmp(policy->modules[i].name, module.name) == 0 ||
                    strcmp(policy->modules[i].path, module.path) == 0;
        }
        index++;
        if (known) {
            continue;
        }
        if (policy->module_count == UKB_MODULES_MAX) {
            return ukb_source_fault(source, "modules", index - 1U, "", "too many modules", reterr);
        }
        policy->modules[policy->module_count++] = module;
    }
    return UKB_OK;
}

/* The strings of an array as a NULL-terminated list; NULL without memory. */
static const char **
list_of(const cJSON *array)
{
    const char **list = calloc((size_t)cJSON_GetArraySize(array) + 1U, sizeof(const char *));
    const cJSON *item = NULL;
    size_t count = 0;

    cJSON_ArrayForEach(item, array)
    {
        if (list != NULL) {
            list[count++] = item->valuestring;
        }
    }
    return list;
}

static enum ukb_status
add_lists(struct ukb_policy *policy, struct ukb_error *reterr)
{
    policy->trust_anchors = list_of(ukb_json_get(policy->policy, "trustAnchors"));
    policy->reset_authorities = list_of(ukb_json_get(policy->policy, "resetAuthorities"));
    if (policy->trust_anchors == NULL || policy->reset_authorities == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a policy");
    }
    return UKB_OK;
}

static enum ukb_status
read_numbers(struct ukb_policy *policy, const struct ukb_source *source, struct ukb_error *reterr)
{
    const cJSON *days = ukb_json_get(policy->policy, "reminderDays");
    const char *retire = ukb_json_string(policy->policy, "retireOldSigning");
    size_t i;

    policy->reminder_days = REMINDER_DAYS;
    if (days != NULL && (days->valuedouble < 0 || days->valuedouble > REMINDER_DAYS_MAX)) {
        return ukb_raise(reterr, UKB_E_POLICY_INVALID, 0, "%s: reminderDays: must be from 0 to %u", source->name,
                         REMINDER_DAYS_MAX);
    }
    if (days != NULL) {
        policy->reminder_days = (unsigned int)days->valuedouble;
    }
    for (i = 0; retire != NULL && retire_names[i] != NULL; i++) {
        policy->retire = strcmp(retire, retire_names[i]) == 0 ? (enum ukb_retire)i : policy->retire;
    }
    policy->allow_loopback = ukb_json_bool(policy->policy, "allowLoopback", false);
    return UKB_OK;
}

static enum ukb_status
fill(struct ukb_policy *policy, const struct ukb_source *admin, const struct ukb_source *user, struct ukb_error *reterr)
{
    enum ukb_status st;

    st = ukb_source_parse(admin, &policy_shape, &policy->policy, reterr);
    if (st == UKB_OK) {
        st = ukb_source_parse(user, &ukb_config_shape, &policy->config, reterr);
    }
    if (st == UKB_OK) {
        st = read_numbers(policy, admin, reterr);
    }
    if (st == UKB_OK) {
        st = check_portals(policy->policy, true, policy->allow_loopback, admin, reterr);
    }
    if (st == UKB_OK) {
        st = check_issuer_portals(policy, admin, reterr);
    }
    if (st == UKB_OK) {
        st = check_update(policy, admin, reterr);
    }
    if (st == UKB_OK) {
        st = check_portals(policy->config, false, policy->allow_loopback, user, reterr);
    }
    if (st == UKB_OK) {
        st = add_modules(policy, policy->policy, admin, reterr);
    }
    if (st == UKB_OK && ukb_json_bool(policy->policy, "userModules", true)) {
        st = add_modules(policy, policy->config, user, reterr);
    }
    return st == UKB_OK ? add_lists(policy, reterr) : st;
}

/* A policy that allows nothing, for the reason in @p why. */
static void
break_policy(struct ukb_policy *policy, const struct ukb_error *why)
{
    policy->broken = *why;
    policy->allow_loopback = true; /* so that a portal on loopback hears POLICY_INVALID, not BAD_ORIGIN */
    policy->module_count = 0;
}

static enum ukb_status
policy_new(struct ukb_policy **ret_policy, struct ukb_error *reterr)
{
    *ret_policy = calloc(1, sizeof(**ret_policy));
    if (*ret_policy == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a policy");
    }
    (*ret_policy)->reminder_days = REMINDER_DAYS;
    return UKB_OK;
}

/* The policy of two files that were read. */
static enum ukb_status
parse(const struct ukb_source *admin, const struct ukb_source *user, struct ukb_policy **ret_policy,
      struct ukb_error *reterr)
{
    struct ukb_policy *policy = NULL;
    struct ukb_error why = { 0 };
    enum ukb_status st;

    st = policy_new(&policy, reterr);
    if (st != UKB_OK) {
        return st;
    }
    st = fill(policy, admin, user, &why);
    if (st == UKB_E_INTERNAL) {
        ukb_policy_free(policy);
        *reterr = why;
        return st;
    }
    if (st != UKB_OK) {
        break_policy(policy, &why);
    }
    *ret_policy = policy;
    return UKB_OK;
}

enum ukb_status
ukb_policy_parse(const char *policy_text, const char *config_text, struct ukb_policy **ret_policy,
                 struct ukb_error *reterr)
{
    const struct ukb_source admin = { .name = "policy.json", .text = policy_text };
    const struct ukb_source user = { .name = "config.json", .text = config_text };

    return parse(&admin, &user, ret_policy, reterr);
}

enum ukb_status
ukb_policy_load(struct ukb_policy **ret_policy, struct ukb_error *reterr)
{
    struct ukb_source admin = { 0 };
    struct ukb_source user = { 0 };
    struct ukb_error why = { 0 };
    enum ukb_status st;

    st = ukb_source_read(UKB_PATH_POLICY, UKB_FILE_OF_ADMINISTRATOR, &admin, &why);
    if (st == UKB_OK) {
        st = ukb_source_read(UKB_PATH_CONFIG, UKB_FILE_OF_USER, &user, &why);
    }
    if (st == UKB_OK) {
        st = parse(&admin, &user, ret_policy, reterr);
        if (st == UKB_OK) {
            ukb_policy_look_in(*ret_policy, &ukb_module_places);
        }
    } else {
        st = policy_new(ret_policy, reterr);
        if (st == UKB_OK) {
            break_policy(*ret_policy, &why);
            (*ret_policy)->broken.status = UKB_E_POLICY_INVALID;
        }
    }
    ukb_source_done(&admin);
    ukb_source_done(&user);
    return st;
}

void
ukb_policy_free(struct ukb_policy *policy)
{
    if (policy == NULL) {
        return;
    }
    cJSON_Delete(policy->policy);
    cJSON_Delete(policy->config);
    cJSON_Delete(policy->once);
    free(policy->trust_anchors);
    ukb_policy_modules_done(policy);
    free(policy->reset_authorities);
    free(policy);
}
