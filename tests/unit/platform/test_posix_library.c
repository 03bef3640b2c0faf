/* SPDX-License-Identifier: MIT */
/* Unit tests for platform/posix_library.c; what a PKCS#11 module makes of it is in token/test_module.c. */
#include "../test.h"

#include <string.h>

#include "platform/library.h"

static void
a_function_is_found_and_can_be_called(void **state)
{
    void (*found)(void) = NULL;
    struct ukb_error err = { 0 };
    int (*seven)(void) = NULL;

    (void)state;
    assert_int_equal(ukb_library_function(SEVEN_LIBRARY, "seven", &found, &err), UKB_OK);
    seven = (int (*)(void))found;
    assert_int_equal(seven(), 7);
}

static void
what_cannot_be_loaded_is_missing_in_the_loaders_words(void **state)
{
    static const struct {
        const char *path;
        const char *word;
    } rows[] = {
        { "/nowhere/libvendor.so", "No such file" },
        { "/etc/passwd", "invalid ELF header" },
        { SEVEN_LIBRARY, "eight" },
        { "libcrypto.so.3", "absolute" },
        { "", "absolute" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        void (*found)(void) = NULL;
        struct ukb_error err = { 0 };

        assert_int_equal(ukb_library_function(rows[i].path, "eight", &found, &err), UKB_E_MODULE_MISSING);
        assert_non_null(strstr(err.message, rows[i].word));
        assert_null(found);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_function_is_found_and_can_be_called),
        cmocka_unit_test(what_cannot_be_loaded_is_missing_in_the_loaders_words),
    };

    return cmocka_run_group_tests_name("platform/posix_library", tests, NULL, NULL);
}
