/* SPDX-License-Identifier: MIT */
/* Unit tests for core/json_check.c: which texts are strict JSON and which are not. */
#include "../test.h"

#include <string.h>

#include "core/json.h"
#include "core/limits.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static enum ukb_status
check_len(const char *text, size_t len)
{
    struct ukb_error err = { 0 };

    return ukb_json_check(text, len, &err);
}

static enum ukb_status
check(const char *text)
{
    return check_len(text, strlen(text));
}

/* Says which text of a table disappointed; assert_int_equal alone would not. */
static void
expect_all(const char *const *texts, size_t count, enum ukb_status wanted)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (check(texts[i]) != wanted) {
            fail_msg("%zu: %s should %s", i, texts[i], wanted == UKB_OK ? "pass" : "be refused");
        }
    }
}

static void
every_kind_of_json_text_passes(void **state)
{
    static const char *const good[] = {
        "null",
        "true",
        "false",
        "0",
        "-0",
        "-0.0",
        "10",
        "1.5",
        "1e5",
        "1E+5",
        "0.1e-10",
        "0e0",
        "1e999",
        "-0.000000000000000000000000000000000000000000000000000000000000000000000000000001",
        "\"\"",
        "\"text\"",
        "[]",
        "{}",
        "[ ]",
        "{ }",
        " \t\r\n[ 1 , \"a\" , null ]\n",
        "{\"\":0}",
        "{ \"a\" : { \"b\" : [ { } ] } , \"c\" : false }",
        "[[],[[]],{}]",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"\\u0001\\u00e9\\uFFFF\\uffff\"",
        "\"\\ud83d\\uDE00\"",
        "\"\\uD7FF\\uE000\"",
        "\"/\x7f\"",
        "\"\xc2\x80\xdf\xbf\"",
        "\"\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf\"",
        "\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"",
        "{\"\xe8\xaf\x81\xe4\xb9\xa6\":\"\xe9\x92\xa5\"}",
        "{\"a\":1,\"a\":2}", /* grammar allows it; the reader refuses it */
    };

    (void)state;
    expect_all(good, COUNT(good), UKB_OK);
}

static void
a_text_without_a_value_is_refused(void **state)
{
    static const char *const bad[] = { "",
                                       " ",
                                       "\t\r\n ",
                                       "\xef\xbb\xbf",
                                       "\xef\xbb\xbf{}",
                                       "\v1",
                                       "\f1",
                                       "\xc2\xa0"
                                       "1" };

    (void)state;
    expect_all(bad, COUNT(bad), UKB_E_PARSE);
}

static void
numbers_outside_the_grammar_are_refused(void **state)
{
    static const char *const bad[] = {
        "01",   "00",   "-01",   "1.",  "-",     "+1",  ".5",           "-.5",  "1e",       "1e+",
        "1E-",  "1.e5", "1.5.5", "NaN", "nan",   "inf", "-inf",         "-NaN", "Infinity", "-Infinity",
        "0x10", "1_0",  "1,0",   "--1", "1e5.5", "1 2", "\xef\xbc\x91", /* a full-width digit */
    };

    (void)state;
    expect_all(bad, COUNT(bad), UKB_E_PARSE);
}

static void
misspelt_words_are_refused(void **state)
{
    static const char *const bad[] = { "tru",  "truee", "True", "TRUE", "t",         "fals", "nul",
                                       "nulL", "nu",    "none", "a",    "undefined", "[tru", "{\"a\":tru}" };

    (void)state;
    expect_all(bad, COUNT(bad), UKB_E_PARSE);
}

static void
unfinished_and_unbalanced_texts_are_refused(void **state)
{
    static const char *const bad[] = {
        "[",         "]",        "{",         "}",          "[1",         "[1,",
        "[1,]",      "[,1]",     "[,]",       "[1 2]",      "[1,,2]",     "{\"a\"",
        "{\"a\":",   "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}",        "{1:2}",
        "{a:1}",     "{'a':1}",  "{\"a\" 1}", "{\"a\":}",   "{\"a\"::1}", "[1}",
        "{\"a\":1]", "[[]",      "{\"a\"}",   "\"",         "\"abc",      "\"abc\\",
        "\"abc\\\"", "\"\\u00",  "[\"a\"",    "'a'",        "{null:1}",   "{\"a\":1 \"b\":2}",
    };

    (void)state;
    expect_all(bad, COUNT(bad), UKB_E_PARSE);
}

static void
anything_behind_the_value_is_refused(void **state)
{
    static const char *const bad[] = { "{}{}",   "{} {}", "[]]",     "{}}",     "1 1",   "null,", "{}\xef\xbb\xbf",
                                       "\"a\"b", "{}//",  "{}/* */", "/* */{}", "#\n{}", "{}\x1a" };

    (void)state;
    expect_all(bad, COUNT(bad), UKB_E_PARSE);
}

