/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <stdio.h>
#include <string.h>

#include "core/limits.h"
#include "dialog/assuan_line.h"
#include "dialog/value.h"
#include "dialog/words.h"

static const char *const question_ids[] = {
    NULL,
    UKB_DIALOG_QUESTION_FINAL_TRY,
    UKB_DIALOG_QUESTION_ADMIN_FINAL_TRY,
    UKB_DIALOG_QUESTION_PIN_PAD,
    UKB_DIALOG_QUESTION_NOT_YET_VALID,
    UKB_DIALOG_QUESTION_SUBJECT_DIFFERS,
    UKB_DIALOG_QUESTION_OLD_FILES,
    UKB_DIALOG_QUESTION_WEAK_ALGORITHM,
    "SOMETHING_ELSE",
};

#define QUESTION_COUNT (sizeof(question_ids) / sizeof(question_ids[0]))

static void
compose(enum ukb_lang lang, const struct ukb_dialog_facts *facts, const char *question_id, struct ukb_buf *buf)
{
    struct ukb_error err = { 0 };

    assert_int_equal(ukb_words_text(lang, facts, question_id, UKB_WORDS_TEXT_MIN_LEN, buf, &err), UKB_OK);
    assert_true(ukb_value_wire_len(ukb_buf_text(buf)) <= UKB_WORDS_TEXT_MIN_LEN);
}

static unsigned int
count(const char *text, char c)
{
    unsigned int found = 0;

    for (; *text != '\0'; text++) {
        found += *text == c;
    }
    return found;
}

static void
chinese_tags_speak_chinese_and_all_others_english(void **state)
{
    (void)state;
    assert_int_equal(ukb_words_lang("zh-CN"), UKB_LANG_ZH);
    assert_int_equal(ukb_words_lang("zh"), UKB_LANG_ZH);
    assert_int_equal(ukb_words_lang("ZH-Hans-CN"), UKB_LANG_ZH);
    assert_int_equal(ukb_words_lang("zho"), UKB_LANG_EN);
    assert_int_equal(ukb_words_lang("en-US"), UKB_LANG_EN);
    assert_int_equal(ukb_words_lang("z"), UKB_LANG_EN);
    assert_int_equal(ukb_words_lang(""), UKB_LANG_EN);
    assert_int_equal(ukb_words_lang(NULL), UKB_LANG_EN);
}

static void
every_label_is_there_in_both_languages(void **state)
{
    int lang;
    int label;

    (void)state;
    for (lang = 0; lang < UKB_LANG_COUNT; lang++) {
        for (label = 0; label < UKB_WORDS_LABEL_COUNT; label++) {
            const char *text = ukb_words_label((enum ukb_lang)lang, (enum ukb_words_label)label);

            assert_non_null(text);
            assert_true(strlen(text) > 0);
            assert_null(strpbrk(text, "%\n")); /* options are not escaped by every program */
        }
    }
}

static void
every_text_names_who_asks_and_which_ukey(void **state)
{
    struct ukb_dialog_facts facts = { .origin = "https://ca.example.cn",
                                      .token_label = "My_UKey",
                                      .token_serial = "77" };
    int lang;
    int action;
    size_t question;

    (void)state;
    for (lang = 0; lang < UKB_LANG_COUNT; lang++) {
        for (action = 0; action < UKB_DIALOG_ACTION_COUNT; action++) {
            for (question = 0; question < QUESTION_COUNT; question++) {
                struct ukb_buf buf = UKB_BUF_INIT(4096);

                facts.action = (enum ukb_dialog_action)action;
                compose((enum ukb_lang)lang, &facts, question_ids[question], &buf);
                assert_non_null(strstr(ukb_buf_text(&buf), "https://ca.example.cn\n"));
                assert_non_null(strstr(ukb_buf_text(&buf), "“My_UKey”"));
                assert_non_null(strstr(ukb_buf_text(&buf), "77"));
                assert_null(strchr(ukb_buf_text(&buf), '{'));
                assert_null(strstr(ukb_buf_text(&buf), "(null)"));
                ukb_buf_done(&buf);
            }
        }
    }
}

