/* SPDX-License-Identifier: MIT */
#include "pki/public_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/param_build.h>

#include "pki/internal.h"

/* The nid of a named curve in CKA_EC_PARAMS form; NID_undef for anything else. */
static int
curve_nid(const struct ukb_public_key *key)
{
    const unsigned char *at = key->params;
    ASN1_OBJECT *oid = NULL;
    int nid = NID_undef;

    if (key->params_len > 0) {
        oid = d2i_ASN1_OBJECT(NULL, &at, (long)key->params_len);
    }
    if (oid != NULL && at == key->params + key->params_len) {
        nid = OBJ_obj2nid(oid);
    }
    ASN1_OBJECT_free(oid);
    return nid;
}

const char *
ukb_public_key_curve(const struct ukb_public_key *key)
{
    const char *nist = NULL;
    int nid = NID_undef;

    if (key->type == UKB_KEY_EC || key->type == UKB_KEY_SM2) {
        nid = curve_nid(key);
    }
    if (nid == NID_undef) {
        return NULL;
    }
    nist = EC_curve_nid2nist(nid);
    return nist != NULL ? nist : OBJ_nid2sn(nid);
}

/* Fill @p params for EVP_PKEY_fromdata(); the numbers must outlive @p params, so they are the caller's. */
static bool
push_rsa(const struct ukb_public_key *key, OSSL_PARAM_BLD *params, BIGNUM *modulus, BIGNUM *exponent)
{
    if (key->modulus_len == 0 || key->modulus_len > sizeof(key->modulus) || key->exponent_len == 0 ||
        key->exponent_len > sizeof(key->exponent)) {
        return false;
    }
    return BN_bin2bn(key->modulus, (int)key->modulus_len, modulus) != NULL &&
           BN_bin2bn(key->exponent, (int)key->exponent_len, exponent) != NULL && BN_is_odd(modulus) &&
           BN_is_odd(exponent) && OSSL_PARAM_BLD_push_BN(params, OSSL_PKEY_PARAM_RSA_N, modulus) == 1 &&
           OSSL_PARAM_BLD_push_BN(params, OSSL_PKEY_PARAM_RSA_E, exponent) == 1;
}

static bool
push_ec(const struct ukb_public_key *key, OSSL_PARAM_BLD *params)
{
    int nid;

    if (key->params_len > sizeof(key->params) || key->point_len < 3 || key->point_len > sizeof(key->point) ||
        key->point[0] != POINT_CONVERSION_UNCOMPRESSED) {
        return false;
    }
    nid = curve_nid(key);
    if (nid == NID_undef || (nid == NID_sm2) != (key->type == UKB_KEY_SM2)) {
        return false;
    }
    return OSSL_PARAM_BLD_push_utf8_string(params, OSSL_PKEY_PARAM_GROUP_NAME, OBJ_nid2sn(nid), 0) == 1 &&
           OSSL_PARAM_BLD_push_octet_string(params, OSSL_PKEY_PARAM_PUB_KEY, key->point, key->point_len) == 1;
}

static bool
push(const struct ukb_public_key *key, OSSL_PARAM_BLD *params, BIGNUM *modulus, BIGNUM *exponent)
{
    switch (key->type) {
    case UKB_KEY_RSA:
        return push_rsa(key, params, modulus, exponent);
    case UKB_KEY_EC:
    case UKB_KEY_SM2:
        return push_ec(key, params);
    case UKB_KEY_UNKNOWN:
        break;
    }
    return false;
}

