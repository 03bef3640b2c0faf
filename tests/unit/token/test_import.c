/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <string.h>

#include "fake/delivered.h"
#include "fake/fake_token.h"
#include "fake/softhsm.h"

#include "token/attributes.h"
#include "token/decrypt.h"
#include "token/import.h"
#include "token/internal.h"
#include "token/sign.h"

static const unsigned char ID[] = { 'U', 'K', 'B', '1', 9 };
static const char SECRET[] = "thirty-two bytes of some secret!";
#define SECRET_LEN 32U

static struct softhsm soft;
static struct fake_token token;
static struct ukb_error err;
static struct delivered delivered;

static int
setup_fake(void **state)
{
    (void)state;
    memset(&err, 0, sizeof(err));
    fake_token_open(&token);
    delivered_make(&delivered, "RSA-2048");
    return 0;
}

static int
teardown_fake(void **state)
{
    (void)state;
    delivered_done(&delivered);
    fake_token_close(&token);
    return 0;
}

static bool
flag(const struct ukb_token_session *session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type)
{
    CK_BBOOL value = CK_FALSE;
    CK_ATTRIBUTE attribute = { type, &value, sizeof(value) };

    assert_int_equal(ukb_attributes_read(session, object, &attribute, 1), CKR_OK);
    return value == CK_TRUE;
}

/* A logged-in session on a fresh token of SoftHSM, and the delivered key imported there. */
static struct ukb_token_session *
imported(const char *algorithm, struct ukb_token_key *ret_key)
{
    struct ukb_token_session *session = NULL;

    softhsm_token_new(&soft, algorithm);
    session = softhsm_session(&soft, true, true);
    delivered_make(&delivered, algorithm);
    assert_int_equal(ukb_token_can_import(session, delivered.numbers.public_key.type), UKB_UNKNOWN);
    memset(ret_key, 0, sizeof(*ret_key));
    if (ukb_token_key_import(session, &delivered.numbers, ID, sizeof(ID), "delivered", ret_key, &err) != UKB_OK) {
        fail_msg("%s", err.message);
    }
    return session;
}

static void
imported_keys_open_and_do_nothing_else(void **state)
{
    static const char *const algorithms[] = { "RSA-2048", "RSA-3072", "P-256", "P-384" };
    unsigned char signature[UKB_SIGNATURE_MAX_LEN];
    size_t i;

    (void)state;
    softhsm_start(&soft, NULL);
    for (i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++) {
        struct ukb_token_key key;
        struct ukb_token_session *session = imported(algorithms[i], &key);
        const bool rsa = delivered.numbers.public_key.type == UKB_KEY_RSA;
        struct ukb_token_key found = { 0 };
        size_t len = sizeof(signature);

        assert_true(ukb_public_key_equal(&key.public_key, &delivered.numbers.public_key));
        assert_int_equal(key.id_len, sizeof(ID));
        assert_memory_equal(key.id, ID, sizeof(ID));
        assert_true(flag(session, key.private_handle, CKA_TOKEN));
        assert_true(flag(session, key.private_handle, CKA_PRIVATE));
        assert_true(flag(session, key.private_handle, CKA_SENSITIVE));
        assert_false(flag(session, key.private_handle, CKA_EXTRACTABLE));
        assert_true(flag(session, key.private_handle, rsa ? CKA_DECRYPT : CKA_DERIVE));
        assert_false(flag(session, key.private_handle, CKA_SIGN));
        assert_false(flag(session, key.public_handle, CKA_PRIVATE));
        /* It is found by its public key, as any key. */
        assert_int_equal(ukb_token_key_find(session, &delivered.numbers.public_key, ID, sizeof(ID), &found, &err),
                         UKB_OK);
        assert_int_equal(found.private_handle, key.private_handle);
        assert_int_equal(found.public_handle, key.public_handle);
        assert_int_equal(ukb_token_sign(session, &key, UKB_SHA256, "message", 7, signature, &len, &err),
                         UKB_E_UNSUPPORTED);
        assert_int_equal(ukb_token_keypair_destroy(session, ID, sizeof(ID), &delivered.numbers.public_key, &err),
                         UKB_OK);
        delivered_done(&delivered);
        ukb_token_session_free(session);
    }
    softhsm_stop(&soft);
}