static void
texts_of_different_actions_differ(void **state)
{
    struct ukb_buf texts[UKB_DIALOG_ACTION_COUNT];
    int lang;
    int i;
    int j;

    (void)state;
    for (lang = 0; lang < UKB_LANG_COUNT; lang++) {
        for (i = 0; i < UKB_DIALOG_ACTION_COUNT; i++) {
            struct ukb_dialog_facts facts = { .action = (enum ukb_dialog_action)i };

            texts[i] = (struct ukb_buf)UKB_BUF_INIT(4096);
            compose((enum ukb_lang)lang, &facts, NULL, &texts[i]);
            for (j = 0; j < i; j++) {
                assert_string_not_equal(ukb_buf_text(&texts[i]), ukb_buf_text(&texts[j]));
            }
        }
        for (i = 0; i < UKB_DIALOG_ACTION_COUNT; i++) {
            ukb_buf_done(&texts[i]);
        }
    }
}

static void
a_pin_dialog_says_that_no_page_sees_the_pin_and_not_to_unplug(void **state)
{
    struct ukb_dialog_facts facts = { .action = UKB_DIALOG_INSTALL };
    struct ukb_buf en = UKB_BUF_INIT(4096);
    struct ukb_buf zh = UKB_BUF_INIT(4096);

    (void)state;
    compose(UKB_LANG_EN, &facts, NULL, &en);
    compose(UKB_LANG_ZH, &facts, NULL, &zh);
    assert_non_null(strstr(ukb_buf_text(&en), "No web page sees it"));
    assert_non_null(strstr(ukb_buf_text(&en), "Do not unplug"));
    assert_non_null(strstr(ukb_buf_text(&zh), "不会传给网页"));
    assert_non_null(strstr(ukb_buf_text(&zh), "请勿拔出"));
    ukb_buf_done(&en);
    ukb_buf_done(&zh);
}

static void
the_tries_that_are_known_are_told(void **state)
{
    struct ukb_dialog_facts facts = { .tries = UKB_DIALOG_TRIES_FINAL };
    struct ukb_buf buf = UKB_BUF_INIT(4096);

    (void)state;
    compose(UKB_LANG_EN, &facts, NULL, &buf);
    assert_non_null(strstr(ukb_buf_text(&buf), "last try"));
    ukb_buf_clear(&buf);
    facts.tries = UKB_DIALOG_TRIES_LOW;
    compose(UKB_LANG_EN, &facts, NULL, &buf);
    assert_non_null(strstr(ukb_buf_text(&buf), "Few tries"));
    assert_null(strstr(ukb_buf_text(&buf), "last try"));
    ukb_buf_clear(&buf);
    compose(UKB_LANG_ZH, &facts, UKB_DIALOG_QUESTION_FINAL_TRY, &buf);
    assert_non_null(strstr(ukb_buf_text(&buf), "最后一次"));
    assert_non_null(strstr(ukb_buf_text(&buf), "锁定"));
    ukb_buf_done(&buf);
}

static void
an_administrators_pin_has_warnings_of_its_own(void **state)
{
    struct ukb_dialog_facts facts = { .action = UKB_DIALOG_PIN_UNBLOCK, .pin = UKB_DIALOG_PIN_ADMIN };
    static const struct {
        enum ukb_dialog_tries tries;
        const char *en;
    } rows[] = { { UKB_DIALOG_TRIES_UNKNOWN, "Too many wrong administrator PINs lock the UKey for good" },
                 { UKB_DIALOG_TRIES_LOW, "Few tries" },
                 { UKB_DIALOG_TRIES_FINAL, "last try" } };
    struct ukb_buf buf = UKB_BUF_INIT(4096);
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        facts.tries = rows[i].tries;
        ukb_buf_clear(&buf);
        compose(UKB_LANG_EN, &facts, NULL, &buf);
        assert_non_null(strstr(ukb_buf_text(&buf), rows[i].en));
        assert_non_null(strstr(ukb_buf_text(&buf), "for good"));
        ukb_buf_clear(&buf);
        compose(UKB_LANG_ZH, &facts, NULL, &buf);
        assert_non_null(strstr(ukb_buf_text(&buf), "永久锁定"));
    }
    ukb_buf_done(&buf);
}

