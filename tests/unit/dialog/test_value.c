/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <stdlib.h>
#include <string.h>

#include "dialog/value.h"

#define BAD "\xE2\x96\xA1" /* U+25A1 */

static void
expect(const char *text, enum ukb_value_kind kind, size_t max_len, const char *expected)
{
    struct ukb_buf buf = UKB_BUF_INIT(4096);
    struct ukb_error err = { 0 };

    assert_int_equal(ukb_value_append(text, kind, max_len, &buf, &err), UKB_OK);
    assert_string_equal(ukb_buf_text(&buf), expected);
    assert_true(ukb_value_wire_len(ukb_buf_text(&buf)) <= max_len);
    ukb_buf_done(&buf);
}

static void
ordinary_text_stays_as_it_is(void **state)
{
    (void)state;
    expect("My_UKey 01 & Co. 50%", UKB_VALUE_NAME, 120, "My_UKey 01 & Co. 50%");
    expect("江苏某某建设工程有限公司（李四）", UKB_VALUE_NAME, 120, "江苏某某建设工程有限公司（李四）");
    expect("𠮷野家 é", UKB_VALUE_NAME, 120, "𠮷野家 é");
    expect("", UKB_VALUE_NAME, 120, "");
    expect("https://ca.example.cn:8443", UKB_VALUE_ORIGIN, 120, "https://ca.example.cn:8443");
}

static void
every_kind_of_line_end_and_space_becomes_one_plain_space(void **state)
{
    (void)state;
    expect("a\nb\r\nc\td\ve\ff", UKB_VALUE_NAME, 120, "a b c d e f");
    expect("a\xE2\x80\xA8"
           "b\xE2\x80\xA9"
           "c\xC2\x85"
           "d",
           UKB_VALUE_NAME, 120, "a b c d"); /* U+2028, U+2029, U+0085 */
    expect("a\xC2\xA0\xE3\x80\x80\xE2\x80\x83\xE2\xA0\x80  b", UKB_VALUE_NAME, 120, "a b");
    expect("  \n a \n ", UKB_VALUE_NAME, 120, "a");
    expect(" \n ", UKB_VALUE_NAME, 120, "");
}

static void
direction_marks_and_invisible_characters_become_visible(void **state)
{
    static const char *const marks[] = {
        "\xE2\x80\xAA", "\xE2\x80\xAB", "\xE2\x80\xAC", "\xE2\x80\xAD", "\xE2\x80\xAE", /* U+202A to 202E */
        "\xE2\x81\xA6", "\xE2\x81\xA7", "\xE2\x81\xA8", "\xE2\x81\xA9",                 /* U+2066 to 2069 */
        "\xE2\x80\x8E", "\xE2\x80\x8F", "\xD8\x9C",                                     /* U+200E, 200F, 061C */
        "\xE2\x80\x8B", "\xE2\x80\x8C", "\xE2\x80\x8D", "\xE2\x81\xA0", "\xEF\xBB\xBF", /* zero width */
        "\xC2\xAD",     "\xCD\x8F",     "\xE3\x85\xA4", "\xEF\xB8\x8F", "\xF3\xA0\x81\x81",
        "\x01",         "\x1B",         "\x7F",         "\xC2\x9B",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        char text[16];

        (void)snprintf(text, sizeof(text), "a%sb", marks[i]);
        expect(text, UKB_VALUE_NAME, 120, "a" BAD "b");
    }
}

static void
bytes_that_are_not_utf8_become_visible(void **state)
{
    (void)state;
    expect("a\xFF"
           "b",
           UKB_VALUE_NAME, 120, "a" BAD "b");
    expect("a\x80"
           "b",
           UKB_VALUE_NAME, 120, "a" BAD "b");
    expect("\xC0\x8A", UKB_VALUE_NAME, 120, BAD BAD);                 /* an overlong line feed */
    expect("\xE0\x80\x8A", UKB_VALUE_NAME, 120, BAD BAD BAD);         /* the same, longer */
    expect("\xED\xA0\x80", UKB_VALUE_NAME, 120, BAD BAD BAD);         /* a surrogate */
    expect("\xF4\x90\x80\x80", UKB_VALUE_NAME, 120, BAD BAD BAD BAD); /* beyond U+10FFFF */
    expect("\xEF\xBF\xBD", UKB_VALUE_NAME, 120, BAD);                 /* U+FFFD itself */
    expect("\xE4\xB8", UKB_VALUE_NAME, 120, BAD BAD);                 /* ends within a sequence */
}

