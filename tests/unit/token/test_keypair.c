/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <stdint.h>
#include <string.h>

#include "fake/fake_token.h"
#include "fake/softhsm.h"

#include "token/internal.h"
#include "token/keys.h"

static const unsigned char ID[] = { 'U', 'K', 'B', '1', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };
static const unsigned char OTHER_ID[] = { 'U', 'K', 'B', '1', 99 };

static struct softhsm soft;
static struct fake_token token;
static struct ukb_token_session *session;
static struct ukb_token_key key;
static struct ukb_token_keys keys;
static struct ukb_error err;

static int
start(void **state)
{
    (void)state;
    softhsm_start(&soft, NULL);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    softhsm_stop(&soft);
    return 0;
}

static int
setup_soft(void **state)
{
    (void)state;
    memset(&err, 0, sizeof(err));
    memset(&key, 0, sizeof(key));
    session = softhsm_session_on_new(&soft);
    return 0;
}

static int
teardown_soft(void **state)
{
    (void)state;
    ukb_token_keys_done(&keys);
    ukb_token_session_free(session);
    session = NULL;
    return 0;
}

static int
setup_fake(void **state)
{
    (void)state;
    memset(&err, 0, sizeof(err));
    memset(&key, 0, sizeof(key));
    fake_token_open(&token);
    session = token.session;
    return 0;
}

static int
teardown_fake(void **state)
{
    (void)state;
    fake_token_close(&token);
    session = NULL;
    return 0;
}

static enum ukb_status
generate(enum ukb_algorithm algorithm, bool decrypt_too)
{
    return ukb_token_keypair_generate(session, algorithm, ID, sizeof(ID), "UKey Bridge", decrypt_too, &key, &err);
}

static bool
flag_of(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type)
{
    CK_BBOOL value = CK_FALSE;
    CK_ATTRIBUTE attribute = { type, &value, sizeof(value) };

    assert_int_equal(session->module->functions->C_GetAttributeValue(session->handle, object, &attribute, 1), CKR_OK);
    return value != CK_FALSE;
}

/* Generate, look at the halves, find the key by what was returned, in a fresh session. */
static void
check_algorithm(enum ukb_algorithm algorithm, enum ukb_key_type type, unsigned int bits)
{
    struct ukb_token_session *fresh = NULL;
    struct ukb_token_key found;

    assert_int_equal(generate(algorithm, false), UKB_OK);
    assert_int_equal(key.type, type);
    assert_int_equal(key.public_key.type, type);
    assert_int_equal(ukb_public_key_bits(&key.public_key), bits);
    assert_int_equal(key.id_len, sizeof(ID));
    assert_memory_equal(key.id, ID, sizeof(ID));
    assert_false(key.always_authenticate);
    assert_true(flag_of(key.private_handle, CKA_TOKEN));
    assert_true(flag_of(key.private_handle, CKA_PRIVATE));
    assert_true(flag_of(key.private_handle, CKA_SENSITIVE));
    assert_false(flag_of(key.private_handle, CKA_EXTRACTABLE));
    assert_true(flag_of(key.private_handle, CKA_SIGN));
    assert_false(flag_of(key.private_handle, type == UKB_KEY_RSA ? CKA_DECRYPT : CKA_DERIVE));
    assert_true(flag_of(key.public_handle, CKA_VERIFY));
    assert_false(flag_of(key.public_handle, CKA_PRIVATE));

    assert_int_equal(ukb_token_session_again(session, &fresh, &err), UKB_OK);
    assert_int_equal(ukb_token_key_find(fresh, &key.public_key, NULL, 0, &found, &err), UKB_OK);
    assert_true(ukb_public_key_equal(&found.public_key, &key.public_key));
    assert_int_equal(found.private_handle, key.private_handle);
    ukb_token_session_free(fresh);
}

static void
rsa_2048_is_made_and_found(void **state)
{
    (void)state;
    check_algorithm(UKB_RSA_2048, UKB_KEY_RSA, 2048);
}

static void
rsa_3072_is_made_and_found(void **state)
{
    (void)state;
    check_algorithm(UKB_RSA_3072, UKB_KEY_RSA, 3072);
}

static void
p256_is_made_and_found(void **state)
{
    (void)state;
    check_algorithm(UKB_EC_P256, UKB_KEY_EC, 256);
}

static void
p384_is_made_and_found(void **state)
{
    (void)state;
    check_algorithm(UKB_EC_P384, UKB_KEY_EC, 384);
}

