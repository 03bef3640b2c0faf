/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <string.h>

#include "core/der.h"

#define DER(text)                                                                                                      \
    {                                                                                                                  \
        (const unsigned char *)(text), sizeof(text) - 1U                                                               \
    }

static void
a_value_is_taken_and_the_next_one_follows(void **state)
{
    struct ukb_der from = DER("\x04\x02hi\x30\x00rest");
    struct ukb_der content;

    (void)state;
    assert_false(ukb_der_take(&from, UKB_DER_SEQUENCE, &content));
    assert_true(ukb_der_take(&from, UKB_DER_OCTET_STRING, &content));
    assert_true(ukb_der_equals(&content, "hi", 2));
    assert_false(ukb_der_equals(&content, "ho", 2));
    assert_true(ukb_der_is_next(&from, UKB_DER_SEQUENCE));
    assert_true(ukb_der_take_whole(&from, &content));
    assert_true(ukb_der_equals(&content, "\x30\x00", 2));
    assert_true(ukb_der_equals(&from, "rest", 4));
}

static void
one_can_go_inside(void **state)
{
    struct ukb_der from = DER("\x30\x04\x04\x02hi");

    (void)state;
    assert_true(ukb_der_take(&from, UKB_DER_SEQUENCE, &from));
    assert_true(ukb_der_take(&from, UKB_DER_OCTET_STRING, &from));
    assert_true(ukb_der_equals(&from, "hi", 2));
}

static void
long_lengths_are_read(void **state)
{
    unsigned char text[3 + 0x80 + 2] = { 0x04, 0x81, 0x80 };
    struct ukb_der from = { text, sizeof(text) };
    struct ukb_der content;

    (void)state;
    assert_true(ukb_der_take(&from, UKB_DER_OCTET_STRING, &content));
    assert_int_equal(content.len, 0x80);
    assert_int_equal(from.len, 2);
}

static void
what_is_no_der_is_not_taken(void **state)
{
    static const struct ukb_der cases[] = {
        DER(""),
        DER("\x04"),
        DER("\x04\x01"),          /* cut */
        DER("\x04\x80\x00\x00"),  /* indefinite */
        DER("\x04\x81"),          /* its length is cut */
        DER("\x04\x81\x01x"),     /* longer than it need be */
        DER("\x04\x82\x00\x01x"), /* the same */
        DER("\x04\x84\x00\x00\x00\x01x"),
        DER("\x04\x83\xFF\xFF\xFFx"),
        DER("\x04\xFF"),
        DER("\x1F\x1F\x00"), /* a tag of several octets */
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct ukb_der from = cases[i];
        struct ukb_der whole;

        assert_false(ukb_der_take_whole(&from, &whole));
        assert_ptr_equal(from.at, cases[i].at);
        assert_int_equal(from.len, cases[i].len);
    }
}

static void
numbers_are_positive_and_short(void **state)
{
    static const struct {
        struct ukb_der der;
        bool number;
        size_t len;
        bool small;
    } cases[] = {
        { DER("\x02\x01\x00"), true, 0, true },       { DER("\x02\x01\x7F"), true, 1, true },
        { DER("\x02\x02\x00\x80"), true, 1, false },  { DER("\x02\x02\x01\x00"), true, 2, false },
        { DER("\x02\x00"), false, 0, false },         { DER("\x02\x01\x80"), false, 0, false }, /* negative */
        { DER("\x02\x02\x00\x7F"), false, 0, false }, /* longer than it need be */
        { DER("\x02\x02\x00\x00"), false, 0, false }, { DER("\x04\x01\x01"), false, 0, false },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct ukb_der from = cases[i].der;
        struct ukb_der number = { NULL, 0 };
        unsigned int small = 0;

        assert_int_equal(ukb_der_take_number(&from, &number), cases[i].number);
        assert_int_equal(number.len, cases[i].len);
        assert_int_equal(from.len, cases[i].number ? 0 : cases[i].der.len);
        from = cases[i].der;
        assert_int_equal(ukb_der_take_small(&from, &small), cases[i].small);
        assert_int_equal(from.len, cases[i].small ? 0 : cases[i].der.len);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_is_taken_and_the_next_one_follows),
        cmocka_unit_test(one_can_go_inside),
        cmocka_unit_test(long_lengths_are_read),
        cmocka_unit_test(what_is_no_der_is_not_taken),
        cmocka_unit_test(numbers_are_positive_and_short),
    };

    return cmocka_run_group_tests_name("core/der", tests, NULL, NULL);
}
