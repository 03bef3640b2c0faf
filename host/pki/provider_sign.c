/* SPDX-License-Identifier: MIT */
/*
 * Signatures, as OpenSSL's provider-signature(7) wants them. The message is collected, not hashed: some tokens sign
 * only what they hash themselves.
 */
#include "pki/provider_internal.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/rsa.h>

#include "pki/internal.h"
#include "pki/public_key.h"

struct signing {
    struct ukb_provider_key *key; /* borrowed: OpenSSL keeps it as long as this */
    enum ukb_sign_digest digest;
    struct ukb_buf message;
};

static void *
signing_new(void *provider, const char *properties)
{
    struct signing *signing = OPENSSL_zalloc(sizeof(*signing));

    (void)provider;
    (void)properties;
    if (signing != NULL) {
        signing->message = (struct ukb_buf)UKB_BUF_INIT(UKB_SIGNED_MESSAGE_MAX_LEN);
    }
    return signing;
}

static void
signing_free(void *ctx)
{
    struct signing *signing = ctx;

    if (signing != NULL) {
        ukb_buf_done(&signing->message);
    }
    OPENSSL_free(signing);
}

static void *
signing_dup(void *ctx)
{
    const struct signing *from = ctx;
    struct signing *signing = signing_new(NULL, NULL);
    struct ukb_error err = { 0 };

    if (signing == NULL || ukb_buf_append(&signing->message, from->message.data, from->message.len, &err) != UKB_OK) {
        signing_free(signing);
        return NULL;
    }
    signing->key = from->key;
    signing->digest = from->digest;
    return signing;
}

/* SHA-256 or SHA-384 by any of its names. */
static bool
read_digest(const char *name, enum ukb_sign_digest *ret_digest)
{
    EVP_MD *md = EVP_MD_fetch(NULL, name, NULL);
    const bool sha256 = md != NULL && EVP_MD_is_a(md, "SHA2-256") == 1;
    const bool sha384 = md != NULL && EVP_MD_is_a(md, "SHA2-384") == 1;

    EVP_MD_free(md);
    *ret_digest = sha384 ? UKB_SIGN_SHA384 : UKB_SIGN_SHA256;
    return sha256 || sha384;
}

/* Padding modes come as numbers or as text. */
static bool
is_pkcs1(const OSSL_PARAM *param)
{
    int mode = 0;

    if (param->data_type == OSSL_PARAM_UTF8_STRING) {
        return strcmp(param->data, OSSL_PKEY_RSA_PAD_MODE_PKCSV15) == 0;
    }
    return OSSL_PARAM_get_int(param, &mode) == 1 && mode == RSA_PKCS1_PADDING;
}

static int
signing_set_params(void *ctx, const OSSL_PARAM params[])
{
    const OSSL_PARAM *padding = params == NULL ? NULL : OSSL_PARAM_locate_const(params, OSSL_SIGNATURE_PARAM_PAD_MODE);

    (void)ctx;
    return padding == NULL || is_pkcs1(padding);
}

static const OSSL_PARAM *
signing_settable(void *ctx, void *provider)
{
    static const OSSL_PARAM types[] = {
        OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PAD_MODE, NULL, 0),
        OSSL_PARAM_END,
    };

    (void)ctx;
    (void)provider;
    return types;
}

static int
signing_start(void *ctx, const char *digest, void *data, const OSSL_PARAM params[])
{
    struct signing *signing = ctx;
    struct ukb_provider_key *key = data;

    if (key == NULL || key->owner == NULL || key->owner->ops.sign == NULL) {
        return 0;
    }
    signing->key = key;
    signing->digest = ukb_sign_digest_for(&key->public_key);
    if (digest != NULL && digest[0] != '\0' && !read_digest(digest, &signing->digest)) {
        return 0;
    }
    return signing_set_params(ctx, params);
}

static int
signing_update(void *ctx, const unsigned char *data, size_t len)
{
    struct signing *signing = ctx;
    struct ukb_error err = { 0 };
    const enum ukb_status st = ukb_buf_append(&signing->message, data, len, &err);

    return ukb_provider_keep(signing->key->owner, st, &err);
}

/* Have the owner sign, and turn what he gives into what X.509 wants. */
static enum ukb_status
ask_owner(const struct signing *signing, unsigned char *ret_signature, size_t *ret_len, size_t room,
          struct ukb_error *reterr)
{
    const struct ukb_key_ops *ops = &signing->key->owner->ops;
    unsigned char raw[UKB_SIGNATURE_MAX_LEN];
    size_t raw_len = sizeof(raw);
    unsigned char *der = NULL;
    size_t der_len = 0;
    enum ukb_status st;