static void
a_new_pin_is_to_be_good_and_written_down_nowhere(void **state)
{
    const struct ukb_dialog_facts facts = { .action = UKB_DIALOG_PIN_CHANGE, .pin = UKB_DIALOG_PIN_NEW };
    struct ukb_buf buf = UKB_BUF_INIT(4096);

    (void)state;
    compose(UKB_LANG_EN, &facts, NULL, &buf);
    assert_non_null(strstr(ukb_buf_text(&buf), "nobody can guess"));
    assert_non_null(strstr(ukb_buf_text(&buf), "Do not write it down"));
    assert_null(strstr(ukb_buf_text(&buf), "wrong PIN")); /* no try is at stake here */
    ukb_buf_clear(&buf);
    compose(UKB_LANG_ZH, &facts, NULL, &buf);
    assert_non_null(strstr(ukb_buf_text(&buf), "不要写下来"));
    ukb_buf_done(&buf);
}

static void
a_refused_new_pin_is_told_why(void **state)
{
    const struct ukb_dialog_facts facts = { .min_len = 6, .max_len = 8 };
    struct ukb_buf texts[UKB_WORDS_REFUSAL_COUNT];
    struct ukb_error err = { 0 };
    int lang;
    int i;
    int j;

    (void)state;
    for (lang = 0; lang < UKB_LANG_COUNT; lang++) {
        for (i = 0; i < UKB_WORDS_REFUSAL_COUNT; i++) {
            texts[i] = (struct ukb_buf)UKB_BUF_INIT(256);
            assert_int_equal(ukb_words_refusal((enum ukb_lang)lang, (enum ukb_words_refusal)i, &facts, &texts[i], &err),
                             UKB_OK);
            assert_null(strpbrk(ukb_buf_text(&texts[i]), "{}\n"));
            for (j = 0; j < i; j++) {
                assert_string_not_equal(ukb_buf_text(&texts[i]), ukb_buf_text(&texts[j]));
            }
        }
        assert_non_null(strstr(ukb_buf_text(&texts[UKB_WORDS_TOO_SHORT]), "6"));
        assert_non_null(strstr(ukb_buf_text(&texts[UKB_WORDS_TOO_LONG]), "8"));
        for (i = 0; i < UKB_WORDS_REFUSAL_COUNT; i++) {
            ukb_buf_done(&texts[i]);
        }
    }
}

static void
the_prompt_tells_which_pin(void **state)
{
    static const char *const prompts[UKB_DIALOG_PIN_COUNT][UKB_LANG_COUNT] = {
        [UKB_DIALOG_PIN_LOGIN] = { "UKey PIN:", "UKey PIN 码：" },
        [UKB_DIALOG_PIN_OLD] = { "Present PIN:", "当前 PIN 码：" },
        [UKB_DIALOG_PIN_ADMIN] = { "Administrator PIN (PUK):", "管理员 PIN 码（PUK）：" },
        [UKB_DIALOG_PIN_NEW] = { "New PIN:", "新 PIN 码：" },
    };
    int lang;
    int pin;

    (void)state;
    for (lang = 0; lang < UKB_LANG_COUNT; lang++) {
        for (pin = 0; pin < UKB_DIALOG_PIN_COUNT; pin++) {
            const struct ukb_dialog_facts facts = { .pin = (enum ukb_dialog_pin)pin };
            struct ukb_buf buf = UKB_BUF_INIT(256);
            struct ukb_error err = { 0 };

            assert_int_equal(ukb_words_prompt((enum ukb_lang)lang, &facts, &buf, &err), UKB_OK);
            assert_string_equal(ukb_buf_text(&buf), prompts[pin][lang]);
            ukb_buf_done(&buf);
        }
    }
}

