/* SPDX-License-Identifier: MIT */
/*
 * public_key - struct ukb_public_key to and from SubjectPublicKeyInfo (RFC 5280 §4.1.2.7, RFC 3279, RFC 5480) and
 * OpenSSL's EVP_PKEY.
 *
 * Room: pki.  May include core/.
 */
#ifndef UKB_PKI_PUBLIC_KEY_H
#define UKB_PKI_PUBLIC_KEY_H

#include <stddef.h>

#include "core/buf.h"
#include "core/public_key.h"
#include "core/status.h"

struct evp_pkey_st; /* EVP_PKEY of <openssl/types.h> */

/**
 * Make an EVP_PKEY that holds the public half only.
 *
 * @param ret_pkey  owned by the caller, EVP_PKEY_free().
 * @retval UKB_E_UNSUPPORTED  an unknown kind or curve, or numbers that are no such key (a point beside its curve).
 */
UKB_MUST_USE enum ukb_status ukb_public_key_to_evp(const struct ukb_public_key *key, struct evp_pkey_st **ret_pkey,
                                                   struct ukb_error *reterr);

/**
 * Read the numbers out of @p pkey (borrowed). A compressed point comes out uncompressed, so that keys compare.
 *
 * @retval UKB_E_UNSUPPORTED  neither RSA of at most 8192 bits nor EC or SM2 on a named curve.
 */
UKB_MUST_USE enum ukb_status ukb_public_key_from_evp(const struct evp_pkey_st *pkey, struct ukb_public_key *ret_key,
                                                     struct ukb_error *reterr);

/**
 * Write the DER SubjectPublicKeyInfo.
 *
 * @param ret_der  initialised by the caller with its maximum; replaced on success.
 * @retval UKB_E_UNSUPPORTED  as ukb_public_key_to_evp().
 */
UKB_MUST_USE enum ukb_status ukb_public_key_to_spki(const struct ukb_public_key *key, struct ukb_buf *ret_der,
                                                    struct ukb_error *reterr);

/**
 * Read a DER SubjectPublicKeyInfo, and nothing behind it.
 *
 * @retval UKB_E_UNSUPPORTED  not one, or none of the kinds of ukb_public_key_from_evp().
 */
UKB_MUST_USE enum ukb_status ukb_public_key_from_spki(const unsigned char *der, size_t der_len,
                                                      struct ukb_public_key *ret_key, struct ukb_error *reterr);

/** "P-256", "SM2", or OpenSSL's short name of another curve; NULL for RSA and unknown keys. Static storage. */
const char *ukb_public_key_curve(const struct ukb_public_key *key);

#endif /* UKB_PKI_PUBLIC_KEY_H */
