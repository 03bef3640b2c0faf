/* SPDX-License-Identifier: MIT */
/* Unit tests for core/fields.c, against one shape that has a field of every type. */
#include "../test.h"

#include <string.h>

#include "core/fields.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char *const colours[] = { "red", "green", NULL };

/* clang-format off */
static const struct ukb_field inner_fields[] = {
    { "name", UKB_FIELD_STRING, UKB_REQUIRED, 4, 0, NULL, NULL },
    { "flag", UKB_FIELD_BOOL, UKB_OPTIONAL, 0, 0, NULL, NULL },
};
static const struct ukb_shape inner = UKB_SHAPE("inner", inner_fields);

static const struct ukb_field middle_fields[] = {
    { "inner", UKB_FIELD_OBJECT, UKB_REQUIRED, 0, 0, NULL, &inner },
};
static const struct ukb_shape middle = UKB_SHAPE(NULL, middle_fields);

static const struct ukb_field all_fields[] = {
    { "string", UKB_FIELD_STRING, UKB_OPTIONAL, 6, 0, NULL, NULL },
    { "hex", UKB_FIELD_HEX, UKB_OPTIONAL, 4, 0, NULL, NULL },
    { "time", UKB_FIELD_TIME, UKB_OPTIONAL, 20, 0, NULL, NULL },
    { "enum", UKB_FIELD_ENUM, UKB_OPTIONAL, 0, 0, colours, NULL },
    { "bool", UKB_FIELD_BOOL, UKB_OPTIONAL, 0, 0, NULL, NULL },
    { "integer", UKB_FIELD_INTEGER, UKB_OPTIONAL, 0, 0, NULL, NULL },
    { "id", UKB_FIELD_ID, UKB_OPTIONAL, 8, 0, NULL, NULL },
    { "strings", UKB_FIELD_STRINGS, UKB_OPTIONAL, 3, 2, NULL, NULL },
    { "colours", UKB_FIELD_STRINGS, UKB_OPTIONAL, 0, 3, colours, NULL },
    { "object", UKB_FIELD_OBJECT, UKB_OPTIONAL, 0, 0, NULL, &middle },
    { "objects", UKB_FIELD_OBJECTS, UKB_OPTIONAL, 0, 2, NULL, &inner },
};
static const struct ukb_shape all = UKB_SHAPE(NULL, all_fields);

static const struct ukb_field needed_fields[] = {
    { "first", UKB_FIELD_BOOL, UKB_REQUIRED, 0, 0, NULL, NULL },
    { "maybe", UKB_FIELD_BOOL, UKB_OPTIONAL, 0, 0, NULL, NULL },
    { "second", UKB_FIELD_INTEGER, UKB_NULLABLE, 0, 0, NULL, NULL },
    { "third", UKB_FIELD_OBJECT, UKB_NULLABLE, 0, 0, NULL, &inner },
};
static const struct ukb_shape needed = UKB_SHAPE(NULL, needed_fields);

static const struct ukb_field choice_fields[] = {
    { "left", UKB_FIELD_BOOL, UKB_OPTIONAL, 0, 0, NULL, NULL },
    { "right", UKB_FIELD_BOOL, UKB_OPTIONAL, 0, 0, NULL, NULL },
    { "other", UKB_FIELD_BOOL, UKB_OPTIONAL, 0, 0, NULL, NULL },
};
static const struct ukb_shape choice = { .fields = choice_fields, .count = COUNT(choice_fields), .either = { "left", "right" } };
/* clang-format on */

static const struct ukb_shape nothing = { 0 };

/* A JSON object and the member that the check must complain about; NULL when it must not. */
struct expectation {
    const char *json;
    const char *field;
};

