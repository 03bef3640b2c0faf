/* SPDX-License-Identifier: MIT */
/*
 * material - certificates to put on a token, and verification by libcrypto of what the token signed.
 *
 * All functions fail the running test on any error.
 */
#ifndef UKB_TESTS_MATERIAL_H
#define UKB_TESTS_MATERIAL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/public_key.h"
#include "token/objects.h"
#include "token/sign.h"

/** A self-signed certificate of a key that is thrown away, in the pieces that a token wants. */
struct material {
    unsigned char der[2048];
    size_t der_len;
    unsigned char subject[256];
    size_t subject_len;
    unsigned char serial[32];
    size_t serial_len;
};

/** Make one for common name @p name with serial number @p serial. */
void material_make(struct material *material, const char *name, long serial);

/** What to write to the token: borrows all arguments. */
struct ukb_certificate_template material_template(const struct material *material, const unsigned char *id,
                                                  size_t id_len, const char *label);

/** Whether @p signature, as ukb_token_sign() returns it, is one of @p message by @p key. */
bool material_verify(const struct ukb_public_key *key, enum ukb_digest digest, const void *message, size_t message_len,
                     const unsigned char *signature, size_t signature_len);

#endif /* UKB_TESTS_MATERIAL_H */