enum ukb_status
ukb_public_key_to_evp(const struct ukb_public_key *key, EVP_PKEY **ret_pkey, struct ukb_error *reterr)
{
    static const char *const names[] = { [UKB_KEY_RSA] = "RSA", [UKB_KEY_EC] = "EC", [UKB_KEY_SM2] = "SM2" };
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    BIGNUM *modulus = BN_new();
    BIGNUM *exponent = BN_new();
    OSSL_PARAM *params = NULL;
    EVP_PKEY_CTX *ctx = NULL;
    EVP_PKEY *pkey = NULL;
    enum ukb_status st = UKB_OK;

    if (build == NULL || modulus == NULL || exponent == NULL) {
        st = ukb_pki_raise(reterr, UKB_E_INTERNAL, "a public key");
        goto out;
    }
    if (!push(key, build, modulus, exponent)) {
        st = ukb_pki_raise(reterr, UKB_E_UNSUPPORTED, "no public key of a kind we use");
        goto out;
    }
    params = OSSL_PARAM_BLD_to_param(build);
    ctx = EVP_PKEY_CTX_new_from_name(NULL, names[key->type], NULL);
    if (params == NULL || ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1) {
        st = ukb_pki_raise(reterr, UKB_E_UNSUPPORTED, "numbers that are no public key");
        goto out;
    }
    *ret_pkey = pkey;
out:
    EVP_PKEY_CTX_free(ctx);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    BN_free(modulus);
    BN_free(exponent);
    return st;
}

/* Read the number @p name of @p pkey into @p ret_data; its length, or 0 when it is absent, zero or longer than room. */
static size_t
read_number(const EVP_PKEY *pkey, const char *name, unsigned char *ret_data, size_t room)
{
    BIGNUM *number = NULL;
    size_t len = 0;

    if (EVP_PKEY_get_bn_param(pkey, name, &number) == 1 && (size_t)BN_num_bytes(number) <= room) {
        len = (size_t)BN_bn2bin(number, ret_data);
    }
    BN_free(number);
    return len;
}

static bool
read_rsa(const EVP_PKEY *pkey, struct ukb_public_key *key)
{
    key->type = UKB_KEY_RSA;
    key->modulus_len = read_number(pkey, OSSL_PKEY_PARAM_RSA_N, key->modulus, sizeof(key->modulus));
    key->exponent_len = read_number(pkey, OSSL_PKEY_PARAM_RSA_E, key->exponent, sizeof(key->exponent));
    return key->modulus_len > 0 && key->exponent_len > 0;
}

/* Read the curve's OID into key->params; the nid, or NID_undef. */
static int
read_curve(const EVP_PKEY *pkey, struct ukb_public_key *key)
{
    char name[64] = "";
    unsigned char *at = key->params;
    int nid = NID_undef;
    int len;

    if (EVP_PKEY_get_utf8_string_param(pkey, OSSL_PKEY_PARAM_GROUP_NAME, name, sizeof(name), NULL) == 1) {
        nid = OBJ_sn2nid(name);
    }
    if (nid == NID_undef) {
        return NID_undef;
    }
    len = i2d_ASN1_OBJECT(OBJ_nid2obj(nid), NULL);
    if (len <= 0 || (size_t)len > sizeof(key->params)) {
        return NID_undef;
    }
    key->params_len = (size_t)i2d_ASN1_OBJECT(OBJ_nid2obj(nid), &at);
    return nid;
}

/* One coordinate, as many bytes as the field has. */
static bool
read_coordinate(const EVP_PKEY *pkey, const char *name, unsigned char *ret_data, size_t field_len)
{
    BIGNUM *number = NULL;
    bool ok = EVP_PKEY_get_bn_param(pkey, name, &number) == 1 &&
              BN_bn2binpad(number, ret_data, (int)field_len) == (int)field_len;

    BN_free(number);
    return ok;
}

static bool
read_ec(const EVP_PKEY *pkey, struct ukb_public_key *key)
{
    unsigned char prime[UKB_EC_POINT_MAX_LEN];
    size_t field_len = read_number(pkey, OSSL_PKEY_PARAM_EC_P, prime, sizeof(prime));
    int nid = read_curve(pkey, key);

    if (nid == NID_undef || field_len == 0 || 1U + 2U * field_len > sizeof(key->point)) {
        return false;
    }
    key->type = nid == NID_sm2 ? UKB_KEY_SM2 : UKB_KEY_EC;
    key->point[0] = POINT_CONVERSION_UNCOMPRESSED;
    key->point_len = 1U + 2U * field_len;
    return read_coordinate(pkey, OSSL_PKEY_PARAM_EC_PUB_X, key->point + 1, field_len) &&
           read_coordinate(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, key->point + 1 + field_len, field_len);
}

