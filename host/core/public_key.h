/* SPDX-License-Identifier: MIT */
/*
 * public_key - a public key as plain numbers: what a token's attributes and a certificate have in common.
 *
 * Room: core.  Certificates and keys are matched by these bytes; CKA_ID only narrows a search.
 */
#ifndef UKB_CORE_PUBLIC_KEY_H
#define UKB_CORE_PUBLIC_KEY_H

#include <stdbool.h>
#include <stddef.h>

#define UKB_RSA_MODULUS_MAX_LEN  1024U /**< 8192 bits */
#define UKB_RSA_EXPONENT_MAX_LEN 8U
#define UKB_EC_PARAMS_MAX_LEN    32U  /**< DER of a named curve's OID (SEC 1, C.2) */
#define UKB_EC_POINT_MAX_LEN     133U /**< uncompressed point of P-521 (SEC 1, 2.3.3) */

enum ukb_key_type { UKB_KEY_UNKNOWN, UKB_KEY_RSA, UKB_KEY_EC, UKB_KEY_SM2 };

/** A value: copy it freely. Unused members are zero, so that equal keys are equal bytes. */
struct ukb_public_key {
    enum ukb_key_type type;
    size_t modulus_len; /**< RSA: big-endian, no leading zero byte (PKCS#11 v2.40 §2.1.2) */
    unsigned char modulus[UKB_RSA_MODULUS_MAX_LEN];
    size_t exponent_len; /**< RSA: big-endian, no leading zero byte */
    unsigned char exponent[UKB_RSA_EXPONENT_MAX_LEN];
    size_t params_len; /**< EC, SM2: DER OBJECT IDENTIFIER, as in CKA_EC_PARAMS */
    unsigned char params[UKB_EC_PARAMS_MAX_LEN];
    size_t point_len; /**< EC, SM2: 04 ‖ X ‖ Y, without the OCTET STRING that CKA_EC_POINT adds */
    unsigned char point[UKB_EC_POINT_MAX_LEN];
};

/** True when both are the same known key; two unknown keys are never the same. */
bool ukb_public_key_equal(const struct ukb_public_key *a, const struct ukb_public_key *b);

/** Length of an RSA modulus in bits, or of an EC point's X in bits rounded up to whole bytes (521 reads as 528); 0 when
 * unknown. */
unsigned int ukb_public_key_bits(const struct ukb_public_key *key);

#endif /* UKB_CORE_PUBLIC_KEY_H */
