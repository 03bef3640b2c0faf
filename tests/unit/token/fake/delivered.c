/* SPDX-License-Identifier: MIT */
#include "delivered.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

static void
require(bool holds, const char *what)
{
    if (!holds) {
        ERR_print_errors_fp(stderr);
        (void)fprintf(stderr, "delivered: %s\n", what);
        abort();
    }
}

/* Read a number of the key; padded to @p len bytes unless that is 0. */
static size_t
read_number(const EVP_PKEY *pkey, const char *name, size_t len, unsigned char *ret_bytes)
{
    BIGNUM *number = NULL;
    int read;

    require(EVP_PKEY_get_bn_param(pkey, name, &number) == 1, name);
    read = len == 0 ? BN_bn2bin(number, ret_bytes) : BN_bn2binpad(number, ret_bytes, (int)len);
    BN_clear_free(number);
    require(read > 0, name);
    return (size_t)read;
}

static void
make_rsa(struct delivered *delivered, size_t bits)
{
    static const char *const names[DELIVERED_NUMBERS - 1] = {
        OSSL_PKEY_PARAM_RSA_D,         OSSL_PKEY_PARAM_RSA_FACTOR1,   OSSL_PKEY_PARAM_RSA_FACTOR2,
        OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
    };
    struct ukb_private_key *key = &delivered->numbers;
    struct ukb_private_number *const numbers[] = { &key->private_exponent, &key->prime_1,    &key->prime_2,
                                                   &key->exponent_1,       &key->exponent_2, &key->coefficient };
    size_t i;

    delivered->pkey = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", bits);
    require(delivered->pkey != NULL, "an RSA key");
    key->public_key.type = UKB_KEY_RSA;
    key->public_key.modulus_len = read_number(delivered->pkey, OSSL_PKEY_PARAM_RSA_N, 0, key->public_key.modulus);
    key->public_key.exponent_len = read_number(delivered->pkey, OSSL_PKEY_PARAM_RSA_E, 0, key->public_key.exponent);
    for (i = 0; i < DELIVERED_NUMBERS - 1; i++) {
        numbers[i]->data = delivered->bytes[i];
        numbers[i]->len = read_number(delivered->pkey, names[i], 0, delivered->bytes[i]);
    }
}

static size_t
read_point(const EVP_PKEY *pkey, size_t field_len, unsigned char *ret_point)
{
    ret_point[0] = 0x04;
    (void)read_number(pkey, OSSL_PKEY_PARAM_EC_PUB_X, field_len, ret_point + 1);
    (void)read_number(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, field_len, ret_point + 1 + field_len);
    return 1U + 2U * field_len;
}

static void
make_ec(struct delivered *delivered, const char *curve)
{
    static const unsigned char p256[] = { 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07 };
    static const unsigned char p384[] = { 0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22 };
    const bool large = strcmp(curve, "P-384") == 0;
    struct ukb_private_key *key = &delivered->numbers;
    const size_t field_len = large ? 48 : 32;

    delivered->pkey = EVP_EC_gen(curve);
    require(delivered->pkey != NULL, "an EC key");
    key->public_key.type = UKB_KEY_EC;
    key->public_key.params_len = large ? sizeof(p384) : sizeof(p256);
    memcpy(key->public_key.params, large ? p384 : p256, key->public_key.params_len);
    key->public_key.point_len = read_point(delivered->pkey, field_len, key->public_key.point);
    key->value.data = delivered->bytes[0];
    key->value.len = read_number(delivered->pkey, OSSL_PKEY_PARAM_PRIV_KEY, field_len, delivered->bytes[0]);
}

void
delivered_make(struct delivered *delivered, const char *algorithm)
{
    memset(delivered, 0, sizeof(*delivered));
    if (strncmp(algorithm, "RSA-", 4) == 0) {
        make_rsa(delivered, (size_t)strtoul(algorithm + 4, NULL, 10));
    } else {
        make_ec(delivered, algorithm);
    }
}

void
delivered_done(struct delivered *delivered)
{
    EVP_PKEY_free(delivered->pkey);
    memset(delivered, 0, sizeof(*delivered));
}

size_t
delivered_seal(const struct delivered *delivered, enum ukb_rsa_padding padding, const void *secret, size_t secret_len,
               unsigned char *ret_sealed)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(delivered->pkey, NULL);
    size_t len = UKB_RSA_MODULUS_MAX_LEN;

    require(EVP_PKEY_encrypt_init(ctx) == 1, "encryption");
    if (padding != UKB_RSA_PKCS1) {
        require(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) == 1, "OAEP");
        require(EVP_PKEY_CTX_set_rsa_oaep_md_name(ctx, padding == UKB_RSA_OAEP_SHA1 ? "SHA1" : "SHA256", NULL) == 1,
                "OAEP's digest");
    }
    require(EVP_PKEY_encrypt(ctx, ret_sealed, &len, secret, secret_len) == 1, "encryption");
    EVP_PKEY_CTX_free(ctx);
    return len;
}

size_t
delivered_agree(const struct delivered *delivered, unsigned char ret_point[UKB_EC_POINT_MAX_LEN], size_t *ret_point_len,
                unsigned char ret_secret[UKB_EC_POINT_MAX_LEN])
{
    const size_t field_len = (delivered->numbers.public_key.point_len - 1U) / 2U;
    EVP_PKEY *fresh = EVP_EC_gen(field_len == 48 ? "P-384" : "P-256");
    EVP_PKEY_CTX *ctx = fresh == NULL ? NULL : EVP_PKEY_CTX_new(fresh, NULL);
    size_t len = UKB_EC_POINT_MAX_LEN;

    require(ctx != NULL && EVP_PKEY_derive_init(ctx) == 1 && EVP_PKEY_derive_set_peer(ctx, delivered->pkey) == 1 &&
                EVP_PKEY_derive(ctx, ret_secret, &len) == 1,
            "ECDH");
    *ret_point_len = read_point(fresh, field_len, ret_point);
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(fresh);
    return len;
}

size_t
delivered_meet(const struct delivered *delivered, const unsigned char *point, size_t point_len,
               unsigned char ret_secret[UKB_EC_POINT_MAX_LEN])
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(delivered->pkey, NULL);
    EVP_PKEY *peer = EVP_PKEY_new();
    size_t len = UKB_EC_POINT_MAX_LEN;

    require(EVP_PKEY_copy_parameters(peer, delivered->pkey) == 1 &&
                EVP_PKEY_set1_encoded_public_key(peer, point, point_len) == 1,
            "a peer");
    require(EVP_PKEY_derive_init(ctx) == 1 && EVP_PKEY_derive_set_peer(ctx, peer) == 1 &&
                EVP_PKEY_derive(ctx, ret_secret, &len) == 1,
            "ECDH");
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(peer);
    return len;
}
