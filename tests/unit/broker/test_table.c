/* SPDX-License-Identifier: MIT */
/* Unit tests for broker/table.c: columns that line up on a terminal, and text that cannot drive it. */
#include "../test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "broker/table.h"

static const struct ukb_text heads[] = { { "NAME", "名称" }, { "SERIAL", "编号" } };

/* What is printed to stdout. */
static const char *
printed(const struct ukb_table *table)
{
    static char text[2048];
    FILE *file = tmpfile();
    int out = dup(STDOUT_FILENO);
    size_t len;

    assert_non_null(file);
    assert_int_equal(fflush(stdout), 0);
    assert_int_equal(dup2(fileno(file), STDOUT_FILENO), STDOUT_FILENO);
    ukb_table_print(table, "nothing");
    assert_int_equal(fflush(stdout), 0);
    assert_int_equal(dup2(out, STDOUT_FILENO), STDOUT_FILENO);
    (void)close(out);
    rewind(file);
    len = fread(text, 1, sizeof(text) - 1U, file);
    text[len] = '\0';
    (void)fclose(file);
    return text;
}

/* A table with one row of these two. */
static const char *
row(const char *name, const char *serial)
{
    const char *const cells[] = { name, serial };
    struct ukb_table *table = ukb_table_new(heads, 2);
    const char *text = NULL;

    ukb_table_add(table, cells);
    text = printed(table);
    ukb_table_free(table);
    return text;
}

static void
plain_letters_take_one_column(void **state)
{
    (void)state;
    assert_int_equal(ukb_table_width(""), 0);
    assert_int_equal(ukb_table_width("abc"), 3);
    assert_int_equal(ukb_table_width("M\xC3\xBCller"), 6);
    assert_int_equal(ukb_table_width("\xE2\x82\xAC"), 1); /* the euro sign, three bytes */
}

static void
wide_characters_take_two(void **state)
{
    (void)state;
    assert_int_equal(ukb_table_width("\xE6\x9D\x8E"), 2); /* a Chinese name */
    assert_int_equal(ukb_table_width("\xE6\x9D\x8E\xE5\x9B\x9B"), 4);
    assert_int_equal(ukb_table_width("\xED\x95\x9C"), 2);     /* Hangul */
    assert_int_equal(ukb_table_width("\xEF\xBC\xA1"), 2);     /* a full-width A */
    assert_int_equal(ukb_table_width("\xEF\xBD\xA1"), 1);     /* the half-width forms behind them */
    assert_int_equal(ukb_table_width("\xF0\xA0\x80\x80"), 2); /* beyond the basic plane */
    assert_int_equal(ukb_table_width("\xF0\x9F\x94\x91"), 2); /* a key, as a picture */
}

static void
text_that_is_cut_is_not_read_beyond_its_end(void **state)
{
    (void)state;
    assert_int_equal(ukb_table_width("\xE6"), 1);
    assert_int_equal(ukb_table_width("\xF0\xA0"), 1);
    assert_int_equal(ukb_table_width("a\xC3"), 2);
}

static void
columns_line_up_whatever_is_in_them(void **state)
{
    (void)state;
    assert_string_equal(row("Li", "1"), "NAME  SERIAL\nLi    1\n");
    assert_string_equal(row("\xE6\x9D\x8E", "1"), "NAME  SERIAL\n\xE6\x9D\x8E    1\n");
    assert_string_equal(row("longer", "1"), "NAME    SERIAL\nlonger  1\n");
}

static void
heads_are_in_the_users_language_and_line_up(void **state)
{
    (void)state;
    assert_int_equal(setenv("LC_ALL", "zh_CN.UTF-8", 1), 0);
    assert_string_equal(row("Li", "1"), "名称  编号\nLi    1\n");
    assert_string_equal(row("李", "1"), "名称  编号\n李    1\n");
    assert_string_equal(row("longer", "1"), "名称    编号\nlonger  1\n");
    assert_int_equal(setenv("LC_ALL", "C", 1), 0);
}

static void
a_missing_cell_reads_as_a_dash(void **state)
{
    (void)state;
    assert_string_equal(row(NULL, ""), "NAME  SERIAL\n-     -\n");
}

static void
controls_never_reach_the_terminal(void **state)
{
    (void)state;
    assert_string_equal(row("a\x1B[2J", "1\n2"), "NAME   SERIAL\na?[2J  1?2\n");
    assert_string_equal(row("\x7F\t\r", "1"), "NAME  SERIAL\n???   1\n");
    assert_string_equal(row("\xC2\x9B"
                            "x",
                            "1"),
                        "NAME  SERIAL\n??x   1\n");                              /* CSI of C1 */
    assert_string_equal(row("\xC2\xA9", "1"), "NAME  SERIAL\n\xC2\xA9     1\n"); /* no control: a sign */
}

static void
without_a_row_the_other_text_is_printed(void **state)
{
    struct ukb_table *table = ukb_table_new(heads, 2);

    (void)state;
    assert_string_equal(printed(table), "nothing\n");
    ukb_table_free(table);
}

static void
no_table_is_harmless(void **state)
{
    (void)state;
    ukb_table_add(NULL, (const char *const[]){ "a", "b" });
    assert_string_equal(printed(NULL), "nothing\n");
    ukb_table_free(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_letters_take_one_column),
        cmocka_unit_test(wide_characters_take_two),
        cmocka_unit_test(text_that_is_cut_is_not_read_beyond_its_end),
        cmocka_unit_test(columns_line_up_whatever_is_in_them),
        cmocka_unit_test(heads_are_in_the_users_language_and_line_up),
        cmocka_unit_test(a_missing_cell_reads_as_a_dash),
        cmocka_unit_test(controls_never_reach_the_terminal),
        cmocka_unit_test(without_a_row_the_other_text_is_printed),
        cmocka_unit_test(no_table_is_harmless),
    };

    if (setenv("LC_ALL", "C", 1) != 0) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
