/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <string.h>

#include "fake/fake_token.h"
#include "fake/softhsm.h"

#include "token/session.h"
#include "token/token.h"

static const char PIN[] = "123456";

static struct fake_token token;
static struct ukb_token_session *session;
static struct ukb_error err;

static int
setup(void **state)
{
    (void)state;
    memset(&err, 0, sizeof(err));
    session = NULL;
    fake_token_open(&token);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    ukb_token_session_free(session);
    fake_token_close(&token);
    return 0;
}

static enum ukb_status
open_same(bool writable)
{
    return ukb_token_session_open(token.module, ukb_token_session_info(token.session)->id, writable, &session, &err);
}

static void
an_unknown_id_is_no_token(void **state)
{
    (void)state;
    assert_int_equal(ukb_token_session_open(token.module, "00112233445566778899aabbccddeeff", false, &session, &err),
                     UKB_E_NO_TOKEN);
    assert_null(session);
    assert_int_equal(fake.open_sessions, 1); /* setup's */
}

static void
two_tokens_of_one_id_refuse_writes_only(void **state)
{
    (void)state;
    fake.slot_count = 2;
    assert_int_equal(open_same(true), UKB_E_TOKEN_AMBIGUOUS);
    assert_int_equal(open_same(false), UKB_OK);
}

static void
a_write_protected_token_refuses_writes_only(void **state)
{
    (void)state;
    fake.flags |= CKF_WRITE_PROTECTED;
    assert_int_equal(open_same(true), UKB_E_TOKEN_READ_ONLY);
    assert_int_equal(open_same(false), UKB_OK);
}

static void
a_session_that_does_not_open_says_why(void **state)
{
    (void)state;
    fake.open_answer = CKR_SESSION_COUNT;
    assert_int_equal(open_same(false), UKB_E_TOKEN_BUSY);
    fake.open_answer = CKR_TOKEN_WRITE_PROTECTED;
    assert_int_equal(open_same(true), UKB_E_TOKEN_READ_ONLY);
}

static void
a_further_session_is_on_the_same_token_or_none(void **state)
{
    (void)state;
    assert_int_equal(ukb_token_session_again(token.session, &session, &err), UKB_OK);
    assert_string_equal(ukb_token_session_info(session)->id, ukb_token_session_info(token.session)->id);
    ukb_token_session_free(session);
    session = NULL;
    fake.serials[0] = "0002";
    assert_int_equal(ukb_token_session_again(token.session, &session, &err), UKB_E_TOKEN_REMOVED);
    assert_null(session);
    assert_int_equal(fake.open_sessions, 1);
}

static void
a_further_session_logs_nobody_out(void **state)
{
    struct fake_pins pins;

    (void)state;
    assert_int_equal(ukb_token_login(token.session, fake_pins_init(&pins, PIN), &err), UKB_OK);
    assert_int_equal(ukb_token_session_again(token.session, &session, &err), UKB_OK);
    ukb_token_session_free(session);
    session = NULL;
    assert_int_equal(fake.logout_calls, 0);
    assert_true(fake.logged_in);
}

static void
a_look_anew_starts_the_module_again_without_the_login(void **state)
{
    struct fake_pins pins;

    (void)state;
    assert_int_equal(ukb_token_login(token.session, fake_pins_init(&pins, PIN), &err), UKB_OK);
    assert_int_equal(ukb_token_session_anew(&token.session, true, &err), UKB_OK);
    assert_int_equal(fake.logout_calls, 1);
    assert_false(fake.logged_in);
    assert_int_equal(fake.open_sessions, 1);
    assert_int_equal(ukb_token_login(token.session, fake_pins_init(&pins, PIN), &err), UKB_OK); /* it may log in again */
}

static void
a_look_anew_at_a_token_that_is_gone_is_a_removal(void **state)
{
    (void)state;
    fake.slot_count = 0;
    assert_int_equal(ukb_token_session_anew(&token.session, true, &err), UKB_E_TOKEN_REMOVED);
    assert_null(token.session);
    assert_int_equal(fake.open_sessions, 0);
}

