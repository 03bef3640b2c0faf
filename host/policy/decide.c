/* SPDX-License-Identifier: MIT */
/* What a policy that was read decides and says. */
#include "policy/internal.h"

#include <string.h>

#include "policy/origin.h"
#include "policy/portals.h"

/* Somebody who asks, and whether a portal of the list is theirs. */
struct asker {
    const char *origin;
    bool allowed;
};

static bool
is_other(void *ctx, const char *portal, enum ukb_portal_from from)
{
    struct asker *asker = ctx;

    (void)from;
    asker->allowed = ukb_origin_matches(portal, asker->origin);
    return !asker->allowed;
}

static enum ukb_status
decide_origin(const struct ukb_policy *policy, const struct ukb_context *context, struct ukb_error *reterr)
{
    struct asker asker = { context->origin, false };

    ukb_policy_portals_each(policy, is_other, &asker);
    return asker.allowed ? UKB_OK
                         : ukb_raise(reterr, UKB_E_ORIGIN_NOT_ALLOWED, 0, "neither policy nor user allows this site");
}

enum ukb_status
ukb_policy_decide(const struct ukb_policy *policy, enum ukb_grant grant, const struct ukb_context *context,
                  struct ukb_error *reterr)
{
    enum ukb_status st = UKB_OK;

    if (context->present && !context->ui) {
        st = ukb_origin_check(context->origin, policy->allow_loopback, reterr);
    }
    if (st == UKB_OK && context->top_origin[0] != '\0' && strcmp(context->top_origin, context->origin) != 0) {
        st = ukb_raise(reterr, UKB_E_BAD_ORIGIN, 0, "a frame inside another site's page may not ask");
    }
    if (st != UKB_OK || grant == UKB_GRANT_ANY) {
        return st;
    }
    if (grant == UKB_GRANT_UI) {
        return context->ui ? UKB_OK
                           : ukb_raise(reterr, UKB_E_UI_ONLY, 0, "only the extension's own pages may ask this");
    }
    if (policy->broken.status != UKB_OK) {
        return ukb_raise(reterr, UKB_E_POLICY_INVALID, policy->broken.native, "%s", policy->broken.message);
    }
    if (!context->present) {
        return ukb_raise(reterr, UKB_E_ORIGIN_NOT_ALLOWED, 0, "a request without context may not ask this");
    }
    return context->ui ? UKB_OK : decide_origin(policy, context, reterr);
}

const char *
ukb_policy_fault(const struct ukb_policy *policy)
{
    return policy->broken.status == UKB_OK ? NULL : policy->broken.message;
}

bool
ukb_policy_is_managed(const struct ukb_policy *policy)
{
    return policy->policy != NULL || policy->broken.status != UKB_OK;
}

const char *const *
ukb_policy_trust_anchors(const struct ukb_policy *policy)
{
    static const char *const none[] = { NULL };

    return policy->trust_anchors == NULL ? none : (const char *const *)policy->trust_anchors;
}

const char *const *
ukb_policy_reset_authorities(const struct ukb_policy *policy)
{
    static const char *const none[] = { NULL };

    return policy->reset_authorities == NULL ? none : (const char *const *)policy->reset_authorities;
}

bool
ukb_policy_host_identity(const struct ukb_policy *policy, const char **ret_certificate, const char **ret_key)
{
    const cJSON *identity = ukb_json_get(policy->policy, "hostIdentity");

    *ret_certificate = ukb_json_string(identity, "certificate");
    *ret_key = ukb_json_string(identity, "key");
    return identity != NULL;
}

const char *
ukb_policy_pinentry(const struct ukb_policy *policy)
{
    return ukb_json_string(policy->config, "pinentry");
}

enum ukb_retire
ukb_policy_retire(const struct ukb_policy *policy)
{
    return policy->retire;
}

const char *
ukb_policy_issuer_portal(const struct ukb_policy *policy, const char *issuer)
{
    const cJSON *item = NULL;

    cJSON_ArrayForEach(item, ukb_json_get(policy->policy, "issuerPortals"))
    {
        if (strcmp(ukb_json_string(item, "issuer"), issuer) == 0) {
            return ukb_json_string(item, "portal");
        }
    }
    return NULL;
}

bool
ukb_policy_audit_syslog(const struct ukb_policy *policy)
{
    return ukb_json_bool(policy->policy, "auditSyslog", false);
}

unsigned int
ukb_policy_reminder_days(const struct ukb_policy *policy)
{
    return policy->reminder_days;
}

const char *
ukb_policy_update(const struct ukb_policy *policy)
{
    return policy->broken.status == UKB_OK ? ukb_json_string(policy->policy, "update") : NULL;
}

bool
ukb_policy_allows_loopback(const struct ukb_policy *policy)
{
    return policy->broken.status == UKB_OK && policy->allow_loopback;
}
