/* SPDX-License-Identifier: MIT */
/* Unit tests for dialog/sentences.c: every text is there in both languages, with the same values in it. */
#include "../test.h"

#include <stdbool.h>
#include <string.h>

#include "dialog/sentences.h"

static const char *const question_ids[] = {
    UKB_DIALOG_QUESTION_FINAL_TRY,      UKB_DIALOG_QUESTION_ADMIN_FINAL_TRY, UKB_DIALOG_QUESTION_PIN_PAD,
    UKB_DIALOG_QUESTION_NOT_YET_VALID,  UKB_DIALOG_QUESTION_SUBJECT_DIFFERS, UKB_DIALOG_QUESTION_OLD_FILES,
    UKB_DIALOG_QUESTION_WEAK_ALGORITHM,
};

#define QUESTION_COUNT (sizeof(question_ids) / sizeof(question_ids[0]))

static bool
has_chinese(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text >= 0xE4U && (unsigned char)*text <= 0xE9U) { /* U+4000 to U+9FFF */
            return true;
        }
    }
    return false;
}

/* How often the value @p name ("{1}") stands in @p text. */
static unsigned int
count(const char *text, const char *name)
{
    unsigned int found = 0;

    for (text = strstr(text, name); text != NULL; text = strstr(text + 1, name)) {
        found++;
    }
    return found;
}

/* Both texts are there, say the same values, and nothing that is a value of neither. */
static void
expect_pair(const char *en, const char *zh)
{
    assert_non_null(en);
    assert_non_null(zh);
    assert_true(strlen(en) > 0 && strlen(zh) > 0);
    assert_int_equal(count(en, "{1}"), count(zh, "{1}"));
    assert_int_equal(count(en, "{2}"), count(zh, "{2}"));
    assert_int_equal(count(en, "{"), count(en, "{1}") + count(en, "{2}"));
    assert_int_equal(count(zh, "{"), count(zh, "{1}") + count(zh, "{2}"));
    assert_null(strchr(en, '%'));
    assert_null(strchr(zh, '%'));
    assert_false(has_chinese(en));
}

static void
every_sentence_is_there_in_both_languages(void **state)
{
    int i;

    (void)state;
    for (i = 0; i < UKB_S_COUNT; i++) {
        expect_pair(ukb_sentence(UKB_LANG_EN, (enum ukb_sentence)i), ukb_sentence(UKB_LANG_ZH, (enum ukb_sentence)i));
    }
}

static void
every_action_change_and_refusal_too_and_in_chinese(void **state)
{
    int i;

    (void)state;
    for (i = 0; i < UKB_DIALOG_ACTION_COUNT; i++) {
        const char *zh = ukb_sentence_action(UKB_LANG_ZH, (enum ukb_dialog_action)i);

        expect_pair(ukb_sentence_action(UKB_LANG_EN, (enum ukb_dialog_action)i), zh);
        assert_true(has_chinese(zh));
    }
    for (i = 0; i < (int)UKB_WORDS_CHANGE_COUNT * (int)UKB_WORDS_USE_COUNT; i++) {
        const enum ukb_words_change change = (enum ukb_words_change)(i / (int)UKB_WORDS_USE_COUNT);
        const enum ukb_words_use use = (enum ukb_words_use)(i % (int)UKB_WORDS_USE_COUNT);
        const char *zh = ukb_sentence_change(UKB_LANG_ZH, change, use);

        expect_pair(ukb_sentence_change(UKB_LANG_EN, change, use), zh);
        assert_true(has_chinese(zh));
        assert_int_equal(count(zh, "{1}") + count(zh, "{2}"), 2); /* whose certificate, and its end */
    }
    for (i = 0; i < UKB_WORDS_REFUSAL_COUNT; i++) {
        const char *zh = ukb_sentence_refusal(UKB_LANG_ZH, (enum ukb_words_refusal)i);

        expect_pair(ukb_sentence_refusal(UKB_LANG_EN, (enum ukb_words_refusal)i), zh);
        assert_true(has_chinese(zh));
    }
}

static void
every_question_has_words_of_its_own(void **state)
{
    const char *general = ukb_sentence_question(UKB_LANG_EN, "SOMETHING_ELSE");
    size_t i;
    size_t j;

    (void)state;
    for (i = 0; i < QUESTION_COUNT; i++) {
        const char *en = ukb_sentence_question(UKB_LANG_EN, question_ids[i]);
        const char *zh = ukb_sentence_question(UKB_LANG_ZH, question_ids[i]);

        expect_pair(en, zh);
        assert_true(has_chinese(zh));
        assert_int_equal(count(en, "{"), 0);
        assert_string_not_equal(en, general);
        assert_non_null(strchr(en, '?'));
        assert_non_null(strstr(zh, "\xef\xbc\x9f")); /* ？ */
        for (j = 0; j < i; j++) {
            assert_string_not_equal(en, ukb_sentence_question(UKB_LANG_EN, question_ids[j]));
        }
    }
}

static void
a_question_that_is_none_of_ours_shows_its_id(void **state)
{
    static const char *const ids[] = { "SOMETHING_ELSE", "", "pin_final_try", "PIN_FINAL_TRY " };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        expect_pair(ukb_sentence_question(UKB_LANG_EN, ids[i]), ukb_sentence_question(UKB_LANG_ZH, ids[i]));
        assert_int_equal(count(ukb_sentence_question(UKB_LANG_EN, ids[i]), "{1}"), 1);
    }
}

static void
what_locks_for_good_is_never_said_of_the_users_pin(void **state)
{
    (void)state;
    assert_null(strstr(ukb_sentence(UKB_LANG_EN, UKB_S_TRIES_FINAL), "for good"));
    assert_non_null(strstr(ukb_sentence(UKB_LANG_EN, UKB_S_ADMIN_TRIES_FINAL), "for good"));
    assert_null(strstr(ukb_sentence_question(UKB_LANG_EN, UKB_DIALOG_QUESTION_FINAL_TRY), "for good"));
    assert_non_null(strstr(ukb_sentence_question(UKB_LANG_EN, UKB_DIALOG_QUESTION_ADMIN_FINAL_TRY), "for good"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sentence_is_there_in_both_languages),
        cmocka_unit_test(every_action_change_and_refusal_too_and_in_chinese),
        cmocka_unit_test(every_question_has_words_of_its_own),
        cmocka_unit_test(a_question_that_is_none_of_ours_shows_its_id),
        cmocka_unit_test(what_locks_for_good_is_never_said_of_the_users_pin),
    };

    return cmocka_run_group_tests_name("dialog/sentences", tests, NULL, NULL);
}
