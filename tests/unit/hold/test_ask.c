/* SPDX-License-Identifier: MIT */
/* Unit tests for hold/ask.c: the token room's questions in the dialog room's words, and its answers back. */
#include "scene.h"

#define ORIGIN "https://portal.example"

static struct ukb_asking asking;
static struct ukb_pin_source source;
static struct ukb_secret pin;

static void
start(const char *words, enum ukb_dialog_pin which)
{
    scene_start(words, ORIGIN);
    asking = ukb_asking_of(&scene.hold, UKB_DIALOG_INSTALL, which);
    source = ukb_asking_source(&asking);
}

static int
teardown(void **state)
{
    ukb_secret_done(&pin);
    return scene_teardown(state);
}

static enum ukb_status
get(enum ukb_pin_state state)
{
    ukb_secret_done(&pin);
    return source.get(source.ctx, state, 4, 16, &pin, &err);
}

static void
the_dialog_is_about_the_holds_ukey_and_who_asks(void **state)
{
    (void)state;
    start("123456", UKB_DIALOG_PIN_LOGIN);
    assert_string_equal(asking.facts.origin, ORIGIN);
    assert_string_equal(asking.facts.token_label, scene.info.label);
    assert_string_equal(asking.facts.token_serial, scene.info.serial);
    assert_int_equal(get(UKB_PIN_OK), UKB_OK);
    assert_int_equal(pin.len, 6);
    assert_memory_equal(pin.data, "123456", 6);
    assert_true(scene_told(ORIGIN));
    assert_true(scene_told("write the new certificates to the UKey"));
}

static void
what_is_known_of_the_tries_is_told(void **state)
{
    (void)state;
    start("1111 1111 1111", UKB_DIALOG_PIN_LOGIN);
    assert_int_equal(get(UKB_PIN_OK), UKB_OK);
    assert_false(scene_told("Few tries are left"));
    assert_int_equal(get(UKB_PIN_LOW), UKB_OK);
    assert_true(scene_told("Few tries are left before the UKey locks."));
    assert_false(scene_told("This is the last try"));
    assert_int_equal(get(UKB_PIN_FINAL), UKB_OK);
    assert_true(scene_told("This is the last try: a wrong PIN locks the UKey."));
}

static void
the_lengths_are_told_but_of_an_administrators_pin_nobody_knows_them(void **state)
{
    (void)state;
    start("1111 1111", UKB_DIALOG_PIN_LOGIN);
    assert_int_equal(get(UKB_PIN_OK), UKB_OK);
    assert_true(scene_told("(4 to 16 characters)"));
    assert_int_equal(asking.facts.min_len, 4);
    asking.facts.pin = UKB_DIALOG_PIN_ADMIN;
    assert_int_equal(get(UKB_PIN_OK), UKB_OK);
    assert_int_equal(asking.facts.min_len + asking.facts.max_len, 0);
    assert_true(scene_told("Administrator PIN (PUK):"));
}

static void
a_dialog_that_is_closed_is_cancelling(void **state)
{
    (void)state;
    start("no", UKB_DIALOG_PIN_LOGIN);
    assert_int_equal(get(UKB_PIN_OK), UKB_E_PIN_CANCELLED);
    assert_null(pin.data);
}

static void
each_pins_last_try_has_a_question_of_its_own(void **state)
{
    (void)state;
    start("", UKB_DIALOG_PIN_LOGIN);
    assert_int_equal(source.confirm_final_try(source.ctx, &err), UKB_OK);
    assert_true(scene_told("only its certificate authority can unlock"));
    assert_false(scene_told("nobody can unlock it"));
    asking.facts.pin = UKB_DIALOG_PIN_ADMIN;
    assert_int_equal(source.confirm_final_try(source.ctx, &err), UKB_OK);
    assert_true(scene_told("nobody can unlock it"));
}

static void
a_no_is_no_yes(void **state)
{
    (void)state;
    start("deny", UKB_DIALOG_PIN_LOGIN);
    assert_int_equal(source.confirm_final_try(source.ctx, &err), UKB_E_PIN_FINAL_TRY);
    assert_int_not_equal(source.ready_for_pad(source.ctx, &err), UKB_OK);
}

static void
a_keypad_is_announced(void **state)
{
    (void)state;
    start("", UKB_DIALOG_PIN_LOGIN);
    assert_int_equal(source.ready_for_pad(source.ctx, &err), UKB_OK);
    assert_true(scene_told("keypad or reader"));
    assert_false(scene_told("GETPIN"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_dialog_is_about_the_holds_ukey_and_who_asks),
        TEST(what_is_known_of_the_tries_is_told),
        TEST(the_lengths_are_told_but_of_an_administrators_pin_nobody_knows_them),
        TEST(a_dialog_that_is_closed_is_cancelling),
        TEST(each_pins_last_try_has_a_question_of_its_own),
        TEST(a_no_is_no_yes),
        TEST(a_keypad_is_announced),
    };

    return cmocka_run_group_tests_name("hold/ask", tests, NULL, NULL);
}
