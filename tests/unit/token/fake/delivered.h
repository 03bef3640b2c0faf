/* SPDX-License-Identifier: MIT */
/*
 * delivered - a key made by libcrypto as the numbers that a token imports, and what libcrypto does with the other half.
 *
 * All functions end the process on any error: tests, and the program that tries a real module, use them.
 */
#ifndef UKB_TESTS_DELIVERED_H
#define UKB_TESTS_DELIVERED_H

#include <stddef.h>

#include <openssl/evp.h>

#include "core/private_key.h"

#define DELIVERED_NUMBERS 7U

struct delivered {
    EVP_PKEY *pkey;
    unsigned char bytes[DELIVERED_NUMBERS][UKB_RSA_MODULUS_MAX_LEN]; /* what numbers points to */
    struct ukb_private_key numbers;
};

/** Make one: "RSA-2048", "RSA-3072", "P-256" or "P-384". */
void delivered_make(struct delivered *delivered, const char *algorithm);
void delivered_done(struct delivered *delivered);

/** Encrypt to an RSA key; returns the length. @p ret_sealed has UKB_RSA_MODULUS_MAX_LEN bytes. */
size_t delivered_seal(const struct delivered *delivered, enum ukb_rsa_padding padding, const void *secret,
                      size_t secret_len, unsigned char *ret_sealed);

/** ECDH with a fresh key: its point, and the secret as long as the field. Returns the secret's length. */
size_t delivered_agree(const struct delivered *delivered, unsigned char ret_point[UKB_EC_POINT_MAX_LEN],
                       size_t *ret_point_len, unsigned char ret_secret[UKB_EC_POINT_MAX_LEN]);

/** ECDH between this key's private half and @p point, on its curve. Returns the secret's length. */
size_t delivered_meet(const struct delivered *delivered, const unsigned char *point, size_t point_len,
                      unsigned char ret_secret[UKB_EC_POINT_MAX_LEN]);

#endif /* UKB_TESTS_DELIVERED_H */