static void
expect(const struct ukb_shape *shape, const char *json, const char *field)
{
    struct ukb_error err = { 0 };
    cJSON *object = NULL;
    enum ukb_status st;

    assert_int_equal(ukb_json_parse(json, strlen(json), &object, &err), UKB_OK);
    st = ukb_fields_check(shape, object, &err);
    cJSON_Delete(object);
    if (field == NULL) {
        if (st != UKB_OK) {
            fail_msg("%s should pass: %s", json, err.message);
        }
        return;
    }
    if (st != UKB_E_PARAMS) {
        fail_msg("%s should be refused for %s", json, field);
    }
    assert_int_equal(err.attr_count, 1);
    assert_string_equal(err.attrs[0].name, "field");
    if (strcmp(err.attrs[0].string, field) != 0) {
        fail_msg("%s should be refused for %s, not %s", json, field, err.attrs[0].string);
    }
}

static void
expect_each(const struct ukb_shape *shape, const struct expectation *cases, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        expect(shape, cases[i].json, cases[i].field);
    }
}

static void
strings_are_not_empty_and_counted_in_bytes(void **state)
{
    static const struct expectation cases[] = {
        { "{\"string\":\"a\"}", NULL },
        { "{\"string\":\"123456\"}", NULL },
        { "{\"string\":\"1234567\"}", "string" },
        { "{\"string\":\"\xe9\x92\xa5\xe9\x92\xa5\"}", NULL },
        { "{\"string\":\"\xe9\x92\xa5\xe9\x92\xa5.\"}", "string" },
        { "{\"string\":\"\\u94a5\\u94a5.\"}", "string" },
        { "{\"string\":\"\"}", "string" },
        { "{\"string\":1}", "string" },
        { "{\"string\":null}", "string" },
        { "{\"string\":true}", "string" },
        { "{\"string\":[\"a\"]}", "string" },
        { "{\"string\":{}}", "string" },
    };

    (void)state;
    expect_each(&all, cases, COUNT(cases));
}

static void
hex_is_lower_case_and_of_its_exact_length(void **state)
{
    static const struct expectation cases[] = {
        { "{\"hex\":\"09af\"}", NULL },   { "{\"hex\":\"09aF\"}", "hex" }, { "{\"hex\":\"09a\"}", "hex" },
        { "{\"hex\":\"09afa\"}", "hex" }, { "{\"hex\":\"09ag\"}", "hex" }, { "{\"hex\":\"\"}", "hex" },
        { "{\"hex\":1234}", "hex" },      { "{\"hex\":null}", "hex" },     { "{\"hex\":\"0x12\"}", "hex" },
        { "{\"hex\":\" 12 \"}", "hex" },
    };

    (void)state;
    expect_each(&all, cases, COUNT(cases));
}

static void
times_are_utc_with_whole_seconds(void **state)
{
    static const struct expectation cases[] = {
        { "{\"time\":\"2026-11-21T07:00:00Z\"}", NULL },
        { "{\"time\":\"9999-12-31T23:59:60Z\"}", NULL },
        { "{\"time\":\"0000-01-01T00:00:00Z\"}", NULL },
        { "{\"time\":\"2026-11-21T07:00:00z\"}", "time" },
        { "{\"time\":\"2026-11-21t07:00:00Z\"}", "time" },
        { "{\"time\":\"2026-11-21 07:00:00Z\"}", "time" },
        { "{\"time\":\"2026-11-21T07:00:00\"}", "time" },
        { "{\"time\":\"2026-11-21T07:00:00.5Z\"}", "time" },
        { "{\"time\":\"2026-11-21T07:00+08:00\"}", "time" },
        { "{\"time\":\"2026-11-21\"}", "time" },
        { "{\"time\":\"2026-00-21T07:00:00Z\"}", "time" },
        { "{\"time\":\"2026-13-21T07:00:00Z\"}", "time" },
        { "{\"time\":\"2026-11-00T07:00:00Z\"}", "time" },
        { "{\"time\":\"2026-11-32T07:00:00Z\"}", "time" },
        { "{\"time\":\"2026-11-21T24:00:00Z\"}", "time" },
        { "{\"time\":\"2026-11-21T07:60:00Z\"}", "time" },
        { "{\"time\":\"2026-11-21T07:00:61Z\"}", "time" },
        { "{\"time\":\"20x6-11-21T07:00:00Z\"}", "time" },
        { "{\"time\":\"not-a-time\"}", "time" },
        { "{\"time\":\"\"}", "time" },
        { "{\"time\":1795244400}", "time" },
    };

    (void)state;
    expect_each(&all, cases, COUNT(cases));
}

