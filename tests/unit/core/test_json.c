/* SPDX-License-Identifier: MIT */
/* Unit tests for core/json.c: reading, printing and asking. */
#include "../test.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/json.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static cJSON *
parse(const char *text)
{
    struct ukb_error err = { 0 };
    cJSON *json = NULL;

    if (ukb_json_parse(text, strlen(text), &json, &err) != UKB_OK) {
        fail_msg("%s: %s", text, err.message);
    }
    return json;
}

static void
a_member_named_twice_is_refused_at_any_depth(void **state)
{
    static const char *const bad[] = {
        "{\"a\":1,\"a\":1}",
        "{\"a\":1,\"b\":2,\"a\":3}",
        "{\"a\":{\"b\":1,\"b\":2}}",
        "[0,[{\"x\":{\"y\":[{\"b\":1,\"c\":0,\"b\":2}]}}]]",
        "{\"a\":1,\"\\u0061\":2}",
        "{\"\\u0061\":1,\"\\u0061\":2}",
        "{\"/\":1,\"\\/\":2}",
        "{\"\":1,\"\":2}",
        "{\"\xf0\x9f\x98\x80\":1,\"\\ud83d\\ude00\":2}",
        "{\"a\":null,\"a\":null}",
        "{\"z\":{\"ok\":1},\"id\":1,\"id\":2}",
    };
    struct ukb_error err;
    cJSON *json = NULL;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(bad); i++) {
        if (ukb_json_parse(bad[i], strlen(bad[i]), &json, &err) != UKB_E_PARSE) {
            fail_msg("%s should be refused", bad[i]);
        }
        assert_null(json);
        assert_non_null(strstr(err.message, "twice"));
    }
}

static void
names_that_only_look_alike_are_different(void **state)
{
    static const char *const good[] = {
        "{\"id\":1,\"ID\":2,\"Id\":3}", "{\"a\":{\"a\":{\"a\":1}}}",        "[{\"a\":1},{\"a\":1}]",
        "{\"a\":1,\"a \":2,\" a\":3}",  "{\"\xc3\xa9\":1,\"e\xcc\x81\":2}", /* one letter in two normal forms: bytes
                                                                               decide */
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(good); i++) {
        cJSON_Delete(parse(good[i]));
    }
}

static void
what_is_not_strict_json_gives_no_tree(void **state)
{
    struct ukb_error err = { 0 };
    cJSON *json = NULL;

    (void)state;
    assert_int_equal(ukb_json_parse("", 0, &json, &err), UKB_E_PARSE);
    assert_int_equal(ukb_json_parse("{\"a\":01}", 8, &json, &err), UKB_E_PARSE);
    assert_null(json);
}

static void
a_member_named_twice_is_taken_where_others_wrote_it(void **state)
{
    static const char text[] = "{\"a\":{\"b\":1,\"b\":2}}";
    struct ukb_error err = { 0 };
    cJSON *json = NULL;

    (void)state;
    assert_int_equal(ukb_json_parse_twins(text, sizeof(text) - 1U, &json, &err), UKB_OK);
    assert_int_equal(cJSON_GetArraySize(ukb_json_get(json, "a")), 2);
    cJSON_Delete(json);
    assert_int_equal(ukb_json_parse_twins(text, sizeof(text) - 2U, &json, &err), UKB_E_PARSE);
}

/* {"k0":0,"k1":0,…} with the last name repeated when @p twice. Owned by the caller. */
static char *
wide_object(unsigned int members, bool twice)
{
    size_t size = 20U * (size_t)(members + 1U) + 3U;
    char *text = malloc(size);
    size_t len = 1;
    unsigned int i;

    assert_non_null(text);
    text[0] = '{';
    for (i = 0; i < members; i++) {
        len += (size_t)snprintf(text + len, size - len, "%s\"k%u\":0", i == 0 ? "" : ",", i);
    }
    if (twice) {
        len += (size_t)snprintf(text + len, size - len, ",\"k%u\":0", members / 2U);
    }
    memcpy(text + len, "}", 2);
    return text;
}