    st = ops->sign(ops->ctx, signing->digest, signing->message.data, signing->message.len, raw, &raw_len, reterr);
    if (st == UKB_OK) {
        st = ukb_signature_to_der(&signing->key->public_key, raw, raw_len, &der, &der_len, reterr);
    }
    if (st == UKB_OK && der_len > room) {
        st = ukb_raise(reterr, UKB_E_INTERNAL, 0, "no room for a signature of %zu bytes", der_len);
    }
    if (st == UKB_OK) {
        memcpy(ret_signature, der, der_len);
        *ret_len = der_len;
    }
    OPENSSL_free(der);
    return st;
}

static int
signing_end(void *ctx, unsigned char *ret_signature, size_t *ret_len, size_t room)
{
    const struct signing *signing = ctx;
    struct ukb_error err = { 0 };

    if (ret_signature == NULL) { /* how long at most? */
        *ret_len = ukb_provider_signature_len(&signing->key->public_key);
        return 1;
    }
    return ukb_provider_keep(signing->key->owner, ask_owner(signing, ret_signature, ret_len, room, &err), &err);
}

/* The AlgorithmIdentifier: sha256WithRSAEncryption has NULL parameters (RFC 4055 §5), ecdsa-with-SHA* none (RFC 5758
 * §3.2). */
static bool
set_algorithm(const struct signing *signing, OSSL_PARAM *param)
{
    const bool rsa = signing->key->public_key.type == UKB_KEY_RSA;
    const bool sha384 = signing->digest == UKB_SIGN_SHA384;
    X509_ALGOR *algorithm = X509_ALGOR_new();
    unsigned char *der = NULL;
    int nid = sha384 ? NID_ecdsa_with_SHA384 : NID_ecdsa_with_SHA256;
    int len = 0;
    bool set = false;

    if (rsa) {
        nid = sha384 ? NID_sha384WithRSAEncryption : NID_sha256WithRSAEncryption;
    }
    if (algorithm != NULL &&
        X509_ALGOR_set0(algorithm, OBJ_nid2obj(nid), rsa ? V_ASN1_NULL : V_ASN1_UNDEF, NULL) == 1) {
        len = i2d_X509_ALGOR(algorithm, &der);
    }
    set = len > 0 && OSSL_PARAM_set_octet_string(param, der, (size_t)len) == 1;
    OPENSSL_free(der);
    X509_ALGOR_free(algorithm);
    return set;
}

static int
signing_get_params(void *ctx, OSSL_PARAM params[])
{
    OSSL_PARAM *algorithm = OSSL_PARAM_locate(params, OSSL_SIGNATURE_PARAM_ALGORITHM_ID);
    OSSL_PARAM *padding = OSSL_PARAM_locate(params, OSSL_SIGNATURE_PARAM_PAD_MODE);
    const struct signing *signing = ctx;

    if (padding != NULL && (padding->data_type == OSSL_PARAM_UTF8_STRING
                                ? OSSL_PARAM_set_utf8_string(padding, OSSL_PKEY_RSA_PAD_MODE_PKCSV15)
                                : OSSL_PARAM_set_int(padding, RSA_PKCS1_PADDING)) != 1) {
        return 0;
    }
    return algorithm == NULL || (signing->key != NULL && set_algorithm(signing, algorithm));
}

static const OSSL_PARAM *
signing_gettable(void *ctx, void *provider)
{
    static const OSSL_PARAM types[] = {
        OSSL_PARAM_octet_string(OSSL_SIGNATURE_PARAM_ALGORITHM_ID, NULL, 0),
        OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PAD_MODE, NULL, 0),
        OSSL_PARAM_END,
    };

    (void)ctx;
    (void)provider;
    return types;
}

const OSSL_DISPATCH ukb_provider_signature[] = {
    { OSSL_FUNC_SIGNATURE_NEWCTX, (void (*)(void))signing_new },
    { OSSL_FUNC_SIGNATURE_FREECTX, (void (*)(void))signing_free },
    { OSSL_FUNC_SIGNATURE_DUPCTX, (void (*)(void))signing_dup },
    { OSSL_FUNC_SIGNATURE_DIGEST_SIGN_INIT, (void (*)(void))signing_start },
    { OSSL_FUNC_SIGNATURE_DIGEST_SIGN_UPDATE, (void (*)(void))signing_update },
    { OSSL_FUNC_SIGNATURE_DIGEST_SIGN_FINAL, (void (*)(void))signing_end },
    { OSSL_FUNC_SIGNATURE_GET_CTX_PARAMS, (void (*)(void))signing_get_params },
    { OSSL_FUNC_SIGNATURE_GETTABLE_CTX_PARAMS, (void (*)(void))signing_gettable },
    { OSSL_FUNC_SIGNATURE_SET_CTX_PARAMS, (void (*)(void))signing_set_params },
    { OSSL_FUNC_SIGNATURE_SETTABLE_CTX_PARAMS, (void (*)(void))signing_settable },
    { 0, NULL },
};
