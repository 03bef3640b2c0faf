/* SPDX-License-Identifier: MIT */
/*
 * provider_internal - what the files of the provider share: provider.c (the whole), provider_key.c (keys),
 * provider_sign.c (signatures), provider_open.c (decryption and key agreement).
 *
 * Room: pki, inside only.
 */
#ifndef UKB_PKI_PROVIDER_INTERNAL_H
#define UKB_PKI_PROVIDER_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/core_dispatch.h>
#include <openssl/evp.h>
#include <openssl/provider.h>

#include "pki/provider.h"

/** Is @p key one that the provider takes? @retval UKB_E_UNSUPPORTED  no. */
UKB_MUST_USE enum ukb_status ukb_key_check_ours(const struct ukb_public_key *key, struct ukb_error *reterr);

/** The parameter by which provider.c hands a struct ukb_provided_key's address to the key that it makes. */
#define UKB_PROVIDER_OWNER "ukeybridge-owner"

struct ukb_provided_key {
    struct ukb_public_key public_key;
    struct ukb_key_ops ops;
    struct ukb_error trouble; /**< what an operation of the owner's raised first; status UKB_OK: nothing */
    OSSL_LIB_CTX *context;
    OSSL_PROVIDER *standard;
    OSSL_PROVIDER *ours;
    EVP_PKEY *pkey;
};

/** A key as OpenSSL hands it around: ours, or a public one that it brought for comparison or as a peer. */
struct ukb_provider_key {
    struct ukb_public_key public_key;
    struct ukb_provided_key *owner; /**< borrowed; NULL: a public key */
};

/** Keep what an operation of the owner's raised, unless something is kept already. True when @p st is UKB_OK. */
bool ukb_provider_keep(struct ukb_provided_key *owner, enum ukb_status st, const struct ukb_error *err);

/** Bytes of the longest signature by @p key. */
size_t ukb_provider_signature_len(const struct ukb_public_key *key);

extern const OSSL_DISPATCH ukb_provider_rsa_key[];
extern const OSSL_DISPATCH ukb_provider_ec_key[];
extern const OSSL_DISPATCH ukb_provider_signature[];
extern const OSSL_DISPATCH ukb_provider_rsa_cipher[];
extern const OSSL_DISPATCH ukb_provider_ecdh[];

#endif /* UKB_PKI_PROVIDER_INTERNAL_H */
