/* SPDX-License-Identifier: MIT */
/*
 * made - keys and certificates made at test run time. Everything is released by made_done(), a group teardown.
 *
 * A certificate is described by a struct made; members that are left out have the defaults named here.
 */
#ifndef UKB_TESTS_UNIT_PKI_MADE_H
#define UKB_TESTS_UNIT_PKI_MADE_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "pki/certificate.h"
#include "pki/signer.h"

#define MADE_START_S 1767225600LL /* 2026-01-01T00:00:00Z */
#define MADE_DAY_S   86400LL
#define MADE_YEAR_S  (365 * MADE_DAY_S)

struct made_extension {
    const char *oid;
    const void *value; /* content of extnValue */
    size_t value_len;
    bool critical;
};

struct made {
    const char *key;           /* "RSA-2048", "P-256", … and anything behind a '/' to tell keys apart
                                  ("P-256/explicit": its curve spelled out instead of named); "P-256" */
    const char *common_name;   /* UTF-8; "Made" */
    const char *organization;  /* none */
    const char *unit;          /* none */
    bool printable;            /* names as PrintableString instead of UTF8String */
    const struct made *issuer; /* itself */
    const char *usage;         /* keyUsage as in openssl.cnf, none */
    bool ca;
    bool no_key_ids;
    long serial;            /* 1 */
    long long not_before_s; /* MADE_START_S */
    long long not_after_s;  /* a year later */
    const char *not_before; /* raw UTCTime or, when longer than 13, GeneralizedTime, instead */
    const char *digest;     /* "SHA256" */
    const char *alt_name;   /* subjectAltName as in openssl.cnf, none */
    const struct made_extension *extensions;
    size_t extension_count;
    void (*adjust)(X509 *x509); /* called before signing */
};

/* The key of that name, made at its first use; never NULL. */
EVP_PKEY *made_key(const char *name);

/* Its public half. */
struct ukb_public_key made_public_key(const char *name);

/* The DER; the caller frees it with OPENSSL_free(). */
unsigned char *made_der(const struct made *made, size_t *ret_len);

/* The certificate, owned by this helper. */
const struct ukb_certificate *made_certificate(const struct made *made);
const struct ukb_certificate_facts *made_facts(const struct made *made);

/* A signer with a made key, and what it was asked for. */
struct made_signer {
    const char *key;
    bool spoil;              /* flip a bit of the signature */
    enum ukb_status fail_by; /* unless UKB_OK */
    unsigned int calls;
    enum ukb_sign_digest digest;
};

enum ukb_status made_sign(void *ctx, enum ukb_sign_digest digest, const unsigned char *message, size_t message_len,
                          unsigned char *ret_signature, size_t *inout_len, struct ukb_error *reterr);

int made_done(void **state);

#endif /* UKB_TESTS_UNIT_PKI_MADE_H */
