/* SPDX-License-Identifier: MIT */
/* What the fake can do and SoftHSM cannot; opening for real is in test_import.c. */
#include "../test.h"

#include <string.h>

#include "fake/fake_token.h"

#include "token/decrypt.h"
#include "token/internal.h"
#include "token/keys.h"

static struct fake_token token;
static struct ukb_error err;
static struct ukb_token_key key;
static struct ukb_secret secret;

static int
setup(void **state)
{
    struct fake_pins pins;

    (void)state;
    memset(&err, 0, sizeof(err));
    fake_token_open(&token);
    assert_int_equal(ukb_token_login(token.session, fake_pins_init(&pins, "123456"), &err), UKB_OK);
    memset(&key, 0, sizeof(key));
    key.private_handle = 1;
    key.type = UKB_KEY_RSA;
    key.public_key.type = UKB_KEY_RSA;
    key.public_key.modulus_len = 256;
    fake.signature_len = 32; /* of the answer */
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    ukb_secret_done(&secret);
    fake_token_close(&token);
    return 0;
}

static enum ukb_status
decrypt(void)
{
    static const unsigned char input[256];

    ukb_secret_done(&secret);
    return ukb_token_decrypt(token.session, &key, UKB_RSA_PKCS1, input, sizeof(input), &secret, &err);
}

static void
what_the_token_answers_is_the_secret(void **state)
{
    (void)state;
    assert_int_equal(decrypt(), UKB_OK);
    assert_int_equal(fake.sign_mechanism, CKM_RSA_PKCS);
    assert_int_equal(secret.len, 32);
    assert_int_equal(secret.data[31], 0x5A);
    assert_int_equal(fake.context_login_calls, 0);
}

static void
a_key_that_says_so_gets_the_pin_each_time(void **state)
{
    (void)state;
    key.always_authenticate = true;
    fake.wants_login_per_signature = true;
    assert_int_equal(decrypt(), UKB_OK);
    assert_int_equal(decrypt(), UKB_OK);
    assert_int_equal(fake.context_login_calls, 2);
    assert_int_equal(fake.sign_calls, 2);
    assert_int_equal(fake.login_calls, 1);
}

static void
a_token_that_wants_the_pin_without_saying_so_gets_it_once(void **state)
{
    (void)state;
    fake.wants_login_per_signature = true;
    assert_int_equal(decrypt(), UKB_OK);
    assert_int_equal(fake.context_login_calls, 1);
    assert_int_equal(fake.sign_calls, 2);
}

static void
it_never_costs_the_final_try(void **state)
{
    (void)state;
    key.always_authenticate = true;
    fake.tries_left = 1;
    assert_int_equal(decrypt(), UKB_E_PIN_FINAL_TRY);
    assert_int_equal(fake.context_login_calls, 0);
    assert_null(secret.data);
}

/* Answers of C_Decrypt, its third call after mechanism and init. */
static void
refusals_of_the_data_are_told_from_troubles(void **state)
{
    static const struct {
        CK_RV rv;
        enum ukb_status status;
    } cases[] = {
        { CKR_ENCRYPTED_DATA_INVALID, UKB_E_BAD_ENVELOPE }, { CKR_ENCRYPTED_DATA_LEN_RANGE, UKB_E_BAD_ENVELOPE },
        { CKR_DATA_INVALID, UKB_E_BAD_ENVELOPE },           { CKR_GENERAL_ERROR, UKB_E_BAD_ENVELOPE },
        { CKR_FUNCTION_FAILED, UKB_E_BAD_ENVELOPE },        { CKR_DEVICE_ERROR, UKB_E_TOKEN_ERROR },
        { CKR_PIN_EXPIRED, UKB_E_PIN_MUST_CHANGE },         { CKR_KEY_FUNCTION_NOT_PERMITTED, UKB_E_UNSUPPORTED },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fake.operation = false;
        fake.fail_answer = cases[i].rv;
        fake.fail_at = fake.calls + 3U;
        assert_int_equal(decrypt(), cases[i].status);
        assert_int_equal(err.status, cases[i].status);
        assert_null(secret.data);
    }
}

static void
a_token_that_was_pulled_is_no_wrong_secret(void **state)
{
    (void)state;
    fake.fail_answer = CKR_GENERAL_ERROR;
    fake.fail_at = fake.calls + 3U;
    fake.slot_count = 0;
    assert_int_equal(decrypt(), UKB_E_TOKEN_REMOVED);
}

static void
no_mechanism_is_unsupported(void **state)
{
    (void)state;
    fake.mechanism_count = 0;
    assert_int_equal(decrypt(), UKB_E_UNSUPPORTED);
    assert_int_equal(fake.sign_calls, 0);
    assert_int_equal(ukb_token_can_decrypt(token.session, UKB_KEY_RSA, UKB_RSA_PKCS1), UKB_NO);
}

#define FAKE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE(what_the_token_answers_is_the_secret),
        FAKE(a_key_that_says_so_gets_the_pin_each_time),
        FAKE(a_token_that_wants_the_pin_without_saying_so_gets_it_once),
        FAKE(it_never_costs_the_final_try),
        FAKE(refusals_of_the_data_are_told_from_troubles),
        FAKE(a_token_that_was_pulled_is_no_wrong_secret),
        FAKE(no_mechanism_is_unsupported),
    };

    return cmocka_run_group_tests_name("token/decrypt", tests, NULL, NULL);
}
