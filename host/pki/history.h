/* SPDX-License-Identifier: MIT */
/*
 * history - what the certificates of one token say about each other.
 *
 * Room: pki.  May include core/.  Pure functions of the certificates alone, so that every computer says the same.
 */
#ifndef UKB_PKI_HISTORY_H
#define UKB_PKI_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"
#include "pki/certificate.h"

/** What the others say of one certificate. */
struct ukb_relation {
    /**
     * Is there a newer one of the same role, subject and issuer? Newer ends later, or ends with it and begins later.
     * Names are compared as RFC 5280 §7.1 says. Keys are not looked at.
     */
    bool is_history;

    /**
     * The other half of a dual pair, or NULL: for a signing certificate the encryption certificate, and the other way
     * round, of the same subject and issuer whose validity begins nearest; of two as near the one that ends later, then
     * the first. Not always mutual: an encryption certificate that was kept through a renewal of the signing one is the
     * other half of both.
     */
    const struct ukb_certificate *paired_with;
};

/** Is @p newer of the same role, subject and issuer as @p older, and newer, as struct ukb_relation says it? */
bool ukb_history_supersedes(const struct ukb_certificate *newer, const struct ukb_certificate *older);

/**
 * Relate all certificates to each other; takes as long as sorting them.
 *
 * @param ret_relations  @p count of them, in the order of @p certificates.
 * @retval UKB_E_INTERNAL  no memory.
 */
UKB_MUST_USE enum ukb_status ukb_history_relate(const struct ukb_certificate *const *certificates, size_t count,
                                                struct ukb_relation *ret_relations, struct ukb_error *reterr);

#endif /* UKB_PKI_HISTORY_H */
