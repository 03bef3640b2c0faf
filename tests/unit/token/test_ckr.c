/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include "token/ckr.h"

static void
values_have_their_names(void **state)
{
    char name[UKB_CKR_NAME_SIZE];

    (void)state;
    ukb_ckr_name(CKR_GENERAL_ERROR, name);
    assert_string_equal(name, "CKR_GENERAL_ERROR");
    ukb_ckr_name(CKR_USER_ANOTHER_ALREADY_LOGGED_IN, name);
    assert_string_equal(name, "CKR_USER_ANOTHER_ALREADY_LOGGED_IN");
    ukb_ckr_name(CKR_VENDOR_DEFINED + 17, name);
    assert_string_equal(name, "CKR_0x80000011");
    ukb_ckr_name(CK_UNAVAILABLE_INFORMATION, name);
    assert_string_equal(name, "CKR_0xFFFFFFFFFFFFFFFF");
}

static void
each_trouble_that_a_user_can_mend_has_its_status(void **state)
{
    (void)state;
    assert_int_equal(ukb_ckr_status(CKR_DEVICE_MEMORY), UKB_E_TOKEN_FULL);
    assert_int_equal(ukb_ckr_status(CKR_TOKEN_WRITE_PROTECTED), UKB_E_TOKEN_READ_ONLY);
    assert_int_equal(ukb_ckr_status(CKR_SESSION_READ_ONLY), UKB_E_TOKEN_READ_ONLY);
    assert_int_equal(ukb_ckr_status(CKR_FUNCTION_NOT_SUPPORTED), UKB_E_UNSUPPORTED);
    assert_int_equal(ukb_ckr_status(CKR_MECHANISM_INVALID), UKB_E_UNSUPPORTED);
    assert_int_equal(ukb_ckr_status(CKR_USER_ALREADY_LOGGED_IN), UKB_E_TOKEN_BUSY);
    assert_int_equal(ukb_ckr_status(CKR_HOST_MEMORY), UKB_E_INTERNAL);
    assert_int_equal(ukb_ckr_status(CKR_FUNCTION_FAILED), UKB_E_TOKEN_ERROR);
    assert_int_equal(ukb_ckr_status(CKR_VENDOR_DEFINED), UKB_E_TOKEN_ERROR);
}

static void
a_token_error_carries_its_name_and_others_do_not(void **state)
{
    struct ukb_error err = { 0 };

    (void)state;
    assert_int_equal(ukb_ckr_raise(CKR_FUNCTION_FAILED, "C_Sign", &err), UKB_E_TOKEN_ERROR);
    assert_string_equal(err.message, "C_Sign answered CKR_FUNCTION_FAILED");
    assert_int_equal(err.native, CKR_FUNCTION_FAILED);
    assert_string_equal(err.attrs[0].name, "ckr");
    assert_string_equal(err.attrs[0].string, "CKR_FUNCTION_FAILED");
    assert_int_equal(ukb_ckr_raise(CKR_DEVICE_MEMORY, "C_CreateObject", &err), UKB_E_TOKEN_FULL);
    assert_int_equal(err.attr_count, 0);
}

static void
only_some_answers_may_mean_a_pulled_token(void **state)
{
    (void)state;
    assert_true(ukb_ckr_may_be_gone(CKR_DEVICE_REMOVED));
    assert_true(ukb_ckr_may_be_gone(CKR_TOKEN_NOT_PRESENT));
    assert_true(ukb_ckr_may_be_gone(CKR_TOKEN_NOT_RECOGNIZED));
    assert_true(ukb_ckr_may_be_gone(CKR_SESSION_HANDLE_INVALID));
    assert_true(ukb_ckr_may_be_gone(CKR_SESSION_CLOSED));
    assert_true(ukb_ckr_may_be_gone(CKR_DEVICE_ERROR));
    assert_true(ukb_ckr_may_be_gone(CKR_GENERAL_ERROR));
    assert_false(ukb_ckr_may_be_gone(CKR_PIN_INCORRECT));
    assert_false(ukb_ckr_may_be_gone(CKR_DEVICE_MEMORY));
    assert_false(ukb_ckr_may_be_gone(CKR_VENDOR_DEFINED));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_have_their_names),
        cmocka_unit_test(each_trouble_that_a_user_can_mend_has_its_status),
        cmocka_unit_test(a_token_error_carries_its_name_and_others_do_not),
        cmocka_unit_test(only_some_answers_may_mean_a_pulled_token),
    };

    return cmocka_run_group_tests_name("token/ckr", tests, NULL, NULL);
}