static void
enums_take_their_values_and_nothing_near_them(void **state)
{
    static const struct expectation cases[] = {
        { "{\"enum\":\"red\"}", NULL },  { "{\"enum\":\"green\"}", NULL },  { "{\"enum\":\"Red\"}", "enum" },
        { "{\"enum\":\"re\"}", "enum" }, { "{\"enum\":\"redd\"}", "enum" }, { "{\"enum\":\"\"}", "enum" },
        { "{\"enum\":0}", "enum" },      { "{\"enum\":null}", "enum" },     { "{\"enum\":[\"red\"]}", "enum" },
    };

    (void)state;
    expect_each(&all, cases, COUNT(cases));
}

static void
booleans_integers_and_ids_are_not_guessed_from_other_types(void **state)
{
    static const struct expectation cases[] = {
        { "{\"bool\":true}", NULL },
        { "{\"bool\":false}", NULL },
        { "{\"bool\":\"true\"}", "bool" },
        { "{\"bool\":1}", "bool" },
        { "{\"bool\":null}", "bool" },
        { "{\"integer\":9007199254740991}", NULL },
        { "{\"integer\":-9007199254740991}", NULL },
        { "{\"integer\":1.0}", NULL },
        { "{\"integer\":9007199254740992}", "integer" },
        { "{\"integer\":1.5}", "integer" },
        { "{\"integer\":1e999}", "integer" },
        { "{\"integer\":\"1\"}", "integer" },
        { "{\"integer\":null}", "integer" },
        { "{\"integer\":true}", "integer" },
        { "{\"id\":1}", NULL },
        { "{\"id\":-1}", NULL },
        { "{\"id\":\"\"}", NULL },
        { "{\"id\":\"12345678\"}", NULL },
        { "{\"id\":\"123456789\"}", "id" },
        { "{\"id\":1.5}", "id" },
        { "{\"id\":9007199254740992}", "id" },
        { "{\"id\":null}", "id" },
        { "{\"id\":true}", "id" },
        { "{\"id\":{}}", "id" },
        { "{\"id\":[1]}", "id" },
    };

    (void)state;
    expect_each(&all, cases, COUNT(cases));
}

static void
arrays_of_strings_have_a_count_and_every_item_its_limit(void **state)
{
    static const struct expectation cases[] = {
        { "{\"strings\":[]}", NULL },
        { "{\"strings\":[\"a\",\"123\"]}", NULL },
        { "{\"strings\":[\"a\",\"1234\"]}", "strings" },
        { "{\"strings\":[\"a\",\"b\",\"c\"]}", "strings" },
        { "{\"strings\":[\"\"]}", "strings" },
        { "{\"strings\":[\"a\",1]}", "strings" },
        { "{\"strings\":[null]}", "strings" },
        { "{\"strings\":[[\"a\"]]}", "strings" },
        { "{\"strings\":\"a\"}", "strings" },
        { "{\"strings\":{}}", "strings" },
        { "{\"strings\":{\"0\":\"a\"}}", "strings" },
        { "{\"strings\":null}", "strings" },
        { "{\"colours\":[\"red\",\"green\",\"red\"]}", NULL },
        { "{\"colours\":[\"red\",\"blue\"]}", "colours" },
        { "{\"colours\":[\"\"]}", "colours" },
    };

    (void)state;
    expect_each(&all, cases, COUNT(cases));
}