enum ukb_status
ukb_public_key_from_evp(const EVP_PKEY *pkey, struct ukb_public_key *ret_key, struct ukb_error *reterr)
{
    struct ukb_public_key key = { 0 };
    bool read = false;

    if (EVP_PKEY_is_a(pkey, "RSA") == 1) {
        read = read_rsa(pkey, &key);
    } else if (EVP_PKEY_is_a(pkey, "EC") == 1 || EVP_PKEY_is_a(pkey, "SM2") == 1) {
        read = read_ec(pkey, &key);
    }
    if (!read) {
        return ukb_pki_raise(reterr, UKB_E_UNSUPPORTED, "no public key of a kind we use");
    }
    *ret_key = key;
    return UKB_OK;
}

/* An SM2 key by its algorithm identifier alone (GM/T 0006): distributions leave SM2 out of their OpenSSL. */
static bool
read_bare_sm2(const X509_PUBKEY *pubkey, struct ukb_public_key *key)
{
    const unsigned char *point = NULL;
    const ASN1_OBJECT *curve = NULL;
    const void *value = NULL;
    X509_ALGOR *algorithm = NULL;
    unsigned char *at = key->params;
    int point_len = 0;
    int type = V_ASN1_UNDEF;

    if (X509_PUBKEY_get0_param(NULL, &point, &point_len, &algorithm, pubkey) != 1) {
        return false;
    }
    X509_ALGOR_get0(NULL, &type, &value, algorithm);
    if (type != V_ASN1_OBJECT || point_len != 65 || point[0] != POINT_CONVERSION_UNCOMPRESSED) {
        return false;
    }
    curve = value;
    if (OBJ_obj2nid(curve) != NID_sm2) {
        return false;
    }
    key->type = UKB_KEY_SM2;
    key->params_len = (size_t)i2d_ASN1_OBJECT(curve, &at); /* 10 bytes */
    key->point_len = (size_t)point_len;
    memcpy(key->point, point, (size_t)point_len);
    return true;
}

enum ukb_status
ukb_public_key_from_x509(const X509_PUBKEY *pubkey, struct ukb_public_key *ret_key, struct ukb_error *reterr)
{
    const EVP_PKEY *pkey = X509_PUBKEY_get0(pubkey);
    struct ukb_public_key key = { 0 };

    if (pkey != NULL) {
        return ukb_public_key_from_evp(pkey, ret_key, reterr);
    }
    if (!read_bare_sm2(pubkey, &key)) {
        return ukb_pki_raise(reterr, UKB_E_UNSUPPORTED, "no public key of a kind we use");
    }
    *ret_key = key;
    return UKB_OK;
}

enum ukb_status
ukb_public_key_to_spki(const struct ukb_public_key *key, struct ukb_buf *ret_der, struct ukb_error *reterr)
{
    struct ukb_buf buf = UKB_BUF_INIT(ret_der->max_len);
    unsigned char *der = NULL;
    EVP_PKEY *pkey = NULL;
    enum ukb_status st;
    int len;

    st = ukb_public_key_to_evp(key, &pkey, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    len = i2d_PUBKEY(pkey, &der);
    if (len <= 0) {
        st = ukb_pki_raise(reterr, UKB_E_INTERNAL, "SubjectPublicKeyInfo");
        goto out;
    }
    st = ukb_buf_append(&buf, der, (size_t)len, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    ukb_buf_move(ret_der, &buf);
out:
    ukb_buf_done(&buf);
    OPENSSL_free(der);
    EVP_PKEY_free(pkey);
    return st;
}

enum ukb_status
ukb_public_key_from_spki(const unsigned char *der, size_t der_len, struct ukb_public_key *ret_key,
                         struct ukb_error *reterr)
{
    const unsigned char *at = der;
    EVP_PKEY *pkey = NULL;
    enum ukb_status st;

    if (der_len > UKB_CERTIFICATE_DER_MAX_LEN) {
        return ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "a public key of %zu bytes", der_len);
    }
    pkey = d2i_PUBKEY(NULL, &at, (long)der_len);
    if (pkey == NULL || at != der + der_len) {
        st = ukb_pki_raise(reterr, UKB_E_UNSUPPORTED, "not a SubjectPublicKeyInfo");
        goto out;
    }
    st = ukb_public_key_from_evp(pkey, ret_key, reterr);
out:
    EVP_PKEY_free(pkey);
    return st;
}
