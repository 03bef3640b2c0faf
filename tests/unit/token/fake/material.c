/* SPDX-License-Identifier: MIT */
#include "../../test.h"

#include "material.h"

#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

void
material_make(struct material *material, const char *name, long serial)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    unsigned char *at = NULL;
    X509_NAME *subject = NULL;

    memset(material, 0, sizeof(*material));
    assert_non_null(key);
    assert_non_null(certificate);
    subject = X509_get_subject_name(certificate);
    assert_int_equal(X509_set_version(certificate, X509_VERSION_3), 1);
    assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial), 1);
    assert_int_equal(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0),
                     1);
    assert_int_equal(X509_set_issuer_name(certificate, subject), 1);
    assert_non_null(X509_gmtime_adj(X509_getm_notBefore(certificate), 0));
    assert_non_null(X509_gmtime_adj(X509_getm_notAfter(certificate), 86400));
    assert_int_equal(X509_set_pubkey(certificate, key), 1);
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);

    assert_in_range(i2d_X509(certificate, NULL), 1, sizeof(material->der));
    at = material->der;
    material->der_len = (size_t)i2d_X509(certificate, &at);
    assert_in_range(i2d_X509_NAME(subject, NULL), 1, sizeof(material->subject));
    at = material->subject;
    material->subject_len = (size_t)i2d_X509_NAME(subject, &at);
    at = material->serial;
    material->serial_len = (size_t)i2d_ASN1_INTEGER(X509_get_serialNumber(certificate), &at);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

struct ukb_certificate_template
material_template(const struct material *material, const unsigned char *id, size_t id_len, const char *label)
{
    return (struct ukb_certificate_template){
        .der = material->der,
        .der_len = material->der_len,
        .subject_der = material->subject,
        .subject_der_len = material->subject_len,
        .issuer_der = material->subject,
        .issuer_der_len = material->subject_len,
        .serial_der = material->serial,
        .serial_der_len = material->serial_len,
        .id = id,
        .id_len = id_len,
        .label = label,
    };
}

static EVP_PKEY *
import(const char *type, OSSL_PARAM_BLD *builder)
{
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    EVP_PKEY *key = NULL;

    assert_int_equal(EVP_PKEY_fromdata_init(context), 1);
    assert_int_equal(EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params), 1);
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(params);
    return key;
}

static EVP_PKEY *
import_key(const struct ukb_public_key *key)
{
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    BIGNUM *modulus = BN_bin2bn(key->modulus, (int)key->modulus_len, NULL);
    BIGNUM *exponent = BN_bin2bn(key->exponent, (int)key->exponent_len, NULL);
    const bool rsa = key->type == UKB_KEY_RSA;
    EVP_PKEY *imported = NULL;

    if (rsa) {
        assert_int_equal(OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus), 1);
        assert_int_equal(OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent), 1);
    } else {
        assert_int_equal(OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME,
                                                         key->point_len == 65 ? "P-256" : "P-384", 0),
                         1);
        assert_int_equal(OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, key->point, key->point_len),
                         1);
    }
    imported = import(rsa ? "RSA" : "EC", builder);
    OSSL_PARAM_BLD_free(builder);
    BN_free(modulus);
    BN_free(exponent);
    return imported;
}

/* r ‖ s as the DER that OpenSSL verifies. */
static size_t
ecdsa_der(const unsigned char *signature, size_t len, unsigned char *der)
{
    ECDSA_SIG *parts = ECDSA_SIG_new();
    int der_len;

    assert_int_equal(ECDSA_SIG_set0(parts, BN_bin2bn(signature, (int)len / 2, NULL),
                                    BN_bin2bn(signature + len / 2, (int)len / 2, NULL)),
                     1);
    der_len = i2d_ECDSA_SIG(parts, &der);
    assert_true(der_len > 0);
    ECDSA_SIG_free(parts);
    return (size_t)der_len;
}

bool
material_verify(const struct ukb_public_key *key, enum ukb_digest digest, const void *message, size_t message_len,
                const unsigned char *signature, size_t signature_len)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY *imported = import_key(key);
    unsigned char der[256];
    int outcome;

    assert_int_equal(
        EVP_DigestVerifyInit(context, NULL, digest == UKB_SHA384 ? EVP_sha384() : EVP_sha256(), NULL, imported), 1);
    if (key->type == UKB_KEY_EC) {
        signature_len = ecdsa_der(signature, signature_len, der);
        signature = der;
    }
    outcome = EVP_DigestVerify(context, signature, signature_len, message, message_len);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(imported);
    return outcome == 1;
}
