/* SPDX-License-Identifier: MIT */
/* Every rule against the fake module, which can lock; that PINs really change, against SoftHSM. */
#include "../test.h"

#include <string.h>

#include "fake/opened.h"
#include "fake/softhsm.h"

#include "token/internal.h"
#include "token/pin.h"

static const char OLD_PIN[] = "123456";
static const char NEW_PIN[] = "654321";
static const char SO_PIN[] = "87654321";
static const char WRONG_PIN[] = "000000";

static struct fake_new_pins pins;

static enum ukb_status
change(const char *old, const char *pin)
{
    return ukb_token_pin_change(token.session, fake_new_pins_init(&pins, old, pin), &err);
}

static enum ukb_status
unblock(const char *so_pin, const char *pin)
{
    return ukb_token_pin_unblock(token.session, fake_new_pins_init(&pins, so_pin, pin), &err);
}

static void
expect_nothing_done(void)
{
    assert_int_equal(fake.set_pin_calls, 0);
    assert_int_equal(fake.login_calls, 0);
    assert_int_equal(fake.so_login_calls, 0);
    assert_int_equal(fake.init_pin_calls, 0);
    assert_int_equal(fake.tries_spent, 0);
}

static void
expect_retries(enum ukb_attr_type type, long long retries)
{
    assert_int_equal(err.attr_count, 1);
    assert_string_equal(err.attrs[0].name, "retriesLeft");
    assert_int_equal(err.attrs[0].type, type);
    assert_int_equal(err.attrs[0].integer, retries);
}

/* Change */

static void
a_change_logs_in_for_itself_and_out_again(void **state)
{
    (void)state;
    assert_int_equal(change(OLD_PIN, NEW_PIN), UKB_OK);
    assert_string_equal(fake.pin, NEW_PIN);
    assert_int_equal(fake.login_calls, 1);
    assert_int_equal(fake.set_pin_calls, 1);
    assert_int_equal(fake.logout_calls, 1);
    assert_false(fake.logged_in);
    assert_int_equal(pins.present.asked, 1);
    assert_int_equal(pins.asked, 1);
    assert_int_equal(pins.writes, 1);
    assert_string_equal(pins.unlike, OLD_PIN);
}

static void
a_wrong_old_pin_spends_exactly_one_try(void **state)
{
    (void)state;
    assert_int_equal(change(WRONG_PIN, NEW_PIN), UKB_E_PIN_INCORRECT);
    expect_retries(UKB_ATTR_NULL, 0);
    assert_string_equal(fake.pin, OLD_PIN);
    assert_int_equal(fake.login_calls, 1);
    assert_int_equal(fake.set_pin_calls, 0);
    assert_int_equal(fake.tries_spent, 1);
}

static void
a_wrong_old_pin_that_leaves_one_try_says_so(void **state)
{
    (void)state;
    fake.tries_left = 2;
    assert_int_equal(change(WRONG_PIN, NEW_PIN), UKB_E_PIN_INCORRECT);
    assert_int_equal(pins.present.state, UKB_PIN_LOW);
    expect_retries(UKB_ATTR_INTEGER, 1);
}

static void
a_pin_that_must_be_changed_is_changed(void **state)
{
    (void)state;
    fake.flags |= CKF_USER_PIN_TO_BE_CHANGED;
    assert_int_equal(change(OLD_PIN, NEW_PIN), UKB_OK);
    assert_string_equal(fake.pin, NEW_PIN);
    assert_int_equal(fake.flags & CKF_USER_PIN_TO_BE_CHANGED, 0);
    assert_int_equal(fake.login_calls, 0);
    assert_int_equal(fake.set_pin_calls, 1);
}

static void
a_pin_that_only_a_login_finds_expired_is_changed(void **state)
{
    (void)state;
    fake.login_answer = CKR_PIN_EXPIRED;
    assert_int_equal(change(OLD_PIN, NEW_PIN), UKB_OK);
    assert_string_equal(fake.pin, NEW_PIN);
    assert_int_equal(fake.login_calls, 1);
    assert_int_equal(fake.logout_calls, 0);
}