static void
markup_and_our_quotation_marks_are_taken_away(void **state)
{
    (void)state;
    expect("<b>x</b>", UKB_VALUE_NAME, 120, "‹b›x‹/b›");
    expect("x”, serial number “7", UKB_VALUE_NAME, 120, "x\", serial number \"7");
    expect("写入“甲”<i>", UKB_VALUE_LINE, 120, "写入“甲”‹i›");
}

static void
a_long_name_loses_its_end_between_characters(void **state)
{
    (void)state;
    expect("0123456789abcdef", UKB_VALUE_NAME, 16, "0123456789abcdef");
    expect("0123456789abcdefg", UKB_VALUE_NAME, 16, "0123456789abc…");
    expect("一二三四五六", UKB_VALUE_NAME, 16, "一二三四…"); /* 12 + 3: a fifth would need 18 */
    expect("a一二三四五六", UKB_VALUE_NAME, 18, "a一二三四…");
}

static void
a_percent_sign_counts_as_its_escape(void **state)
{
    (void)state;
    assert_int_equal(ukb_value_wire_len("a%\n\rb"), 11);
    expect("%%%%%%%%", UKB_VALUE_NAME, 16, "%%%%…");
}

static void
a_long_origin_keeps_scheme_and_end(void **state)
{
    (void)state;
    expect("https://www.bank.example.login.account.verify.evil.example", UKB_VALUE_ORIGIN, 40,
           "https://…n.account.verify.evil.example");
    expect("no-scheme-but-very-long-indeed.example", UKB_VALUE_ORIGIN, 20, "…ng-indeed.example");
}

static void
any_bytes_stay_one_valid_line_within_the_limit(void **state)
{
    unsigned int round;

    (void)state;
    srand(20261121);
    for (round = 0; round < 3000; round++) {
        struct ukb_buf buf = UKB_BUF_INIT(4096);
        struct ukb_error err = { 0 };
        char text[2600];
        size_t len = (size_t)rand() % (sizeof(text) - 1U);
        const size_t max_len = 16U + (size_t)rand() % (UKB_VALUE_MAX_LEN - 15U);
        size_t i;

        for (i = 0; i < len; i++) {
            text[i] = (char)(rand() % 255 + 1);
        }
        text[len] = '\0';
        assert_int_equal(ukb_value_append(text, (enum ukb_value_kind)(round % 3U), max_len, &buf, &err), UKB_OK);
        assert_true(ukb_value_wire_len(ukb_buf_text(&buf)) <= max_len);
        assert_null(strpbrk(ukb_buf_text(&buf), "\n\r\t<>"));
        ukb_buf_done(&buf);
    }
}

static void
a_full_buffer_is_an_error(void **state)
{
    struct ukb_buf buf = UKB_BUF_INIT(3);
    struct ukb_error err = { 0 };

    (void)state;
    assert_int_equal(ukb_value_append("four", UKB_VALUE_NAME, 120, &buf, &err), UKB_E_TOO_LARGE);
    ukb_buf_done(&buf);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary_text_stays_as_it_is),
        cmocka_unit_test(every_kind_of_line_end_and_space_becomes_one_plain_space),
        cmocka_unit_test(direction_marks_and_invisible_characters_become_visible),
        cmocka_unit_test(bytes_that_are_not_utf8_become_visible),
        cmocka_unit_test(markup_and_our_quotation_marks_are_taken_away),
        cmocka_unit_test(a_long_name_loses_its_end_between_characters),
        cmocka_unit_test(a_percent_sign_counts_as_its_escape),
        cmocka_unit_test(a_long_origin_keeps_scheme_and_end),
        cmocka_unit_test(any_bytes_stay_one_valid_line_within_the_limit),
        cmocka_unit_test(a_full_buffer_is_an_error),
    };

    return cmocka_run_group_tests_name("dialog/value", tests, NULL, NULL);
}
