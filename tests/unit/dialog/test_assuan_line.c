/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <string.h>

#include "dialog/assuan_line.h"

static void
only_percent_and_line_ends_are_escaped(void **state)
{
    char line[UKB_ASSUAN_LINE_MAX_LEN + 1U];

    (void)state;
    ukb_assuan_line("SETDESC", "100% \r\nUKey “锁” +_&", line);
    assert_string_equal(line, "SETDESC 100%25 %0D%0AUKey “锁” +_&");
    ukb_assuan_line("SETDESC", "", line);
    assert_string_equal(line, "SETDESC ");
    ukb_assuan_line("GETPIN", NULL, line);
    assert_string_equal(line, "GETPIN");
}

static void
a_text_cannot_begin_a_command_of_its_own(void **state)
{
    char line[UKB_ASSUAN_LINE_MAX_LEN + 1U];

    (void)state;
    ukb_assuan_line("SETDESC", "x\nGETPIN\n", line);
    assert_null(strpbrk(line, "\r\n"));
}

static void
a_text_that_just_fits_is_whole(void **state)
{
    char text[UKB_ASSUAN_LINE_MAX_LEN + 1U];
    char line[UKB_ASSUAN_LINE_MAX_LEN + 1U];
    const size_t room = UKB_ASSUAN_LINE_MAX_LEN - strlen("SETDESC ");

    (void)state;
    memset(text, 'x', room);
    text[room] = '\0';
    ukb_assuan_line("SETDESC", text, line);
    assert_int_equal(strlen(line), UKB_ASSUAN_LINE_MAX_LEN);
    assert_string_equal(line + strlen("SETDESC "), text);
}

static void
a_long_text_is_cut_between_characters_whatever_its_start(void **state)
{
    size_t shift;

    (void)state;
    for (shift = 0; shift < 6; shift++) {
        char text[4000] = "aaaaaa";
        char line[UKB_ASSUAN_LINE_MAX_LEN + 1U];
        const char *end = NULL;
        size_t len = shift;

        while (len + 3 < sizeof(text)) {
            memcpy(text + len, "锁", 4);
            len += 3;
        }
        ukb_assuan_line("SETDESC", text, line);
        assert_in_range(strlen(line), UKB_ASSUAN_LINE_MAX_LEN - 2, UKB_ASSUAN_LINE_MAX_LEN);
        end = line + strlen(line) - strlen("锁…");
        assert_string_equal(end, "锁…");
    }
}

static void
an_escape_is_never_cut(void **state)
{
    size_t shift;

    (void)state;
    for (shift = 0; shift < 4; shift++) {
        char text[2000];
        char line[UKB_ASSUAN_LINE_MAX_LEN + 1U];

        memset(text, '%', sizeof(text) - 1U);
        memset(text, 'a', shift);
        text[sizeof(text) - 1U] = '\0';
        ukb_assuan_line("SETDESC", text, line);
        assert_true(strlen(line) <= UKB_ASSUAN_LINE_MAX_LEN);
        assert_string_equal(line + strlen(line) - strlen("%25…"), "%25…");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_percent_and_line_ends_are_escaped),
        cmocka_unit_test(a_text_cannot_begin_a_command_of_its_own),
        cmocka_unit_test(a_text_that_just_fits_is_whole),
        cmocka_unit_test(a_long_text_is_cut_between_characters_whatever_its_start),
        cmocka_unit_test(an_escape_is_never_cut),
    };

    return cmocka_run_group_tests_name("dialog/assuan_line", tests, NULL, NULL);
}
