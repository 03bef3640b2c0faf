/* SPDX-License-Identifier: MIT */
/* Unit tests for doctor/causes.c: every cause says what it must, in both languages, and values stand in their places.
 */
#include "../test.h"

#include <string.h>

#include "core/limits.h"
#include "doctor/causes.h"

static void
whatever_is_wrong_says_what_it_means_and_what_to_do(void **state)
{
    int cause;
    int lang;

    (void)state;
    for (cause = 0; cause < UKB_CAUSE_COUNT; cause++) {
        const struct ukb_cause_row *row = &ukb_causes[cause];
        const bool is_wrong = row->status == UKB_CHECK_FAILED || row->status == UKB_CHECK_WARNING;

        assert_int_equal(is_wrong, row->repair != UKB_REPAIR_NONE);
        for (lang = 0; lang < UKB_DOCTOR_LANG_COUNT; lang++) {
            assert_int_equal(row->meaning[lang] != NULL, row->meaning[0] != NULL);
            assert_int_equal(row->instruction[lang] != NULL, is_wrong);
            assert_true(!is_wrong || row->meaning[lang] != NULL);
        }
    }
}

static bool
is_chinese(const char *text)
{
    return strstr(text, "。") != NULL || strstr(text, "：") != NULL;
}

static void
each_text_is_in_its_language(void **state)
{
    int cause;

    (void)state;
    for (cause = 0; cause < UKB_CAUSE_COUNT; cause++) {
        const struct ukb_cause_row *row = &ukb_causes[cause];

        if (row->meaning[UKB_DOCTOR_EN] != NULL) {
            assert_false(is_chinese(row->meaning[UKB_DOCTOR_EN]));
            assert_true(is_chinese(row->meaning[UKB_DOCTOR_ZH]));
        }
        if (row->instruction[UKB_DOCTOR_EN] != NULL) {
            assert_false(is_chinese(row->instruction[UKB_DOCTOR_EN]));
            assert_true(is_chinese(row->instruction[UKB_DOCTOR_ZH]));
        }
    }
}

static void
values_stand_in_their_places_and_braces_stay(void **state)
{
    struct ukb_buf buf = UKB_BUF_INIT(64);
    struct ukb_error err = { 0 };
    const struct ukb_cause_values values = { .first = "x", .second = "{1}", .repair = NULL };

    (void)state;
    assert_int_equal(ukb_cause_fill("{2}-{1}{1} {\"a\":1} {3}{repair}{", &values, &buf, &err), UKB_OK);
    assert_string_equal(ukb_buf_text(&buf), "{1}-xx {\"a\":1} {3}{repair}{");
    ukb_buf_done(&buf);
}

/* What a user reads of that cause; static, until the next call. */
static const char *
instruction(int cause, int lang, bool at_terminal)
{
    static char text[UKB_TEXT_MAX_LEN + 1U];
    const struct ukb_cause_values values = { .first = "1",
                                             .second = "2",
                                             .repair = ukb_cause_repair((enum ukb_doctor_lang)lang, at_terminal) };
    struct ukb_buf buf = UKB_BUF_INIT(UKB_TEXT_MAX_LEN);
    struct ukb_error err = { 0 };

    assert_int_equal(ukb_cause_fill(ukb_causes[cause].instruction[lang], &values, &buf, &err), UKB_OK);
    (void)snprintf(text, sizeof(text), "%s", ukb_buf_text(&buf));
    ukb_buf_done(&buf);
    return text;
}

static void
who_has_a_button_is_told_of_it_and_who_types_of_the_command(void **state)
{
    static const char *const buttons[UKB_DOCTOR_LANG_COUNT] = { "Press Repair", "点击“修复”" };
    static const char command[] = "ukeybridge doctor --repair";
    int cause;
    int lang;

    (void)state;
    for (cause = 0; cause < UKB_CAUSE_COUNT; cause++) {
        const bool is_mended = ukb_causes[cause].repair == UKB_REPAIR_AUTOMATIC;

        for (lang = 0; lang < UKB_DOCTOR_LANG_COUNT && ukb_causes[cause].instruction[lang] != NULL; lang++) {
            assert_null(strstr(instruction(cause, lang, true), buttons[lang]));
            assert_true(!is_mended || strstr(instruction(cause, lang, true), command) != NULL);
            assert_null(strstr(instruction(cause, lang, false), command));
            assert_true(!is_mended || strstr(instruction(cause, lang, false), buttons[lang]) != NULL);
        }
    }
}

/* The table stands above the texts at a terminal, the facts below them in a window: a text points to neither. */
static void
no_text_points_to_where_a_reader_may_have_no_facts(void **state)
{
    static const char *const words[] = { "above", "named here", "the evidence", "上面", "证据" };
    int cause;
    int lang;
    size_t i;

    (void)state;
    for (cause = 0; cause < UKB_CAUSE_COUNT; cause++) {
        const struct ukb_cause_row *row = &ukb_causes[cause];

        for (lang = 0; lang < UKB_DOCTOR_LANG_COUNT; lang++) {
            for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
                assert_true(row->meaning[lang] == NULL || strstr(row->meaning[lang], words[i]) == NULL);
                assert_true(row->instruction[lang] == NULL || strstr(row->instruction[lang], words[i]) == NULL);
            }
        }
    }
}

static void
what_is_too_long_is_refused(void **state)
{
    struct ukb_buf buf = UKB_BUF_INIT(8);
    struct ukb_error err = { 0 };
    const struct ukb_cause_values values = { .first = "long", .second = "", .repair = "" };

    (void)state;
    assert_int_equal(ukb_cause_fill("{1}{1}{1}", &values, &buf, &err), UKB_E_TOO_LARGE);
    ukb_buf_done(&buf);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_is_wrong_says_what_it_means_and_what_to_do),
        cmocka_unit_test(each_text_is_in_its_language),
        cmocka_unit_test(values_stand_in_their_places_and_braces_stay),
        cmocka_unit_test(who_has_a_button_is_told_of_it_and_who_types_of_the_command),
        cmocka_unit_test(no_text_points_to_where_a_reader_may_have_no_facts),
        cmocka_unit_test(what_is_too_long_is_refused),
    };

    return cmocka_run_group_tests_name("doctor/causes", tests, NULL, NULL);
}
