/* SPDX-License-Identifier: MIT */
/* Against the fake module: what each answer to a PIN means, and when none may be tried; test_login.c and test_pin.c
 * have whole tries. */
#include "../test.h"

#include <string.h>

#include "fake/fake_token.h"

#include "token/attempt.h"

static struct fake_token token;
static struct fake_pins pins;
static struct ukb_attempt attempt;
static struct ukb_secret pin;
static struct ukb_error err;

static int
setup(void **state)
{
    (void)state;
    memset(&err, 0, sizeof(err));
    fake_token_open(&token);
    attempt = (struct ukb_attempt){ .session = token.session,
                                    .source = fake_pins_init(&pins, "123456"),
                                    .purpose = UKB_ATTEMPT_LOGIN };
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    ukb_secret_done(&pin);
    fake_token_close(&token);
    return 0;
}

static enum ukb_status
look(enum ukb_attempt_purpose purpose)
{
    attempt.purpose = purpose;
    return ukb_attempt_look(&attempt, true, &err);
}

static enum ukb_status
failure(enum ukb_attempt_purpose purpose, CK_RV rv)
{
    memset(&err, 0, sizeof(err));
    attempt.purpose = purpose;
    return ukb_attempt_failure(&attempt, rv, "C_Function", &err);
}

static void
expect_left(long long left)
{
    assert_int_equal(err.attr_count, 1);
    assert_string_equal(err.attrs[0].name, "retriesLeft");
    if (left < 0) {
        assert_int_equal(err.attrs[0].type, UKB_ATTR_NULL);
    } else {
        assert_int_equal(err.attrs[0].integer, left);
    }
}

/* What answers mean */

static void
each_answer_means_what_its_purpose_makes_of_it(void **state)
{
    static const struct {
        CK_RV rv;
        enum ukb_status login;
        enum ukb_status change;
        enum ukb_status unblock;
        enum ukb_status new_pin;
    } rows[] = {
        { CKR_PIN_INCORRECT, UKB_E_PIN_INCORRECT, UKB_E_PIN_INCORRECT, UKB_E_PIN_INCORRECT, UKB_E_PIN_INCORRECT },
        { CKR_PIN_INVALID, UKB_E_PIN_INCORRECT, UKB_E_PIN_LENGTH, UKB_E_PIN_INCORRECT, UKB_E_PIN_LENGTH },
        { CKR_PIN_LEN_RANGE, UKB_E_PIN_LENGTH, UKB_E_PIN_LENGTH, UKB_E_PIN_LENGTH, UKB_E_PIN_LENGTH },
        { CKR_PIN_TOO_WEAK, UKB_E_TOKEN_ERROR, UKB_E_PIN_LENGTH, UKB_E_TOKEN_ERROR, UKB_E_PIN_LENGTH },
        { CKR_CANCEL, UKB_E_PIN_CANCELLED, UKB_E_PIN_CANCELLED, UKB_E_PIN_CANCELLED, UKB_E_PIN_CANCELLED },
        { CKR_FUNCTION_CANCELED, UKB_E_PIN_CANCELLED, UKB_E_PIN_CANCELLED, UKB_E_PIN_CANCELLED, UKB_E_PIN_CANCELLED },
        { CKR_FUNCTION_REJECTED, UKB_E_PIN_CANCELLED, UKB_E_PIN_CANCELLED, UKB_E_PIN_CANCELLED, UKB_E_PIN_CANCELLED },
        { CKR_PIN_LOCKED, UKB_E_PIN_LOCKED, UKB_E_PIN_LOCKED, UKB_E_PIN_LOCKED, UKB_E_PIN_LOCKED },
        { CKR_PIN_EXPIRED, UKB_E_PIN_MUST_CHANGE, UKB_E_PIN_MUST_CHANGE, UKB_E_PIN_MUST_CHANGE, UKB_E_PIN_MUST_CHANGE },
        { CKR_USER_ALREADY_LOGGED_IN, UKB_E_TOKEN_BUSY, UKB_E_TOKEN_BUSY, UKB_E_TOKEN_BUSY, UKB_E_TOKEN_BUSY },
        { CKR_GENERAL_ERROR, UKB_E_TOKEN_ERROR, UKB_E_TOKEN_ERROR, UKB_E_TOKEN_ERROR, UKB_E_TOKEN_ERROR },
        { CKR_VENDOR_DEFINED | 7U, UKB_E_TOKEN_ERROR, UKB_E_TOKEN_ERROR, UKB_E_TOKEN_ERROR, UKB_E_TOKEN_ERROR },
        { CKR_FUNCTION_NOT_SUPPORTED, UKB_E_UNSUPPORTED, UKB_E_UNSUPPORTED, UKB_E_UNSUPPORTED, UKB_E_UNSUPPORTED },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(failure(UKB_ATTEMPT_LOGIN, rows[i].rv), rows[i].login);
        assert_int_equal(failure(UKB_ATTEMPT_CHANGE, rows[i].rv), rows[i].change);
        assert_int_equal(failure(UKB_ATTEMPT_UNBLOCK, rows[i].rv), rows[i].unblock);
        assert_int_equal(ukb_attempt_new_pin_status(rows[i].rv), rows[i].new_pin);
    }
    assert_int_equal(pins.asked, 0);
}

