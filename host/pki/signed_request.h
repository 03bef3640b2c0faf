/* SPDX-License-Identifier: MIT */
/*
 * signed_request - a certification request inside CMS SignedData (RFC 5652 §5) by a certificate that is in force: its
 * holder asks for the new one, and through which web site.
 *
 * Room: pki.  May include core/.  Not to be mixed up with request.h: the PKCS #10 inside is signed by its own key.
 */
#ifndef UKB_PKI_SIGNED_REQUEST_H
#define UKB_PKI_SIGNED_REQUEST_H

#include "core/buf.h"
#include "core/status.h"
#include "pki/certificate.h"
#include "pki/provider.h"

/**
 * The signed attribute that names the web site: one UTF8String, the origin as a browser writes it
 * ("https://portal.example"). An arc of its own, made from a UUID (ITU-T X.667).
 */
#define UKB_ORIGIN_ATTRIBUTE "2.25.333264326607924503336595412980824114808"

/** What is signed, by whom. Everything is borrowed. */
struct ukb_signed_request {
    const char *request_pem;                   /**< the PKCS #10 */
    const struct ukb_certificate *certificate; /**< the holder's, put into the message */
    const char *origin;
};

/**
 * Build it: the request's DER as attached content of type id-data, one signer with the attributes contentType,
 * messageDigest, signingTime, signingCertificateV2 (RFC 5035) and the origin's; SHA-384 for keys on P-384, else
 * SHA-256. It is verified before it leaves. Calls ops->sign once.
 *
 * @param ops      of the certificate's key.
 * @param ret_pem  "CMS" block; initialised by the caller with its maximum; replaced on success.
 * @retval UKB_E_BAD_CERTIFICATE  request_pem is no PKCS #10.
 * @retval UKB_E_UNSUPPORTED      the certificate's key is none that ukb_provided_key_new() takes.
 * @retval UKB_E_PROOF_FAILED     the signature is not one by the certificate's key.
 * @retval UKB_E_TOO_LARGE        more than ret_pem's maximum.
 * @return any error of the owner's, as it is.
 */
UKB_MUST_USE enum ukb_status ukb_signed_request_build(const struct ukb_signed_request *wanted,
                                                      const struct ukb_key_ops *ops, struct ukb_buf *ret_pem,
                                                      struct ukb_error *reterr);

#endif /* UKB_PKI_SIGNED_REQUEST_H */
