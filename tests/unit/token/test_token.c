/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <string.h>

#include "core/hex.h"
#include "fake/opened.h"
#include "fake/softhsm.h"

#include "token/token.h"

static struct ukb_token_list list;

static const struct ukb_token_info *
only_token(void)
{
    assert_int_equal(ukb_tokens_list(token.module, &list, &err), UKB_OK);
    assert_int_equal(list.count, 1);
    return &list.items[0];
}

static void
a_token_says_who_it_is(void **state)
{
    const struct ukb_token_info *info = only_token();

    (void)state;
    assert_true(ukb_hex_is(info->id, UKB_TOKEN_ID_LEN));
    assert_string_equal(info->label, "Fake token");
    assert_string_equal(info->manufacturer, "Fake maker");
    assert_string_equal(info->model, "F1");
    assert_string_equal(info->serial, "0001");
    assert_string_equal(info->reader, "Fake reader");
    assert_int_equal(info->pin_min_len, 4);
    assert_int_equal(info->pin_max_len, 16);
    assert_true(info->writable);
    assert_int_equal(info->can_import, UKB_UNKNOWN);
}

static bool
is_named(void *wanted, const char *name)
{
    return strcmp(wanted, name) == 0;
}

static void
all_slots_are_asked_for_their_names(void **state)
{
    char own[] = "Fake reader";
    char other[] = "Fake reader 2";

    (void)state;
    assert_true(ukb_module_slots_all(token.module, is_named, own));
    assert_false(ukb_module_slots_all(token.module, is_named, other));
}

static void
the_id_follows_the_token_and_not_the_slot(void **state)
{
    (void)state;
    fake.slot_count = 3;
    fake.serials[1] = "0002";
    fake.serials[2] = "0001";
    assert_int_equal(ukb_tokens_list(token.module, &list, &err), UKB_OK);
    assert_int_equal(list.count, 3);
    assert_string_equal(list.items[0].id, list.items[2].id);
    assert_string_not_equal(list.items[0].id, list.items[1].id);
    assert_int_equal(list.items[2].slot, 2);
}