static void
the_flags_have_the_first_word(void **state)
{
    (void)state;
    fake.tells_tries = true;
    fake.tries_left = 0;
    assert_int_equal(failure(UKB_ATTEMPT_LOGIN, CKR_PIN_INCORRECT), UKB_E_PIN_LOCKED);
    expect_left(0);
    assert_int_equal(failure(UKB_ATTEMPT_CHANGE, CKR_GENERAL_ERROR), UKB_E_PIN_LOCKED);
    assert_int_equal(failure(UKB_ATTEMPT_UNBLOCK, CKR_PIN_INCORRECT), UKB_E_PIN_INCORRECT); /* the user's, not his */
    assert_non_null(strstr(err.message, "administrator"));
    fake.so_tries_left = 0;
    assert_int_equal(failure(UKB_ATTEMPT_UNBLOCK, CKR_PIN_INCORRECT), UKB_E_PIN_LOCKED);
    assert_non_null(strstr(err.message, "administrator"));
}

static void
what_is_known_of_the_tries_comes_with_a_wrong_pin(void **state)
{
    (void)state;
    assert_int_equal(failure(UKB_ATTEMPT_LOGIN, CKR_PIN_INCORRECT), UKB_E_PIN_INCORRECT);
    expect_left(-1);
    fake.tells_tries = true;
    fake.tries_left = 1;
    assert_int_equal(failure(UKB_ATTEMPT_LOGIN, CKR_PIN_INCORRECT), UKB_E_PIN_INCORRECT);
    expect_left(1);
    fake.token_info_answer = CKR_FUNCTION_FAILED; /* nothing is known then, and the answer stands */
    assert_int_equal(failure(UKB_ATTEMPT_LOGIN, CKR_PIN_INCORRECT), UKB_E_PIN_INCORRECT);
    expect_left(-1);
}

static void
an_unknown_answer_says_that_a_try_may_be_spent(void **state)
{
    (void)state;
    assert_int_equal(failure(UKB_ATTEMPT_LOGIN, CKR_FUNCTION_FAILED), UKB_E_TOKEN_ERROR);
    assert_string_equal(err.attrs[0].name, "ckr");
    assert_string_equal(err.attrs[0].string, "CKR_FUNCTION_FAILED");
    assert_non_null(strstr(err.message, "may have spent a try"));
    assert_int_equal(failure(UKB_ATTEMPT_LOGIN, CKR_USER_ALREADY_LOGGED_IN), UKB_E_TOKEN_BUSY);
    assert_non_null(strstr(err.message, "was not checked"));
}

static void
another_token_or_none_in_the_slot_is_what_failed(void **state)
{
    (void)state;
    fake.serials[0] = "another";
    assert_int_equal(failure(UKB_ATTEMPT_LOGIN, CKR_PIN_INCORRECT), UKB_E_TOKEN_REMOVED);
    assert_int_equal(look(UKB_ATTEMPT_LOGIN), UKB_E_TOKEN_REMOVED);
    fake.serials[0] = NULL;
    fake.token_info_answer = CKR_TOKEN_NOT_PRESENT;
    assert_int_equal(failure(UKB_ATTEMPT_LOGIN, CKR_DEVICE_REMOVED), UKB_E_TOKEN_REMOVED);
    assert_int_equal(look(UKB_ATTEMPT_LOGIN), UKB_E_TOKEN_REMOVED);
    assert_int_equal(pins.asked, 0);
}

/* When a PIN may be tried */

static void
each_purpose_looks_at_its_own_pin(void **state)
{
    (void)state;
    fake.tells_tries = true;
    fake.tries_left = 0;
    assert_int_equal(look(UKB_ATTEMPT_LOGIN), UKB_E_PIN_LOCKED);
    assert_int_equal(look(UKB_ATTEMPT_CHANGE), UKB_E_PIN_LOCKED);
    assert_int_equal(look(UKB_ATTEMPT_UNBLOCK), UKB_OK);
    fake.tries_left = 3;
    fake.so_tries_left = 0;
    assert_int_equal(look(UKB_ATTEMPT_LOGIN), UKB_OK);
    assert_int_equal(look(UKB_ATTEMPT_UNBLOCK), UKB_E_PIN_LOCKED);
    expect_left(0);
}

static void
a_pin_that_must_be_changed_may_be_changed_only(void **state)
{
    (void)state;
    fake.flags |= CKF_USER_PIN_TO_BE_CHANGED;
    assert_int_equal(look(UKB_ATTEMPT_LOGIN), UKB_E_PIN_MUST_CHANGE);
    assert_int_equal(look(UKB_ATTEMPT_CHANGE), UKB_OK);
    assert_int_equal(look(UKB_ATTEMPT_UNBLOCK), UKB_OK);
}

