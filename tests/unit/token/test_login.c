/* SPDX-License-Identifier: MIT */
/* Against the fake module: SoftHSM never locks a PIN. */
#include "../test.h"

#include <string.h>

#include "fake/opened.h"

#include "token/internal.h"

static const char GOOD_PIN[] = "123456";
static const char WRONG_PIN[] = "000000";

static struct fake_pins pins;

static enum ukb_status
login_with(const char *pin)
{
    return ukb_token_login(token.session, fake_pins_init(&pins, pin), &err);
}

static void
expect_integer_retries(long long retries)
{
    assert_int_equal(err.attr_count, 1);
    assert_string_equal(err.attrs[0].name, "retriesLeft");
    assert_int_equal(err.attrs[0].type, UKB_ATTR_INTEGER);
    assert_int_equal(err.attrs[0].integer, retries);
}

static void
the_right_pin_logs_in_with_one_call(void **state)
{
    (void)state;
    assert_int_equal(login_with(GOOD_PIN), UKB_OK);
    assert_int_equal(fake.login_calls, 1);
    assert_int_equal(pins.asked, 1);
    assert_int_equal(pins.state, UKB_PIN_OK);
    assert_int_equal(pins.final_asked, 0);
    assert_true(fake.logged_in);
    assert_int_equal(fake.logout_calls, 0);
    ukb_token_session_free(token.session);
    token.session = NULL;
    assert_int_equal(fake.logout_calls, 1);
}

static void
a_wrong_pin_spends_exactly_one_try(void **state)
{
    (void)state;
    assert_int_equal(login_with(WRONG_PIN), UKB_E_PIN_INCORRECT);
    assert_int_equal(fake.login_calls, 1);
    assert_int_equal(fake.tries_left, 2);
    assert_int_equal(err.native, CKR_PIN_INCORRECT);
    assert_int_equal(err.attrs[0].type, UKB_ATTR_NULL); /* two tries are left, but no flag says so */
    assert_null(token.session->pin.data);
}

static void
a_wrong_pin_that_leaves_one_try_says_so(void **state)
{
    (void)state;
    fake.tries_left = 2;
    assert_int_equal(login_with(WRONG_PIN), UKB_E_PIN_INCORRECT);
    assert_int_equal(pins.state, UKB_PIN_LOW);
    expect_integer_retries(1);
}

static void
the_final_try_is_not_spent_without_a_word(void **state)
{
    (void)state;
    fake.tries_left = 1;
    /* Even the right PIN is refused: nobody can know that it is right. */
    assert_int_equal(login_with(GOOD_PIN), UKB_E_PIN_FINAL_TRY);
    assert_int_equal(pins.final_asked, 1);
    assert_int_equal(pins.asked, 0);
    assert_int_equal(fake.login_calls, 0);
}

static void
the_final_try_is_not_spent_when_nobody_can_be_asked(void **state)
{
    (void)state;
    fake.tries_left = 1;
    (void)fake_pins_init(&pins, GOOD_PIN);
    pins.source.confirm_final_try = NULL;
    assert_int_equal(ukb_token_login(token.session, &pins.source, &err), UKB_E_PIN_FINAL_TRY);
    assert_int_equal(fake.login_calls, 0);
}

static void
the_final_try_is_spent_once_with_the_users_word(void **state)
{
    (void)state;
    fake.tries_left = 1;
    (void)fake_pins_init(&pins, GOOD_PIN);
    pins.final_word = UKB_OK;
    assert_int_equal(ukb_token_login(token.session, &pins.source, &err), UKB_OK);
    assert_int_equal(pins.final_asked, 1);
    assert_int_equal(pins.state, UKB_PIN_FINAL);
}

static void
a_wrong_pin_on_the_final_try_locks(void **state)
{
    (void)state;
    fake.tries_left = 1;
    (void)fake_pins_init(&pins, WRONG_PIN);
    pins.final_word = UKB_OK;
    /* The module answers PIN_INCORRECT as before; the flag tells the truth. */
    assert_int_equal(ukb_token_login(token.session, &pins.source, &err), UKB_E_PIN_LOCKED);
    expect_integer_retries(0);
    assert_int_equal(fake.login_calls, 1);
}