static void
nested_objects_are_checked_and_name_the_inner_member(void **state)
{
    static const struct expectation cases[] = {
        { "{\"object\":{\"inner\":{\"name\":\"abcd\",\"flag\":true}}}", NULL },
        { "{\"object\":{\"inner\":{\"name\":\"abcde\"}}}", "name" },
        { "{\"object\":{\"inner\":{\"flag\":true}}}", "name" },
        { "{\"object\":{\"inner\":{\"name\":\"a\",\"flag\":0}}}", "flag" },
        { "{\"object\":{\"inner\":{\"name\":\"a\",\"more\":0}}}", "more" },
        { "{\"object\":{\"inner\":\"x\"}}", "inner" },
        { "{\"object\":{}}", "inner" },
        { "{\"object\":[]}", "object" },
        { "{\"object\":null}", "object" },
        { "{\"objects\":[]}", NULL },
        { "{\"objects\":[{\"name\":\"a\"},{\"name\":\"b\"}]}", NULL },
        { "{\"objects\":[{\"name\":\"a\"},{\"name\":\"\"}]}", "name" },
        { "{\"objects\":[{\"name\":\"a\"},{}]}", "name" },
        { "{\"objects\":[{\"name\":\"a\"},{\"name\":\"b\"},{\"name\":\"c\"}]}", "objects" },
        { "{\"objects\":[{\"name\":\"a\"},7]}", "objects" },
        { "{\"objects\":[[]]}", "objects" },
        { "{\"objects\":[null]}", "objects" },
        { "{\"objects\":{\"name\":\"a\"}}", "objects" },
    };

    (void)state;
    expect_each(&all, cases, COUNT(cases));
}

static void
unknown_members_are_named(void **state)
{
    static const struct expectation cases[] = {
        { "{\"unknown\":1}", "unknown" },      { "{\"String\":\"a\"}", "String" },
        { "{\"string \":\"a\"}", "string " },  { "{\"\":1}", "" },
        { "{\"bool\":true,\"x\":null}", "x" },
    };

    (void)state;
    expect_each(&all, cases, COUNT(cases));
    expect(&nothing, "{}", NULL);
    expect(&nothing, "{\"a\":1}", "a");
}

static void
the_first_offending_member_is_named_in_the_messages_order(void **state)
{
    (void)state;
    expect(&all, "{\"string\":\"\",\"hex\":\"\"}", "string");
    expect(&all, "{\"hex\":\"\",\"string\":\"\"}", "hex");
    expect(&all, "{\"zzz\":1,\"aaa\":1}", "zzz");
    expect(&all, "{\"bool\":true,\"objects\":[{}],\"zzz\":1}", "name");
    expect(&needed, "{\"second\":\"x\"}", "second"); /* before first, which is missing */
    expect(&needed, "{\"zzz\":1}", "zzz");
}

static void
missing_members_are_named_in_the_tables_order(void **state)
{
    (void)state;
    expect(&needed, "{}", "first");
    expect(&needed, "{\"second\":1}", "first");
    expect(&needed, "{\"first\":true}", "second");
    expect(&needed, "{\"second\":1,\"first\":true}", "third");
    expect(&needed, "{\"first\":true,\"second\":1,\"third\":{\"name\":\"a\"}}", NULL);
}

static void
no_object_reads_as_an_empty_one(void **state)
{
    struct ukb_error err = { 0 };

    (void)state;
    assert_int_equal(ukb_fields_check(&nothing, NULL, &err), UKB_OK);
    assert_int_equal(ukb_fields_check(&all, NULL, &err), UKB_OK);
    assert_int_equal(ukb_fields_check(&needed, NULL, &err), UKB_E_PARAMS);
    assert_string_equal(err.attrs[0].string, "first");
    assert_int_equal(ukb_fields_check(&choice, NULL, &err), UKB_E_PARAMS);
}

static void
only_nullable_members_may_be_null(void **state)
{
    (void)state;
    expect(&needed, "{\"first\":true,\"second\":null,\"third\":null}", NULL);
    expect(&needed, "{\"first\":null,\"second\":null,\"third\":null}", "first");
    expect(&needed, "{\"first\":true,\"second\":null,\"third\":{\"name\":null}}", "name");
    expect(&needed, "{\"first\":true,\"maybe\":null,\"second\":null,\"third\":null}", "maybe");
}