static void
rsa_keys_decrypt_what_was_encrypted_to_them(void **state)
{
    static const enum ukb_rsa_padding paddings[] = { UKB_RSA_PKCS1, UKB_RSA_OAEP_SHA1 };
    unsigned char sealed[UKB_RSA_MODULUS_MAX_LEN];
    struct ukb_secret secret = UKB_SECRET_INIT;
    struct ukb_token_session *session = NULL;
    struct ukb_token_key key;
    size_t len;
    size_t i;

    (void)state;
    softhsm_start(&soft, NULL);
    session = imported("RSA-2048", &key);
    for (i = 0; i < 2; i++) {
        len = delivered_seal(&delivered, paddings[i], SECRET, SECRET_LEN, sealed);
        assert_int_equal(ukb_token_can_decrypt(session, UKB_KEY_RSA, paddings[i]), UKB_UNKNOWN);
        assert_int_equal(ukb_token_decrypt(session, &key, paddings[i], sealed, len, &secret, &err), UKB_OK);
        assert_int_equal(secret.len, SECRET_LEN);
        assert_memory_equal(secret.data, SECRET, SECRET_LEN);
        ukb_secret_done(&secret);
        sealed[len - 1] ^= 1;
        assert_int_equal(ukb_token_decrypt(session, &key, paddings[i], sealed, len, &secret, &err), UKB_E_BAD_ENVELOPE);
        assert_int_equal(ukb_token_decrypt(session, &key, paddings[i], sealed, len - 1, &secret, &err),
                         UKB_E_BAD_ENVELOPE);
        assert_null(secret.data);
    }
    len = delivered_seal(&delivered, UKB_RSA_OAEP_SHA256, SECRET, SECRET_LEN, sealed); /* SoftHSM knows SHA-1 only */
    assert_int_equal(ukb_token_decrypt(session, &key, UKB_RSA_OAEP_SHA256, sealed, len, &secret, &err),
                     UKB_E_UNSUPPORTED);
    assert_int_equal(ukb_token_derive(session, &key, sealed, 65, &secret, &err), UKB_E_UNSUPPORTED);
    delivered_done(&delivered);
    ukb_token_session_free(session);
    softhsm_stop(&soft);
}

static void
ec_keys_derive_what_the_other_side_does(void **state)
{
    static const char *const algorithms[] = { "P-256", "P-384" };
    unsigned char point[UKB_EC_POINT_MAX_LEN];
    unsigned char wanted[UKB_EC_POINT_MAX_LEN];
    size_t i;

    (void)state;
    softhsm_start(&soft, NULL);
    for (i = 0; i < 2; i++) {
        struct ukb_secret secret = UKB_SECRET_INIT;
        struct ukb_token_key key;
        struct ukb_token_session *session = imported(algorithms[i], &key);
        size_t point_len = 0;
        const size_t len = delivered_agree(&delivered, point, &point_len, wanted);

        assert_int_equal(ukb_token_can_decrypt(session, UKB_KEY_EC, UKB_RSA_PKCS1), UKB_UNKNOWN);
        assert_int_equal(ukb_token_derive(session, &key, point, point_len, &secret, &err), UKB_OK);
        assert_int_equal(secret.len, len);
        assert_memory_equal(secret.data, wanted, len);
        ukb_secret_done(&secret);
        assert_int_equal(ukb_token_derive(session, &key, point, point_len - 1, &secret, &err), UKB_E_BAD_ENVELOPE);
        point[5] ^= 1; /* beside the curve */
        assert_int_equal(ukb_token_derive(session, &key, point, point_len, &secret, &err), UKB_E_BAD_ENVELOPE);
        assert_int_equal(ukb_token_decrypt(session, &key, UKB_RSA_PKCS1, point, point_len, &secret, &err),
                         UKB_E_UNSUPPORTED);
        assert_null(secret.data);
        delivered_done(&delivered);
        ukb_token_session_free(session);
    }
    softhsm_stop(&soft);
}

static void
generated_keys_open_when_they_were_made_for_it(void **state)
{
    unsigned char input[256] = { 0 };
    struct ukb_secret secret = UKB_SECRET_INIT;
    struct ukb_token_session *session = NULL;
    struct ukb_token_key key;

    (void)state;
    softhsm_start(&soft, NULL);
    softhsm_token_new(&soft, "generated");
    session = softhsm_session(&soft, true, true);
    assert_int_equal(ukb_token_keypair_generate(session, UKB_RSA_2048, ID, sizeof(ID), "key", false, &key, &err),
                     UKB_OK);
    assert_int_equal(ukb_token_decrypt(session, &key, UKB_RSA_PKCS1, input, sizeof(input), &secret, &err),
                     UKB_E_UNSUPPORTED);
    assert_int_equal(ukb_token_keypair_generate(session, UKB_EC_P256, ID, sizeof(ID), "key", false, &key, &err),
                     UKB_OK);
    assert_int_equal(ukb_token_derive(session, &key, key.public_key.point, key.public_key.point_len, &secret, &err),
                     UKB_E_UNSUPPORTED);
    assert_int_equal(ukb_token_keypair_generate(session, UKB_EC_P256, ID, sizeof(ID), "key", true, &key, &err), UKB_OK);
    assert_int_equal(ukb_token_derive(session, &key, key.public_key.point, key.public_key.point_len, &secret, &err),
                     UKB_OK);
    assert_int_equal(secret.len, 32);
    ukb_secret_done(&secret);
    ukb_token_session_free(session);
    softhsm_stop(&soft);
}