static void
a_try_spent_elsewhere(void)
{
    fake.tries_left = 1;
}

static void
a_try_becoming_the_final_one_while_asking_needs_a_word(void **state)
{
    (void)state;
    fake.tries_left = 2;
    (void)fake_pins_init(&pins, GOOD_PIN);
    pins.while_asking = a_try_spent_elsewhere;
    assert_int_equal(ukb_token_login(token.session, &pins.source, &err), UKB_E_PIN_FINAL_TRY);
    assert_int_equal(pins.asked, 1);
    assert_int_equal(fake.login_calls, 0);
}

static void
a_locked_token_is_not_tried(void **state)
{
    (void)state;
    fake.tries_left = 0;
    assert_int_equal(login_with(GOOD_PIN), UKB_E_PIN_LOCKED);
    expect_integer_retries(0);
    assert_int_equal(pins.asked, 0);
    assert_int_equal(fake.login_calls, 0);
}

static void
a_token_without_flags_that_answers_locked_is_locked(void **state)
{
    (void)state;
    fake.tells_tries = false;
    fake.wrong_pin_answer = CKR_PIN_LOCKED;
    assert_int_equal(login_with(WRONG_PIN), UKB_E_PIN_LOCKED);
    expect_integer_retries(0);
}

static void
a_pin_that_must_be_changed_is_not_tried(void **state)
{
    (void)state;
    fake.flags |= CKF_USER_PIN_TO_BE_CHANGED;
    assert_int_equal(login_with(GOOD_PIN), UKB_E_PIN_MUST_CHANGE);
    assert_int_equal(pins.asked, 0);
    assert_int_equal(fake.login_calls, 0);
}

static void
a_pin_that_was_never_set_is_not_tried(void **state)
{
    (void)state;
    fake.flags &= ~(CK_FLAGS)CKF_USER_PIN_INITIALIZED;
    assert_int_equal(login_with(GOOD_PIN), UKB_E_PIN_MUST_CHANGE);
    assert_int_equal(fake.login_calls, 0);
}

static void
a_pin_pad_gets_no_pin_and_nobody_is_asked(void **state)
{
    (void)state;
    fake.flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
    (void)fake_pins_init(&pins, NULL);
    pins.source.get = NULL;
    assert_int_equal(ukb_token_login(token.session, &pins.source, &err), UKB_OK);
    assert_int_equal(fake.login_calls, 1);
    assert_true(fake.login_pin_was_null);
}

static void
a_pin_pad_on_its_final_try_needs_a_word_too(void **state)
{
    (void)state;
    fake.flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
    fake.tries_left = 1;
    assert_int_equal(login_with(NULL), UKB_E_PIN_FINAL_TRY);
    assert_int_equal(fake.login_calls, 0);
}

static void
cancelling_on_the_pin_pad_is_cancelling(void **state)
{
    (void)state;
    fake.flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
    fake.login_answer = CKR_FUNCTION_CANCELED;
    assert_int_equal(login_with(NULL), UKB_E_PIN_CANCELLED);
}

static void
a_pin_of_wrong_length_spends_no_try(void **state)
{
    (void)state;
    assert_int_equal(login_with("123"), UKB_E_PIN_LENGTH);
    assert_int_equal(login_with("12345678901234567"), UKB_E_PIN_LENGTH);
    assert_int_equal(login_with(""), UKB_E_PIN_LENGTH);
    assert_int_equal(fake.login_calls, 0);
    assert_int_equal(fake.tries_left, 3);
}

static void
an_empty_pin_is_never_tried_whatever_the_token_says(void **state)
{
    (void)state;
    fake.pin_min_len = 0;
    fake.pin_max_len = CK_UNAVAILABLE_INFORMATION;
    assert_int_equal(login_with(""), UKB_E_PIN_LENGTH);
    assert_int_equal(fake.login_calls, 0);
    assert_int_equal(login_with(GOOD_PIN), UKB_OK);
}

