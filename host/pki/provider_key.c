/* SPDX-License-Identifier: MIT */
/* Keys, as OpenSSL's provider-keymgmt(7) wants them: public numbers, and for a private key whoever owns it. */
#include "pki/provider_internal.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "pki/public_key.h"

/* Bits of symmetric security (NIST SP 800-57 part 1, table 2), coarse and never too high. */
#define RSA_SECURITY_BITS 112
#define EC_SECURITY_BITS  128

static void *
key_new(void *provider)
{
    (void)provider;
    return OPENSSL_zalloc(sizeof(struct ukb_provider_key));
}

static void
key_free(void *data)
{
    OPENSSL_free(data);
}

static int
key_has(const void *data, int selection)
{
    const struct ukb_provider_key *key = data;

    if (key == NULL || ((selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) != 0 && key->owner == NULL)) {
        return 0;
    }
    if ((selection & OSSL_KEYMGMT_SELECT_PUBLIC_KEY) != 0 && key->public_key.point_len == 0 &&
        key->public_key.modulus_len == 0) {
        return 0;
    }
    return key->public_key.type != UKB_KEY_UNKNOWN;
}

static int
key_match(const void *data_1, const void *data_2, int selection)
{
    const struct ukb_provider_key *one = data_1;
    const struct ukb_provider_key *other = data_2;

    if ((selection & OSSL_KEYMGMT_SELECT_KEYPAIR) != 0) {
        return ukb_public_key_equal(&one->public_key, &other->public_key);
    }
    return one->public_key.type == other->public_key.type &&
           one->public_key.params_len == other->public_key.params_len &&
           memcmp(one->public_key.params, other->public_key.params, one->public_key.params_len) == 0;
}

/* The key's numbers, or with OSSL_KEYMGMT_SELECT_ALL_PARAMETERS alone its curve. A copy of an owner's key is public. */
static void *
key_dup(const void *data, int selection)
{
    const struct ukb_provider_key *from = data;
    struct ukb_provider_key *key = key_new(NULL);

    if (key == NULL) {
        return NULL;
    }
    key->public_key = from->public_key;
    if ((selection & OSSL_KEYMGMT_SELECT_PUBLIC_KEY) == 0) {
        key->public_key.point_len = 0;
        memset(key->public_key.point, 0, sizeof(key->public_key.point));
    }
    if ((selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) != 0) {
        key->owner = from->owner;
    }
    return key;
}

/* Take an owner's key. */
static int
take_owner(struct ukb_provider_key *key, const OSSL_PARAM *param, enum ukb_key_type type)
{
    struct ukb_provided_key *owner = NULL;
    void *at = &owner;
    size_t len = 0;

    if (OSSL_PARAM_get_octet_string(param, &at, sizeof(owner), &len) != 1 || len != sizeof(owner) ||
        owner->public_key.type != type) {
        return 0;
    }
    key->owner = owner;
    key->public_key = owner->public_key;
    return 1;
}

/* Take a public key of the standard provider's by way of its EVP_PKEY: one reader of numbers for the whole room. */
static int
take_public(struct ukb_provider_key *key, const OSSL_PARAM params[], const char *name)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, name, NULL);
    struct ukb_error err = { 0 };
    OSSL_PARAM *copy = OSSL_PARAM_dup(params);
    EVP_PKEY *pkey = NULL;
    int taken = ctx != NULL && copy != NULL && EVP_PKEY_fromdata_init(ctx) == 1 &&
                EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, copy) == 1 &&
                ukb_public_key_from_evp(pkey, &key->public_key, &err) == UKB_OK;

    EVP_PKEY_free(pkey);
    OSSL_PARAM_free(copy);
    EVP_PKEY_CTX_free(ctx);
    return taken;
}

