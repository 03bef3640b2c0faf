/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <string.h>

#include "token/text.h"

static void
expect(const char *from, size_t len, const char *expected)
{
    char text[64] = "unset";

    assert_true(len < sizeof(text));
    ukb_text_printable((const unsigned char *)from, len, text);
    assert_string_equal(text, expected);
}

static void
padding_is_dropped(void **state)
{
    (void)state;
    expect("UKey    ", 8, "UKey");
    expect("UKey\0\0\0\0", 8, "UKey");
    expect("UKey  \0x", 8, "UKey");
    expect("        ", 8, "");
    expect("", 0, "");
    expect("a b ", 4, "a b");
}

static void
chinese_text_stays(void **state)
{
    (void)state;
    expect("\xE6\x99\xBA\xE8\x83\xBD key  ", 12, "\xE6\x99\xBA\xE8\x83\xBD key");
    expect("\xF0\xA0\x80\x80", 4, "\xF0\xA0\x80\x80");
}

static void
bytes_that_are_not_utf8_become_question_marks(void **state)
{
    (void)state;
    expect("\xC4\xE3\xBA\xC3", 4, "????"); /* GBK */
    expect("ab\xE6\x99", 4, "ab??");       /* cut by the field's end */
    expect("\xC0\xAF", 2, "??");           /* overlong */
    expect("\xE0\x80\xAF", 3, "???");      /* overlong */
    expect("\xED\xA0\x80", 3, "???");      /* surrogate */
    expect("\xF4\x90\x80\x80", 4, "????"); /* beyond U+10FFFF */
    expect("\xFF\xFE", 2, "??");
}

static void
characters_that_fake_others_become_question_marks(void **state)
{
    (void)state;
    expect("a\nb\x1B[m", 6, "a?b?[m");
    expect("\xE2\x80\xAE"
           "fdp",
           6, "???fdp"); /* right-to-left override */
    expect("\xE2\x80\x8B"
           "x",
           4, "???x");           /* zero width space */
    expect("\xC2\x85", 2, "??"); /* C1 control */
    expect("\x7F", 1, "?");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(padding_is_dropped),
        cmocka_unit_test(chinese_text_stays),
        cmocka_unit_test(bytes_that_are_not_utf8_become_question_marks),
        cmocka_unit_test(characters_that_fake_others_become_question_marks),
    };

    return cmocka_run_group_tests_name("token/text", tests, NULL, NULL);
}