static void
the_final_try_is_not_spent_without_a_word(void **state)
{
    (void)state;
    fake.tries_left = 1;
    assert_int_equal(change(OLD_PIN, NEW_PIN), UKB_E_PIN_FINAL_TRY);
    assert_int_equal(pins.present.final_asked, 1);
    assert_int_equal(pins.present.asked, 0);
    expect_nothing_done();
}

static void
the_final_try_of_a_pin_that_must_be_changed_needs_a_word_too(void **state)
{
    (void)state;
    fake.flags |= CKF_USER_PIN_TO_BE_CHANGED;
    fake.tries_left = 1;
    assert_int_equal(change(OLD_PIN, NEW_PIN), UKB_E_PIN_FINAL_TRY);
    expect_nothing_done();
}

static void
the_final_try_is_spent_once_with_the_users_word(void **state)
{
    (void)state;
    fake.tries_left = 1;
    (void)fake_new_pins_init(&pins, WRONG_PIN, NEW_PIN);
    pins.present.final_word = UKB_OK;
    assert_int_equal(ukb_token_pin_change(token.session, &pins.source, &err), UKB_E_PIN_LOCKED);
    expect_retries(UKB_ATTR_INTEGER, 0);
    assert_int_equal(pins.present.final_asked, 1);
    assert_int_equal(pins.present.state, UKB_PIN_FINAL);
    assert_int_equal(fake.login_calls, 1);
    assert_int_equal(fake.set_pin_calls, 0);
}

static void
a_locked_pin_is_not_tried(void **state)
{
    (void)state;
    fake.tries_left = 0;
    assert_int_equal(change(OLD_PIN, NEW_PIN), UKB_E_PIN_LOCKED);
    expect_retries(UKB_ATTR_INTEGER, 0);
    assert_int_equal(pins.present.asked, 0);
    expect_nothing_done();
}

static void
a_pin_that_was_never_set_cannot_be_changed(void **state)
{
    (void)state;
    fake.flags &= ~(CK_FLAGS)CKF_USER_PIN_INITIALIZED;
    assert_int_equal(change(OLD_PIN, NEW_PIN), UKB_E_UNSUPPORTED);
    assert_int_equal(pins.present.asked, 0);
    expect_nothing_done();
}

static void
a_try_is_spent_elsewhere(void)
{
    fake.tries_left = 1;
}

static void
a_try_becoming_the_final_one_while_asking_needs_a_word(void **state)
{
    (void)state;
    (void)fake_new_pins_init(&pins, OLD_PIN, NEW_PIN);
    pins.while_asking = a_try_is_spent_elsewhere;
    assert_int_equal(ukb_token_pin_change(token.session, &pins.source, &err), UKB_E_PIN_FINAL_TRY);
    assert_int_equal(pins.present.final_asked, 1);
    assert_int_equal(pins.writes, 0);
    expect_nothing_done();
}

static void
a_try_becoming_the_final_one_at_the_last_moment_is_not_asked_about(void **state)
{
    (void)state;
    (void)fake_new_pins_init(&pins, OLD_PIN, NEW_PIN);
    pins.present.final_word = UKB_OK;
    pins.while_waiting = a_try_is_spent_elsewhere;
    assert_int_equal(ukb_token_pin_change(token.session, &pins.source, &err), UKB_E_PIN_FINAL_TRY);
    assert_int_equal(pins.present.final_asked, 0);
    expect_nothing_done();
}

static void
the_token_is_swapped(void)
{
    fake.serials[0] = "0002";
}

static void
a_token_swapped_at_any_moment_gets_no_pin(void **state)
{
    (void)state;
    (void)fake_new_pins_init(&pins, OLD_PIN, NEW_PIN);
    pins.while_asking = the_token_is_swapped;
    assert_int_equal(ukb_token_pin_change(token.session, &pins.source, &err), UKB_E_TOKEN_REMOVED);
    expect_nothing_done();
    fake.serials[0] = "0001";
    (void)fake_new_pins_init(&pins, OLD_PIN, NEW_PIN);
    pins.while_waiting = the_token_is_swapped;
    assert_int_equal(ukb_token_pin_change(token.session, &pins.source, &err), UKB_E_TOKEN_REMOVED);
    expect_nothing_done();
}

