/* SPDX-License-Identifier: MIT */
/* Unit tests for policy/source.c: that a fault is found by whoever reads the message. */
#include "../test.h"

#include <stdlib.h>
#include <string.h>

#include "policy/source.h"

/* clang-format off */
static const struct ukb_field fields[] = {
    { "word", UKB_FIELD_STRING, UKB_OPTIONAL, 8, 0, NULL, NULL },
};
/* clang-format on */
static const struct ukb_shape shape = UKB_SHAPE(NULL, fields);

static void
expect_fault(const char *text, const char *message)
{
    const struct ukb_source source = { .name = "/etc/p.json", .text = text };
    struct ukb_error err = { 0 };
    cJSON *json = NULL;

    assert_int_equal(ukb_source_parse(&source, &shape, &json, &err), UKB_E_POLICY_INVALID);
    assert_string_equal(err.message, message);
    cJSON_Delete(json);
}

static void
a_good_text_is_an_object_and_no_text_is_none(void **state)
{
    struct ukb_source source = { .name = "p", .text = "{\"word\":\"a\"}" };
    struct ukb_error err = { 0 };
    cJSON *json = NULL;

    (void)state;
    assert_int_equal(ukb_source_parse(&source, &shape, &json, &err), UKB_OK);
    assert_string_equal(ukb_json_string(json, "word"), "a");
    cJSON_Delete(json);
    json = NULL;
    source.text = NULL;
    assert_int_equal(ukb_source_parse(&source, &shape, &json, &err), UKB_OK);
    assert_null(json);
}

static void
a_slip_of_the_pen_has_line_and_column(void **state)
{
    (void)state;
    expect_fault("{\n  \"word\": \"a\",\n}\n", "/etc/p.json:3:1: not strict JSON at byte 17: unexpected '}'");
    expect_fault("{\"word\": 'a'}", "/etc/p.json:1:10: not strict JSON at byte 9: unexpected '''");
    expect_fault("{\r\n\"word\" \"a\"}", "/etc/p.json:2:8: not strict JSON at byte 10: unexpected '\"'");
    expect_fault("{\"word\":\"a\"", "/etc/p.json:1:12: not strict JSON at byte 11: the file ends too early");
    expect_fault("", "/etc/p.json:1:1: not strict JSON at byte 0: the file ends too early");
    expect_fault("{\"word\":\"\xff\"}", "/etc/p.json:1:10: not strict JSON at byte 9: unexpected byte 0xFF");
    expect_fault("{\"word\":\"a\"}\n// why\n", "/etc/p.json:2:1: not strict JSON at byte 13: unexpected '/'");
}

static void
columns_are_characters(void **state)
{
    (void)state;
    expect_fault("{\"word\":\"\xe7\x9c\x81\xe5\xb8\x82\" 1}",
                 "/etc/p.json:1:14: not strict JSON at byte 17: unexpected '1'");
}

static void
a_byte_order_mark_is_called_by_its_name(void **state)
{
    (void)state;
    expect_fault("\xef\xbb\xbf{}",
                 "/etc/p.json:1:1: not strict JSON at byte 0: a byte-order mark: save it as UTF-8 without one");
}

static void
what_is_json_and_no_policy_has_its_member(void **state)
{
    (void)state;
    expect_fault("[]", "/etc/p.json: must be a JSON object");
    expect_fault("{\"wrd\":\"a\"}", "/etc/p.json: wrd: unknown member");
    expect_fault("{\"word\":1}", "/etc/p.json: word: must be a string");
    expect_fault("{\"word\":\"a\",\"word\":\"b\"}", "/etc/p.json: member \"word\" twice in one object");
    expect_fault("[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]", "/etc/p.json:1:18: JSON nested deeper than 16: unexpected ']'");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_text_is_an_object_and_no_text_is_none),
        cmocka_unit_test(a_slip_of_the_pen_has_line_and_column),
        cmocka_unit_test(columns_are_characters),
        cmocka_unit_test(a_byte_order_mark_is_called_by_its_name),
        cmocka_unit_test(what_is_json_and_no_policy_has_its_member),
    };

    return cmocka_run_group_tests_name("policy/source", tests, NULL, NULL);
}
