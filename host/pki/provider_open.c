/* SPDX-License-Identifier: MIT */
/* Decryption and key agreement, as OpenSSL's provider-asym_cipher(7) and provider-keyexch(7) want them. */
#include "pki/provider_internal.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rsa.h>

#include "pki/internal.h"

#define DIGEST_NAME_SIZE 32U

/* RSA */

struct opening {
    struct ukb_provider_key *key; /* borrowed, as in provider_sign.c */
    bool oaep;
    char digest[DIGEST_NAME_SIZE]; /* of OAEP; "" is SHA-1 (RFC 8017 A.2.1) */
    char mgf1[DIGEST_NAME_SIZE];   /* "" is the same */
};

static void *
opening_new(void *provider)
{
    (void)provider;
    return OPENSSL_zalloc(sizeof(struct opening));
}

static void
opening_free(void *ctx)
{
    OPENSSL_free(ctx);
}

static bool
read_padding(struct opening *opening, const OSSL_PARAM *param)
{
    int mode = 0;

    if (param->data_type == OSSL_PARAM_UTF8_STRING) {
        opening->oaep = strcmp(param->data, OSSL_PKEY_RSA_PAD_MODE_OAEP) == 0;
        return opening->oaep || strcmp(param->data, OSSL_PKEY_RSA_PAD_MODE_PKCSV15) == 0;
    }
    if (OSSL_PARAM_get_int(param, &mode) != 1) {
        return false;
    }
    opening->oaep = mode == RSA_PKCS1_OAEP_PADDING;
    return opening->oaep || mode == RSA_PKCS1_PADDING;
}

static bool
read_name(const OSSL_PARAM *param, char *ret_name)
{
    return param == NULL || OSSL_PARAM_get_utf8_string(param, &ret_name, DIGEST_NAME_SIZE) == 1;
}

static int
opening_set_params(void *ctx, const OSSL_PARAM params[])
{
    struct opening *opening = ctx;
    const OSSL_PARAM *padding = NULL;
    const OSSL_PARAM *label = NULL;

    if (params == NULL) {
        return 1;
    }
    padding = OSSL_PARAM_locate_const(params, OSSL_ASYM_CIPHER_PARAM_PAD_MODE);
    label = OSSL_PARAM_locate_const(params, OSSL_ASYM_CIPHER_PARAM_OAEP_LABEL);
    if ((padding != NULL && !read_padding(opening, padding)) || (label != NULL && label->data_size > 0)) {
        return 0;
    }
    return read_name(OSSL_PARAM_locate_const(params, OSSL_ASYM_CIPHER_PARAM_OAEP_DIGEST), opening->digest) &&
           read_name(OSSL_PARAM_locate_const(params, OSSL_ASYM_CIPHER_PARAM_MGF1_DIGEST), opening->mgf1);
}

static const OSSL_PARAM *
opening_settable(void *ctx, void *provider)
{
    static const OSSL_PARAM types[] = {
        OSSL_PARAM_utf8_string(OSSL_ASYM_CIPHER_PARAM_PAD_MODE, NULL, 0),
        OSSL_PARAM_utf8_string(OSSL_ASYM_CIPHER_PARAM_OAEP_DIGEST, NULL, 0),
        OSSL_PARAM_utf8_string(OSSL_ASYM_CIPHER_PARAM_MGF1_DIGEST, NULL, 0),
        OSSL_PARAM_octet_string(OSSL_ASYM_CIPHER_PARAM_OAEP_LABEL, NULL, 0),
        OSSL_PARAM_END,
    };

    (void)ctx;
    (void)provider;
    return types;
}

static int
opening_start(void *ctx, void *data, const OSSL_PARAM params[])
{
    struct opening *opening = ctx;
    struct ukb_provider_key *key = data;

    if (key == NULL || key->owner == NULL || key->owner->ops.decrypt == NULL) {
        return 0;
    }
    opening->key = key;
    return opening_set_params(ctx, params);
}

/* The padding that @p opening was told; false for one that no token knows. */
static bool
choose_padding(const struct opening *opening, enum ukb_rsa_padding *ret_padding)
{
    static const struct {
        const char *name;
        enum ukb_rsa_padding padding;
    } rows[] = {
        { "SHA1", UKB_RSA_OAEP_SHA1 },
        { "SHA2-256", UKB_RSA_OAEP_SHA256 },
        { "SHA2-384", UKB_RSA_OAEP_SHA384 },
        { "SHA2-512", UKB_RSA_OAEP_SHA512 },
    };
    const char *digest = opening->digest[0] == '\0' ? "SHA1" : opening->digest;
    const char *mgf1 = opening->mgf1[0] == '\0' ? digest : opening->mgf1;
    EVP_MD *md = NULL;
    EVP_MD *mask = NULL;
    bool found = false;
    size_t i;

    if (!opening->oaep) {
        *ret_padding = UKB_RSA_PKCS1;
        return true;
    }
    md = EVP_MD_fetch(NULL, digest, NULL);
    mask = EVP_MD_fetch(NULL, mgf1, NULL);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]) && !found && md != NULL && mask != NULL; i++) {
        found = EVP_MD_is_a(md, rows[i].name) == 1 && EVP_MD_is_a(mask, rows[i].name) == 1;
        *ret_padding = rows[i].padding;
    }
    EVP_MD_free(md);
    EVP_MD_free(mask);
    return found;
}

