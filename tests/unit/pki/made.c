/* SPDX-License-Identifier: MIT */
#include "made.h"

#include "../test.h"

#include <string.h>
#include <time.h>

#include <openssl/core_names.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "pki/public_key.h"

#define KEYS_MAX         16
#define CERTIFICATES_MAX 256

static struct {
    char name[32];
    EVP_PKEY *pkey;
} keys[KEYS_MAX];

static struct ukb_certificate *certificates[CERTIFICATES_MAX];
static size_t certificate_count;

static EVP_PKEY *
generate(const char *name)
{
    size_t len = strcspn(name, "/");

    if (len == 8 && strncmp(name, "RSA-", 4) == 0) {
        return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)strtoul(name + 4, NULL, 10));
    }
    if (len == 3 && strncmp(name, "SM2", 3) == 0) {
        return EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
    }
    if (len == 7 && strncmp(name, "ED25519", 7) == 0) {
        return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    }
    assert_int_equal(len, 5);
    if (strcmp(name + len, "/explicit") == 0) {
        EVP_PKEY *pkey = EVP_EC_gen("P-256");

        assert_int_equal(EVP_PKEY_set_utf8_string_param(pkey, OSSL_PKEY_PARAM_EC_ENCODING, "explicit"), 1);
        return pkey;
    }
    return EVP_EC_gen(strncmp(name, "P-384", 5) == 0 ? "P-384" : strncmp(name, "P-521", 5) == 0 ? "P-521" : "P-256");
}

EVP_PKEY *
made_key(const char *name)
{
    size_t i;

    for (i = 0; i < KEYS_MAX && keys[i].pkey != NULL; i++) {
        if (strcmp(keys[i].name, name) == 0) {
            return keys[i].pkey;
        }
    }
    assert_true(i < KEYS_MAX && strlen(name) < sizeof(keys[i].name));
    keys[i].pkey = generate(name);
    assert_non_null(keys[i].pkey);
    memcpy(keys[i].name, name, strlen(name) + 1);
    return keys[i].pkey;
}

struct ukb_public_key
made_public_key(const char *name)
{
    struct ukb_public_key key = { 0 };
    struct ukb_error err = { 0 };

    assert_int_equal(ukb_public_key_from_evp(made_key(name), &key, &err), UKB_OK);
    return key;
}

static const char *
key_name(const struct made *made)
{
    return made->key == NULL ? "P-256" : made->key;
}

static void
add_attribute(X509_NAME *name, int nid, const struct made *made, const char *value)
{
    if (value != NULL) {
        assert_int_equal(X509_NAME_add_entry_by_NID(name, nid,
                                                    made->printable ? V_ASN1_PRINTABLESTRING : V_ASN1_UTF8STRING,
                                                    (const unsigned char *)value, -1, -1, 0),
                         1);
    }
}

static void
fill_name(X509_NAME *name, const struct made *made)
{
    add_attribute(name, NID_organizationName, made, made->organization);
    add_attribute(name, NID_organizationalUnitName, made, made->unit);
    add_attribute(name, NID_commonName, made, made->common_name == NULL ? "Made" : made->common_name);
}

static void
set_validity(X509 *x509, const struct made *made)
{
    long long start_s = made->not_before_s == 0 ? MADE_START_S : made->not_before_s;
    long long end_s = made->not_after_s == 0 ? MADE_START_S + MADE_YEAR_S : made->not_after_s;

    assert_non_null(ASN1_TIME_set(X509_getm_notBefore(x509), (time_t)start_s));
    assert_non_null(ASN1_TIME_set(X509_getm_notAfter(x509), (time_t)end_s));
    if (made->not_before != NULL) {
        assert_int_equal(ASN1_STRING_set(X509_getm_notBefore(x509), made->not_before, -1), 1);
        X509_getm_notBefore(x509)->type = strlen(made->not_before) > 13 ? V_ASN1_GENERALIZEDTIME : V_ASN1_UTCTIME;
    }
}