static void
cancelling_the_dialog_spends_no_try(void **state)
{
    (void)state;
    assert_int_equal(login_with(NULL), UKB_E_PIN_CANCELLED);
    assert_int_equal(fake.login_calls, 0);
}

static void
a_source_without_a_dialog_is_refused(void **state)
{
    (void)state;
    (void)fake_pins_init(&pins, GOOD_PIN);
    pins.source.get = NULL;
    assert_int_equal(ukb_token_login(token.session, &pins.source, &err), UKB_E_PIN_UI_UNAVAILABLE);
    assert_int_equal(fake.login_calls, 0);
}

static void
somebody_elses_login_is_not_ours(void **state)
{
    (void)state;
    fake.login_answer = CKR_USER_ALREADY_LOGGED_IN;
    assert_int_equal(login_with(WRONG_PIN), UKB_E_TOKEN_BUSY);
    assert_int_equal(fake.login_calls, 1);
    assert_null(token.session->pin.data);
    assert_false(token.session->logged_in);
}

static void
logging_in_twice_is_refused_without_a_call(void **state)
{
    (void)state;
    assert_int_equal(login_with(GOOD_PIN), UKB_OK);
    assert_int_equal(login_with(GOOD_PIN), UKB_E_TOKEN_BUSY);
    assert_int_equal(pins.asked, 0);
    assert_int_equal(fake.login_calls, 1);
}

static void
an_unknown_answer_counts_as_a_spent_try(void **state)
{
    (void)state;
    fake.wrong_pin_answer = CKR_GENERAL_ERROR; /* as ePass2003 through OpenSC */
    assert_int_equal(login_with(WRONG_PIN), UKB_E_TOKEN_ERROR);
    assert_int_equal(fake.login_calls, 1);
    assert_string_equal(err.attrs[0].name, "ckr");
    assert_string_equal(err.attrs[0].string, "CKR_GENERAL_ERROR");
    assert_non_null(strstr(err.message, "may have spent a try"));
}

static void
an_unknown_answer_of_a_token_that_is_locked_now_says_locked(void **state)
{
    (void)state;
    fake.wrong_pin_answer = CKR_GENERAL_ERROR;
    fake.tries_left = 1;
    (void)fake_pins_init(&pins, WRONG_PIN);
    pins.final_word = UKB_OK;
    assert_int_equal(ukb_token_login(token.session, &pins.source, &err), UKB_E_PIN_LOCKED);
    expect_integer_retries(0);
}

static void
a_length_that_the_token_refuses_itself_is_a_length(void **state)
{
    (void)state;
    fake.login_answer = CKR_PIN_LEN_RANGE;
    assert_int_equal(login_with(GOOD_PIN), UKB_E_PIN_LENGTH);
}

static void
the_token_is_swapped(void)
{
    fake.serials[0] = "0002";
}

static void
a_token_swapped_while_asking_gets_no_pin(void **state)
{
    (void)state;
    (void)fake_pins_init(&pins, GOOD_PIN);
    pins.while_asking = the_token_is_swapped;
    assert_int_equal(ukb_token_login(token.session, &pins.source, &err), UKB_E_TOKEN_REMOVED);
    assert_int_equal(fake.login_calls, 0);
}

static void
the_token_is_pulled(void)
{
    fake.token_info_answer = CKR_GENERAL_ERROR;
}

static void
a_token_pulled_while_asking_is_removed(void **state)
{
    (void)state;
    (void)fake_pins_init(&pins, GOOD_PIN);
    pins.while_asking = the_token_is_pulled;
    assert_int_equal(ukb_token_login(token.session, &pins.source, &err), UKB_E_TOKEN_REMOVED);
    assert_int_equal(fake.login_calls, 0);
}

