/* SPDX-License-Identifier: MIT */
/* Unit tests for broker/say.c: which language it is, and what a code reads as in it. */
#include "../test.h"

#include <stdlib.h>

#include "broker/say.h"

static const struct ukb_text words[] = { { "ok", "正常" }, { "failed", "故障" } };

/* NULL: unset. */
static void
set(const char *name, const char *value)
{
    assert_int_equal(value == NULL ? unsetenv(name) : setenv(name, value, 1), 0);
}

static void
the_first_that_is_set_tells_the_language(void **state)
{
    static const struct {
        const char *all, *messages, *lang;
        bool is_chinese;
    } rows[] = {
        { NULL, NULL, NULL, false },
        { NULL, NULL, "C", false },
        { NULL, NULL, "en_US.UTF-8", false },
        { NULL, NULL, "zh_CN.UTF-8", true },
        { NULL, NULL, "zh", true },
        { NULL, NULL, "zh_TW.utf8@radical", true },
        { NULL, NULL, "zh_CN.GB18030", false }, /* what is said is UTF-8 */
        { NULL, NULL, "zh_CN.UTF-16", false },
        { NULL, "zh_CN.UTF-8", "en_US.UTF-8", true },
        { NULL, "en_US.UTF-8", "zh_CN.UTF-8", false },
        { "C", "zh_CN.UTF-8", "zh_CN.UTF-8", false },
        { "zh_CN.UTF-8", "C", "C", true },
        { "", "", "zh_CN.UTF-8", true }, /* empty is as good as unset */
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        set("LC_ALL", rows[i].all);
        set("LC_MESSAGES", rows[i].messages);
        set("LANG", rows[i].lang);
        assert_int_equal(ukb_say_is_chinese(), rows[i].is_chinese);
        assert_string_equal(ukb_say("yes", "是"), rows[i].is_chinese ? "是" : "yes");
        assert_string_equal(ukb_say_text(&words[1]), rows[i].is_chinese ? "故障" : "failed");
    }
}

static void
a_code_without_a_word_reads_as_itself(void **state)
{
    (void)state;
    set("LC_ALL", "zh_CN.UTF-8");
    assert_string_equal(UKB_SAY_WORD(words, "ok"), "正常");
    assert_string_equal(UKB_SAY_WORD(words, "failed"), "故障");
    assert_string_equal(UKB_SAY_WORD(words, "fail"), "fail");
    assert_null(UKB_SAY_WORD(words, NULL));
    set("LC_ALL", "C");
    assert_string_equal(UKB_SAY_WORD(words, "ok"), "ok");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_that_is_set_tells_the_language),
        cmocka_unit_test(a_code_without_a_word_reads_as_itself),
    };

    return cmocka_run_group_tests_name("broker/say", tests, NULL, NULL);
}