static void
add_by_text(X509 *x509, int nid, const char *value)
{
    X509_EXTENSION *extension = NULL;

    if (value != NULL) {
        extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
        assert_non_null(extension);
        assert_int_equal(X509_add_ext(x509, extension, -1), 1);
        X509_EXTENSION_free(extension);
    }
}

/* Key identifiers are the SHA-1 of the key's name: what they are does not matter, only whose they are. */
static ASN1_OCTET_STRING *
key_id(const char *name)
{
    ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
    unsigned char hash[20];

    assert_int_equal(EVP_Digest(name, strlen(name), hash, NULL, EVP_sha1(), NULL), 1);
    assert_int_equal(ASN1_OCTET_STRING_set(id, hash, sizeof(hash)), 1);
    return id;
}

static void
add_key_ids(X509 *x509, const struct made *made)
{
    AUTHORITY_KEYID *aki = AUTHORITY_KEYID_new();
    ASN1_OCTET_STRING *ski = key_id(key_name(made));

    aki->keyid = key_id(key_name(made->issuer == NULL ? made : made->issuer));
    assert_int_equal(X509_add1_ext_i2d(x509, NID_subject_key_identifier, ski, 0, 0), 1);
    assert_int_equal(X509_add1_ext_i2d(x509, NID_authority_key_identifier, aki, 0, 0), 1);
    ASN1_OCTET_STRING_free(ski);
    AUTHORITY_KEYID_free(aki);
}

static void
add_raw(X509 *x509, const struct made_extension *raw)
{
    ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
    ASN1_OBJECT *oid = OBJ_txt2obj(raw->oid, 1);
    X509_EXTENSION *extension = NULL;

    assert_int_equal(ASN1_OCTET_STRING_set(value, raw->value, (int)raw->value_len), 1);
    extension = X509_EXTENSION_create_by_OBJ(NULL, oid, raw->critical ? 1 : 0, value);
    assert_non_null(extension);
    assert_int_equal(X509_add_ext(x509, extension, -1), 1);
    X509_EXTENSION_free(extension);
    ASN1_OCTET_STRING_free(value);
    ASN1_OBJECT_free(oid);
}

static void
add_extensions(X509 *x509, const struct made *made)
{
    size_t i;

    add_by_text(x509, NID_basic_constraints, made->ca ? "critical,CA:TRUE" : NULL);
    add_by_text(x509, NID_key_usage, made->usage);
    add_by_text(x509, NID_subject_alt_name, made->alt_name);
    if (!made->no_key_ids) {
        add_key_ids(x509, made);
    }
    for (i = 0; i < made->extension_count; i++) {
        add_raw(x509, &made->extensions[i]);
    }
}

static void
sign_x509(X509 *x509, const struct made *made)
{
    const struct made *issuer = made->issuer == NULL ? made : made->issuer;
    const char *name = key_name(issuer);
    bool sm2 = strncmp(name, "SM2", 3) == 0;
    const EVP_MD *digest = EVP_get_digestbyname(made->digest == NULL ? "SHA256" : made->digest);
    EVP_MD_CTX *md_ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *pkey_ctx = EVP_PKEY_CTX_new(made_key(name), NULL);

    if (sm2) {
        assert_true(EVP_PKEY_CTX_set1_id(pkey_ctx, "1234567812345678", 16) > 0);
        digest = EVP_sm3();
        EVP_MD_CTX_set_pkey_ctx(md_ctx, pkey_ctx);
    }
    if (strncmp(name, "ED25519", 7) == 0) {
        digest = NULL;
    }
    assert_int_equal(EVP_DigestSignInit(md_ctx, NULL, digest, NULL, made_key(name)), 1);
    assert_true(X509_sign_ctx(x509, md_ctx) > 0);
    EVP_MD_CTX_free(md_ctx);
    EVP_PKEY_CTX_free(pkey_ctx);
}