static void
cancelling_at_either_dialog_changes_nothing(void **state)
{
    (void)state;
    assert_int_equal(change(NULL, NEW_PIN), UKB_E_PIN_CANCELLED);
    assert_int_equal(pins.asked, 0);
    assert_int_equal(change(OLD_PIN, NULL), UKB_E_PIN_CANCELLED);
    assert_int_equal(pins.asked, 1);
    assert_int_equal(pins.writes, 0);
    expect_nothing_done();
}

static void
what_before_write_refuses_is_not_done(void **state)
{
    (void)state;
    (void)fake_new_pins_init(&pins, OLD_PIN, NEW_PIN);
    pins.write = UKB_E_TOKEN_BUSY;
    assert_int_equal(ukb_token_pin_change(token.session, &pins.source, &err), UKB_E_TOKEN_BUSY);
    expect_nothing_done();
}

static void
pins_of_wrong_length_spend_no_try(void **state)
{
    (void)state;
    assert_int_equal(change("123", NEW_PIN), UKB_E_PIN_LENGTH);
    assert_int_equal(change(OLD_PIN, "123"), UKB_E_PIN_LENGTH);
    assert_int_equal(change(OLD_PIN, "12345678901234567"), UKB_E_PIN_LENGTH);
    assert_int_equal(change(OLD_PIN, ""), UKB_E_PIN_LENGTH);
    expect_nothing_done();
}

static void
a_new_pin_that_the_token_does_not_like_is_a_matter_of_its_form(void **state)
{
    static const CK_RV answers[] = { CKR_PIN_INVALID, CKR_PIN_LEN_RANGE, CKR_PIN_TOO_WEAK };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        fake.set_pin_answer = answers[i];
        assert_int_equal(change(OLD_PIN, NEW_PIN), UKB_E_PIN_LENGTH);
        assert_int_equal(err.native, answers[i]);
    }
}

static void
a_token_that_wants_a_login_for_an_initial_pin_gets_one(void **state)
{
    (void)state;
    fake.flags |= CKF_USER_PIN_TO_BE_CHANGED;
    fake.wants_login_to_set = true;
    assert_int_equal(change(OLD_PIN, NEW_PIN), UKB_OK);
    assert_string_equal(fake.pin, NEW_PIN);
    assert_int_equal(fake.login_calls, 1);
    assert_int_equal(fake.set_pin_calls, 2);
    assert_int_equal(fake.logout_calls, 1);
}

static void
a_wrong_pin_for_a_token_that_wants_a_login_spends_one_try(void **state)
{
    (void)state;
    fake.flags |= CKF_USER_PIN_TO_BE_CHANGED;
    fake.wants_login_to_set = true;
    assert_int_equal(change(WRONG_PIN, NEW_PIN), UKB_E_PIN_INCORRECT);
    assert_int_equal(fake.tries_spent, 1);
    assert_int_equal(fake.login_calls, 1);
    assert_int_equal(fake.set_pin_calls, 1);
}

static void
a_token_that_changes_no_pin_says_so(void **state)
{
    (void)state;
    fake.set_pin_answer = CKR_FUNCTION_NOT_SUPPORTED;
    assert_int_equal(change(OLD_PIN, NEW_PIN), UKB_E_UNSUPPORTED);
}

static void
an_unknown_answer_counts_as_a_spent_try(void **state)
{
    (void)state;
    fake.wrong_pin_answer = CKR_GENERAL_ERROR;
    assert_int_equal(change(WRONG_PIN, NEW_PIN), UKB_E_TOKEN_ERROR);
    assert_string_equal(err.attrs[0].string, "CKR_GENERAL_ERROR");
    assert_non_null(strstr(err.message, "may have spent a try"));
    fake.tries_left = 1;
    (void)fake_new_pins_init(&pins, WRONG_PIN, NEW_PIN);
    pins.present.final_word = UKB_OK;
    assert_int_equal(ukb_token_pin_change(token.session, &pins.source, &err), UKB_E_PIN_LOCKED);
}

static void
a_pin_pad_gets_no_pins_after_the_user_was_told(void **state)
{
    (void)state;
    fake.flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
    assert_int_equal(change(NULL, NULL), UKB_OK);
    assert_int_equal(pins.pad_asked, 1);
    assert_int_equal(pins.present.asked + pins.asked, 0);
    assert_int_equal(pins.writes, 1);
    assert_true(fake.login_pin_was_null);
    assert_true(fake.new_pin_was_null);
}

