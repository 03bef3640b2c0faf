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

#include "pki/certificate.h"

/**
 * Is @p certificates[@p index] history: does the array hold a newer one of the same role, subject and issuer? Newer
 * ends later, or ends with it and begins later. Names are compared as RFC 5280 §7.1 says. Keys are not looked at.
 */
bool ukb_history_is(const struct ukb_certificate *const *certificates, size_t count, size_t index);

/**
 * The other half of a dual pair: for a signing certificate the encryption certificate, and the other way round, of the
 * same subject and issuer whose validity begins nearest; of two as near the one that ends later, then the first.
 *
 * @param ret_other  index into @p certificates; written only when there is one.
 * @return whether there is one; never for other roles. Not always mutual: an encryption certificate that was kept
 * through a renewal of the signing one is the other half of both.
 */
bool ukb_history_paired_with(const struct ukb_certificate *const *certificates, size_t count, size_t index,
                             size_t *ret_other);

#endif /* UKB_PKI_HISTORY_H */