unsigned char *
made_der(const struct made *made, size_t *ret_len)
{
    X509 *x509 = X509_new();
    unsigned char *der = NULL;
    int len;

    assert_int_equal(X509_set_version(x509, X509_VERSION_3), 1);
    assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(x509), made->serial == 0 ? 1 : made->serial), 1);
    fill_name(X509_get_subject_name(x509), made);
    fill_name(X509_get_issuer_name(x509), made->issuer == NULL ? made : made->issuer);
    set_validity(x509, made);
    assert_int_equal(X509_set_pubkey(x509, made_key(key_name(made))), 1);
    add_extensions(x509, made);
    if (made->adjust != NULL) {
        made->adjust(x509);
    }
    sign_x509(x509, made);
    len = i2d_X509(x509, &der);
    assert_true(len > 0);
    X509_free(x509);
    *ret_len = (size_t)len;
    return der;
}

const struct ukb_certificate *
made_certificate(const struct made *made)
{
    struct ukb_error err = { 0 };
    size_t der_len = 0;
    unsigned char *der = made_der(made, &der_len);
    enum ukb_status st;

    assert_true(certificate_count < CERTIFICATES_MAX);
    st = ukb_certificate_from_der(der, der_len, &certificates[certificate_count], &err);
    OPENSSL_free(der);
    assert_string_equal(err.message, "");
    assert_int_equal(st, UKB_OK);
    return certificates[certificate_count++];
}

const struct ukb_certificate_facts *
made_facts(const struct made *made)
{
    return ukb_certificate_facts(made_certificate(made));
}

/* What a token gives for an ECDSA signature. */
static size_t
raw_ecdsa(EVP_PKEY *pkey, const unsigned char *der, size_t der_len, unsigned char *ret_raw)
{
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &der, (long)der_len);
    int half = (EVP_PKEY_get_bits(pkey) + 7) / 8;

    assert_non_null(signature);
    assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(signature), ret_raw, half), half);
    assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(signature), ret_raw + half, half), half);
    ECDSA_SIG_free(signature);
    return 2U * (size_t)half;
}

enum ukb_status
made_sign(void *ctx, enum ukb_sign_digest digest, const unsigned char *message, size_t message_len,
          unsigned char *ret_signature, size_t *inout_len, struct ukb_error *reterr)
{
    struct made_signer *signer = ctx;
    EVP_PKEY *pkey = made_key(signer->key);
    EVP_MD_CTX *md_ctx = EVP_MD_CTX_new();
    unsigned char der[UKB_SIGNATURE_MAX_LEN];
    size_t len = sizeof(der);

    signer->calls++;
    signer->digest = digest;
    assert_int_equal(
        EVP_DigestSignInit(md_ctx, NULL, digest == UKB_SIGN_SHA384 ? EVP_sha384() : EVP_sha256(), NULL, pkey), 1);
    assert_int_equal(EVP_DigestSign(md_ctx, der, &len, message, message_len), 1);
    EVP_MD_CTX_free(md_ctx);
    if (signer->fail_by != UKB_OK) {
        return ukb_raise(reterr, signer->fail_by, 0, "as the test wants");
    }
    assert_true(len <= *inout_len);
    if (EVP_PKEY_is_a(pkey, "RSA")) {
        memcpy(ret_signature, der, len);
    } else {
        len = raw_ecdsa(pkey, der, len, ret_signature);
    }
    ret_signature[len - 1] ^= signer->spoil ? 1 : 0;
    *inout_len = len;
    return UKB_OK;
}

int
made_done(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < certificate_count; i++) {
        ukb_certificate_free(certificates[i]);
    }
    certificate_count = 0;
    for (i = 0; i < KEYS_MAX; i++) {
        EVP_PKEY_free(keys[i].pkey);
        keys[i].pkey = NULL;
    }
    return 0;
}
