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

    (void)state;
    assert_int_equal(ukb_cause_fill("{2}-{1}{1} {\"a\":1} {3}{", "x", "{1}", &buf, &err), UKB_OK);
    assert_string_equal(ukb_buf_text(&buf), "{1}-xx {\"a\":1} {3}{");
    ukb_buf_done(&buf);
}

static void
what_is_too_long_is_refused(void **state)
{
    struct ukb_buf buf = UKB_BUF_INIT(8);
    struct ukb_error err = { 0 };

    (void)state;
    assert_int_equal(ukb_cause_fill("{1}{1}{1}", "long", "", &buf, &err), UKB_E_TOO_LARGE);
    ukb_buf_done(&buf);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_is_wrong_says_what_it_means_and_what_to_do),
        cmocka_unit_test(each_text_is_in_its_language),
        cmocka_unit_test(values_stand_in_their_places_and_braces_stay),
        cmocka_unit_test(what_is_too_long_is_refused),
    };

    return cmocka_run_group_tests_name("doctor/causes", tests, NULL, NULL);
}