static int
opening_decrypt(void *ctx, unsigned char *ret_secret, size_t *ret_len, size_t room, const unsigned char *input,
                size_t input_len)
{
    const struct opening *opening = ctx;
    struct ukb_provided_key *owner = opening->key->owner;
    enum ukb_rsa_padding padding = UKB_RSA_PKCS1;
    struct ukb_error err = { 0 };
    size_t len = room;

    if (ret_secret == NULL) { /* how long at most? */
        *ret_len = opening->key->public_key.modulus_len;
        return 1;
    }
    if (!choose_padding(opening, &padding) ||
        !ukb_provider_keep(owner, owner->ops.decrypt(owner->ops.ctx, padding, input, input_len, ret_secret, &len, &err),
                           &err)) {
        return 0;
    }
    *ret_len = len;
    return 1;
}

const OSSL_DISPATCH ukb_provider_rsa_cipher[] = {
    { OSSL_FUNC_ASYM_CIPHER_NEWCTX, (void (*)(void))opening_new },
    { OSSL_FUNC_ASYM_CIPHER_FREECTX, (void (*)(void))opening_free },
    { OSSL_FUNC_ASYM_CIPHER_DECRYPT_INIT, (void (*)(void))opening_start },
    { OSSL_FUNC_ASYM_CIPHER_DECRYPT, (void (*)(void))opening_decrypt },
    { OSSL_FUNC_ASYM_CIPHER_SET_CTX_PARAMS, (void (*)(void))opening_set_params },
    { OSSL_FUNC_ASYM_CIPHER_SETTABLE_CTX_PARAMS, (void (*)(void))opening_settable },
    { 0, NULL },
};

/* EC */

struct agreement {
    struct ukb_provider_key *key; /* borrowed, as above */
    struct ukb_public_key peer;   /* type UKB_KEY_UNKNOWN: none yet */
    bool derives_key;             /* the secret goes through X9.63's key derivation (SEC 1 §3.6.1) */
    char digest[DIGEST_NAME_SIZE];
    size_t key_len;
    unsigned char *info; /* SharedInfo: RFC 5753 §7.2's ECC-CMS-SharedInfo */
    size_t info_len;
};

static void *
agreement_new(void *provider)
{
    (void)provider;
    return OPENSSL_zalloc(sizeof(struct agreement));
}

static void
agreement_free(void *ctx)
{
    struct agreement *agreement = ctx;

    if (agreement != NULL) {
        OPENSSL_free(agreement->info);
    }
    OPENSSL_free(agreement);
}

static bool
read_kdf(struct agreement *agreement, const OSSL_PARAM *param)
{
    if (param == NULL) {
        return true;
    }
    if (param->data_type != OSSL_PARAM_UTF8_STRING) {
        return false;
    }
    agreement->derives_key = strcmp(param->data, OSSL_KDF_NAME_X963KDF) == 0;
    return agreement->derives_key || param->data_size == 0;
}

static bool
read_info(struct agreement *agreement, const OSSL_PARAM *param)
{
    void *info = NULL;
    size_t len = 0;

    if (param == NULL) {
        return true;
    }
    if (param->data_size > UKB_SHARED_INFO_MAX_LEN || OSSL_PARAM_get_octet_string(param, &info, 0, &len) != 1) {
        return false;
    }
    OPENSSL_free(agreement->info);
    agreement->info = info;
    agreement->info_len = len;
    return true;
}

static int
agreement_set_params(void *ctx, const OSSL_PARAM params[])
{
    struct agreement *agreement = ctx;
    const OSSL_PARAM *len = NULL;
    const OSSL_PARAM *mode = NULL;
    int cofactor = 0;

    if (params == NULL) {
        return 1;
    }
    /* Our curves have cofactor 1: both modes are the same. */
    mode = OSSL_PARAM_locate_const(params, OSSL_EXCHANGE_PARAM_EC_ECDH_COFACTOR_MODE);
    len = OSSL_PARAM_locate_const(params, OSSL_EXCHANGE_PARAM_KDF_OUTLEN);
    return (mode == NULL || OSSL_PARAM_get_int(mode, &cofactor) == 1) &&
           (len == NULL || OSSL_PARAM_get_size_t(len, &agreement->key_len) == 1) &&
           read_kdf(agreement, OSSL_PARAM_locate_const(params, OSSL_EXCHANGE_PARAM_KDF_TYPE)) &&
           read_name(OSSL_PARAM_locate_const(params, OSSL_EXCHANGE_PARAM_KDF_DIGEST), agreement->digest) &&
           read_info(agreement, OSSL_PARAM_locate_const(params, OSSL_EXCHANGE_PARAM_KDF_UKM));
}