static void
a_hundred_thousand_members_are_read_in_sane_time(void **state)
{
    struct ukb_error err = { 0 };
    cJSON *json = NULL;
    char *good = wide_object(100000, false);
    char *bad = wide_object(100000, true);
    clock_t start = clock();

    (void)state;
    assert_int_equal(ukb_json_parse(bad, strlen(bad), &json, &err), UKB_E_PARSE);
    assert_int_equal(ukb_json_parse(good, strlen(good), &json, &err), UKB_OK);
    assert_int_equal(cJSON_GetArraySize(json), 100000);
    assert_true(clock() - start < 5 * CLOCKS_PER_SEC); /* comparing pairs would take minutes */
    cJSON_Delete(json);
    free(good);
    free(bad);
}

static void
integers_reach_exactly_to_two_to_the_fifty_third(void **state)
{
    static const struct {
        const char *text;
        bool integer;
    } cases[] = {
        { "0", true },
        { "-0", true },
        { "1.0", true },
        { "1e2", true },
        { "100e-2", true },
        { "9007199254740991", true },
        { "-9007199254740991", true },
        { "9007199254740992", false },
        { "-9007199254740992", false },
        { "9007199254740993", false },
        { "1e16", false },
        { "1.5", false },
        { "-0.5", false },
        { "4503599627370495.5", false },
        { "1e-999", true }, /* too small to tell from 0 */
        { "1e999", false },
        { "-1e999", false },
        { "18446744073709551616", false },
        { "\"1\"", false },
        { "true", false },
        { "null", false },
        { "[1]", false },
        { "{}", false },
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        cJSON *json = parse(cases[i].text);

        if (ukb_json_is_integer(json) != cases[i].integer) {
            fail_msg("%s: integer should be %d", cases[i].text, (int)cases[i].integer);
        }
        cJSON_Delete(json);
    }
    assert_false(ukb_json_is_integer(NULL));
}

/* Read @p text, print it, and compare with @p wanted. */
static void
expect_printed(const char *text, const char *wanted)
{
    struct ukb_buf printed = UKB_BUF_INIT(4096);
    struct ukb_error err = { 0 };
    cJSON *json = parse(text);

    assert_int_equal(ukb_json_print(json, &printed, &err), UKB_OK);
    assert_string_equal(ukb_buf_text(&printed), wanted);
    cJSON_Delete(json);
    ukb_buf_done(&printed);
}

static void
a_tree_is_printed_without_white_space_in_its_own_order(void **state)
{
    (void)state;
    expect_printed(" { \"b\" : [ 1 , true , null , [ ] , { } ] , \"a\" : \"\" } ",
                   "{\"b\":[1,true,null,[],{}],\"a\":\"\"}");
    expect_printed("\"\\u0001\\\"\\\\\\/\\n\\t\\u00e9\\ud83d\\ude00\"",
                   "\"\\u0001\\\"\\\\/\\n\\t\xc3\xa9\xf0\x9f\x98\x80\"");
    expect_printed("{\"\\\"\\n\":{\"\":false}}", "{\"\\\"\\n\":{\"\":false}}");
    expect_printed("[1.5,-0.25,1e999]", "[1.5,-0.25,null]");
}

static void
every_integer_is_printed_with_all_its_digits(void **state)
{
    (void)state;
    expect_printed("[9007199254740991,-9007199254740991]", "[9007199254740991,-9007199254740991]");
    expect_printed("[4503599627370497,9007199254740989]", "[4503599627370497,9007199254740989]");
    expect_printed("{\"id\":1000000000000000,\"n\":1e15}", "{\"id\":1000000000000000,\"n\":1000000000000000}");
    expect_printed("-0", "0");
}

static void
other_numbers_are_printed_so_that_they_read_the_same(void **state)
{
    static const char *const numbers[] = {
        "0.1", "1.0000000000000002", "9007199254740992", "-1e-10", "1e300", "5e-324", "123456789012345678901234567890"
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(numbers); i++) {
        struct ukb_buf printed = UKB_BUF_INIT(64);
        struct ukb_error err = { 0 };
        cJSON *json = parse(numbers[i]);
        cJSON *again = NULL;

        assert_int_equal(ukb_json_print(json, &printed, &err), UKB_OK);
        again = parse(ukb_buf_text(&printed));
        assert_true(json->valuedouble == again->valuedouble);
        cJSON_Delete(json);
        cJSON_Delete(again);
        ukb_buf_done(&printed);
    }
}