static void
a_failure_with_the_token_gone_is_a_removal(void **state)
{
    (void)state;
    fake.slot_count = 0;
    assert_int_equal(ukb_token_failure(token.session, CKR_GENERAL_ERROR, "C_Sign", &err), UKB_E_TOKEN_REMOVED);
    assert_int_equal(err.native, CKR_GENERAL_ERROR);
    fake.slot_count = 1;
    fake.serials[0] = "0002"; /* another one in its place */
    assert_int_equal(ukb_token_failure(token.session, CKR_DEVICE_REMOVED, "C_Sign", &err), UKB_E_TOKEN_REMOVED);
}

static void
a_failure_with_the_token_there_is_an_error(void **state)
{
    (void)state;
    assert_int_equal(ukb_token_failure(token.session, CKR_GENERAL_ERROR, "C_Sign", &err), UKB_E_TOKEN_ERROR);
    assert_string_equal(err.attrs[0].string, "CKR_GENERAL_ERROR");
}

static void
a_failure_that_says_nothing_of_removal_stays_what_it_is(void **state)
{
    (void)state;
    fake.slot_count = 0;
    assert_int_equal(ukb_token_failure(token.session, CKR_DEVICE_MEMORY, "C_CreateObject", &err), UKB_E_TOKEN_FULL);
}

static void
a_module_that_cannot_list_any_more_proves_no_removal(void **state)
{
    (void)state;
    fake.slot_list_answer = CKR_DEVICE_ERROR;
    assert_int_equal(ukb_token_failure(token.session, CKR_DEVICE_ERROR, "C_Sign", &err), UKB_E_TOKEN_ERROR);
    assert_string_equal(err.attrs[0].string, "CKR_DEVICE_ERROR");
}

static void
a_real_token_that_was_pulled_is_removed_then_not_there(void **state)
{
    struct softhsm soft;

    (void)state;
    softhsm_start(&soft, NULL);
    softhsm_token_new(&soft, "Pulled");
    session = softhsm_session(&soft, true, true);
    softhsm_pull(&soft);
    assert_int_equal(ukb_token_failure(session, CKR_GENERAL_ERROR, "C_CreateObject", &err), UKB_E_TOKEN_REMOVED);
    ukb_token_session_free(session);
    session = NULL;
    assert_int_equal(ukb_token_session_open(soft.module, soft.token_id, false, &session, &err), UKB_E_NO_TOKEN);
    softhsm_insert(&soft);
    assert_int_equal(ukb_module_refresh(soft.module, &err), UKB_OK);
    session = softhsm_session(&soft, false, false);
    ukb_token_session_free(session);
    session = NULL;
    softhsm_stop(&soft);
}

static void
a_real_token_takes_the_right_pin_only(void **state)
{
    struct fake_pins pins;
    struct softhsm soft;

    (void)state;
    softhsm_start(&soft, NULL);
    softhsm_token_new(&soft, "PIN");
    session = softhsm_session(&soft, false, false);
    assert_int_equal(ukb_token_login(session, fake_pins_init(&pins, "000000"), &err), UKB_E_PIN_INCORRECT);
    assert_int_equal(ukb_token_login(session, fake_pins_init(&pins, PIN), &err), UKB_OK);
    assert_int_equal(pins.state, UKB_PIN_LOW); /* SoftHSM remembers the wrong one */
    ukb_token_session_free(session);
    session = softhsm_session(&soft, false, true); /* the login ended with its session */
    ukb_token_session_free(session);
    session = NULL;
    softhsm_stop(&soft);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(an_unknown_id_is_no_token),
        CASE(two_tokens_of_one_id_refuse_writes_only),
        CASE(a_write_protected_token_refuses_writes_only),
        CASE(a_session_that_does_not_open_says_why),
        CASE(a_further_session_is_on_the_same_token_or_none),
        CASE(a_further_session_logs_nobody_out),
        CASE(a_look_anew_starts_the_module_again_without_the_login),
        CASE(a_look_anew_at_a_token_that_is_gone_is_a_removal),
        CASE(a_failure_with_the_token_gone_is_a_removal),
        CASE(a_failure_with_the_token_there_is_an_error),
        CASE(a_failure_that_says_nothing_of_removal_stays_what_it_is),
        CASE(a_module_that_cannot_list_any_more_proves_no_removal),
        cmocka_unit_test(a_real_token_that_was_pulled_is_removed_then_not_there),
        cmocka_unit_test(a_real_token_takes_the_right_pin_only),
    };

    return cmocka_run_group_tests_name("token/session", tests, NULL, NULL);
}
