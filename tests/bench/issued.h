/* SPDX-License-Identifier: MIT */
/* issued - certificates of a CA that exists only here, all of one owner. */
#ifndef UKB_TESTS_BENCH_ISSUED_H
#define UKB_TESTS_BENCH_ISSUED_H

#include <stdbool.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

struct issued {
    EVP_PKEY *key; /* the certificate's own; of the CA it signs, too */
    EVP_PKEY *ca;
    unsigned long serial;
    long not_before_s; /* from now */
    long not_after_s;
    const char *constraints; /* "CA:FALSE" */
    const char *usage;
};

#define ISSUED_SIGNING    "critical,digitalSignature,nonRepudiation"
#define ISSUED_ENCRYPTION "critical,keyEncipherment,keyAgreement"

/* A failure of OpenSSL shows when the certificate is read. */
X509 *issued_make(const struct issued *what);

/* The CA's own. */
X509 *issued_ca(EVP_PKEY *ca);

#endif /* UKB_TESTS_BENCH_ISSUED_H */
