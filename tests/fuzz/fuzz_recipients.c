/* SPDX-License-Identifier: MIT */
/*
 * pki/recipients.c: whatever comes is RecipientInfos or refused for one reason, whoever is looked for; nobody is named
 * by what was refused. The corpus names the certificate that is made here: issuer CN=one, serial number 5.
 */
#include "fuzz.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "core/limits.h"
#include "pki/recipients.h"

static struct ukb_certificate *
make_certificate(void)
{
    EVP_PKEY *pkey = EVP_EC_gen("P-256");
    X509 *x509 = X509_new();
    X509_NAME *name = x509 == NULL ? NULL : X509_get_subject_name(x509);
    struct ukb_certificate *certificate = NULL;
    struct ukb_error err = { 0 };
    unsigned char *der = NULL;
    int len;

    require(pkey != NULL && name != NULL, "there is memory");
    require(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)"one", -1, -1, 0) == 1 &&
                X509_set_issuer_name(x509, name) == 1 && ASN1_INTEGER_set(X509_get_serialNumber(x509), 5) == 1 &&
                X509_gmtime_adj(X509_getm_notBefore(x509), 0) != NULL &&
                X509_gmtime_adj(X509_getm_notAfter(x509), 60) != NULL && X509_set_pubkey(x509, pkey) == 1 &&
                X509_sign(x509, pkey, EVP_sha256()) > 0,
            "a certificate can be made");
    len = i2d_X509(x509, &der);
    require(len > 0 && ukb_certificate_from_der(der, (size_t)len, &certificate, &err) == UKB_OK, "and read");
    OPENSSL_free(der);
    X509_free(x509);
    EVP_PKEY_free(pkey);
    return certificate;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct ukb_certificate *certificate; /* for the life of the process */
    struct ukb_error err = { 0 };
    bool named = false;
    enum ukb_status st;

    if (certificate == NULL) {
        certificate = make_certificate();
    }
    st = ukb_recipients_find(data, size, (const struct ukb_certificate *const *)&certificate, 1, &named, &err);
    require(st == UKB_OK || st == UKB_E_BAD_ENVELOPE, "they are recipients or not");
    require(st == UKB_OK || !named, "nobody is named by what was refused");
    require(st != UKB_OK || size <= UKB_RECIPIENTS_MAX_LEN, "the limit holds");
    require(ukb_recipients_find(data, size, NULL, 0, NULL, &err) == st, "whoever is looked for");
    return 0;
}
