/* SPDX-License-Identifier: MIT */
#include "pki/provider.h"

#include <stdlib.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/params.h>

#include "pki/internal.h"
#include "pki/provider_internal.h"
#include "pki/public_key.h"

#define NAME         "ukeybridge"
#define OURS         "provider=" NAME
#define RSA_MIN_BITS 1024U

static const OSSL_ALGORITHM keys[] = {
    { "RSA:rsaEncryption", OURS, ukb_provider_rsa_key, "RSA keys" },
    { "EC:id-ecPublicKey", OURS, ukb_provider_ec_key, "EC keys" },
    { NULL, NULL, NULL, NULL },
};
static const OSSL_ALGORITHM signatures[] = {
    { "RSA:rsaEncryption", OURS, ukb_provider_signature, "RSASSA-PKCS1-v1_5" },
    { "ECDSA", OURS, ukb_provider_signature, "ECDSA" },
    { NULL, NULL, NULL, NULL },
};
static const OSSL_ALGORITHM ciphers[] = {
    { "RSA:rsaEncryption", OURS, ukb_provider_rsa_cipher, "RSAES" },
    { NULL, NULL, NULL, NULL },
};
static const OSSL_ALGORITHM exchanges[] = {
    { "ECDH", OURS, ukb_provider_ecdh, "ECDH" },
    { NULL, NULL, NULL, NULL },
};

static const OSSL_ALGORITHM *
query(void *provider, int operation, int *ret_no_cache)
{
    (void)provider;
    *ret_no_cache = 0;
    switch (operation) {
    case OSSL_OP_KEYMGMT:
        return keys;
    case OSSL_OP_SIGNATURE:
        return signatures;
    case OSSL_OP_ASYM_CIPHER:
        return ciphers;
    case OSSL_OP_KEYEXCH:
        return exchanges;
    default:
        return NULL;
    }
}

static const OSSL_DISPATCH functions[] = {
    { OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))query },
    { 0, NULL },
};

/* OpenSSL's entry point. The provider itself has no state: each key brings its owner. */
static int
start(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in, const OSSL_DISPATCH **ret_functions, void **ret_provider)
{
    (void)in;
    *ret_functions = functions;
    memcpy(ret_provider, &handle, sizeof(handle)); /* must not be NULL, is not looked at */
    return 1;
}

/* A library context with the standard provider for all that is not the key's, and ours. */
static enum ukb_status
start_context(struct ukb_provided_key *key, struct ukb_error *reterr)
{
    key->context = OSSL_LIB_CTX_new();
    if (key->context == NULL || OSSL_PROVIDER_add_builtin(key->context, NAME, start) != 1) {
        return ukb_pki_raise(reterr, UKB_E_INTERNAL, "a library context");
    }
    key->standard = OSSL_PROVIDER_load(key->context, "default");
    key->ours = OSSL_PROVIDER_load(key->context, NAME);
    /* Public keys that OpenSSL makes on the way are the standard provider's. */
    if (key->standard == NULL || key->ours == NULL ||
        EVP_set_default_properties(key->context, "?provider=default") != 1) {
        return ukb_pki_raise(reterr, UKB_E_INTERNAL, "the providers of a library context");
    }
    return UKB_OK;
}

static enum ukb_status
make_pkey(struct ukb_provided_key *key, struct ukb_error *reterr)
{
    struct ukb_provided_key *owner = key;
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(UKB_PROVIDER_OWNER, &owner, sizeof(owner)),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY_CTX *ctx =
        EVP_PKEY_CTX_new_from_name(key->context, key->public_key.type == UKB_KEY_RSA ? "RSA" : "EC", OURS);
    enum ukb_status st = UKB_OK;

    if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &key->pkey, EVP_PKEY_KEYPAIR, params) != 1) {
        st = ukb_pki_raise(reterr, UKB_E_INTERNAL, "a key of somebody else's");
    }
    EVP_PKEY_CTX_free(ctx);
    return st;
}

/* Is it on one of the curves that tokens have? */
static bool
is_ours(const struct ukb_public_key *key)
{
    static const char *const curves[] = { "P-256", "P-384", "P-521" };
    const char *curve = ukb_public_key_curve(key);
    size_t i;

    if (key->type == UKB_KEY_RSA) {
        return ukb_public_key_bits(key) >= RSA_MIN_BITS;
    }
    for (i = 0; key->type == UKB_KEY_EC && curve != NULL && i < sizeof(curves) / sizeof(curves[0]); i++) {
        if (strcmp(curve, curves[i]) == 0) {
            return true;
        }
    }
    return false;
}

enum ukb_status
ukb_key_check_ours(const struct ukb_public_key *key, struct ukb_error *reterr)
{
    EVP_PKEY *pkey = NULL;
    enum ukb_status st;

    if (!is_ours(key)) {
        return ukb_raise(reterr, UKB_E_UNSUPPORTED, 0, "a key that is neither RSA nor EC on P-256, P-384 or P-521");
    }
    st = ukb_public_key_to_evp(key, &pkey, reterr); /* is the point on the curve? */
    EVP_PKEY_free(pkey);
    return st;
}

enum ukb_status
ukb_provided_key_new(const struct ukb_public_key *public_key, const struct ukb_key_ops *ops,
                     struct ukb_provided_key **ret_key, struct ukb_error *reterr)
{
    struct ukb_provided_key *key = NULL;
    enum ukb_status st = ukb_key_check_ours(public_key, reterr);

    if (st != UKB_OK) {
        return st;
    }
    key = calloc(1, sizeof(*key));
    if (key == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a key");
    }
    key->public_key = *public_key;
    key->ops = *ops;
    st = start_context(key, reterr);
    if (st == UKB_OK) {
        st = make_pkey(key, reterr);
    }
    if (st == UKB_OK) {
        *ret_key = key;
        key = NULL;
    }
    ukb_provided_key_free(key);
    return st;
}

void
ukb_provided_key_free(struct ukb_provided_key *key)
{
    if (key == NULL) {
        return;
    }
    EVP_PKEY_free(key->pkey);
    if (key->ours != NULL) {
        (void)OSSL_PROVIDER_unload(key->ours); /* cannot fail for one that was loaded */
    }
    if (key->standard != NULL) {
        (void)OSSL_PROVIDER_unload(key->standard);
    }
    OSSL_LIB_CTX_free(key->context);
    free(key);
}

EVP_PKEY *
ukb_provided_key_evp(const struct ukb_provided_key *key)
{
    return key->pkey;
}

OSSL_LIB_CTX *
ukb_provided_key_context(const struct ukb_provided_key *key)
{
    return key->context;
}

bool
ukb_provider_keep(struct ukb_provided_key *owner, enum ukb_status st, const struct ukb_error *err)
{
    if (st != UKB_OK && owner->trouble.status == UKB_OK) {
        owner->trouble = *err;
        owner->trouble.status = st;
    }
    return st == UKB_OK;
}

enum ukb_status
ukb_provided_key_trouble(struct ukb_provided_key *key, struct ukb_error *reterr)
{
    const enum ukb_status st = key->trouble.status;

    if (st != UKB_OK) {
        *reterr = key->trouble;
        key->trouble = (struct ukb_error){ 0 };
    }
    return st;
}

enum ukb_status
ukb_provided_key_failure(struct ukb_provided_key *key, enum ukb_status status, const char *what,
                         struct ukb_error *reterr)
{
    const enum ukb_status st = ukb_provided_key_trouble(key, reterr);

    if (st == UKB_OK) {
        return ukb_pki_raise(reterr, status, what);
    }
    ERR_clear_error();
    return st;
}
