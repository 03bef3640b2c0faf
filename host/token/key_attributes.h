/* SPDX-License-Identifier: MIT */
/*
 * key_attributes - a key object's attributes as a struct ukb_public_key.
 *
 * Room: token, inside only.
 */
#ifndef UKB_TOKEN_KEY_ATTRIBUTES_H
#define UKB_TOKEN_KEY_ATTRIBUTES_H

#include <stdbool.h>
#include <stddef.h>

#include <p11-kit/pkcs11.h>

#include "core/public_key.h"

struct ukb_token_key;     /* token/keys.h */
struct ukb_token_session; /* token/session.h */

/**
 * Read a public or private key object of @p type into @p ret_key: id, always_authenticate, type, and public_key as far
 * as the object tells it; handles are left alone. An RSA key that tells its modulus only has exponent_len 0. A public
 * key is not asked for always_authenticate: it has none, and an object that lacks what it is asked for must be asked
 * for each attribute alone.
 *
 * @param class  CKO_PRIVATE_KEY or CKO_PUBLIC_KEY.
 * @param type   CKK_RSA or CKK_EC.
 * @return CKR_OK, or what makes the whole object unreadable; @p ret_key is changed on CKR_OK only.
 */
CK_RV ukb_key_attributes_read(const struct ukb_token_session *session, CK_OBJECT_HANDLE object, CK_OBJECT_CLASS class,
                              CK_KEY_TYPE type, struct ukb_token_key *ret_key);

/**
 * Find the point inside CKA_EC_POINT: the standard has 04 ‖ X ‖ Y wrapped in an OCTET STRING (§2.3.3), some tokens have
 * it bare. Returns its length and sets @p ret_point to it, borrowed from @p value; 0 when it is neither.
 *
 * @param field_len  bytes of X; 0 when the curve is not known.
 */
size_t ukb_ec_point_unwrap(const unsigned char *value, size_t len, size_t field_len, const unsigned char **ret_point);

/** Bytes of X of the named curve @p params (DER OBJECT IDENTIFIER), 0 for a curve that we do not know. */
size_t ukb_ec_field_len(const unsigned char *params, size_t len);

/** True when both are one key; a modulus without an exponent is the key of that modulus. */
bool ukb_key_same(const struct ukb_public_key *told, const struct ukb_public_key *wanted);

#endif /* UKB_TOKEN_KEY_ATTRIBUTES_H */
