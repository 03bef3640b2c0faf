/* SPDX-License-Identifier: MIT */
/*
 * signer - somebody who signs with a private key that we never see: a token, or a test.
 *
 * Room: pki.  May include core/.
 */
#ifndef UKB_PKI_SIGNER_H
#define UKB_PKI_SIGNER_H

#include <stddef.h>

#include "core/public_key.h"
#include "core/status.h"

/** Room for any signature: RSA of 8192 bits. */
#define UKB_SIGNATURE_MAX_LEN UKB_RSA_MODULUS_MAX_LEN

enum ukb_sign_digest { UKB_SIGN_SHA256, UKB_SIGN_SHA384 };

/**
 * Signs whole messages. With an RSA key by RSASSA-PKCS1-v1_5 (RFC 8017 §8.2), as CKM_SHA256_RSA_PKCS does; with an EC
 * key by ECDSA, giving r ‖ s of equal length, as CKM_ECDSA does. @p digest is that of the message, whoever computes it.
 *
 * `inout_len` holds the room on entry and the length on success. May block as long as the token and its user do. An
 * error is passed on as it is.
 */
struct ukb_signer {
    enum ukb_status (*sign)(void *ctx, enum ukb_sign_digest digest, const unsigned char *message, size_t message_len,
                            unsigned char *ret_signature, size_t *inout_len, struct ukb_error *reterr);
    void *ctx;
};

/** The digest we sign with @p key: SHA-384 on P-384, SHA-256 on all others. */
enum ukb_sign_digest ukb_sign_digest_for(const struct ukb_public_key *key);

#endif /* UKB_PKI_SIGNER_H */