static void
a_pin_pad_is_not_touched_when_the_user_is_not_ready(void **state)
{
    (void)state;
    fake.flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
    (void)fake_new_pins_init(&pins, NULL, NULL);
    pins.ready = UKB_E_PIN_CANCELLED;
    assert_int_equal(ukb_token_pin_change(token.session, &pins.source, &err), UKB_E_PIN_CANCELLED);
    expect_nothing_done();
}

static void
a_session_that_is_logged_in_changes_nothing(void **state)
{
    struct fake_pins login;

    (void)state;
    assert_int_equal(ukb_token_login(token.session, fake_pins_init(&login, OLD_PIN), &err), UKB_OK);
    assert_int_equal(change(OLD_PIN, NEW_PIN), UKB_E_TOKEN_BUSY);
    assert_int_equal(unblock(SO_PIN, NEW_PIN), UKB_E_TOKEN_BUSY);
    assert_int_equal(pins.present.asked, 0);
    assert_int_equal(fake.set_pin_calls, 0);
}

/* Unblock */

static void
the_administrator_sets_a_new_pin_and_is_logged_out(void **state)
{
    (void)state;
    fake.tries_left = 0;
    assert_int_equal(unblock(SO_PIN, NEW_PIN), UKB_OK);
    assert_string_equal(fake.pin, NEW_PIN);
    assert_int_equal(fake.tries_left, 3);
    assert_int_equal(fake.so_login_calls, 1);
    assert_int_equal(fake.init_pin_calls, 1);
    assert_int_equal(fake.login_calls, 0);
    assert_int_equal(fake.logout_calls, 1);
    assert_false(fake.so_logged_in);
    assert_string_equal(pins.unlike, SO_PIN);
    assert_null(token.session->pin.data);
}

static void
the_first_pin_is_set_the_same_way(void **state)
{
    (void)state;
    fake.flags &= ~(CK_FLAGS)CKF_USER_PIN_INITIALIZED;
    assert_int_equal(unblock(SO_PIN, NEW_PIN), UKB_OK);
    assert_int_equal(fake.flags & CKF_USER_PIN_INITIALIZED, CKF_USER_PIN_INITIALIZED);
}

static void
a_wrong_administrators_pin_spends_one_of_its_own_tries(void **state)
{
    (void)state;
    fake.tries_left = 0;
    assert_int_equal(unblock(WRONG_PIN, NEW_PIN), UKB_E_PIN_INCORRECT);
    expect_retries(UKB_ATTR_NULL, 0);
    assert_int_equal(fake.so_tries_left, 2);
    assert_int_equal(fake.tries_left, 0);
    assert_int_equal(fake.init_pin_calls, 0);
    assert_non_null(strstr(err.message, "administrator"));
}

static void
the_administrators_final_try_is_not_spent_without_a_word(void **state)
{
    (void)state;
    fake.so_tries_left = 1;
    assert_int_equal(unblock(SO_PIN, NEW_PIN), UKB_E_PIN_FINAL_TRY);
    assert_int_equal(pins.present.final_asked, 1);
    expect_nothing_done();
    (void)fake_new_pins_init(&pins, WRONG_PIN, NEW_PIN);
    pins.present.final_word = UKB_OK;
    assert_int_equal(ukb_token_pin_unblock(token.session, &pins.source, &err), UKB_E_PIN_LOCKED);
    assert_int_equal(pins.present.state, UKB_PIN_FINAL);
    assert_int_equal(fake.so_login_calls, 1);
}

static void
a_locked_administrators_pin_is_not_tried(void **state)
{
    (void)state;
    fake.so_tries_left = 0;
    assert_int_equal(unblock(SO_PIN, NEW_PIN), UKB_E_PIN_LOCKED);
    expect_retries(UKB_ATTR_INTEGER, 0);
    assert_non_null(strstr(err.message, "administrator"));
    assert_int_equal(pins.present.asked, 0);
    expect_nothing_done();
}

static void
the_users_final_try_does_not_concern_the_administrator(void **state)
{
    (void)state;
    fake.tries_left = 1;
    assert_int_equal(unblock(SO_PIN, NEW_PIN), UKB_OK);
    assert_int_equal(pins.present.final_asked, 0);
    assert_int_equal(pins.present.state, UKB_PIN_OK);
}

