/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <string.h>

#include "fake/fake_token.h"
#include "fake/material.h"
#include "fake/softhsm.h"

#include "token/internal.h"
#include "token/keys.h"
#include "token/sign.h"

static const unsigned char ID[] = { 'U', 'K', 'B', '1', 5 };
static const char MESSAGE[] = "one message";

static struct fake_token token;
static struct ukb_token_session *session;
static struct ukb_error err;
static struct ukb_token_key key;
static unsigned char signature[UKB_SIGNATURE_MAX_LEN];
static size_t signature_len;

static int
setup_fake(void **state)
{
    struct fake_pins pins;

    (void)state;
    memset(&err, 0, sizeof(err));
    fake_token_open(&token);
    session = token.session;
    assert_int_equal(ukb_token_login(session, fake_pins_init(&pins, "123456"), &err), UKB_OK);
    memset(&key, 0, sizeof(key));
    key.private_handle = 1;
    key.type = UKB_KEY_RSA;
    key.public_key.type = UKB_KEY_RSA;
    key.public_key.modulus_len = 256;
    return 0;
}

static int
teardown_fake(void **state)
{
    (void)state;
    fake_token_close(&token);
    return 0;
}

static enum ukb_status
sign(enum ukb_digest digest)
{
    signature_len = sizeof(signature);
    return ukb_token_sign(session, &key, digest, MESSAGE, sizeof(MESSAGE), signature, &signature_len, &err);
}

static void
check_real(struct softhsm *soft, enum ukb_algorithm algorithm, size_t expected_len)
{
    static const enum ukb_digest digests[] = { UKB_SHA256, UKB_SHA384 };
    char label[16];
    size_t i;

    (void)snprintf(label, sizeof(label), "Sign %u", (unsigned int)algorithm);
    softhsm_token_new(soft, label);
    session = softhsm_session(soft, true, true);
    assert_int_equal(ukb_token_keypair_generate(session, algorithm, ID, sizeof(ID), "key", false, &key, &err), UKB_OK);
    for (i = 0; i < 2; i++) {
        if (sign(digests[i]) != UKB_OK) {
            fail_msg("%s", err.message);
        }
        assert_int_equal(signature_len, expected_len);
        assert_true(material_verify(&key.public_key, digests[i], MESSAGE, sizeof(MESSAGE), signature, signature_len));
        assert_false(material_verify(&key.public_key, digests[i], "another", 7, signature, signature_len));
    }
    ukb_token_session_free(session);
    session = NULL;
}

static void
signatures_of_every_algorithm_verify(void **state)
{
    struct softhsm soft;

    (void)state;
    softhsm_start(&soft, NULL);
    check_real(&soft, UKB_RSA_2048, 256);
    check_real(&soft, UKB_RSA_3072, 384);
    check_real(&soft, UKB_EC_P256, 64); /* SHA-384 is cut to the curve's size */
    check_real(&soft, UKB_EC_P384, 96);
    softhsm_stop(&soft);
}

static void
a_token_without_bare_rsa_hashes_itself(void **state)
{
    struct softhsm soft;

    (void)state;
    softhsm_start(&soft, "CKM_RSA_PKCS");
    check_real(&soft, UKB_RSA_2048, 256);
    softhsm_stop(&soft);
}

static void
a_session_that_is_not_logged_in_does_not_sign(void **state)
{
    struct softhsm soft;

    (void)state;
    softhsm_start(&soft, NULL);
    softhsm_token_new(&soft, "Sign");
    session = softhsm_session(&soft, true, true);
    assert_int_equal(ukb_token_keypair_generate(session, UKB_EC_P256, ID, sizeof(ID), "key", false, &key, &err),
                     UKB_OK);
    ukb_token_session_free(session);
    session = softhsm_session(&soft, false, false);
    assert_int_equal(sign(UKB_SHA256), UKB_E_TOKEN_ERROR);
    ukb_token_session_free(session);
    session = NULL;
    softhsm_stop(&soft);
}

static void
rsa_signs_a_digest_info(void **state)
{
    static const unsigned char start[] = { 0x30, 0x31, 0x30, 0x0D };

    (void)state;
    assert_int_equal(sign(UKB_SHA256), UKB_OK);
    assert_int_equal(fake.sign_mechanism, CKM_RSA_PKCS);
    assert_int_equal(fake.signed_len, 19 + 32);
    assert_memory_equal(fake.signed_data, start, sizeof(start));
    assert_int_equal(sign(UKB_SHA384), UKB_OK);
    assert_int_equal(fake.signed_len, 19 + 48);
    assert_int_equal(fake.signed_data[1], 0x41);
    assert_int_equal(fake.context_login_calls, 0);
}

static void
a_key_that_says_so_gets_the_pin_once_per_signature(void **state)
{
    (void)state;
    key.always_authenticate = true;
    fake.wants_login_per_signature = true;
    assert_int_equal(sign(UKB_SHA256), UKB_OK);
    assert_int_equal(fake.context_login_calls, 1);
    assert_int_equal(fake.sign_calls, 1);
    assert_int_equal(sign(UKB_SHA256), UKB_OK);
    assert_int_equal(fake.context_login_calls, 2);
    assert_int_equal(fake.login_calls, 1);
}