static void
the_pin_that_succeeded_stays_in_secret_memory_until_the_end(void **state)
{
    (void)state;
    assert_int_equal(login_with(GOOD_PIN), UKB_OK);
    assert_int_equal(token.session->pin.len, strlen(GOOD_PIN));
    assert_memory_equal(token.session->pin.data, GOOD_PIN, strlen(GOOD_PIN));
    /* teardown sees that it is gone with the session */
}

static void
a_login_for_an_operation_needs_the_login_of_this_session(void **state)
{
    (void)state;
    assert_int_equal(ukb_login_for_operation(token.session, &err), UKB_E_TOKEN_ERROR);
    assert_string_equal(err.attrs[0].string, "CKR_USER_NOT_LOGGED_IN");
    assert_int_equal(fake.context_login_calls, 0);
}

static void
a_login_for_an_operation_never_spends_the_final_try(void **state)
{
    (void)state;
    assert_int_equal(login_with(GOOD_PIN), UKB_OK);
    fake.tries_left = 1;
    assert_int_equal(ukb_login_for_operation(token.session, &err), UKB_E_PIN_FINAL_TRY);
    fake.tries_left = 0;
    assert_int_equal(ukb_login_for_operation(token.session, &err), UKB_E_PIN_LOCKED);
    assert_int_equal(fake.context_login_calls, 0);
}

static void
a_pin_refused_for_an_operation_is_never_sent_again(void **state)
{
    (void)state;
    assert_int_equal(login_with(GOOD_PIN), UKB_OK);
    fake.context_answer = CKR_PIN_INCORRECT;
    fake.operation = true;
    assert_int_equal(ukb_login_for_operation(token.session, &err), UKB_E_PIN_INCORRECT);
    assert_null(token.session->pin.data);
    assert_int_equal(ukb_login_for_operation(token.session, &err), UKB_E_TOKEN_ERROR);
    assert_int_equal(fake.context_login_calls, 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, opened_setup, opened_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_right_pin_logs_in_with_one_call),
        CASE(a_wrong_pin_spends_exactly_one_try),
        CASE(a_wrong_pin_that_leaves_one_try_says_so),
        CASE(the_final_try_is_not_spent_without_a_word),
        CASE(the_final_try_is_not_spent_when_nobody_can_be_asked),
        CASE(the_final_try_is_spent_once_with_the_users_word),
        CASE(a_wrong_pin_on_the_final_try_locks),
        CASE(a_try_becoming_the_final_one_while_asking_needs_a_word),
        CASE(a_locked_token_is_not_tried),
        CASE(a_token_without_flags_that_answers_locked_is_locked),
        CASE(a_pin_that_must_be_changed_is_not_tried),
        CASE(a_pin_that_was_never_set_is_not_tried),
        CASE(a_pin_pad_gets_no_pin_and_nobody_is_asked),
        CASE(a_pin_pad_on_its_final_try_needs_a_word_too),
        CASE(cancelling_on_the_pin_pad_is_cancelling),
        CASE(a_pin_of_wrong_length_spends_no_try),
        CASE(an_empty_pin_is_never_tried_whatever_the_token_says),
        CASE(cancelling_the_dialog_spends_no_try),
        CASE(a_source_without_a_dialog_is_refused),
        CASE(somebody_elses_login_is_not_ours),
        CASE(logging_in_twice_is_refused_without_a_call),
        CASE(an_unknown_answer_counts_as_a_spent_try),
        CASE(an_unknown_answer_of_a_token_that_is_locked_now_says_locked),
        CASE(a_length_that_the_token_refuses_itself_is_a_length),
        CASE(a_token_swapped_while_asking_gets_no_pin),
        CASE(a_token_pulled_while_asking_is_removed),
        CASE(the_pin_that_succeeded_stays_in_secret_memory_until_the_end),
        CASE(a_login_for_an_operation_needs_the_login_of_this_session),
        CASE(a_login_for_an_operation_never_spends_the_final_try),
        CASE(a_pin_refused_for_an_operation_is_never_sent_again),
    };

    return cmocka_run_group_tests_name("token/login", tests, NULL, NULL);
}