static void
an_administrators_pin_may_have_another_length_than_the_users(void **state)
{
    (void)state;
    fake.so_pin = "abc";
    assert_int_equal(unblock("abc", NEW_PIN), UKB_OK);
    fake.so_pin = "123456789012345678901234567890";
    assert_int_equal(unblock(fake.so_pin, NEW_PIN), UKB_OK);
    assert_int_equal(unblock("", NEW_PIN), UKB_E_PIN_LENGTH);
    assert_int_equal(unblock(fake.so_pin, "123"), UKB_E_PIN_LENGTH);
    assert_int_equal(fake.so_login_calls, 2);
}

static void
a_new_pin_that_cannot_be_set_leaves_nobody_logged_in(void **state)
{
    static const struct {
        CK_RV answer;
        enum ukb_status status;
    } rows[] = {
        { CKR_PIN_LEN_RANGE, UKB_E_UNSUPPORTED },       { CKR_PIN_INVALID, UKB_E_PIN_LENGTH },
        { CKR_FUNCTION_CANCELED, UKB_E_PIN_CANCELLED }, { CKR_FUNCTION_NOT_SUPPORTED, UKB_E_UNSUPPORTED },
        { CKR_PIN_EXPIRED, UKB_E_UNSUPPORTED },         { CKR_FUNCTION_FAILED, UKB_E_TOKEN_ERROR },
        { CKR_PIN_INCORRECT, UKB_E_TOKEN_ERROR }, /* no PIN was tried */
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fake.init_pin_answer = rows[i].answer;
        assert_int_equal(unblock(SO_PIN, NEW_PIN), rows[i].status);
        assert_int_equal(fake.init_pin_calls, 1);
        opened_teardown(NULL);
        assert_false(fake.so_logged_in);
        opened_setup(NULL);
    }
}

static void
a_length_that_the_token_had_not_stated_may_be_wrong(void **state)
{
    (void)state;
    fake.pin_min_len = 0;
    fake.pin_max_len = CK_UNAVAILABLE_INFORMATION;
    fake.init_pin_answer = CKR_PIN_LEN_RANGE;
    assert_int_equal(unblock(SO_PIN, NEW_PIN), UKB_E_PIN_LENGTH);
}

static void
an_administrators_pin_that_must_be_changed_first_is_not_the_users_business(void **state)
{
    (void)state;
    fake.login_answer = CKR_PIN_EXPIRED;
    assert_int_equal(unblock(SO_PIN, NEW_PIN), UKB_E_UNSUPPORTED);
}

static void
unblocking_on_a_pin_pad_hands_over_no_pin(void **state)
{
    (void)state;
    fake.flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
    assert_int_equal(unblock(NULL, NULL), UKB_OK);
    assert_int_equal(pins.pad_asked, 1);
    assert_true(fake.login_pin_was_null);
    assert_true(fake.new_pin_was_null);
}

/* SoftHSM */

static struct softhsm soft;

static int
setup_softhsm(void **state)
{
    (void)state;
    memset(&err, 0, sizeof(err));
    softhsm_start(&soft, NULL);
    softhsm_token_new(&soft, "one");
    return 0;
}

static int
teardown_softhsm(void **state)
{
    (void)state;
    softhsm_stop(&soft);
    return 0;
}

static enum ukb_status
soft_login(const char *pin)
{
    struct ukb_token_session *session = softhsm_session(&soft, true, false);
    struct fake_pins login;
    const enum ukb_status st = ukb_token_login(session, fake_pins_init(&login, pin), &err);

    ukb_token_session_free(session);
    return st;
}

typedef enum ukb_status (*soft_operation)(struct ukb_token_session *session, const struct ukb_new_pin_source *source,
                                          struct ukb_error *reterr);

static enum ukb_status
soft_run(soft_operation operation, const char *present, const char *pin)
{
    struct ukb_token_session *session = softhsm_session(&soft, true, false);
    const enum ukb_status st = operation(session, fake_new_pins_init(&pins, present, pin), &err);

    ukb_token_session_free(session);
    return st;
}