static void
a_key_that_opens_envelopes_says_so(void **state)
{
    (void)state;
    assert_int_equal(generate(UKB_RSA_2048, true), UKB_OK);
    assert_true(flag_of(key.private_handle, CKA_DECRYPT));
    assert_true(flag_of(key.private_handle, CKA_SIGN));
    assert_true(flag_of(key.public_handle, CKA_ENCRYPT));
    assert_int_equal(generate(UKB_EC_P256, true), UKB_OK);
    assert_true(flag_of(key.private_handle, CKA_DERIVE));
}

static void
private_keys_are_not_seen_before_login(void **state)
{
    (void)state;
    assert_int_equal(generate(UKB_EC_P256, false), UKB_OK);
    ukb_token_session_free(session);
    session = softhsm_session(&soft, false, false);
    assert_int_equal(ukb_token_keys_read(session, &keys, &err), UKB_OK);
    assert_false(keys.complete);
    assert_int_equal(keys.count, 1); /* the public half */
    assert_int_equal(keys.items[0].private_handle, CK_INVALID_HANDLE);
    assert_int_equal(ukb_token_has_private_key(&keys, &key.public_key, ID, sizeof(ID)), UKB_UNKNOWN);
    assert_int_equal(ukb_token_key_find(session, &key.public_key, ID, sizeof(ID), &key, &err), UKB_E_KEY_MISMATCH);
    assert_non_null(strstr(err.message, "before login"));
}

static void
an_orphan_is_found_by_its_id(void **state)
{
    (void)state;
    assert_int_equal(generate(UKB_EC_P256, false), UKB_OK);
    assert_int_equal(ukb_token_keys_by_id(session, ID, sizeof(ID), &keys, &err), UKB_OK);
    assert_int_equal(keys.count, 1);
    assert_true(keys.complete);
    assert_int_equal(keys.items[0].private_handle, key.private_handle);
    assert_int_equal(keys.items[0].public_handle, key.public_handle);
    ukb_token_keys_done(&keys);
    assert_int_equal(ukb_token_keys_by_id(session, OTHER_ID, sizeof(OTHER_ID), &keys, &err), UKB_OK);
    assert_int_equal(keys.count, 0);
}

static void
a_pair_is_destroyed_whole_and_again_without_error(void **state)
{
    (void)state;
    assert_int_equal(generate(UKB_EC_P256, false), UKB_OK);
    assert_int_equal(ukb_token_keypair_destroy(session, ID, sizeof(ID), &key.public_key, &err), UKB_OK);
    assert_int_equal(ukb_token_keys_read(session, &keys, &err), UKB_OK);
    assert_int_equal(keys.count, 0);
    assert_int_equal(ukb_token_keypair_destroy(session, ID, sizeof(ID), &key.public_key, &err), UKB_OK);
}

static void
an_interrupted_destruction_is_finished(void **state)
{
    (void)state;
    assert_int_equal(generate(UKB_EC_P256, false), UKB_OK);
    assert_int_equal(session->module->functions->C_DestroyObject(session->handle, key.private_handle), CKR_OK);
    assert_int_equal(ukb_token_keypair_destroy(session, ID, sizeof(ID), &key.public_key, &err), UKB_OK);
    assert_int_equal(ukb_token_keys_read(session, &keys, &err), UKB_OK);
    assert_int_equal(keys.count, 0);
}

static void
destroying_one_pair_leaves_another_usable(void **state)
{
    struct ukb_token_key other;

    (void)state;
    assert_int_equal(
        ukb_token_keypair_generate(session, UKB_EC_P256, OTHER_ID, sizeof(OTHER_ID), "other", false, &other, &err),
        UKB_OK);
    assert_int_equal(generate(UKB_RSA_2048, false), UKB_OK);
    assert_int_equal(ukb_token_keypair_destroy(session, ID, sizeof(ID), NULL, &err), UKB_OK);
    assert_int_equal(ukb_token_key_find(session, &other.public_key, NULL, 0, &key, &err), UKB_OK);
    assert_int_equal(ukb_token_keypair_destroy(session, OTHER_ID, sizeof(OTHER_ID), NULL, &err), UKB_OK);
}

/* A public key of a killed writer; with a label or a number it is somebody's. */
static void
add_empty(const char *label, size_t point_len)
{
    CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
    CK_KEY_TYPE type = CKK_EC;
    CK_BBOOL yes = CK_TRUE;
    unsigned char params[] = { 0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22 };
    CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;
    CK_ATTRIBUTE template[] = {
        { CKA_CLASS, &class, sizeof(class) }, { CKA_KEY_TYPE, &type, sizeof(type) },
        { CKA_TOKEN, &yes, sizeof(yes) },     { CKA_LABEL, (void *)(uintptr_t)label, strlen(label) },
        { CKA_EC_PARAMS, params, point_len }, { CKA_EC_POINT, params, point_len },
    };

    assert_int_equal(session->module->functions->C_CreateObject(session->handle, template,
                                                                sizeof(template) / sizeof(template[0]), &handle),
                     CKR_OK);
}