static void
a_token_that_cannot_use_the_key_is_known_before(void **state)
{
    (void)state;
    assert_int_equal(ukb_token_can_import(token.session, UKB_KEY_RSA), UKB_UNKNOWN);
    assert_int_equal(ukb_token_can_import(token.session, UKB_KEY_SM2), UKB_NO);
    assert_int_equal(ukb_token_can_decrypt(token.session, UKB_KEY_UNKNOWN, UKB_RSA_PKCS1), UKB_NO);
    fake.mechanism_count = 0;
    assert_int_equal(ukb_token_can_import(token.session, UKB_KEY_RSA), UKB_NO);
    assert_int_equal(ukb_token_can_import(token.session, UKB_KEY_EC), UKB_NO);
    token.session->info.writable = false;
    assert_int_equal(ukb_token_can_import(token.session, UKB_KEY_RSA), UKB_NO);
}

static enum ukb_status
import_fake(struct ukb_token_key *key)
{
    return ukb_token_key_import(token.session, &delivered.numbers, ID, sizeof(ID), "delivered", key, &err);
}

static void
what_only_says_the_default_is_left_out_where_it_is_refused(void **state)
{
    struct ukb_token_key key = { 0 };

    (void)state;
    fake.refuses[0] = CKA_SIGN;
    fake.refuses[1] = CKA_VERIFY;
    fake.refuses_count = 2;
    assert_int_equal(import_fake(&key), UKB_OK);
    assert_int_equal(fake.create_calls, 4);
    assert_int_equal(key.id_len, sizeof(ID)); /* the token tells none */
}

static void
a_token_without_public_keys_gets_the_private_one(void **state)
{
    struct ukb_token_key key = { 0 };

    (void)state;
    fake.refuses[0] = CKA_ENCRYPT;
    fake.refuses_count = 1;
    assert_int_equal(import_fake(&key), UKB_OK);
    assert_int_equal(key.public_handle, CK_INVALID_HANDLE);
    assert_int_not_equal(key.private_handle, CK_INVALID_HANDLE);
}

static void
a_key_that_may_be_read_again_is_not_imported(void **state)
{
    struct ukb_token_key key = { 0 };

    (void)state;
    fake.refuses[0] = CKA_SENSITIVE;
    fake.refuses_count = 1;
    assert_int_equal(import_fake(&key), UKB_E_UNSUPPORTED);
    assert_int_equal(key.private_handle, 0);
    assert_false(fake.objects[0].present); /* the public half went, too */
}

static void
other_failures_are_told_and_leave_nothing(void **state)
{
    struct ukb_token_key key = { 0 };
    unsigned int calls;
    unsigned int i;

    (void)state;
    fake.create_answer = CKR_DEVICE_MEMORY;
    assert_int_equal(import_fake(&key), UKB_E_TOKEN_FULL);
    fake.create_answer = CKR_OK;
    calls = fake.calls;
    assert_int_equal(import_fake(&key), UKB_OK);
    calls = fake.calls - calls;
    for (i = 1; i <= calls; i++) {
        fake_reset();
        fake.initialised = true;
        fake.open_sessions = 1;
        fake.fail_answer = CKR_DEVICE_MEMORY;
        fake.fail_at = i;
        if (import_fake(&key) != UKB_OK) {
            assert_false(fake.objects[0].present);
            assert_false(fake.objects[1].present);
        }
    }
}

static void
an_id_is_needed(void **state)
{
    struct ukb_token_key key = { 0 };

    (void)state;
    assert_int_equal(ukb_token_key_import(token.session, &delivered.numbers, ID, 0, "delivered", &key, &err),
                     UKB_E_UNSUPPORTED);
    assert_int_equal(fake.create_calls, 0);
}

#define FAKE(name) cmocka_unit_test_setup_teardown(name, setup_fake, teardown_fake)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(imported_keys_open_and_do_nothing_else),
        cmocka_unit_test(rsa_keys_decrypt_what_was_encrypted_to_them),
        cmocka_unit_test(ec_keys_derive_what_the_other_side_does),
        cmocka_unit_test(generated_keys_open_when_they_were_made_for_it),
        FAKE(a_token_that_cannot_use_the_key_is_known_before),
        FAKE(what_only_says_the_default_is_left_out_where_it_is_refused),
        FAKE(a_token_without_public_keys_gets_the_private_one),
        FAKE(a_key_that_may_be_read_again_is_not_imported),
        FAKE(other_failures_are_told_and_leave_nothing),
        FAKE(an_id_is_needed),
    };

    return cmocka_run_group_tests_name("token/import", tests, NULL, NULL);
}
