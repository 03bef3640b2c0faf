/* SPDX-License-Identifier: MIT */
/*
 * prove - does the owner of a private key open what is encrypted to a certificate?  For signatures: pki/verify.h.
 *
 * Room: pki.  May include core/.
 */
#ifndef UKB_PKI_PROVE_H
#define UKB_PKI_PROVE_H

#include "core/status.h"
#include "pki/certificate.h"
#include "pki/provider.h"

/**
 * RSA: 32 random bytes are encrypted to the certificate (PKCS #1 v1.5) and must come back from ops->decrypt. EC: the
 * secret of ECDH between an ephemeral key and the certificate's must be what ops->derive gives for the ephemeral
 * point. Compared in constant time; everything secret is in the secure heap and wiped.
 *
 * @retval UKB_E_PROOF_FAILED  it is another secret, or the owner cannot open it (his UKB_E_BAD_ENVELOPE).
 * @retval UKB_E_UNSUPPORTED   the certificate's key is neither RSA nor EC on P-256, P-384 or P-521.
 * @return any other error of the owner's, as it is.
 */
UKB_MUST_USE enum ukb_status ukb_certificate_prove_decrypt(const struct ukb_certificate *certificate,
                                                           const struct ukb_key_ops *ops, struct ukb_error *reterr);

#endif /* UKB_PKI_PROVE_H */