static void
a_pin_that_was_never_set_is_for_the_administrator(void **state)
{
    (void)state;
    fake.flags &= ~(CK_FLAGS)CKF_USER_PIN_INITIALIZED;
    assert_int_equal(look(UKB_ATTEMPT_LOGIN), UKB_E_PIN_MUST_CHANGE);
    assert_int_equal(look(UKB_ATTEMPT_CHANGE), UKB_E_UNSUPPORTED);
    assert_int_equal(look(UKB_ATTEMPT_UNBLOCK), UKB_OK);
}

static void
the_last_try_needs_a_word_and_it_is_asked_for_once(void **state)
{
    (void)state;
    fake.tells_tries = true;
    fake.tries_left = 1;
    assert_int_equal(ukb_attempt_look(&attempt, false, &err), UKB_E_PIN_FINAL_TRY); /* nobody may be asked now */
    assert_int_equal(pins.final_asked, 0);
    assert_int_equal(look(UKB_ATTEMPT_LOGIN), UKB_E_PIN_FINAL_TRY); /* he says no */
    assert_int_equal(pins.final_asked, 1);
    pins.final_word = UKB_OK;
    assert_int_equal(look(UKB_ATTEMPT_LOGIN), UKB_OK);
    assert_int_equal(look(UKB_ATTEMPT_LOGIN), UKB_OK);
    assert_int_equal(ukb_attempt_look(&attempt, false, &err), UKB_OK);
    assert_int_equal(pins.final_asked, 2);
    attempt.confirmed = false;
    attempt.source = NULL;
    assert_int_equal(look(UKB_ATTEMPT_LOGIN), UKB_E_PIN_FINAL_TRY); /* there is nobody to ask */
}

/* Asking */

static void
a_pin_is_asked_for_in_the_lengths_that_the_token_takes(void **state)
{
    (void)state;
    fake.pin_min_len = 6;
    fake.pin_max_len = 8;
    assert_int_equal(look(UKB_ATTEMPT_LOGIN), UKB_OK);
    assert_int_equal(ukb_attempt_ask(&attempt, &pin, &err), UKB_OK);
    assert_memory_equal(pin.data, "123456", 6);
    ukb_secret_done(&pin);
    pins.pin = "12345";
    assert_int_equal(ukb_attempt_ask(&attempt, &pin, &err), UKB_E_PIN_LENGTH);
    ukb_secret_done(&pin);
    pins.pin = "123456789";
    assert_int_equal(ukb_attempt_ask(&attempt, &pin, &err), UKB_E_PIN_LENGTH);
    assert_null(strchr(err.message, '9')); /* how long it was is not said */
    ukb_secret_done(&pin);
    attempt.purpose = UKB_ATTEMPT_UNBLOCK; /* those lengths are not the administrator's */
    assert_int_equal(ukb_attempt_ask(&attempt, &pin, &err), UKB_OK);
    ukb_secret_done(&pin);
    pins.pin = "";
    assert_int_equal(ukb_attempt_ask(&attempt, &pin, &err), UKB_E_PIN_LENGTH);
}

static void
without_somebody_to_ask_there_is_no_pin(void **state)
{
    (void)state;
    assert_int_equal(look(UKB_ATTEMPT_LOGIN), UKB_OK);
    pins.pin = NULL;
    assert_int_equal(ukb_attempt_ask(&attempt, &pin, &err), UKB_E_PIN_CANCELLED);
    assert_null(pin.data);
    pins.source.get = NULL;
    assert_int_equal(ukb_attempt_ask(&attempt, &pin, &err), UKB_E_PIN_UI_UNAVAILABLE);
}

static void
a_pin_pad_is_asked_by_itself(void **state)
{
    (void)state;
    fake.flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
    assert_int_equal(look(UKB_ATTEMPT_LOGIN), UKB_OK);
    assert_int_equal(ukb_attempt_ask(&attempt, &pin, &err), UKB_OK);
    assert_int_equal(pins.asked, 0);
    assert_null(pin.data);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_answer_means_what_its_purpose_makes_of_it),
        TEST(the_flags_have_the_first_word),
        TEST(what_is_known_of_the_tries_comes_with_a_wrong_pin),
        TEST(an_unknown_answer_says_that_a_try_may_be_spent),
        TEST(another_token_or_none_in_the_slot_is_what_failed),
        TEST(each_purpose_looks_at_its_own_pin),
        TEST(a_pin_that_must_be_changed_may_be_changed_only),
        TEST(a_pin_that_was_never_set_is_for_the_administrator),
        TEST(the_last_try_needs_a_word_and_it_is_asked_for_once),
        TEST(a_pin_is_asked_for_in_the_lengths_that_the_token_takes),
        TEST(without_somebody_to_ask_there_is_no_pin),
        TEST(a_pin_pad_is_asked_by_itself),
    };

    return cmocka_run_group_tests_name("token/attempt", tests, NULL, NULL);
}
