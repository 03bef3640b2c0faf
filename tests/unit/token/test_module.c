/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <string.h>

#include "fake/fake_module.h"
#include "fake/softhsm.h"

#include "token/module.h"

static void
expect_missing(const char *path, const char *word)
{
    struct ukb_module *module = NULL;
    struct ukb_error err = { 0 };

    assert_int_equal(ukb_module_load("vendor", path, &module, &err), UKB_E_MODULE_MISSING);
    assert_null(module);
    assert_string_equal(err.attrs[0].name, "module");
    assert_string_equal(err.attrs[0].string, "vendor");
    if (strstr(err.message, word) == NULL) {
        fail_msg("\"%s\" is not in: %s", word, err.message);
    }
}

static void
a_file_that_is_not_there_is_a_missing_module(void **state)
{
    (void)state;
    expect_missing("/nowhere/libvendor.so", "No such file");
}

static void
a_file_that_is_not_a_library_is_a_missing_module(void **state)
{
    (void)state;
    expect_missing("/etc/passwd", "invalid ELF header");
    expect_missing("/tmp", "/tmp");
}

static void
a_library_without_pkcs11_is_a_missing_module(void **state)
{
    (void)state;
    expect_missing(FOREIGN_LIBRARY, "C_GetFunctionList");
}

static void
a_path_that_is_not_absolute_is_not_searched_for(void **state)
{
    (void)state;
    expect_missing("libsofthsm2.so", "absolute");
    expect_missing("", "absolute");
}

static void
a_module_that_does_not_start_is_missing(void **state)
{
    struct ukb_module *module = NULL;
    struct ukb_error err = { 0 };

    (void)state;
    fake_reset();
    fake.initialize_answer = CKR_FUNCTION_FAILED;
    assert_int_equal(ukb_module_wrap("fake", fake_functions(), &module, &err), UKB_E_MODULE_MISSING);
    assert_null(module);
    assert_int_equal(err.native, CKR_FUNCTION_FAILED);
    assert_string_equal(err.attrs[0].string, "fake");
    assert_non_null(strstr(err.message, "C_Initialize answered CKR_FUNCTION_FAILED"));
    assert_int_equal(fake.finalize_calls, 0);
}

static void
a_module_that_initialised_itself_is_taken(void **state)
{
    struct ukb_module *module = NULL;
    struct ukb_error err = { 0 };

    (void)state;
    fake_reset();
    fake.initialize_answer = CKR_CRYPTOKI_ALREADY_INITIALIZED;
    assert_int_equal(ukb_module_wrap("fake", fake_functions(), &module, &err), UKB_OK);
    ukb_module_free(module);
}

static void
a_module_is_finalised_once(void **state)
{
    struct ukb_module *module = NULL;
    struct ukb_error err = { 0 };

    (void)state;
    fake_reset();
    ukb_module_free(NULL);
    assert_int_equal(ukb_module_wrap("fake", fake_functions(), &module, &err), UKB_OK);
    assert_int_equal(ukb_module_refresh(module, &err), UKB_OK);
    assert_int_equal(fake.initialize_calls, 2);
    assert_int_equal(fake.finalize_calls, 1);
    fake.initialize_answer = CKR_DEVICE_ERROR;
    assert_int_equal(ukb_module_refresh(module, &err), UKB_E_MODULE_MISSING);
    assert_int_equal(fake.finalize_calls, 2);
    ukb_module_free(module);
    assert_int_equal(fake.finalize_calls, 2);
}

static void
a_module_without_a_description_goes_by_its_maker(void **state)
{
    struct ukb_module *module = NULL;
    struct ukb_error err = { 0 };

    (void)state;
    fake_reset();
    assert_int_equal(ukb_module_wrap("fake", fake_functions(), &module, &err), UKB_OK);
    assert_string_equal(ukb_module_id(module), "fake");
    assert_string_equal(ukb_module_name(module), "Fake maker");
    assert_string_equal(ukb_module_version(module), "1.7");
    ukb_module_free(module);
}

static void
a_real_module_tells_its_name_and_version(void **state)
{
    struct softhsm soft;

    (void)state;
    softhsm_start(&soft, NULL);
    assert_string_equal(ukb_module_id(soft.module), "softhsm");
    assert_string_equal(ukb_module_name(soft.module), "Implementation of PKCS11");
    assert_string_equal(ukb_module_version(soft.module), "2.6");
    softhsm_stop(&soft);
}

static void
a_real_module_can_be_loaded_again(void **state)
{
    struct softhsm soft;

    (void)state;
    softhsm_start(&soft, NULL);
    softhsm_stop(&soft);
    softhsm_start(&soft, NULL);
    softhsm_stop(&soft);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_is_not_there_is_a_missing_module),
        cmocka_unit_test(a_file_that_is_not_a_library_is_a_missing_module),
        cmocka_unit_test(a_library_without_pkcs11_is_a_missing_module),
        cmocka_unit_test(a_path_that_is_not_absolute_is_not_searched_for),
        cmocka_unit_test(a_module_that_does_not_start_is_missing),
        cmocka_unit_test(a_module_that_initialised_itself_is_taken),
        cmocka_unit_test(a_module_is_finalised_once),
        cmocka_unit_test(a_module_without_a_description_goes_by_its_maker),
        cmocka_unit_test(a_real_module_tells_its_name_and_version),
        cmocka_unit_test(a_real_module_can_be_loaded_again),
    };

    return cmocka_run_group_tests_name("token/module", tests, NULL, NULL);
}