static void
a_nul_byte_is_refused_wherever_it_stands(void **state)
{
    (void)state;
    assert_int_equal(check_len("{}\0", 3), UKB_E_PARSE);
    assert_int_equal(check_len("\0{}", 3), UKB_E_PARSE);
    assert_int_equal(check_len("\"a\0b\"", 5), UKB_E_PARSE);
    assert_int_equal(check_len("[1\0]", 4), UKB_E_PARSE);
    assert_int_equal(check_len("\"\\\0\"", 4), UKB_E_PARSE);
    assert_int_equal(check_len("\"\\u00\0\0\"", 8), UKB_E_PARSE);
    assert_int_equal(check_len("1\0", 2), UKB_E_PARSE);
}

static void
raw_control_characters_in_a_string_are_refused(void **state)
{
    char text[] = "\"a?b\"";
    int c;

    (void)state;
    for (c = 0; c < 0x20; c++) {
        text[2] = (char)c;
        assert_int_equal(check_len(text, sizeof(text) - 1U), UKB_E_PARSE);
    }
    text[2] = ' ';
    assert_int_equal(check_len(text, sizeof(text) - 1U), UKB_OK);
}

static void
escapes_outside_the_grammar_are_refused(void **state)
{
    static const char *const bad[] = { "\"\\a\"",        "\"\\v\"",      "\"\\x41\"",   "\"\\'\"",     "\"\\0\"",
                                       "\"\\U0041\"",    "\"\\u\"",      "\"\\u1\"",    "\"\\u123\"",  "\"\\u12G4\"",
                                       "\"\\u 123\"",    "\"\\u+123\"",  "\"\\u-001\"", "\"\\u{41}\"", "\"\\\n\"",
                                       "\"\\\xc3\xa9\"", "\"\\u123\"\"", "\"\\u00@0\"", "\"\\u00`0\"", "\"\\u00:0\"" };

    (void)state;
    expect_all(bad, COUNT(bad), UKB_E_PARSE);
}

static void
an_escaped_nul_is_refused_because_it_would_cut_a_c_string(void **state)
{
    static const char *const bad[] = { "\"\\u0000\"", "\"a\\u0000b\"", "{\"id\\u0000x\":1}" };

    (void)state;
    expect_all(bad, COUNT(bad), UKB_E_PARSE);
}

static void
lone_and_swapped_surrogates_are_refused(void **state)
{
    static const char *const bad[] = {
        "\"\\ud800\"",        "\"\\udbff\"",    "\"\\udc00\"",       "\"\\udfff\"",        "\"\\ude00\\ud83d\"",
        "\"\\ud83d\\ud83d\"", "\"\\ud83dx\"",   "\"\\ud83d\\n\"",    "\"\\ud83d\\u0041\"", "\"\\ud83d",
        "\"\\ud83d\\\"",      "\"\\ud83d\\u\"", "\"\\ud83d\\uDE0\"", "\"\\ud83d\\uE000\"", "\"\\ud83d\\UDE00\"",
    };

    (void)state;
    expect_all(bad, COUNT(bad), UKB_E_PARSE);
}

static void
malformed_utf8_is_refused(void **state)
{
    static const char *const bad[] = {
        "\"\x80\"",             /* continuation without a lead */
        "\"\xbf\"",             /* the same, the last one */
        "\"\xc0\x80\"",         /* overlong NUL */
        "\"\xc1\xbf\"",         /* overlong, two bytes */
        "\"\xe0\x9f\xbf\"",     /* overlong, three bytes */
        "\"\xf0\x8f\xbf\xbf\"", /* overlong, four bytes */
        "\"\xed\xa0\x80\"",     /* first surrogate */
        "\"\xed\xbf\xbf\"",     /* last surrogate */
        "\"\xf4\x90\x80\x80\"", /* above U+10FFFF */
        "\"\xf5\x80\x80\x80\"", /* lead that cannot be */
        "\"\xfe\"",
        "\"\xff\"",
        "\"\xc3\"", /* cut by the quote */
        "\"\xe9\x92\"",
        "\"\xf0\x9f\x98\"",
        "\"\xc3", /* cut by the end */
        "\"\xe9\x92",
        "\"\xf0\x9f\x98",
        "\"\xe9\x92\x41\"", /* ASCII where a continuation belongs */
        "\"\xc3\xc3\"",
        "\xc3\xa9",     /* outside a string */
        "{\"\xc3\":1}", /* in a name */
    };

    (void)state;
    expect_all(bad, COUNT(bad), UKB_E_PARSE);
}

/* @p depth nested containers in @p text, alternating from an array or an object. */
static void
nest(char *text, unsigned int depth, bool object_first)
{
    char *at = text;
    unsigned int i;

    for (i = 0; i < depth; i++) {
        bool object = (i % 2 == 0) == object_first;

        at += snprintf(at, 8, "%s", object ? "{\"a\":" : "[");
    }
    *at++ = '0';
    for (i = depth; i > 0; i--) {
        bool object = ((i - 1) % 2 == 0) == object_first;

        *at++ = object ? '}' : ']';
    }
    *at = '\0';
}