static void
exactly_one_of_an_either_pair_is_there(void **state)
{
    (void)state;
    expect(&choice, "{\"left\":true}", NULL);
    expect(&choice, "{\"right\":false,\"other\":true}", NULL);
    expect(&choice, "{}", "left");
    expect(&choice, "{\"other\":true}", "left");
    expect(&choice, "{\"left\":true,\"right\":true}", "right");
    expect(&choice, "{\"right\":true,\"left\":true}", "right");
    expect(&choice, "{\"right\":true,\"left\":1}", "left"); /* a wrong type comes first */
}

static void
a_hostile_name_leaves_a_bounded_error_of_whole_characters(void **state)
{
    struct ukb_buf text = UKB_BUF_INIT(4096);
    struct ukb_error err = { 0 };
    cJSON *object = cJSON_CreateObject();
    char name[601];
    size_t i;

    (void)state;
    for (i = 0; i + 3 <= sizeof(name) - 1U; i += 3) {
        memcpy(name + i, "\xe9\x92\xa5", 3); /* 64 bytes end inside the 22nd character */
    }
    name[i] = '\0';
    assert_non_null(cJSON_AddNullToObject(object, name));
    assert_int_equal(ukb_fields_check(&all, object, &err), UKB_E_PARAMS);
    assert_int_equal(strlen(err.attrs[0].string), 126);
    assert_int_equal(ukb_buf_printf(&text, &err, "\"%s\"", err.message), UKB_OK);
    assert_int_equal(ukb_json_check(ukb_buf_text(&text), text.len, &err), UKB_OK);
    cJSON_Delete(object);
    ukb_buf_done(&text);
}

static void
the_message_tells_where_in_the_whole_the_member_is(void **state)
{
    static const struct expectation cases[] = {
        { "{\"object\":{\"inner\":{\"nam\":\"a\"}}}", "object.inner.nam: unknown member" },
        { "{\"object\":{\"inner\":{}}}", "object.inner.name: missing" },
        { "{\"objects\":[{\"name\":\"a\"},{\"name\":1}]}", "objects[1].name: must be a string" },
        { "{\"objects\":[{\"name\":\"a\"},3]}", "objects[1]: must be an object" },
        { "{\"strings\":[\"a\",\"long\"]}", "strings[1]: too long" },
        { "{\"colours\":[\"blue\"]}", "colours[0]: not one of the known values" },
        { "{\"bool\":1}", "bool: must be true or false" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        struct ukb_error err = { 0 };
        cJSON *object = cJSON_Parse(cases[i].json);

        assert_int_equal(ukb_fields_check(&all, object, &err), UKB_E_PARAMS);
        assert_string_equal(err.message, cases[i].field);
        assert_int_equal(err.attr_count, 1);
        cJSON_Delete(object);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_are_not_empty_and_counted_in_bytes),
        cmocka_unit_test(hex_is_lower_case_and_of_its_exact_length),
        cmocka_unit_test(times_are_utc_with_whole_seconds),
        cmocka_unit_test(enums_take_their_values_and_nothing_near_them),
        cmocka_unit_test(booleans_integers_and_ids_are_not_guessed_from_other_types),
        cmocka_unit_test(arrays_of_strings_have_a_count_and_every_item_its_limit),
        cmocka_unit_test(nested_objects_are_checked_and_name_the_inner_member),
        cmocka_unit_test(the_message_tells_where_in_the_whole_the_member_is),
        cmocka_unit_test(unknown_members_are_named),
        cmocka_unit_test(the_first_offending_member_is_named_in_the_messages_order),
        cmocka_unit_test(missing_members_are_named_in_the_tables_order),
        cmocka_unit_test(no_object_reads_as_an_empty_one),
        cmocka_unit_test(only_nullable_members_may_be_null),
        cmocka_unit_test(exactly_one_of_an_either_pair_is_there),
        cmocka_unit_test(a_hostile_name_leaves_a_bounded_error_of_whole_characters),
    };

    return cmocka_run_group_tests_name("core/fields", tests, NULL, NULL);
}