static int
rsa_import(void *data, int selection, const OSSL_PARAM params[])
{
    const OSSL_PARAM *owner = OSSL_PARAM_locate_const(params, UKB_PROVIDER_OWNER);

    (void)selection;
    return owner != NULL ? take_owner(data, owner, UKB_KEY_RSA) : take_public(data, params, "RSA");
}

static int
ec_import(void *data, int selection, const OSSL_PARAM params[])
{
    const OSSL_PARAM *owner = OSSL_PARAM_locate_const(params, UKB_PROVIDER_OWNER);

    (void)selection;
    return owner != NULL ? take_owner(data, owner, UKB_KEY_EC) : take_public(data, params, "EC");
}

static const OSSL_PARAM *
rsa_import_types(int selection)
{
    static const OSSL_PARAM types[] = {
        OSSL_PARAM_octet_string(UKB_PROVIDER_OWNER, NULL, 0),
        OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_N, NULL, 0),
        OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_E, NULL, 0),
        OSSL_PARAM_END,
    };

    (void)selection;
    return types;
}

static const OSSL_PARAM *
ec_import_types(int selection)
{
    static const OSSL_PARAM types[] = {
        OSSL_PARAM_octet_string(UKB_PROVIDER_OWNER, NULL, 0),
        OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, NULL, 0),
        OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, NULL, 0),
        OSSL_PARAM_END,
    };

    (void)selection;
    return types;
}

size_t
ukb_provider_signature_len(const struct ukb_public_key *key)
{
    /* EC: a SEQUENCE of two INTEGERs, each with a zero byte in front. */
    return key->type == UKB_KEY_RSA ? key->modulus_len : key->point_len - 1U + 2U * 3U + 3U;
}

static bool
set_int(OSSL_PARAM params[], const char *name, int value)
{
    OSSL_PARAM *param = OSSL_PARAM_locate(params, name);

    return param == NULL || OSSL_PARAM_set_int(param, value) == 1;
}

static bool
set_text(OSSL_PARAM params[], const char *name, const char *value)
{
    OSSL_PARAM *param = OSSL_PARAM_locate(params, name);

    return param == NULL || OSSL_PARAM_set_utf8_string(param, value) == 1;
}

static int
key_get_params(void *data, OSSL_PARAM params[])
{
    const struct ukb_provider_key *key = data;
    const bool rsa = key->public_key.type == UKB_KEY_RSA;

    return set_int(params, OSSL_PKEY_PARAM_BITS, (int)ukb_public_key_bits(&key->public_key)) &&
           set_int(params, OSSL_PKEY_PARAM_SECURITY_BITS, rsa ? RSA_SECURITY_BITS : EC_SECURITY_BITS) &&
           set_int(params, OSSL_PKEY_PARAM_MAX_SIZE, (int)ukb_provider_signature_len(&key->public_key)) &&
           (rsa || set_text(params, OSSL_PKEY_PARAM_GROUP_NAME, ukb_public_key_curve(&key->public_key))) &&
           set_text(params, OSSL_PKEY_PARAM_DEFAULT_DIGEST,
                    ukb_sign_digest_for(&key->public_key) == UKB_SIGN_SHA384 ? "SHA384" : "SHA256");
}

static const OSSL_PARAM *
key_gettable(void *provider)
{
    static const OSSL_PARAM types[] = {
        OSSL_PARAM_int(OSSL_PKEY_PARAM_BITS, NULL),
        OSSL_PARAM_int(OSSL_PKEY_PARAM_SECURITY_BITS, NULL),
        OSSL_PARAM_int(OSSL_PKEY_PARAM_MAX_SIZE, NULL),
        OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, NULL, 0),
        OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_DEFAULT_DIGEST, NULL, 0),
        OSSL_PARAM_END,
    };

    (void)provider;
    return types;
}

/* A peer whose message leaves the curve out: OpenSSL copies our key's curve and then sets the point (RFC 5753 §3.1.1).
 */
