/* SPDX-License-Identifier: MIT */
/*
 * issue DIR COUNT
 *
 * A CA's part in COUNT renewals with the same key, done beforehand: DIR gets key.pem, the user's; ca.pem; and 0.der,
 * the first certificate, 1.der, the one that renews it, and so on, each as .pem too, each a day longer than the last
 * one.
 */
#include <stdio.h>
#include <stdlib.h>

#include <openssl/ec.h>
#include <openssl/pem.h>

#include "issued.h"

#define COUNT_MAX 20000UL
#define DAY_S     86400L

static FILE *
create(const char *dir, const char *name)
{
    char path[4096];

    (void)snprintf(path, sizeof(path), "%s/%s", dir, name);
    return fopen(path, "w");
}

static bool
write_pem(const char *dir, const char *name, X509 *x509)
{
    FILE *file = create(dir, name);
    const bool good = file != NULL && PEM_write_X509(file, x509) == 1;

    return (file == NULL || fclose(file) == 0) && good;
}

static bool
write_key(const char *dir, EVP_PKEY *key)
{
    FILE *file = create(dir, "key.pem");
    const bool good = file != NULL && PEM_write_PKCS8PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1;

    return (file == NULL || fclose(file) == 0) && good;
}

static bool
write_certificate(const char *dir, unsigned long number, X509 *x509)
{
    char name[32];
    FILE *file = NULL;
    bool good;

    (void)snprintf(name, sizeof(name), "%lu.der", number);
    file = create(dir, name);
    good = file != NULL && i2d_X509_fp(file, x509) == 1;
    good = (file == NULL || fclose(file) == 0) && good;
    (void)snprintf(name, sizeof(name), "%lu.pem", number);
    return good && write_pem(dir, name, x509);
}

int
main(int argc, char **argv)
{
    const unsigned long count = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
    EVP_PKEY *ca = EVP_EC_gen("P-256");
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x509 = issued_ca(ca);
    bool good;
    unsigned long i;

    if (count == 0 || count > COUNT_MAX) {
        fputs("usage: issue DIR COUNT\n", stderr);
        return 2;
    }
    good = write_key(argv[1], key) && write_pem(argv[1], "ca.pem", x509);
    X509_free(x509);
    for (i = 0; i <= count && good; i++) {
        const struct issued what = { .key = key,
                                     .ca = ca,
                                     .serial = i,
                                     .not_before_s = -DAY_S,
                                     .not_after_s = (20L + (long)i) * DAY_S,
                                     .constraints = "critical,CA:FALSE",
                                     .usage = ISSUED_SIGNING };

        x509 = issued_make(&what);
        good = write_certificate(argv[1], i, x509);
        X509_free(x509);
    }
    EVP_PKEY_free(key);
    EVP_PKEY_free(ca);
    if (!good) {
        fputs("issue: a file could not be written\n", stderr);
    }
    return good ? 0 : 1;
}
