/* SPDX-License-Identifier: MIT */
/*
 * request - a certification request (PKCS #10, RFC 2986) for a key that only its signer holds.
 *
 * Room: pki.  May include core/.
 */
#ifndef UKB_PKI_REQUEST_H
#define UKB_PKI_REQUEST_H

#include <stddef.h>

#include "core/buf.h"
#include "core/public_key.h"
#include "core/status.h"
#include "pki/certificate.h"
#include "pki/signer.h"
#include "pki/subject.h"

/** What is asked for. Zero-initialise, then set; everything is borrowed. */
struct ukb_request_template {
    const unsigned char *subject_der; /**< Name: a certificate's subject_der, or ukb_subject_from_items() */
    size_t subject_der_len;
    const struct ukb_public_key *key;
    const char *challenge; /**< challengePassword (RFC 2985 §5.4.1), UTF-8 of 1 to 255 characters; NULL for none */
    const struct ukb_certificate *carry; /**< its subjectAltName and identity extensions (1.2.156.10260.4.1.*) are asked
                                              for again (extensionRequest, RFC 2985 §5.4.2); NULL for none */
};

/**
 * Build the request, have it signed, verify the signature, and only then hand it out.
 *
 * Calls signer->sign once, with ukb_sign_digest_for(key); blocks as long as that does.
 *
 * @param ret_pem  "CERTIFICATE REQUEST" block; initialised by the caller with its maximum; replaced on success.
 * @retval UKB_E_PARAMS           challenge is empty, too long or not UTF-8: attribute "field" is "challenge".
 * @retval UKB_E_BAD_CERTIFICATE  subject_der is no Name.
 * @retval UKB_E_UNSUPPORTED      a key we cannot sign with (SM2 in this version).
 * @retval UKB_E_PROOF_FAILED     the signature is not one by @p key over this request.
 * @return any error of the signer, as it is.
 */
UKB_MUST_USE enum ukb_status ukb_request_build(const struct ukb_request_template *request,
                                               const struct ukb_signer *signer, struct ukb_buf *ret_pem,
                                               struct ukb_error *reterr);

/**
 * Read the public key of a request that was built before; its signature is verified once more.
 *
 * @param pem  NUL-terminated, borrowed.
 * @retval UKB_E_BAD_CERTIFICATE  not exactly one "CERTIFICATE REQUEST" block, trailing bytes, or a wrong signature.
 * @retval UKB_E_UNSUPPORTED      a kind of key that is none of ours.
 */
UKB_MUST_USE enum ukb_status ukb_request_public_key(const char *pem, struct ukb_public_key *ret_key,
                                                    struct ukb_error *reterr);

#endif /* UKB_PKI_REQUEST_H */
