/* SPDX-License-Identifier: MIT */
/*
 * portals - the sites that may ask, as a list that its user may change.
 *
 * Room: policy.  May include core/ and platform/.  The administrator's part of the list is fixed. The user's part is in
 * config.json, which is read anew before it is changed, because other browsers' hosts change it too; what was allowed
 * once is in this process's memory only.
 */
#ifndef UKB_POLICY_PORTALS_H
#define UKB_POLICY_PORTALS_H

#include "policy/policy.h"

/** Who allowed a site. */
enum ukb_portal_from { UKB_PORTAL_OF_POLICY, UKB_PORTAL_OF_USER, UKB_PORTAL_ONCE };

/** Call @p tell for every site that may ask now, the policy's first; it returns false to end. Borrowed strings. */
void ukb_policy_portals_each(const struct ukb_policy *policy,
                             bool (*tell)(void *ctx, const char *portal, enum ukb_portal_from from), void *ctx);

/** May users add sites, and take them away again? */
bool ukb_policy_has_user_portals(const struct ukb_policy *policy);

/**
 * Allow @p origin, for as long as this process lives with @p once, else for good. One that is allowed already is no
 * error.
 *
 * @retval UKB_E_BAD_ORIGIN          not the canonical form of an origin that may ever ask.
 * @retval UKB_E_ORIGIN_NOT_ALLOWED  the policy leaves nothing to users.
 * @retval UKB_E_POLICY_INVALID      one of the two files is broken: nobody may change it.
 * @retval UKB_E_TOO_LARGE           UKB_PORTALS_MAX sites are allowed already.
 * @retval UKB_E_DISK_FULL, UKB_E_JOURNAL_UNAVAILABLE, UKB_E_INTERNAL  config.json cannot be written; nothing is
 * allowed.
 */
UKB_MUST_USE enum ukb_status ukb_policy_portal_allow(struct ukb_policy *policy, const char *origin, bool once,
                                                     struct ukb_error *reterr);

/**
 * Take it back. One that was not allowed is no error.
 * @retval UKB_E_NOT_YOURS  the administrator's policy allows it.
 * @retval others           as ukb_policy_portal_allow(); it stays allowed then.
 */
UKB_MUST_USE enum ukb_status ukb_policy_portal_revoke(struct ukb_policy *policy, const char *origin,
                                                      struct ukb_error *reterr);

#endif /* UKB_POLICY_PORTALS_H */