static void
the_flags_make_the_pins_state(void **state)
{
    static const struct {
        CK_FLAGS flags;
        unsigned int tries;
        enum ukb_pin_state state;
        int retries;
    } rows[] = {
        { CKF_USER_PIN_INITIALIZED, 3, UKB_PIN_OK, -1 },
        { CKF_USER_PIN_INITIALIZED, 2, UKB_PIN_LOW, -1 },
        { CKF_USER_PIN_INITIALIZED, 1, UKB_PIN_FINAL, 1 },
        { CKF_USER_PIN_INITIALIZED, 0, UKB_PIN_LOCKED, 0 },
        { 0, 3, UKB_PIN_UNINITIALISED, -1 },
        { CKF_USER_PIN_INITIALIZED | CKF_USER_PIN_TO_BE_CHANGED, 3, UKB_PIN_MUST_CHANGE, -1 },
        { CKF_USER_PIN_INITIALIZED | CKF_USER_PIN_TO_BE_CHANGED, 0, UKB_PIN_LOCKED, 0 },
        { CKF_USER_PIN_INITIALIZED | CKF_PROTECTED_AUTHENTICATION_PATH, 3, UKB_PIN_PAD, -1 },
        { CKF_USER_PIN_INITIALIZED | CKF_PROTECTED_AUTHENTICATION_PATH, 1, UKB_PIN_FINAL, 1 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fake.flags = CKF_TOKEN_INITIALIZED | rows[i].flags;
        fake.tries_left = rows[i].tries;
        assert_int_equal(only_token()->pin_state, rows[i].state);
        assert_int_equal(only_token()->pin_pad, (rows[i].flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0);
        assert_int_equal(ukb_pin_retries_left(only_token()->pin_state), rows[i].retries);
    }
}

static void
a_pin_that_must_be_changed_bars_no_change(void **state)
{
    static const struct {
        unsigned int tries;
        enum ukb_pin_state state;
    } rows[] = { { 3, UKB_PIN_OK }, { 2, UKB_PIN_LOW }, { 1, UKB_PIN_FINAL }, { 0, UKB_PIN_LOCKED } };
    size_t i;

    (void)state;
    fake.flags |= CKF_USER_PIN_TO_BE_CHANGED;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fake.tries_left = rows[i].tries;
        assert_int_equal(only_token()->pin_change_state, rows[i].state);
    }
    fake.flags &= ~(CK_FLAGS)CKF_USER_PIN_INITIALIZED;
    assert_int_equal(only_token()->pin_change_state, UKB_PIN_UNINITIALISED);
}

static void
the_administrators_pin_has_flags_of_its_own(void **state)
{
    static const struct {
        CK_FLAGS flags;
        unsigned int tries;
        enum ukb_pin_state state;
    } rows[] = {
        { 0, 3, UKB_PIN_OK },
        { 0, 2, UKB_PIN_LOW },
        { 0, 1, UKB_PIN_FINAL },
        { 0, 0, UKB_PIN_LOCKED },
        { CKF_SO_PIN_TO_BE_CHANGED, 3, UKB_PIN_OK },
        { CKF_PROTECTED_AUTHENTICATION_PATH, 3, UKB_PIN_PAD },
        { CKF_PROTECTED_AUTHENTICATION_PATH, 1, UKB_PIN_FINAL },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fake.flags = CKF_TOKEN_INITIALIZED | rows[i].flags;
        fake.so_tries_left = rows[i].tries;
        assert_int_equal(only_token()->so_pin_state, rows[i].state);
        assert_int_equal(only_token()->pin_state, UKB_PIN_UNINITIALISED);
    }
    fake.flags = CKF_TOKEN_INITIALIZED | CKF_USER_PIN_INITIALIZED;
    fake.so_tries_left = 3;
    fake.tries_left = 0;
    assert_int_equal(only_token()->so_pin_state, UKB_PIN_OK);
}

static void
nonsense_pin_lengths_limit_nothing(void **state)
{
    (void)state;
    fake.pin_min_len = CK_UNAVAILABLE_INFORMATION;
    fake.pin_max_len = 0;
    assert_int_equal(only_token()->pin_min_len, 1);
    assert_int_equal(only_token()->pin_max_len, UKB_PIN_MAX_LEN);
    fake.pin_min_len = 0;
    fake.pin_max_len = 100000;
    assert_int_equal(only_token()->pin_min_len, 1);
    assert_int_equal(only_token()->pin_max_len, UKB_PIN_MAX_LEN);
}

static void
algorithms_follow_the_mechanisms_and_their_sizes(void **state)
{
    (void)state;
    assert_int_equal(only_token()->algorithms, UKB_RSA_2048 | UKB_EC_P256);
    assert_int_equal(only_token()->rsa_max_bits, 2048);
    fake.mechanism_count = 1; /* RSA only */
    assert_int_equal(only_token()->algorithms, UKB_RSA_2048);
    assert_false(only_token()->can_generate_ec);
    fake.mechanism_count = 0;
    assert_int_equal(only_token()->algorithms, 0);
    assert_int_equal(only_token()->rsa_min_bits, 0);
}

static void
a_write_protected_token_takes_nothing(void **state)
{
    (void)state;
    fake.flags |= CKF_WRITE_PROTECTED;
    assert_false(only_token()->writable);
    assert_int_equal(only_token()->can_import, UKB_NO);
}

static void
an_uninitialised_token_is_left_out(void **state)
{
    (void)state;
    fake.flags = 0;
    assert_int_equal(ukb_tokens_list(token.module, &list, &err), UKB_OK);
    assert_int_equal(list.count, 0);
}

static void
a_token_being_pulled_is_left_out(void **state)
{
    (void)state;
    fake.token_info_answer = CKR_GENERAL_ERROR;
    assert_int_equal(ukb_tokens_list(token.module, &list, &err), UKB_OK);
    assert_int_equal(list.count, 0);
}

static void
more_slots_than_the_limit_are_an_error(void **state)
{
    (void)state;
    fake.slot_count = UKB_SLOTS_MAX;
    assert_int_equal(ukb_tokens_list(token.module, &list, &err), UKB_OK);
    assert_int_equal(list.count, UKB_SLOTS_MAX);
    fake.slot_count = UKB_SLOTS_MAX + 1U;
    assert_int_equal(ukb_tokens_list(token.module, &list, &err), UKB_E_TOO_LARGE);
}

static void
a_module_that_cannot_list_says_so(void **state)
{
    (void)state;
    fake.slot_list_answer = CKR_FUNCTION_FAILED;
    assert_int_equal(ukb_tokens_list(token.module, &list, &err), UKB_E_TOKEN_ERROR);
    assert_string_equal(err.attrs[0].string, "CKR_FUNCTION_FAILED");
}

static void
real_tokens_come_and_go_with_a_refresh(void **state)
{
    struct softhsm soft;
    char first[UKB_TOKEN_ID_LEN + 1U];

    (void)state;
    softhsm_start(&soft, NULL);
    assert_int_equal(ukb_tokens_list(soft.module, &list, &err), UKB_OK);
    assert_int_equal(list.count, 0); /* the uninitialised slot does not count */
    softhsm_token_new(&soft, "First");
    memcpy(first, soft.token_id, sizeof(first));
    softhsm_token_new(&soft, "Second");
    assert_int_equal(ukb_tokens_list(soft.module, &list, &err), UKB_OK);
    assert_int_equal(list.count, 2);
    assert_int_equal(list.items[0].algorithms, UKB_RSA_2048 | UKB_RSA_3072 | UKB_EC_P256 | UKB_EC_P384);
    assert_int_equal(list.items[0].pin_state, UKB_PIN_OK);

    softhsm_pull(&soft);
    assert_int_equal(ukb_tokens_list(soft.module, &list, &err), UKB_OK);
    assert_int_equal(list.count, 0);
    softhsm_insert(&soft);
    assert_int_equal(ukb_module_refresh(soft.module, &err), UKB_OK);
    assert_int_equal(ukb_tokens_list(soft.module, &list, &err), UKB_OK);
    assert_int_equal(list.count, 2);
    assert_true(strcmp(list.items[0].id, first) == 0 || strcmp(list.items[1].id, first) == 0);
    softhsm_stop(&soft);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, opened_setup, opened_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_token_says_who_it_is),
        CASE(all_slots_are_asked_for_their_names),
        CASE(the_id_follows_the_token_and_not_the_slot),
        CASE(the_flags_make_the_pins_state),
        CASE(a_pin_that_must_be_changed_bars_no_change),
        CASE(the_administrators_pin_has_flags_of_its_own),
        CASE(nonsense_pin_lengths_limit_nothing),
        CASE(algorithms_follow_the_mechanisms_and_their_sizes),
        CASE(a_write_protected_token_takes_nothing),
        CASE(an_uninitialised_token_is_left_out),
        CASE(a_token_being_pulled_is_left_out),
        CASE(more_slots_than_the_limit_are_an_error),
        CASE(a_module_that_cannot_list_says_so),
        cmocka_unit_test(real_tokens_come_and_go_with_a_refresh),
    };

    return cmocka_run_group_tests_name("token/token", tests, NULL, NULL);
}
