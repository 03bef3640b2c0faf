/* SPDX-License-Identifier: MIT */
/*
 * verify - does a signature made by a token belong to a certificate?
 *
 * Room: pki.  May include core/.
 */
#ifndef UKB_PKI_VERIFY_H
#define UKB_PKI_VERIFY_H

#include <stddef.h>

#include "core/status.h"
#include "pki/certificate.h"
#include "pki/signer.h"

/**
 * Verify @p signature over @p message with the certificate's public key. Says nothing about validity or trust.
 *
 * @param signature  as struct ukb_signer gives it: PKCS #1 v1.5 for RSA, r ‖ s for EC.
 * @retval UKB_E_PROOF_FAILED  it does not verify.
 * @retval UKB_E_UNSUPPORTED   a kind of key that is neither RSA nor EC.
 */
UKB_MUST_USE enum ukb_status ukb_certificate_verify_message(const struct ukb_certificate *certificate,
                                                            enum ukb_sign_digest digest, const unsigned char *message,
                                                            size_t message_len, const unsigned char *signature,
                                                            size_t signature_len, struct ukb_error *reterr);

#endif /* UKB_PKI_VERIFY_H */