static int
ec_set_params(void *data, const OSSL_PARAM params[])
{
    const OSSL_PARAM *param = OSSL_PARAM_locate_const(params, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY);
    struct ukb_provider_key *key = data;
    struct ukb_public_key public_key = key->public_key;
    void *at = public_key.point;
    struct ukb_error err = { 0 };

    if (param == NULL) {
        return 1;
    }
    if (key->owner != NULL ||
        OSSL_PARAM_get_octet_string(param, &at, sizeof(public_key.point), &public_key.point_len) != 1 ||
        ukb_key_check_ours(&public_key, &err) != UKB_OK) {
        return 0;
    }
    key->public_key = public_key;
    return 1;
}

static const OSSL_PARAM *
ec_settable(void *provider)
{
    static const OSSL_PARAM types[] = {
        OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, NULL, 0),
        OSSL_PARAM_END,
    };

    (void)provider;
    return types;
}

/* Is it a key? Whatever came in was checked when it came in. */
static int
key_validate(const void *data, int selection, int kind)
{
    (void)kind;
    return key_has(data, selection & OSSL_KEYMGMT_SELECT_PUBLIC_KEY);
}

static const char *
ec_operation_name(int operation)
{
    return operation == OSSL_OP_KEYEXCH ? "ECDH" : "ECDSA";
}

const OSSL_DISPATCH ukb_provider_rsa_key[] = {
    { OSSL_FUNC_KEYMGMT_NEW, (void (*)(void))key_new },
    { OSSL_FUNC_KEYMGMT_FREE, (void (*)(void))key_free },
    { OSSL_FUNC_KEYMGMT_HAS, (void (*)(void))key_has },
    { OSSL_FUNC_KEYMGMT_MATCH, (void (*)(void))key_match },
    { OSSL_FUNC_KEYMGMT_DUP, (void (*)(void))key_dup },
    { OSSL_FUNC_KEYMGMT_IMPORT, (void (*)(void))rsa_import },
    { OSSL_FUNC_KEYMGMT_IMPORT_TYPES, (void (*)(void))rsa_import_types },
    { OSSL_FUNC_KEYMGMT_GET_PARAMS, (void (*)(void))key_get_params },
    { OSSL_FUNC_KEYMGMT_GETTABLE_PARAMS, (void (*)(void))key_gettable },
    { OSSL_FUNC_KEYMGMT_VALIDATE, (void (*)(void))key_validate },
    { 0, NULL },
};

const OSSL_DISPATCH ukb_provider_ec_key[] = {
    { OSSL_FUNC_KEYMGMT_NEW, (void (*)(void))key_new },
    { OSSL_FUNC_KEYMGMT_FREE, (void (*)(void))key_free },
    { OSSL_FUNC_KEYMGMT_HAS, (void (*)(void))key_has },
    { OSSL_FUNC_KEYMGMT_MATCH, (void (*)(void))key_match },
    { OSSL_FUNC_KEYMGMT_DUP, (void (*)(void))key_dup },
    { OSSL_FUNC_KEYMGMT_IMPORT, (void (*)(void))ec_import },
    { OSSL_FUNC_KEYMGMT_IMPORT_TYPES, (void (*)(void))ec_import_types },
    { OSSL_FUNC_KEYMGMT_GET_PARAMS, (void (*)(void))key_get_params },
    { OSSL_FUNC_KEYMGMT_GETTABLE_PARAMS, (void (*)(void))key_gettable },
    { OSSL_FUNC_KEYMGMT_SET_PARAMS, (void (*)(void))ec_set_params },
    { OSSL_FUNC_KEYMGMT_SETTABLE_PARAMS, (void (*)(void))ec_settable },
    { OSSL_FUNC_KEYMGMT_VALIDATE, (void (*)(void))key_validate },
    { OSSL_FUNC_KEYMGMT_QUERY_OPERATION_NAME, (void (*)(void))ec_operation_name },
    { 0, NULL },
};
