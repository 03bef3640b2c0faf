/* SPDX-License-Identifier: MIT */
#include "pki/verify.h"

#include <openssl/evp.h>

#include "pki/internal.h"

static const EVP_MD *
message_digest(enum ukb_sign_digest digest)
{
    switch (digest) {
    case UKB_SIGN_SHA384:
        return EVP_sha384();
    case UKB_SIGN_SHA256:
        break;
    }
    return EVP_sha256();
}

enum ukb_status
ukb_certificate_verify_message(const struct ukb_certificate *certificate, enum ukb_sign_digest digest,
                               const unsigned char *message, size_t message_len, const unsigned char *signature,
                               size_t signature_len, struct ukb_error *reterr)
{
    EVP_PKEY *pkey = X509_get0_pubkey(certificate->x509);
    EVP_MD_CTX *ctx = NULL;
    unsigned char *der = NULL;
    size_t der_len = 0;
    enum ukb_status st;

    st = ukb_signature_to_der(&certificate->facts.key, signature, signature_len, &der, &der_len, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    ctx = EVP_MD_CTX_new();
    if (ctx == NULL || EVP_DigestVerifyInit(ctx, NULL, message_digest(digest), NULL, pkey) != 1) {
        st = ukb_pki_raise(reterr, UKB_E_INTERNAL, "starting to verify a signature");
        goto out;
    }
    if (EVP_DigestVerify(ctx, der, der_len, message, message_len) != 1) {
        st = ukb_pki_raise(reterr, UKB_E_PROOF_FAILED, "the signature is not by the certificate's key");
    }
out:
    EVP_MD_CTX_free(ctx);
    OPENSSL_free(der);
    return st;
}