static void
softhsm_takes_the_new_pin_and_no_longer_the_old_one(void **state)
{
    (void)state;
    assert_int_equal(soft_run(ukb_token_pin_change, WRONG_PIN, NEW_PIN), UKB_E_PIN_INCORRECT);
    assert_int_equal(soft_login(OLD_PIN), UKB_OK);
    assert_int_equal(soft_run(ukb_token_pin_change, OLD_PIN, NEW_PIN), UKB_OK);
    assert_int_equal(soft_login(OLD_PIN), UKB_E_PIN_INCORRECT);
    assert_int_equal(soft_login(NEW_PIN), UKB_OK);
}

static void
softhsm_takes_the_administrators_word(void **state)
{
    (void)state;
    assert_int_equal(soft_run(ukb_token_pin_unblock, OLD_PIN, NEW_PIN), UKB_E_PIN_INCORRECT);
    assert_int_equal(soft_login(OLD_PIN), UKB_OK);
    assert_int_equal(soft_run(ukb_token_pin_unblock, SO_PIN, NEW_PIN), UKB_OK);
    assert_int_equal(soft_login(OLD_PIN), UKB_E_PIN_INCORRECT);
    assert_int_equal(soft_login(NEW_PIN), UKB_OK);
}

#define CASE(name)      cmocka_unit_test_setup_teardown(name, opened_setup, opened_teardown)
#define CASE_SOFT(name) cmocka_unit_test_setup_teardown(name, setup_softhsm, teardown_softhsm)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_change_logs_in_for_itself_and_out_again),
        CASE(a_wrong_old_pin_spends_exactly_one_try),
        CASE(a_wrong_old_pin_that_leaves_one_try_says_so),
        CASE(a_pin_that_must_be_changed_is_changed),
        CASE(a_pin_that_only_a_login_finds_expired_is_changed),
        CASE(the_final_try_is_not_spent_without_a_word),
        CASE(the_final_try_of_a_pin_that_must_be_changed_needs_a_word_too),
        CASE(the_final_try_is_spent_once_with_the_users_word),
        CASE(a_locked_pin_is_not_tried),
        CASE(a_pin_that_was_never_set_cannot_be_changed),
        CASE(a_try_becoming_the_final_one_while_asking_needs_a_word),
        CASE(a_try_becoming_the_final_one_at_the_last_moment_is_not_asked_about),
        CASE(a_token_swapped_at_any_moment_gets_no_pin),
        CASE(cancelling_at_either_dialog_changes_nothing),
        CASE(what_before_write_refuses_is_not_done),
        CASE(pins_of_wrong_length_spend_no_try),
        CASE(a_new_pin_that_the_token_does_not_like_is_a_matter_of_its_form),
        CASE(a_token_that_wants_a_login_for_an_initial_pin_gets_one),
        CASE(a_wrong_pin_for_a_token_that_wants_a_login_spends_one_try),
        CASE(a_token_that_changes_no_pin_says_so),
        CASE(an_unknown_answer_counts_as_a_spent_try),
        CASE(a_pin_pad_gets_no_pins_after_the_user_was_told),
        CASE(a_pin_pad_is_not_touched_when_the_user_is_not_ready),
        CASE(a_session_that_is_logged_in_changes_nothing),
        CASE(the_administrator_sets_a_new_pin_and_is_logged_out),
        CASE(the_first_pin_is_set_the_same_way),
        CASE(a_wrong_administrators_pin_spends_one_of_its_own_tries),
        CASE(the_administrators_final_try_is_not_spent_without_a_word),
        CASE(a_locked_administrators_pin_is_not_tried),
        CASE(the_users_final_try_does_not_concern_the_administrator),
        CASE(an_administrators_pin_may_have_another_length_than_the_users),
        CASE(a_new_pin_that_cannot_be_set_leaves_nobody_logged_in),
        CASE(a_length_that_the_token_had_not_stated_may_be_wrong),
        CASE(an_administrators_pin_that_must_be_changed_first_is_not_the_users_business),
        CASE(unblocking_on_a_pin_pad_hands_over_no_pin),
        CASE_SOFT(softhsm_takes_the_new_pin_and_no_longer_the_old_one),
        CASE_SOFT(softhsm_takes_the_administrators_word),
    };

    return cmocka_run_group_tests_name("token/pin", tests, NULL, NULL);
}
