/* SPDX-License-Identifier: MIT */
/*
 * view - tokens, certificates and renewals as the protocol's objects.
 *
 * Room: worker.  Each returns a new JSON object, owned by the caller; NULL without memory.
 */
#ifndef UKB_WORKER_VIEW_H
#define UKB_WORKER_VIEW_H

#include "core/json.h"
#include "pki/certificate.h"
#include "policy/policy.h"
#include "renewal/inventory.h"
#include "renewal/renewal.h"
#include "store/journal.h"
#include "token/module.h"
#include "token/token.h"

/** How certificates are shown. */
struct ukb_view {
    const char *token; /**< the token's id */
    long long now_s;
    int reminder_days;
    bool pem;
    const struct ukb_policy *policy; /**< knows which site renews a certificate; NULL: not said */
};

cJSON *ukb_view_token(const struct ukb_token_info *info, const struct ukb_module *module);

/** @p item may be NULL for a certificate that is not read from a token; then nothing is said of keys and pairs. */
cJSON *ukb_view_certificate(const struct ukb_view *view, const struct ukb_certificate *certificate,
                            const struct ukb_inventory_item *item);

cJSON *ukb_view_renewal(const struct ukb_view *view, const struct ukb_renewal_record *record);

/** Bytes of @p json in a reply. Names of control characters take ten times their DER: nothing less is sure to fit. */
size_t ukb_view_len(const cJSON *json);

/** What the items of a page may take of a reply; the first one is on it whatever it takes. */
#define UKB_VIEW_PAGE_MAX_LEN (UKB_REPLY_MAX_LEN - 4096U)

#endif /* UKB_WORKER_VIEW_H */
