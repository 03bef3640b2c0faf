/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <string.h>

#include "core/hex.h"

static void
bytes_come_back_from_their_digits(void **state)
{
    const unsigned char data[] = { 0x00, 0x7f, 0xff, 0x1a };
    unsigned char back[sizeof(data)] = { 0 };
    char text[2 * sizeof(data) + 1];

    (void)state;
    ukb_hex_encode(data, sizeof(data), text);
    assert_string_equal(text, "007fff1a");
    assert_true(ukb_hex_decode(text, back, sizeof(back)));
    assert_memory_equal(back, data, sizeof(data));
}

static void
anything_but_exact_lower_case_digits_is_refused(void **state)
{
    static const char *const bad[] = { "", "0", "0g", "AA", "aaa", "aabb", " a", "a\n" };
    unsigned char byte = 0;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(ukb_hex_decode(bad[i], &byte, 1));
        assert_false(ukb_hex_is(bad[i], 2));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_come_back_from_their_digits),
        cmocka_unit_test(anything_but_exact_lower_case_digits_is_refused),
    };

    return cmocka_run_group_tests_name("core/hex", tests, NULL, NULL);
}
