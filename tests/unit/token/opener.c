/* SPDX-License-Identifier: MIT */
/*
 * opener MODULE PIN - try a real module with its first token: import keys of every kind, open secrets with them, see
 * that wrong secrets do not open, destroy the keys; the same for EC keys that the token makes. A line for each kind,
 * "no" for one that is not supported; exit code 0 when all went well.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake/delivered.h"

#include "secret/secret.h"
#include "token/decrypt.h"
#include "token/import.h"
#include "token/login.h"
#include "token/module.h"
#include "token/session.h"
#include "token/token.h"

static const unsigned char ID[] = { 'U', 'K', 'B', '1', 0x17 };
static const char SECRET[] = "thirty-two bytes of some secret!";
#define SECRET_LEN 32U

static struct ukb_error err;

static void
require(int holds, const char *what)
{
    if (!holds) {
        (void)fprintf(stderr, "%s: %s\n", what, err.message);
        exit(EXIT_FAILURE);
    }
}

static enum ukb_status
type_pin(void *ctx, enum ukb_pin_state state, size_t min_len, size_t max_len, struct ukb_secret *ret_pin,
         struct ukb_error *reterr)
{
    const char *pin = ctx;
    enum ukb_status st = ukb_secret_alloc(ret_pin, strlen(pin), reterr);

    (void)state;
    (void)min_len;
    (void)max_len;
    if (st == UKB_OK) {
        memcpy(ret_pin->data, pin, strlen(pin));
        ret_pin->len = strlen(pin);
    }
    return st;
}

static void
try_rsa(struct ukb_token_session *session, const struct ukb_token_key *key, const struct delivered *delivered)
{
    unsigned char sealed[UKB_RSA_MODULUS_MAX_LEN];
    struct ukb_secret secret = UKB_SECRET_INIT;
    size_t len = delivered_seal(delivered, UKB_RSA_PKCS1, SECRET, SECRET_LEN, sealed);

    require(ukb_token_decrypt(session, key, UKB_RSA_PKCS1, sealed, len, &secret, &err) == UKB_OK, "decrypt");
    require(secret.len == SECRET_LEN && memcmp(secret.data, SECRET, SECRET_LEN) == 0, "the secret");
    ukb_secret_done(&secret);
    sealed[len - 1] ^= 1;
    require(ukb_token_decrypt(session, key, UKB_RSA_PKCS1, sealed, len, &secret, &err) == UKB_E_BAD_ENVELOPE,
            "another secret");
    len = delivered_seal(delivered, UKB_RSA_OAEP_SHA256, SECRET, SECRET_LEN, sealed);
    if (ukb_token_decrypt(session, key, UKB_RSA_OAEP_SHA256, sealed, len, &secret, &err) == UKB_OK) {
        require(secret.len == SECRET_LEN && memcmp(secret.data, SECRET, SECRET_LEN) == 0, "the secret of OAEP");
        (void)printf("OAEP ");
    } else {
        require(err.status == UKB_E_UNSUPPORTED, "OAEP is known or not");
    }
    ukb_secret_done(&secret);
}

static void
try_ec(struct ukb_token_session *session, const struct ukb_token_key *key, const struct delivered *delivered)
{
    unsigned char point[UKB_EC_POINT_MAX_LEN];
    unsigned char wanted[UKB_EC_POINT_MAX_LEN];
    struct ukb_secret secret = UKB_SECRET_INIT;
    size_t point_len = 0;
    const size_t len = delivered_agree(delivered, point, &point_len, wanted);

    if (ukb_token_derive(session, key, point, point_len, &secret, &err) == UKB_E_UNSUPPORTED) {
        (void)printf("no "); /* OpenSC forgets what an imported EC key is for */
        return;
    }
    require(secret.data != NULL, "derive");
    require(secret.len == len && memcmp(secret.data, wanted, len) == 0, "the secret");
    ukb_secret_done(&secret);
    point[5] ^= 1;
    require(ukb_token_derive(session, key, point, point_len, &secret, &err) == UKB_E_BAD_ENVELOPE, "a wrong point");
}

/* A key that the token made for deriving, with one of libcrypto's. */
static void
try_made(struct ukb_token_session *session, enum ukb_algorithm algorithm, const char *curve)
{
    unsigned char wanted[UKB_EC_POINT_MAX_LEN];
    struct ukb_secret secret = UKB_SECRET_INIT;
    struct ukb_token_key key = { 0 };
    struct delivered peer;
    size_t len;

    delivered_make(&peer, curve);
    require(ukb_token_keypair_generate(session, algorithm, ID, sizeof(ID), "made", true, &key, &err) == UKB_OK,
            "generate");
    len = delivered_meet(&peer, key.public_key.point, key.public_key.point_len, wanted);
    require(ukb_token_derive(session, &key, peer.numbers.public_key.point, peer.numbers.public_key.point_len, &secret,
                             &err) == UKB_OK,
            "derive");
    require(secret.len == len && memcmp(secret.data, wanted, len) == 0, "the secret");
    ukb_secret_done(&secret);
    require(ukb_token_keypair_destroy(session, key.id, key.id_len, NULL, &err) == UKB_OK, "destroy");
    (void)printf("%s made\n", curve);
    delivered_done(&peer);
}

static void
try_kind(struct ukb_token_session *session, const char *algorithm)
{
    struct delivered delivered;
    struct ukb_token_key key = { 0 };
    struct ukb_token_key found = { 0 };

    delivered_make(&delivered, algorithm);
    require(ukb_token_can_import(session, delivered.numbers.public_key.type) == UKB_UNKNOWN, "can import");
    require(ukb_token_key_import(session, &delivered.numbers, ID, sizeof(ID), "delivered", &key, &err) == UKB_OK,
            "import");
    require(ukb_token_key_find(session, &delivered.numbers.public_key, key.id, key.id_len, &found, &err) == UKB_OK,
            "find");
    if (delivered.numbers.public_key.type == UKB_KEY_RSA) {
        try_rsa(session, &found, &delivered);
    } else {
        try_ec(session, &found, &delivered);
    }
    require(ukb_token_keypair_destroy(session, key.id, key.id_len, NULL, &err) == UKB_OK, "destroy");
    require(ukb_token_key_find(session, &delivered.numbers.public_key, key.id, key.id_len, &found, &err) != UKB_OK,
            "gone");
    (void)printf("%s\n", algorithm);
    delivered_done(&delivered);
}

int
main(int argc, char **argv)
{
    static const char *const algorithms[] = { "RSA-2048", "RSA-3072", "P-256", "P-384" };
    static struct ukb_token_list list;
    struct ukb_pin_source source = { .get = type_pin, .ctx = argc == 3 ? argv[2] : NULL };
    struct ukb_token_session *session = NULL;
    struct ukb_module *module = NULL;
    size_t i;

    require(argc == 3, "opener MODULE PIN");
    require(ukb_secret_start(&err) == UKB_OK, "secret memory");
    require(ukb_module_load("module", argv[1], &module, &err) == UKB_OK, "load");
    require(ukb_tokens_list(module, &list, &err) == UKB_OK && list.count > 0, "list");
    require(ukb_token_session_open(module, list.items[0].id, true, &session, &err) == UKB_OK, "open");
    require(ukb_token_login(session, &source, &err) == UKB_OK, "log in");
    for (i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++) {
        try_kind(session, algorithms[i]);
    }
    try_made(session, UKB_EC_P256, "P-256");
    try_made(session, UKB_EC_P384, "P-384");
    ukb_token_session_free(session);
    ukb_module_free(module);
    return EXIT_SUCCESS;
}