static void
torn_keys_are_tidied_and_nothing_else(void **state)
{
    size_t count = 0;

    (void)state;
    assert_int_equal(generate(UKB_EC_P256, false), UKB_OK);
    add_empty("", 0);
    add_empty("somebody's", 0);
    add_empty("", 7);
    add_empty("", 0);
    assert_int_equal(ukb_token_keys_tidy(session, &count, &err), UKB_OK);
    assert_int_equal(count, 2);
    assert_int_equal(ukb_token_keys_tidy(session, &count, &err), UKB_OK);
    assert_int_equal(count, 0);
    assert_int_equal(ukb_token_keys_read(session, &keys, &err), UKB_OK);
    assert_int_equal(keys.count, 3);
}

static void
nothing_is_made_without_login(void **state)
{
    (void)state;
    ukb_token_session_free(session);
    session = softhsm_session(&soft, true, false);
    assert_int_equal(generate(UKB_EC_P256, false), UKB_E_TOKEN_ERROR);
    assert_string_equal(err.attrs[0].string, "CKR_USER_NOT_LOGGED_IN");
    assert_int_equal(key.private_handle, CK_INVALID_HANDLE);
}

static void
an_unknown_algorithm_or_an_empty_id_is_unsupported(void **state)
{
    (void)state;
    assert_int_equal(generate((enum ukb_algorithm)16, false), UKB_E_UNSUPPORTED);
    assert_int_equal(ukb_token_keypair_generate(session, UKB_EC_P256, ID, 0, "", false, &key, &err), UKB_E_UNSUPPORTED);
    assert_int_equal(fake.create_calls, 0);
}

static void
a_token_without_the_mechanism_is_unsupported(void **state)
{
    (void)state;
    fake.create_answer = CKR_MECHANISM_INVALID;
    assert_int_equal(generate(UKB_RSA_2048, false), UKB_E_UNSUPPORTED);
    fake.create_answer = CKR_DEVICE_MEMORY;
    assert_int_equal(generate(UKB_RSA_2048, false), UKB_E_TOKEN_FULL);
    assert_int_equal(fake.create_calls, 2);
}

static void
what_a_key_may_not_do_is_left_unsaid_to_tokens_that_refuse_it(void **state)
{
    (void)state;
    fake.refuses[fake.refuses_count++] = CKA_DECRYPT;
    /* The fake makes keys that tell nothing: made at the second attempt, then refused. */
    assert_int_equal(generate(UKB_RSA_2048, false), UKB_E_UNSUPPORTED);
    assert_int_equal(fake.create_calls, 2);
    /* What was asked for is never left out. */
    assert_int_equal(generate(UKB_RSA_2048, true), UKB_E_TOKEN_ERROR);
    assert_string_equal(err.attrs[0].string, "CKR_TEMPLATE_INCONSISTENT");
}

static void
a_pair_that_cannot_be_read_back_does_not_stay(void **state)
{
    (void)state;
    assert_int_equal(generate(UKB_RSA_2048, false), UKB_E_UNSUPPORTED);
    assert_int_equal(fake.create_calls, 1);
    assert_false(fake.objects[0].present);
    assert_false(fake.objects[1].present);
    assert_int_equal(key.private_handle, CK_INVALID_HANDLE);
}

#define SOFT(name) cmocka_unit_test_setup_teardown(name, setup_soft, teardown_soft)
#define FAKE(name) cmocka_unit_test_setup_teardown(name, setup_fake, teardown_fake)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        SOFT(rsa_2048_is_made_and_found),
        SOFT(rsa_3072_is_made_and_found),
        SOFT(p256_is_made_and_found),
        SOFT(p384_is_made_and_found),
        SOFT(a_key_that_opens_envelopes_says_so),
        SOFT(private_keys_are_not_seen_before_login),
        SOFT(an_orphan_is_found_by_its_id),
        SOFT(a_pair_is_destroyed_whole_and_again_without_error),
        SOFT(an_interrupted_destruction_is_finished),
        SOFT(destroying_one_pair_leaves_another_usable),
        SOFT(torn_keys_are_tidied_and_nothing_else),
        SOFT(nothing_is_made_without_login),
        FAKE(an_unknown_algorithm_or_an_empty_id_is_unsupported),
        FAKE(a_token_without_the_mechanism_is_unsupported),
        FAKE(what_a_key_may_not_do_is_left_unsaid_to_tokens_that_refuse_it),
        FAKE(a_pair_that_cannot_be_read_back_does_not_stay),
    };

    return cmocka_run_group_tests_name("token/keypair", tests, start, stop);
}
