/* SPDX-License-Identifier: MIT */
/* Unit tests for doctor/relaxed.c: what a Chromium takes and what it refuses, as one of version 156 was seen to. */
#include "../test.h"

#include <string.h>

#include "core/json.h"
#include "core/limits.h"
#include "doctor/relaxed.h"

static struct ukb_buf strict;

/* The text made strict; static, until the next call. NULL: it is no JSON for Chromium either. */
static const char *
relaxed(const char *text)
{
    struct ukb_error err = { 0 };

    ukb_buf_done(&strict);
    strict = (struct ukb_buf)UKB_BUF_INIT(4096);
    assert_int_equal(ukb_relaxed_to_strict(text, strlen(text), &strict, &err), UKB_OK);
    return ukb_json_check(ukb_buf_text(&strict), strict.len, &err) == UKB_OK ? ukb_buf_text(&strict) : NULL;
}

static int
teardown(void **state)
{
    (void)state;
    ukb_buf_done(&strict);
    return 0;
}

static void
what_chromium_takes_is_taken(void **state)
{
    static const char *const rows[][2] = {
        { "{\"a\":1}", "{\"a\":1}" },
        { "// c\n{\"a\":1} // end", "    \n{\"a\":1}       " },
        { "/**/{\"a\"/*,]*/:/***/[]}", "    {\"a\"      :     []}" },
        { "{\"a\":[\"x\",],}", "{\"a\":[\"x\" ] }" },
        { "[1, // last\n]", "[1         \n]" },
        { "[{},[],\"}\",]", "[{},[],\"}\" ]" },
        { "{\"a\":\"\\x64\n\r\"}", "{\"a\":\"\\u0064\\n\\r\"}" },
        { "\xEF\xBB\xBF{}", "   {}" },
        { "{\"//\":\"/* no comment, ]\",\"\\\"\":\",\"}", "{\"//\":\"/* no comment, ]\",\"\\\"\":\",\"}" },
        { "{\"a\":1,\"a\":2}", "{\"a\":1,\"a\":2}" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *seen = relaxed(rows[i][0]);

        assert_non_null(seen);
        assert_string_equal(seen, rows[i][1]);
    }
}

static void
what_chromium_refuses_stays_wrong(void **state)
{
    static const char *const rows[] = {
        "",     "{,}",     "[,]",      "[1,,]",           "{\"a\":,}", "{\"a\":1,,}",
        "{} /", "{} /*",   "{} /*/",   "{\"a\":1 // \r}", "{'a':1}",   "{\"a\":\"\\v\"}",
        "[01]", "[1.]",    "[\"\t\"]", "[\"\\xg0\"]",     "[\"\\",     "[\"a",
        "\f{}", "# c\n{}", "{a:1}",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (relaxed(rows[i]) != NULL) {
            fail_msg("taken: %s", rows[i]);
        }
    }
}

static void
what_is_too_much_is_told_as_such(void **state)
{
    char deep[2U * UKB_JSON_MAX_DEPTH + 3U] = "";
    struct ukb_error err = { 0 };

    (void)state;
    memset(deep, '[', UKB_JSON_MAX_DEPTH);
    memset(deep + UKB_JSON_MAX_DEPTH, ']', UKB_JSON_MAX_DEPTH);
    assert_non_null(relaxed(deep));
    memset(deep, '[', UKB_JSON_MAX_DEPTH + 1U);
    ukb_buf_clear(&strict);
    assert_int_equal(ukb_relaxed_to_strict(deep, strlen(deep), &strict, &err), UKB_E_TOO_LARGE);
    ukb_buf_done(&strict);
    strict = (struct ukb_buf)UKB_BUF_INIT(4);
    assert_int_equal(ukb_relaxed_to_strict("[1,2]", 5, &strict, &err), UKB_E_TOO_LARGE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(what_chromium_takes_is_taken, teardown),
        cmocka_unit_test_teardown(what_chromium_refuses_stays_wrong, teardown),
        cmocka_unit_test_teardown(what_is_too_much_is_told_as_such, teardown),
    };

    return cmocka_run_group_tests_name("doctor/relaxed", tests, NULL, NULL);
}
