/* SPDX-License-Identifier: MIT */
/*
 * provider - a key that only somebody else can use (a token, a test) as an ordinary private EVP_PKEY of OpenSSL's, so
 * that OpenSSL's own CMS, PKCS #10 and TLS code works with it.
 *
 * It is a small built-in OpenSSL 3 provider in a library context of its own: a module in this process that uses
 * OpenSSL's default one (SoftHSM) does not see it. RSA: PKCS #1 v1.5 signatures, PKCS #1 v1.5 and OAEP decryption.
 * EC P-256, P-384 and P-521: ECDSA and ECDH, the latter with the X9.63 key derivation of RFC 5753 done here, in the
 * host. What it has not (RSA-PSS, other curves) fails as OpenSSL says of any provider.
 *
 * Room: pki.  May include core/.  Knows no token.
 */
#ifndef UKB_PKI_PROVIDER_H
#define UKB_PKI_PROVIDER_H

#include <stddef.h>

#include "core/private_key.h"
#include "core/public_key.h"
#include "core/status.h"
#include "pki/signer.h"

struct evp_pkey_st;     /* EVP_PKEY of <openssl/types.h> */
struct ossl_lib_ctx_st; /* OSSL_LIB_CTX */

/** Room for anything that is decrypted or derived: an RSA block of 8192 bits. */
#define UKB_OPENED_MAX_LEN UKB_RSA_MODULUS_MAX_LEN

/**
 * What the key's owner does. An operation that is NULL is refused. All may block as long as the token and its user do.
 *
 * decrypt and derive write to memory that is the caller's and that the caller wipes; `inout_len` holds the room on
 * entry and the length on success. Ciphertexts that do not open with this key are UKB_E_BAD_ENVELOPE, whatever is wrong
 * with them; every other status is trouble of the owner's.
 */
struct ukb_key_ops {
    /** As struct ukb_signer's. */
    enum ukb_status (*sign)(void *ctx, enum ukb_sign_digest digest, const unsigned char *message, size_t message_len,
                            unsigned char *ret_signature, size_t *inout_len, struct ukb_error *reterr);
    /** RSA: remove the padding, too. */
    enum ukb_status (*decrypt)(void *ctx, enum ukb_rsa_padding padding, const unsigned char *input, size_t input_len,
                               unsigned char *ret_secret, size_t *inout_len, struct ukb_error *reterr);
    /** EC: the X coordinate of ECDH (RFC 5753: not cofactor-multiplied or the same, for our curves), as long as the
     * field. @p point is 04 ‖ X ‖ Y on the key's curve. */
    enum ukb_status (*derive)(void *ctx, const unsigned char *point, size_t point_len, unsigned char *ret_secret,
                              size_t *inout_len, struct ukb_error *reterr);
    void *ctx; /**< handed to all */
};

/** Such a key. One thread at a time. */
struct ukb_provided_key;

/**
 * Make one from its public half.
 *
 * @param key      copied.
 * @param ops      copied; its ctx is borrowed and must outlive the key.
 * @param ret_key  owned by the caller: ukb_provided_key_free().
 * @retval UKB_E_UNSUPPORTED  neither RSA of at least 1024 bits nor EC on P-256, P-384 or P-521.
 */
UKB_MUST_USE enum ukb_status ukb_provided_key_new(const struct ukb_public_key *key, const struct ukb_key_ops *ops,
                                                  struct ukb_provided_key **ret_key, struct ukb_error *reterr);

/** Free it. Nothing of OpenSSL's that was made with its EVP_PKEY or its context may be left. NULL is fine. */
void ukb_provided_key_free(struct ukb_provided_key *key);

/** For OpenSSL's calls; borrowed. Use both together: the key works in its own library context only. */
struct evp_pkey_st *ukb_provided_key_evp(const struct ukb_provided_key *key);
struct ossl_lib_ctx_st *ukb_provided_key_context(const struct ukb_provided_key *key);

/**
 * Say why an OpenSSL call with the key failed: what the key's owner raised first, if he did since the last look, else
 * @p status with @p what and OpenSSL's own reason. Empties OpenSSL's error queue.
 */
UKB_MUST_USE enum ukb_status ukb_provided_key_failure(struct ukb_provided_key *key, enum ukb_status status,
                                                      const char *what, struct ukb_error *reterr);

/** What the key's owner raised first since the last look, which may be UKB_OK: OpenSSL goes on after some failures. */
UKB_MUST_USE enum ukb_status ukb_provided_key_trouble(struct ukb_provided_key *key, struct ukb_error *reterr);

#endif /* UKB_PKI_PROVIDER_H */