static void
a_token_that_wants_the_pin_without_saying_so_gets_it_once(void **state)
{
    (void)state;
    fake.wants_login_per_signature = true;
    assert_int_equal(sign(UKB_SHA256), UKB_OK);
    assert_int_equal(fake.context_login_calls, 1);
    assert_int_equal(fake.sign_calls, 2);
}

static void
a_token_that_is_never_content_is_not_asked_for_ever(void **state)
{
    (void)state;
    fake.context_answer = CKR_FUNCTION_FAILED;
    fake.wants_login_per_signature = true;
    assert_int_equal(sign(UKB_SHA256), UKB_E_TOKEN_ERROR);
    assert_int_equal(fake.context_login_calls, 1);
    assert_int_equal(fake.sign_calls, 1);
}

static void
a_token_that_knows_no_login_for_an_operation_signs_without(void **state)
{
    (void)state;
    key.always_authenticate = true;
    fake.context_answer = CKR_USER_TYPE_INVALID;
    assert_int_equal(sign(UKB_SHA256), UKB_OK);
    assert_int_equal(fake.context_login_calls, 1);
    assert_int_equal(fake.sign_calls, 1);
}

static void
a_token_that_knows_no_such_login_and_wants_one_does_not_sign(void **state)
{
    (void)state;
    key.always_authenticate = true;
    fake.context_answer = CKR_USER_TYPE_INVALID;
    fake.wants_login_per_signature = true;
    assert_int_equal(sign(UKB_SHA256), UKB_E_TOKEN_ERROR);
    assert_int_equal(fake.context_login_calls, 1);
    assert_int_equal(fake.sign_calls, 1);
}

static void
a_signature_never_costs_the_final_try(void **state)
{
    (void)state;
    key.always_authenticate = true;
    fake.tries_left = 1;
    assert_int_equal(sign(UKB_SHA256), UKB_E_PIN_FINAL_TRY);
    assert_int_equal(fake.context_login_calls, 0);
}

static void
a_refused_pin_is_not_tried_at_the_next_signature(void **state)
{
    (void)state;
    key.always_authenticate = true;
    fake.context_answer = CKR_PIN_INCORRECT;
    assert_int_equal(sign(UKB_SHA256), UKB_E_PIN_INCORRECT);
    fake.operation = false;
    assert_int_equal(sign(UKB_SHA256), UKB_E_TOKEN_ERROR);
    assert_int_equal(fake.context_login_calls, 1);
}

static void
a_token_without_any_mechanism_is_unsupported(void **state)
{
    (void)state;
    fake.mechanism_count = 0;
    assert_int_equal(sign(UKB_SHA256), UKB_E_UNSUPPORTED);
    assert_int_equal(fake.sign_calls, 0);
}

static void
an_sm2_key_is_unsupported(void **state)
{
    (void)state;
    key.public_key.type = UKB_KEY_SM2;
    assert_int_equal(sign(UKB_SHA256), UKB_E_UNSUPPORTED);
}

static void
a_signature_of_wrong_length_is_refused(void **state)
{
    (void)state;
    fake.signature_len = 255;
    assert_int_equal(sign(UKB_SHA256), UKB_E_TOKEN_ERROR);
    assert_int_equal(signature_len, sizeof(signature)); /* outputs change on success only */
}

static void
a_room_that_is_too_small_is_refused(void **state)
{
    (void)state;
    signature_len = 255;
    assert_int_equal(
        ukb_token_sign(session, &key, UKB_SHA256, MESSAGE, sizeof(MESSAGE), signature, &signature_len, &err),
        UKB_E_TOO_LARGE);
    assert_int_equal(signature_len, 255);
}

#define FAKE(name) cmocka_unit_test_setup_teardown(name, setup_fake, teardown_fake)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signatures_of_every_algorithm_verify),
        cmocka_unit_test(a_token_without_bare_rsa_hashes_itself),
        cmocka_unit_test(a_session_that_is_not_logged_in_does_not_sign),
        FAKE(rsa_signs_a_digest_info),
        FAKE(a_key_that_says_so_gets_the_pin_once_per_signature),
        FAKE(a_token_that_wants_the_pin_without_saying_so_gets_it_once),
        FAKE(a_token_that_is_never_content_is_not_asked_for_ever),
        FAKE(a_token_that_knows_no_login_for_an_operation_signs_without),
        FAKE(a_token_that_knows_no_such_login_and_wants_one_does_not_sign),
        FAKE(a_signature_never_costs_the_final_try),
        FAKE(a_refused_pin_is_not_tried_at_the_next_signature),
        FAKE(a_token_without_any_mechanism_is_unsupported),
        FAKE(an_sm2_key_is_unsupported),
        FAKE(a_signature_of_wrong_length_is_refused),
        FAKE(a_room_that_is_too_small_is_refused),
    };

    return cmocka_run_group_tests_name("token/sign", tests, NULL, NULL);
}
