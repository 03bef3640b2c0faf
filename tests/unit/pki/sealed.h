/* SPDX-License-Identifier: MIT */
/* sealed - envelopes made at test run time, by OpenSSL's own CMS. */
#ifndef UKB_TESTS_UNIT_PKI_SEALED_H
#define UKB_TESTS_UNIT_PKI_SEALED_H

#include <stdbool.h>
#include <stddef.h>

#include "made.h"

/* Members that are left out have the defaults named here. */
struct sealed {
    const char *content; /* the key of that name as PKCS #8; "P-256/content" */
    const void *bytes;   /* these bytes instead */
    size_t bytes_len;
    const struct made *to;      /* nobody */
    const struct made *also_to; /* before it, nobody */
    const char *cipher;         /* "aes-256-cbc" */
    const char *oaep;           /* key transport with OAEP and this digest */
    const char *mgf1;           /* the same as oaep */
    const char *kdf;            /* key agreement with this digest; OpenSSL's default, SHA-1 */
    unsigned int flags;         /* CMS_USE_KEYID, CMS_STREAM */
};

/* Its DER, or BER with CMS_STREAM; the caller frees it with OPENSSL_free(). */
unsigned char *sealed_der(const struct sealed *sealed, size_t *ret_len);

/* The PKCS #8 of the key named; the caller frees it with OPENSSL_free(). */
unsigned char *sealed_pkcs8(const char *key, size_t *ret_len);

#endif /* UKB_TESTS_UNIT_PKI_SEALED_H */