static void
sixteen_levels_pass_and_seventeen_do_not(void **state)
{
    char text[256];
    struct ukb_error err = { 0 };

    (void)state;
    assert_int_equal(UKB_JSON_MAX_DEPTH, 16);
    nest(text, 16, true);
    assert_int_equal(check(text), UKB_OK);
    nest(text, 16, false);
    assert_int_equal(check(text), UKB_OK);
    nest(text, 17, true);
    assert_int_equal(check(text), UKB_E_PARSE);
    nest(text, 17, false);
    assert_int_equal(ukb_json_check(text, strlen(text), &err), UKB_E_PARSE);
    assert_string_equal(err.message, "JSON nested deeper than 16");
    assert_int_equal(check("[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]"), UKB_OK);
    assert_int_equal(check("[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]"), UKB_E_PARSE);
}

static void
siblings_do_not_add_to_the_depth(void **state)
{
    char text[600] = "[";
    size_t i;

    (void)state;
    for (i = 0; i < 100; i++) {
        memcpy(text + 1 + 5 * i, "[{}],", 5);
    }
    memcpy(text + 1 + 5 * i, "0]", 3);
    assert_int_equal(check(text), UKB_OK);
}

static void
a_million_brackets_end_at_the_depth_limit(void **state)
{
    static char text[UKB_REQUEST_MAX_LEN];

    (void)state;
    memset(text, '[', sizeof(text));
    assert_int_equal(check_len(text, sizeof(text)), UKB_E_PARSE);
}

static void
nothing_beyond_the_length_is_read(void **state)
{
    (void)state;
    assert_int_equal(check_len("12345", 2), UKB_OK);
    assert_int_equal(check_len("true", 3), UKB_E_PARSE);
    assert_int_equal(check_len("\"a\"", 2), UKB_E_PARSE);
    assert_int_equal(check_len("\"\xc3\xa9\"", 2), UKB_E_PARSE);
    assert_int_equal(check_len("\"\\ud83d\\ude00\"", 12), UKB_E_PARSE);
    assert_int_equal(check_len("{}garbage", 2), UKB_OK);
}

static void
the_message_tells_where_it_went_wrong(void **state)
{
    struct ukb_error err = { 0 };

    (void)state;
    assert_int_equal(ukb_json_check("[1,x]", 5, &err), UKB_E_PARSE);
    assert_string_equal(err.message, "not strict JSON at byte 3");
    assert_int_equal(err.status, UKB_E_PARSE);
}

static void
the_place_of_the_fault_can_be_had_alone(void **state)
{
    static const struct {
        const char *text;
        size_t offset;
    } cases[] = {
        { "{\"a\":1,}", 7 }, { "{\"a\" 1}", 5 },  { "[01]", 2 },           { "{} x", 3 },      { "[tru]", 1 },
        { "{\"a\":[", 6 },   { "", 0 },           { "\xef\xbb\xbf{}", 0 }, { "{\"a\":1}", 7 }, { "[\"\n\"]", 2 },
        { "['a']", 1 },      { "[\"\xff\"]", 2 }, { "[\"\\x\"]", 3 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (ukb_json_fault_at(cases[i].text, strlen(cases[i].text)) != cases[i].offset) {
            fail_msg("%s: %zu", cases[i].text, ukb_json_fault_at(cases[i].text, strlen(cases[i].text)));
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_json_text_passes),
        cmocka_unit_test(a_text_without_a_value_is_refused),
        cmocka_unit_test(numbers_outside_the_grammar_are_refused),
        cmocka_unit_test(misspelt_words_are_refused),
        cmocka_unit_test(unfinished_and_unbalanced_texts_are_refused),
        cmocka_unit_test(anything_behind_the_value_is_refused),
        cmocka_unit_test(a_nul_byte_is_refused_wherever_it_stands),
        cmocka_unit_test(raw_control_characters_in_a_string_are_refused),
        cmocka_unit_test(escapes_outside_the_grammar_are_refused),
        cmocka_unit_test(an_escaped_nul_is_refused_because_it_would_cut_a_c_string),
        cmocka_unit_test(lone_and_swapped_surrogates_are_refused),
        cmocka_unit_test(malformed_utf8_is_refused),
        cmocka_unit_test(sixteen_levels_pass_and_seventeen_do_not),
        cmocka_unit_test(siblings_do_not_add_to_the_depth),
        cmocka_unit_test(a_million_brackets_end_at_the_depth_limit),
        cmocka_unit_test(nothing_beyond_the_length_is_read),
        cmocka_unit_test(the_message_tells_where_it_went_wrong),
        cmocka_unit_test(the_place_of_the_fault_can_be_had_alone),
    };

    return cmocka_run_group_tests_name("core/json_check", tests, NULL, NULL);
}
