/* SPDX-License-Identifier: MIT */
/*
 * sign_in - what a certificate's holder signs to sign in to a web site: the Web eID authentication token's signature
 * (format web-eid:1.0), so that its validation libraries take it.
 *
 * Room: pki.  May include core/.
 */
#ifndef UKB_PKI_SIGN_IN_H
#define UKB_PKI_SIGN_IN_H

#include <stddef.h>

#include "core/status.h"
#include "pki/certificate.h"
#include "pki/signer.h"

/** The signature and what verifies it. A value. */
struct ukb_sign_in {
    const char *algorithm;                          /**< RFC 7518 §3.1: "RS256", "ES256" or "ES384". Static storage */
    unsigned char signature[UKB_SIGNATURE_MAX_LEN]; /**< RSA: PKCS #1 v1.5; EC: r ‖ s */
    size_t signature_len;
};

/**
 * May it be used for signing in, as far as is known without a key? An expired certificate may: whether it is taken is
 * the web site's to decide, which may be where it is renewed.
 *
 * @param nonce  NUL-terminated, borrowed.
 * @retval UKB_E_PARAMS         the nonce is not base64, without white space, of UKB_NONCE_MIN_LEN to UKB_NONCE_MAX_LEN
 *                              bytes; attribute "field" is "nonce".
 * @retval UKB_E_WRONG_ROLE     a certificate for encryption only, or a CA's.
 * @retval UKB_E_NOT_YET_VALID  at @p now_s.
 * @retval UKB_E_UNSUPPORTED    a key that is neither RSA nor EC on P-256 or P-384.
 */
UKB_MUST_USE enum ukb_status ukb_sign_in_check(const struct ukb_certificate *certificate, const char *nonce,
                                               long long now_s, struct ukb_error *reterr);

/**
 * Sign hash(origin) ‖ hash(nonce), the hash being the algorithm's own and the nonce the text as given; then verify.
 * Calls signer->sign once.
 *
 * @retval UKB_E_UNSUPPORTED   as above.
 * @retval UKB_E_PROOF_FAILED  the signature is not one by the certificate's key.
 * @return any error of the signer, as it is.
 */
UKB_MUST_USE enum ukb_status ukb_sign_in_sign(const struct ukb_certificate *certificate, const char *origin,
                                              const char *nonce, const struct ukb_signer *signer,
                                              struct ukb_sign_in *ret_sign_in, struct ukb_error *reterr);

#endif /* UKB_PKI_SIGN_IN_H */