static const OSSL_PARAM *
agreement_settable(void *ctx, void *provider)
{
    static const OSSL_PARAM types[] = {
        OSSL_PARAM_int(OSSL_EXCHANGE_PARAM_EC_ECDH_COFACTOR_MODE, NULL),
        OSSL_PARAM_utf8_string(OSSL_EXCHANGE_PARAM_KDF_TYPE, NULL, 0),
        OSSL_PARAM_utf8_string(OSSL_EXCHANGE_PARAM_KDF_DIGEST, NULL, 0),
        OSSL_PARAM_size_t(OSSL_EXCHANGE_PARAM_KDF_OUTLEN, NULL),
        OSSL_PARAM_octet_string(OSSL_EXCHANGE_PARAM_KDF_UKM, NULL, 0),
        OSSL_PARAM_END,
    };

    (void)ctx;
    (void)provider;
    return types;
}

static int
agreement_start(void *ctx, void *data, const OSSL_PARAM params[])
{
    struct agreement *agreement = ctx;
    struct ukb_provider_key *key = data;

    if (key == NULL || key->owner == NULL || key->owner->ops.derive == NULL) {
        return 0;
    }
    agreement->key = key;
    return agreement_set_params(ctx, params);
}

static int
agreement_set_peer(void *ctx, void *data)
{
    struct agreement *agreement = ctx;
    const struct ukb_provider_key *peer = data;

    if (peer == NULL || agreement->key == NULL || peer->public_key.type != UKB_KEY_EC ||
        peer->public_key.point_len != agreement->key->public_key.point_len ||
        peer->public_key.params_len != agreement->key->public_key.params_len ||
        memcmp(peer->public_key.params, agreement->key->public_key.params, peer->public_key.params_len) != 0) {
        return 0;
    }
    agreement->peer = peer->public_key;
    return 1;
}

static bool
derive_key(const struct agreement *agreement, unsigned char *secret, size_t secret_len, unsigned char *ret_key)
{
    EVP_KDF *kdf = EVP_KDF_fetch(agreement->key->owner->context, OSSL_KDF_NAME_X963KDF, NULL);
    EVP_KDF_CTX *ctx = kdf == NULL ? NULL : EVP_KDF_CTX_new(kdf);
    char digest[DIGEST_NAME_SIZE] = "";
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret, secret_len),
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
        OSSL_PARAM_construct_end(),
    };
    bool done = false;

    memcpy(digest, agreement->digest, sizeof(digest));
    if (agreement->info != NULL) {
        params[2] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, agreement->info, agreement->info_len);
    }
    params[1].data_size = strlen(digest);
    done = ctx != NULL && EVP_KDF_derive(ctx, ret_key, agreement->key_len, params) == 1;
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
    return done;
}

/* The owner's secret, in the secure heap, and what becomes of it. */
static int
agree(const struct agreement *agreement, unsigned char *ret_secret, size_t *ret_len, size_t room)
{
    struct ukb_provided_key *owner = agreement->key->owner;
    const size_t field_len = (agreement->peer.point_len - 1U) / 2U;
    unsigned char *secret = OPENSSL_secure_zalloc(field_len);
    struct ukb_error err = { 0 };
    size_t len = field_len;
    int done = 0;

    if (secret == NULL ||
        !ukb_provider_keep(
            owner,
            owner->ops.derive(owner->ops.ctx, agreement->peer.point, agreement->peer.point_len, secret, &len, &err),
            &err) ||
        len != field_len) {
        goto out;
    }
    if (agreement->derives_key) {
        done = agreement->key_len <= room && derive_key(agreement, secret, len, ret_secret);
        len = agreement->key_len;
    } else if (len <= room) {
        memcpy(ret_secret, secret, len);
        done = 1;
    }
    if (done) {
        *ret_len = len;
    }
out:
    OPENSSL_secure_clear_free(secret, field_len);
    return done;
}

static int
agreement_derive(void *ctx, unsigned char *ret_secret, size_t *ret_len, size_t room)
{
    const struct agreement *agreement = ctx;

    if (agreement->key == NULL || agreement->peer.type == UKB_KEY_UNKNOWN) {
        return 0;
    }
    if (ret_secret == NULL) { /* how long? */
        *ret_len = agreement->derives_key ? agreement->key_len : (agreement->peer.point_len - 1U) / 2U;
        return 1;
    }
    return agree(agreement, ret_secret, ret_len, room);
}

const OSSL_DISPATCH ukb_provider_ecdh[] = {
    { OSSL_FUNC_KEYEXCH_NEWCTX, (void (*)(void))agreement_new },
    { OSSL_FUNC_KEYEXCH_FREECTX, (void (*)(void))agreement_free },
    { OSSL_FUNC_KEYEXCH_INIT, (void (*)(void))agreement_start },
    { OSSL_FUNC_KEYEXCH_SET_PEER, (void (*)(void))agreement_set_peer },
    { OSSL_FUNC_KEYEXCH_DERIVE, (void (*)(void))agreement_derive },
    { OSSL_FUNC_KEYEXCH_SET_CTX_PARAMS, (void (*)(void))agreement_set_params },
    { OSSL_FUNC_KEYEXCH_SETTABLE_CTX_PARAMS, (void (*)(void))agreement_settable },
    { 0, NULL },
};
