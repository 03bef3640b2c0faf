/* SPDX-License-Identifier: MIT */
/*
 * private_key - a private key as plain numbers on its way from an envelope to a token, and how RSA ciphertexts are
 * padded.
 *
 * Room: core.  The numbers are borrowed from secret memory and are never copied into anything of this room.
 */
#ifndef UKB_CORE_PRIVATE_KEY_H
#define UKB_CORE_PRIVATE_KEY_H

#include <stddef.h>

#include "core/public_key.h"

/** One number, big-endian without a leading zero byte, in somebody's secret memory. */
struct ukb_private_number {
    const unsigned char *data;
    size_t len;
};

/** A private key. Members that its type has not are empty. Lives as long as what it points into. */
struct ukb_private_key {
    struct ukb_public_key public_key;           /**< belongs to the numbers below: whoever fills this has checked it */
    struct ukb_private_number private_exponent; /**< RSA: d */
    struct ukb_private_number prime_1;          /**< RSA: p */
    struct ukb_private_number prime_2;          /**< RSA: q */
    struct ukb_private_number exponent_1;       /**< RSA: d mod p-1 */
    struct ukb_private_number exponent_2;       /**< RSA: d mod q-1 */
    struct ukb_private_number coefficient;      /**< RSA: 1/q mod p */
    struct ukb_private_number value; /**< EC: the scalar; zeros may lead */
};

/** How a secret was padded before it was encrypted to an RSA key (RFC 8017 §7). OAEP: MGF1, no label. */
enum ukb_rsa_padding {
    UKB_RSA_PKCS1, /**< RSAES-PKCS1-v1_5 */
    UKB_RSA_OAEP_SHA1,
    UKB_RSA_OAEP_SHA256,
    UKB_RSA_OAEP_SHA384,
    UKB_RSA_OAEP_SHA512
};

#endif /* UKB_CORE_PRIVATE_KEY_H */
