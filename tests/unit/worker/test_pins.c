/* SPDX-License-Identifier: MIT */
/* Unit tests for worker/pins.c: whose request it is, on which UKey, and what the broker is told meanwhile. */
#include "../test.h"

#include <stdio.h>
#include <string.h>

#include "../token/fake/fake_token.h"
#include "serving.h"
#include "token/token.h"

static struct fake_token token;
static struct ukb_error err;
static char params[80];

static int
setup(void **state)
{
    struct ukb_token_list list;

    (void)state;
    fake_token_open(&token);
    serving_start(UKB_WORKER_LOGIN);
    serving.service.module = token.module;
    assert_int_equal(ukb_tokens_list(token.module, &list, &err), UKB_OK);
    (void)snprintf(params, sizeof(params), "{\"token\":\"%s\"}", list.items[0].id);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    serving_stop();
    fake_token_close(&token);
    return 0;
}

static enum ukb_status
change(void)
{
    cJSON_Delete(serving_call(UKB_PIN_CHANGE, ukb_pin_change_handle, params, &err));
    return err.status;
}

static enum ukb_status
unblock(void)
{
    cJSON_Delete(serving_call(UKB_PIN_UNBLOCK, ukb_pin_unblock_handle, params, &err));
    return err.status;
}

static void
expect_one_write(void)
{
    serving_expect("worker.state", "interruptible", false);
    serving_expect("worker.state", "interruptible", true);
    assert_null(serving_heard());
}

static void
a_change_is_a_write_that_the_broker_is_told_of(void **state)
{
    (void)state;
    serving_person("123456 654321");
    assert_int_equal(change(), UKB_OK);
    assert_string_equal(fake.pin, "654321");
    expect_one_write();
}

static void
an_unblocking_takes_the_administrators_pin(void **state)
{
    (void)state;
    fake.tries_left = 0;
    serving_person("87654321 654321");
    assert_int_equal(unblock(), UKB_OK);
    assert_string_equal(fake.pin, "654321");
    expect_one_write();
}

static void
the_dialog_names_the_site_or_the_window(void **state)
{
    (void)state;
    serving_person("no no");
    assert_int_equal(change(), UKB_E_PIN_CANCELLED);
    assert_non_null(strstr(serving_dialogs(), SERVING_ORIGIN));
    serving.context.ui = true;
    assert_int_equal(unblock(), UKB_E_PIN_CANCELLED);
    assert_non_null(strstr(serving_dialogs(), "From: the window of UKey Bridge"));
}

static void
a_dialog_that_is_closed_writes_nothing(void **state)
{
    (void)state;
    serving_person("123456 no no 123456 no");
    assert_int_equal(change(), UKB_E_PIN_CANCELLED); /* the second dialog */
    assert_int_equal(change(), UKB_E_PIN_CANCELLED); /* the first */
    assert_int_equal(unblock(), UKB_E_PIN_CANCELLED);
    assert_string_equal(fake.pin, "123456");
    assert_int_equal(fake.tries_spent, 0);
    assert_null(serving_heard());
}

static void
a_wrong_pin_is_one_try_and_an_end(void **state)
{
    (void)state;
    serving_person("000000 654321 00000000 654321");
    assert_int_equal(change(), UKB_E_PIN_INCORRECT);
    expect_one_write();
    assert_int_equal(unblock(), UKB_E_PIN_INCORRECT);
    expect_one_write();
    assert_int_equal(fake.tries_spent, 2);
    assert_string_equal(fake.pin, "123456");
}

static void
another_ukey_is_not_asked_for_instead(void **state)
{
    (void)state;
    serving_person("123456 654321");
    memset(params + strlen("{\"token\":\""), 'f', UKB_TOKEN_ID_LEN);
    assert_int_equal(change(), UKB_E_NO_TOKEN);
    assert_int_equal(unblock(), UKB_E_NO_TOKEN);
    serving.service.module = NULL;
    assert_int_equal(change(), UKB_E_NO_TOKEN);
    assert_null(strstr(serving_dialogs(), "GETPIN"));
    assert_null(serving_heard());
}

static void
a_locked_pin_is_not_asked_for(void **state)
{
    (void)state;
    fake.tells_tries = true;
    fake.tries_left = 0;
    serving_person("123456 654321");
    assert_int_equal(change(), UKB_E_PIN_LOCKED);
    fake.so_tries_left = 0;
    assert_int_equal(unblock(), UKB_E_PIN_LOCKED);
    assert_null(strstr(serving_dialogs(), "GETPIN"));
    assert_null(serving_heard());
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_change_is_a_write_that_the_broker_is_told_of),
        TEST(an_unblocking_takes_the_administrators_pin),
        TEST(the_dialog_names_the_site_or_the_window),
        TEST(a_dialog_that_is_closed_writes_nothing),
        TEST(a_wrong_pin_is_one_try_and_an_end),
        TEST(another_ukey_is_not_asked_for_instead),
        TEST(a_locked_pin_is_not_asked_for),
    };

    return cmocka_run_group_tests_name("worker/pins", tests, NULL, NULL);
}