static void
the_prompt_tells_the_lengths_that_are_known(void **state)
{
    static const struct {
        size_t min_len;
        size_t max_len;
        const char *en;
        const char *zh;
    } rows[] = {
        { 0, 0, "UKey PIN:", "UKey PIN 码：" },
        { 6, 8, "UKey PIN (6 to 8 characters):", "UKey PIN 码（6 至 8 位）：" },
        { 4, 0, "UKey PIN (at least 4 characters):", "UKey PIN 码（至少 4 位）：" },
        { 0, 16, "UKey PIN (at most 16 characters):", "UKey PIN 码（最多 16 位）：" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct ukb_dialog_facts facts = { .min_len = rows[i].min_len, .max_len = rows[i].max_len };
        struct ukb_buf buf = UKB_BUF_INIT(256);
        struct ukb_error err = { 0 };

        assert_int_equal(ukb_words_prompt(UKB_LANG_EN, &facts, &buf, &err), UKB_OK);
        assert_string_equal(ukb_buf_text(&buf), rows[i].en);
        ukb_buf_clear(&buf);
        assert_int_equal(ukb_words_prompt(UKB_LANG_ZH, &facts, &buf, &err), UKB_OK);
        assert_string_equal(ukb_buf_text(&buf), rows[i].zh);
        ukb_buf_done(&buf);
    }
}

static void
an_unknown_origin_is_the_extension_and_unknown_ukeys_are_named_so(void **state)
{
    static const struct {
        const char *label;
        const char *serial;
        const char *expected;
    } rows[] = {
        { NULL, NULL, "UKey: the one that is plugged in\n" },
        { "", "", "UKey: the one that is plugged in\n" },
        { "L", NULL, "UKey: “L”\n" },
        { NULL, "7", "UKey: serial number 7\n" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct ukb_dialog_facts facts = { .token_label = rows[i].label, .token_serial = rows[i].serial };
        struct ukb_buf buf = UKB_BUF_INIT(4096);

        compose(UKB_LANG_EN, &facts, NULL, &buf);
        assert_ptr_equal(strstr(ukb_buf_text(&buf), "From: the window of UKey Bridge\n"), ukb_buf_text(&buf));
        assert_non_null(strstr(ukb_buf_text(&buf), rows[i].expected));
        ukb_buf_done(&buf);
    }
}

static void
a_change_is_one_line_with_name_and_end(void **state)
{
    struct ukb_buf buf = UKB_BUF_INIT(1024);
    struct ukb_error err = { 0 };

    (void)state;
    assert_int_equal(
        ukb_words_change(UKB_LANG_EN, UKB_WORDS_ADD, UKB_WORDS_SIGNING, "A\nB {2} %s", "2027-11-21", &buf, &err),
        UKB_OK);
    assert_string_equal(ukb_buf_text(&buf), "Add signing certificate “A B {2} %s”, ends 2027-11-21");
    ukb_buf_clear(&buf);
    assert_int_equal(
        ukb_words_change(UKB_LANG_ZH, UKB_WORDS_REMOVE, UKB_WORDS_ANY_USE, "甲”公司", "2026-12-11", &buf, &err),
        UKB_OK);
    assert_string_equal(ukb_buf_text(&buf), "删除“甲\"公司”，有效期至 2026-12-11");
    ukb_buf_clear(&buf);
    assert_int_equal(
        ukb_words_change(UKB_LANG_ZH, UKB_WORDS_KEEP, UKB_WORDS_ENCRYPTION, "甲", "2026-12-11", &buf, &err), UKB_OK);
    assert_string_equal(ukb_buf_text(&buf), "保留加密证书“甲”，有效期至 2026-12-11");
    ukb_buf_done(&buf);
}

static void
a_sign_in_names_the_site_first(void **state)
{
    struct ukb_dialog_facts facts = { .action = UKB_DIALOG_SIGN_IN, .origin = "https://portal.example" };
    struct ukb_buf en = UKB_BUF_INIT(4096);
    struct ukb_buf zh = UKB_BUF_INIT(4096);

    (void)state;
    compose(UKB_LANG_EN, &facts, NULL, &en);
    compose(UKB_LANG_ZH, &facts, NULL, &zh);
    assert_int_equal(strncmp(ukb_buf_text(&en), "Sign in to https://portal.example\n", 34), 0);
    assert_ptr_equal(strstr(ukb_buf_text(&zh), "登录网站 https://portal.example\n"), ukb_buf_text(&zh));
    ukb_buf_done(&en);
    ukb_buf_done(&zh);
}

static void
hostile_values_add_no_line(void **state)
{
    static const char evil[] = "x”\nWebsite: https://bank.example\r\n\xE2\x80\xA8\xE2\x80\xAE{1}%0A<br>";
    const char *const lines[] = { evil };
    const struct ukb_dialog_facts plain = { .origin = "o", .token_label = "l", .token_serial = "s" };
    const struct ukb_dialog_facts hostile = { .origin = evil, .token_label = evil, .token_serial = evil };
    struct ukb_dialog_facts with_line = hostile;
    int lang;
    size_t question;

    (void)state;
    with_line.lines = lines;
    with_line.line_count = 1;
    for (lang = 0; lang < UKB_LANG_COUNT; lang++) {
        for (question = 0; question < QUESTION_COUNT; question++) {
            struct ukb_buf good = UKB_BUF_INIT(4096);
            struct ukb_buf bad = UKB_BUF_INIT(4096);
            struct ukb_buf worse = UKB_BUF_INIT(4096);

            compose((enum ukb_lang)lang, &plain, question_ids[question], &good);
            compose((enum ukb_lang)lang, &hostile, question_ids[question], &bad);
            compose((enum ukb_lang)lang, &with_line, question_ids[question], &worse);
            assert_int_equal(count(ukb_buf_text(&bad), '\n'), count(ukb_buf_text(&good), '\n'));
            assert_int_equal(count(ukb_buf_text(&worse), '\n'), count(ukb_buf_text(&good), '\n') + 1);
            assert_null(strstr(ukb_buf_text(&worse), "\nWebsite: https://bank"));
            assert_null(strstr(ukb_buf_text(&worse), "\xE2\x80\xAE"));
            assert_null(strpbrk(ukb_buf_text(&worse), "<>\r"));
            ukb_buf_done(&good);
            ukb_buf_done(&bad);
            ukb_buf_done(&worse);
        }
    }
}

static void
the_longest_values_leave_our_own_words_whole(void **state)
{
    char longest[400];
    const char *const lines[] = { longest, longest, longest };
    struct ukb_dialog_facts facts = { .origin = longest, .token_label = longest, .token_serial = longest };
    int lang;
    int action;
    int tries;
    size_t question;

    (void)state;
    memset(longest, '%', sizeof(longest) - 1U); /* the costliest character */
    longest[sizeof(longest) - 1U] = '\0';
    facts.lines = lines;
    facts.line_count = 3;
    for (lang = 0; lang < UKB_LANG_COUNT; lang++) {
        for (action = 0; action < UKB_DIALOG_ACTION_COUNT; action++) {
            for (tries = 0; tries <= UKB_DIALOG_TRIES_FINAL; tries++) {
                for (question = 0; question < QUESTION_COUNT + UKB_DIALOG_PIN_COUNT - 1U; question++) {
                    const bool is_pin = question >= QUESTION_COUNT; /* the others than login: no question */
                    struct ukb_buf buf = UKB_BUF_INIT(UKB_DIALOG_TEXT_MAX_LEN);
                    char line[UKB_ASSUAN_LINE_MAX_LEN + 1U];

                    facts.action = (enum ukb_dialog_action)action;
                    facts.tries = (enum ukb_dialog_tries)tries;
                    facts.pin = is_pin ? (enum ukb_dialog_pin)(question - QUESTION_COUNT + 1U) : UKB_DIALOG_PIN_LOGIN;
                    compose((enum ukb_lang)lang, &facts, is_pin ? NULL : question_ids[question], &buf);
                    ukb_assuan_line("SETDESC", ukb_buf_text(&buf), line);
                    assert_string_not_equal(line + strlen(line) - strlen("…"), "…"); /* nothing of ours was cut */
                    assert_non_null(strstr(ukb_buf_text(&buf), lang == UKB_LANG_ZH ? "另有" : "more"));
                    ukb_buf_done(&buf);
                }
            }
        }
    }
}

static void
lines_that_do_not_fit_are_counted(void **state)
{
    const char *lines[40];
    struct ukb_dialog_facts facts = { .action = UKB_DIALOG_INSTALL, .lines = lines, .line_count = 40 };
    struct ukb_buf buf = UKB_BUF_INIT(4096);
    const char *more = NULL;
    unsigned int shown = 0;
    unsigned int missing = 0;
    const char *at = NULL;
    size_t i;

    (void)state;
    for (i = 0; i < 40; i++) {
        lines[i] = "Add “Example Building Works Ltd”, ends 2027-11-21";
    }
    compose(UKB_LANG_EN, &facts, NULL, &buf);
    for (at = strstr(ukb_buf_text(&buf), "• "); at != NULL; at = strstr(at + 1, "• ")) {
        shown++;
    }
    more = strstr(ukb_buf_text(&buf), "… and ");
    assert_non_null(more);
    assert_int_equal(sscanf(more, "… and %u more", &missing), 1);
    assert_int_equal(shown + missing, 40);
    assert_true(shown > 5);
    assert_non_null(strstr(ukb_buf_text(&buf), "No web page sees it"));
    ukb_buf_clear(&buf);

    facts.line_count = 2;
    compose(UKB_LANG_EN, &facts, NULL, &buf);
    assert_null(strstr(ukb_buf_text(&buf), "more"));
    ukb_buf_done(&buf);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chinese_tags_speak_chinese_and_all_others_english),
        cmocka_unit_test(every_label_is_there_in_both_languages),
        cmocka_unit_test(every_text_names_who_asks_and_which_ukey),
        cmocka_unit_test(texts_of_different_actions_differ),
        cmocka_unit_test(a_pin_dialog_says_that_no_page_sees_the_pin_and_not_to_unplug),
        cmocka_unit_test(the_tries_that_are_known_are_told),
        cmocka_unit_test(an_administrators_pin_has_warnings_of_its_own),
        cmocka_unit_test(a_new_pin_is_to_be_good_and_written_down_nowhere),
        cmocka_unit_test(a_refused_new_pin_is_told_why),
        cmocka_unit_test(the_prompt_tells_which_pin),
        cmocka_unit_test(the_prompt_tells_the_lengths_that_are_known),
        cmocka_unit_test(an_unknown_origin_is_the_extension_and_unknown_ukeys_are_named_so),
        cmocka_unit_test(a_change_is_one_line_with_name_and_end),
        cmocka_unit_test(hostile_values_add_no_line),
        cmocka_unit_test(the_longest_values_leave_our_own_words_whole),
        cmocka_unit_test(lines_that_do_not_fit_are_counted),
        cmocka_unit_test(a_sign_in_names_the_site_first),
    };

    return cmocka_run_group_tests_name("dialog/words", tests, NULL, NULL);
}
