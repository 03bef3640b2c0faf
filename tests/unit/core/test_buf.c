/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"

static void
appended_text_is_terminated(void **state)
{
    struct ukb_buf buf = UKB_BUF_INIT(1000);
    struct ukb_error err = { 0 };

    (void)state;
    assert_string_equal(ukb_buf_text(&buf), "");
    assert_int_equal(ukb_buf_append_text(&buf, "a", &err), UKB_OK);
    assert_int_equal(ukb_buf_printf(&buf, &err, "-%d-%s", 7, "b"), UKB_OK);
    assert_string_equal(ukb_buf_text(&buf), "a-7-b");
    ukb_buf_done(&buf);
}

static void
the_limit_holds_and_leaves_the_content(void **state)
{
    struct ukb_buf buf = UKB_BUF_INIT(4);
    struct ukb_error err = { 0 };

    (void)state;
    assert_int_equal(ukb_buf_append(&buf, "1234", 4, &err), UKB_OK);
    assert_int_equal(ukb_buf_append(&buf, "5", 1, &err), UKB_E_TOO_LARGE);
    assert_int_equal(ukb_buf_append(&buf, "5", SIZE_MAX, &err), UKB_E_TOO_LARGE);
    assert_int_equal(ukb_buf_printf(&buf, &err, "%s", "5"), UKB_E_TOO_LARGE);
    assert_int_equal(ukb_buf_append(&buf, "", 0, &err), UKB_OK);
    assert_string_equal(ukb_buf_text(&buf), "1234");
    assert_int_equal(ukb_buf_resize(&buf, 5, &err), UKB_E_TOO_LARGE);
    ukb_buf_done(&buf);
}

static void
memory_moves_and_is_taken_once(void **state)
{
    struct ukb_buf from = UKB_BUF_INIT(16);
    struct ukb_buf to = UKB_BUF_INIT(16);
    struct ukb_error err = { 0 };
    char *taken = NULL;

    (void)state;
    assert_int_equal(ukb_buf_append_text(&to, "old", &err), UKB_OK);
    assert_int_equal(ukb_buf_append_text(&from, "new", &err), UKB_OK);
    ukb_buf_move(&to, &from);
    assert_null(from.data);
    taken = ukb_buf_take(&to);
    assert_string_equal(taken, "new");
    assert_null(to.data);
    free(taken);
    ukb_buf_done(&to);
    ukb_buf_done(NULL);
}

static void
integers_are_appended_with_all_their_digits(void **state)
{
    static const long long numbers[] = { 0, 7, -1, 1000000, 9007199254740991LL, LLONG_MAX, LLONG_MIN };
    struct ukb_error err = { 0 };
    char expected[32];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        struct ukb_buf buf = UKB_BUF_INIT(20);

        (void)snprintf(expected, sizeof(expected), "%lld", numbers[i]);
        assert_int_equal(ukb_buf_append_integer(&buf, numbers[i], &err), UKB_OK);
        assert_string_equal(ukb_buf_text(&buf), expected);
        ukb_buf_done(&buf);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appended_text_is_terminated),
        cmocka_unit_test(the_limit_holds_and_leaves_the_content),
        cmocka_unit_test(integers_are_appended_with_all_their_digits),
        cmocka_unit_test(memory_moves_and_is_taken_once),
    };

    return cmocka_run_group_tests_name("core/buf", tests, NULL, NULL);
}