static void
a_member_moved_into_an_array_loses_its_name(void **state)
{
    struct ukb_buf printed = UKB_BUF_INIT(64);
    struct ukb_error err = { 0 };
    cJSON *object = parse("{\"a\":{\"b\":1}}");
    cJSON *array = cJSON_CreateArray();

    (void)state;
    assert_true(cJSON_AddItemToArray(array, cJSON_DetachItemFromObjectCaseSensitive(object, "a")));
    assert_int_equal(ukb_json_print(array, &printed, &err), UKB_OK);
    assert_string_equal(ukb_buf_text(&printed), "[{\"b\":1}]");
    cJSON_Delete(object);
    cJSON_Delete(array);
    ukb_buf_done(&printed);
}

static void
printing_stops_at_the_limit_of_the_buffer(void **state)
{
    struct ukb_buf text = UKB_BUF_INIT(8);
    struct ukb_error err = { 0 };
    cJSON *json = parse("[\"1234567890\"]");
    cJSON *fits = parse("[12,\"a\"]");

    (void)state;
    assert_int_equal(ukb_json_print(json, &text, &err), UKB_E_TOO_LARGE);
    assert_int_equal(text.len, 0); /* no half value stays behind */
    assert_int_equal(ukb_json_print(fits, &text, &err), UKB_OK);
    assert_string_equal(ukb_buf_text(&text), "[12,\"a\"]");
    cJSON_Delete(json);
    cJSON_Delete(fits);
    ukb_buf_done(&text);
}

static void
members_are_found_by_exact_name_and_type(void **state)
{
    cJSON *json = parse("{\"ID\":1,\"text\":\"x\",\"yes\":true,\"no\":false,\"null\":null}");
    cJSON *array = parse("[\"text\"]");

    (void)state;
    assert_null(ukb_json_get(json, "id"));
    assert_non_null(ukb_json_get(json, "ID"));
    assert_non_null(ukb_json_get(json, "null"));
    assert_null(ukb_json_get(array, "text"));
    assert_null(ukb_json_get(NULL, "id"));
    assert_string_equal(ukb_json_string(json, "text"), "x");
    assert_null(ukb_json_string(json, "ID"));
    assert_null(ukb_json_string(json, "Text"));
    assert_null(ukb_json_string(NULL, "text"));
    assert_true(ukb_json_bool(json, "yes", false));
    assert_false(ukb_json_bool(json, "no", true));
    assert_true(ukb_json_bool(json, "text", true));
    assert_false(ukb_json_bool(json, "missing", false));
    assert_true(ukb_json_bool(NULL, "yes", true));
    cJSON_Delete(json);
    cJSON_Delete(array);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_member_named_twice_is_refused_at_any_depth),
        cmocka_unit_test(a_member_named_twice_is_taken_where_others_wrote_it),
        cmocka_unit_test(names_that_only_look_alike_are_different),
        cmocka_unit_test(what_is_not_strict_json_gives_no_tree),
        cmocka_unit_test(a_hundred_thousand_members_are_read_in_sane_time),
        cmocka_unit_test(integers_reach_exactly_to_two_to_the_fifty_third),
        cmocka_unit_test(a_tree_is_printed_without_white_space_in_its_own_order),
        cmocka_unit_test(every_integer_is_printed_with_all_its_digits),
        cmocka_unit_test(other_numbers_are_printed_so_that_they_read_the_same),
        cmocka_unit_test(a_member_moved_into_an_array_loses_its_name),
        cmocka_unit_test(printing_stops_at_the_limit_of_the_buffer),
        cmocka_unit_test(members_are_found_by_exact_name_and_type),
    };

    return cmocka_run_group_tests_name("core/json", tests, NULL, NULL);
}
