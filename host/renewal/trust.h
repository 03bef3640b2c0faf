/* SPDX-License-Identifier: MIT */
/*
 * trust - the certificates that may prove an issuer: those that came along with a new one, and the policy's anchors.
 *
 * Room: renewal, inside only.
 */
#ifndef UKB_RENEWAL_TRUST_H
#define UKB_RENEWAL_TRUST_H

#include <stddef.h>

#include "core/status.h"
#include "pki/certificate.h"
#include "policy/policy.h"

#define UKB_TRUST_MAX 64U /**< anchors of a policy; a chain has UKB_CHAIN_MAX_ITEMS */

struct ukb_trust_list {
    struct ukb_certificate *items[UKB_TRUST_MAX]; /**< owned */
    size_t count;
};

/** Zero-initialise; free with ukb_trust_done(). */
struct ukb_trust {
    struct ukb_trust_list chain;
    struct ukb_trust_list anchors;
};

/**
 * Read both.
 * @param chain  PEM of each, at most UKB_CHAIN_MAX_ITEMS.
 * @retval UKB_E_BAD_CERTIFICATE  one of the chain is none.
 * @retval UKB_E_POLICY_INVALID   an anchor cannot be read; the message names the file.
 */
UKB_MUST_USE enum ukb_status ukb_trust_read(const struct ukb_policy *policy, const char *const *chain,
                                            size_t chain_count, struct ukb_trust *ret_trust, struct ukb_error *reterr);
void ukb_trust_done(struct ukb_trust *trust);

#endif /* UKB_RENEWAL_TRUST_H */
