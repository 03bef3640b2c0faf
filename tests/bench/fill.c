/* SPDX-License-Identifier: MIT */
/*
 * fill MODULE LABEL PIN COUNT [--no-keys]
 *
 * Writes COUNT certificates to the token with that label, each with an EC key pair of its own: signing and encryption
 * in turn, one pair a month, all of one owner and one issuer, as on a UKey that was renewed again and again. That is
 * the hardest case for whoever looks for newer ones and for pairs. --no-keys leaves the key pairs away.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "issued.h"
#include "module.h"

#define COUNT_MAX 4096UL
#define MONTH_S   (30L * 86400L)
#define YEAR_S    (365L * 86400L)

struct made {
    EVP_PKEY *key;
    X509 *x509;
};

/* The certificate number @p i, signed by @p ca; a failure of OpenSSL shows when the token is read. */
static struct made
make(unsigned long i, EVP_PKEY *ca)
{
    struct made made = { EVP_EC_gen("P-256"), NULL };
    const struct issued what = { .key = made.key,
                                 .ca = ca,
                                 .serial = i,
                                 .not_before_s = -(long)(i / 2UL) * MONTH_S,
                                 .not_after_s = YEAR_S - (long)(i / 2UL) * MONTH_S,
                                 .constraints = "critical,CA:FALSE",
                                 .usage = i % 2UL == 0 ? ISSUED_SIGNING : ISSUED_ENCRYPTION };

    made.x509 = issued_make(&what);
    return made;
}

static bool
create(const struct module *module, CK_ATTRIBUTE *template, CK_ULONG count)
{
    CK_OBJECT_HANDLE object = CK_INVALID_HANDLE;

    return module->functions->C_CreateObject(module->session, template, count, &object) == CKR_OK;
}

static bool
write_keys(const struct module *module, EVP_PKEY *key, unsigned char *id)
{
    static const unsigned char p256[] = { 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07 };
    unsigned char point[67] = { 0x04, 0x41 }; /* OCTET STRING of 65 bytes */
    unsigned char scalar[32];
    unsigned char params[sizeof(p256)];
    CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
    CK_KEY_TYPE type = CKK_EC;
    CK_BBOOL yes = CK_TRUE;
    CK_ATTRIBUTE template[] = {
        { CKA_CLASS, &class, sizeof(class) },
        { CKA_KEY_TYPE, &type, sizeof(type) },
        { CKA_TOKEN, &yes, sizeof(yes) },
        { CKA_ID, id, ID_LEN },
        { CKA_LABEL, id, 0 },
        { CKA_EC_PARAMS, params, sizeof(params) },
        { CKA_EC_POINT, point, sizeof(point) },
    };
    size_t len = 0;
    BIGNUM *private = NULL;
    bool good;

    memcpy(params, p256, sizeof(params));
    good = EVP_PKEY_get_octet_string_param(key, "pub", point + 2, sizeof(point) - 2U, &len) == 1 &&
           create(module, template, sizeof(template) / sizeof(template[0])) &&
           EVP_PKEY_get_bn_param(key, "priv", &private) == 1 &&
           BN_bn2binpad(private, scalar, (int)sizeof(scalar)) == (int)sizeof(scalar);
    class = CKO_PRIVATE_KEY;
    template[6] = (CK_ATTRIBUTE){ CKA_VALUE, scalar, sizeof(scalar) };
    good = good && create(module, template, sizeof(template) / sizeof(template[0]));
    BN_free(private);
    return good;
}

static bool
write_certificate(const struct module *module, X509 *x509, unsigned char *id)
{
    unsigned char *der = NULL;
    unsigned char *subject = NULL;
    const int der_len = i2d_X509(x509, &der);
    const int subject_len = i2d_X509_NAME(X509_get_subject_name(x509), &subject);
    CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    CK_CERTIFICATE_TYPE type = CKC_X_509;
    CK_BBOOL yes = CK_TRUE;
    CK_BBOOL no = CK_FALSE;
    char label[] = "示例 CA";
    CK_ATTRIBUTE template[] = {
        { CKA_CLASS, &class, sizeof(class) },
        { CKA_CERTIFICATE_TYPE, &type, sizeof(type) },
        { CKA_TOKEN, &yes, sizeof(yes) },
        { CKA_PRIVATE, &no, sizeof(no) },
        { CKA_LABEL, label, sizeof(label) - 1U },
        { CKA_ID, id, ID_LEN },
        { CKA_SUBJECT, subject, (CK_ULONG)subject_len },
        { CKA_VALUE, der, (CK_ULONG)der_len },
    };
    const bool good =
        der_len > 0 && subject_len > 0 && create(module, template, sizeof(template) / sizeof(template[0]));

    OPENSSL_free(der);
    OPENSSL_free(subject);
    return good;
}

int
main(int argc, char **argv)
{
    const bool keys = argc == 5;
    const unsigned long count = argc >= 5 ? strtoul(argv[4], NULL, 10) : 0;
    struct module module = { 0 };
    EVP_PKEY *ca = EVP_EC_gen("P-256");
    bool good = true;
    unsigned long i;

    if (count == 0 || count > COUNT_MAX || argc > 6) {
        fputs("usage: fill MODULE LABEL PIN COUNT [--no-keys]\n", stderr);
        return 2;
    }
    if (!module_load(argv[1], &module) || !module_find(&module, argv[2]) || !module_login(&module, argv[3])) {
        fputs("fill: no such token\n", stderr);
        return 1;
    }
    for (i = 0; i < count && good; i++) {
        struct made made = make(i, ca);
        unsigned char id[ID_LEN];

        (void)snprintf((char *)id, sizeof(id), "%07lx", i & 0xFFFFFFFUL); /* COUNT_MAX is far below */
        good = write_certificate(&module, made.x509, id) && (!keys || write_keys(&module, made.key, id));
        X509_free(made.x509);
        EVP_PKEY_free(made.key);
    }
    EVP_PKEY_free(ca);
    (void)module.functions->C_Finalize(NULL);
    if (!good) {
        fprintf(stderr, "fill: the token did not take certificate %lu\n", i);
    }
    return good ? 0 : 1;
}
