/* SPDX-License-Identifier: MIT */
/* Unit tests for worker/statement.c: the four members, and nothing else. */
#include "../test.h"

#include <stdio.h>
#include <string.h>

#include "worker/statement.h"

static struct ukb_error err;
static struct ukb_statement statement;

static int
group_setup(void **state)
{
    (void)state;
    return ukb_secret_start(&err) == UKB_OK ? 0 : -1;
}

static int
teardown(void **state)
{
    (void)state;
    ukb_statement_done(&statement);
    return 0;
}

static enum ukb_status
read_bytes(const void *data, size_t len)
{
    struct ukb_secret text = UKB_SECRET_INIT;
    enum ukb_status st;

    assert_int_equal(ukb_secret_alloc(&text, len == 0 ? 1U : len, &err), UKB_OK);
    memcpy(text.data, data, len);
    text.len = len;
    memset(&err, 0, sizeof(err));
    st = ukb_statement_read(&text, &statement, &err);
    ukb_secret_done(&text);
    return st;
}

static enum ukb_status
read_text(const char *text)
{
    return read_bytes(text, strlen(text));
}

static void
expect_pin(const char *pin)
{
    assert_int_equal(statement.so_pin.len, strlen(pin));
    assert_memory_equal(statement.so_pin.data, pin, strlen(pin));
}

static void
four_members_in_any_order_are_read(void **state)
{
    (void)state;
    assert_int_equal(read_text("{\"token\":\"0a\",\"origin\":\"https://portal.example\",\"nonce\":\"77\",\"soPin\":"
                               "\"87654321\"}"),
                     UKB_OK);
    assert_string_equal(statement.token, "0a");
    assert_string_equal(statement.origin, "https://portal.example");
    assert_string_equal(statement.nonce, "77");
    expect_pin("87654321");
    assert_int_equal(read_text(" { \"soPin\" : \" a b \" ,\n\"nonce\":\"n\",\t\"token\":\"t\",\"origin\":\"o\" } "),
                     UKB_OK);
    expect_pin(" a b ");
}

static void
escapes_are_undone(void **state)
{
    static const struct {
        const char *written;
        const char *pin;
    } rows[] = {
        { "\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t" },
        { "\\u0041\\u00e9\\u20AC", "A\xc3\xa9\xe2\x82\xac" },
        { "\\ud83d\\ude00", "\xf0\x9f\x98\x80" },
        { "\xe4\xb8\xad", "\xe4\xb8\xad" },
    };
    char text[160];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        (void)snprintf(text, sizeof(text), "{\"token\":\"t\",\"origin\":\"o\",\"nonce\":\"n\",\"soPin\":\"%s\"}",
                       rows[i].written);
        assert_int_equal(read_text(text), UKB_OK);
        expect_pin(rows[i].pin);
    }
}

static void
anything_else_is_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "{}",
        "[]",
        "null",
        "\"token\"",
        "{\"token\":\"t\",\"origin\":\"o\",\"nonce\":\"n\"}",
        "{\"token\":\"t\",\"origin\":\"o\",\"nonce\":\"n\",\"soPin\":\"1\",\"soPin\":\"2\"}",
        "{\"token\":\"t\",\"token\":\"t\",\"nonce\":\"n\",\"soPin\":\"1\"}",
        "{\"token\":\"t\",\"origin\":\"o\",\"nonce\":\"n\",\"soPin\":\"1\",\"more\":\"x\"}",
        "{\"token\":\"t\",\"origin\":\"o\",\"nonce\":\"n\",\"sopin\":\"1\"}",
        "{\"token\":\"t\",\"origin\":\"o\",\"nonce\":\"n\",\"soPinsoPin\":\"1\"}",
        "{\"token\":\"t\",\"origin\":\"o\",\"nonce\":\"n\",\"soPin\":1}",
        "{\"token\":\"t\",\"origin\":\"o\",\"nonce\":\"n\",\"soPin\":null}",
        "{\"token\":\"t\",\"origin\":\"o\",\"nonce\":\"n\",\"soPin\":\"\"}",
        "{\"token\":\"\",\"origin\":\"o\",\"nonce\":\"n\",\"soPin\":\"1\"}",
        "{\"token\":{\"a\":\"t\"},\"origin\":\"o\",\"nonce\":\"n\",\"soPin\":\"1\"}",
        "{\"token\":\"t\",\"origin\":\"o\",\"nonce\":\"n\",\"soPin\":\"1\"}x",
        "{\"token\":\"t\",\"origin\":\"o\",\"nonce\":\"n\",\"soPin\":\"1\"",
        "{\"token\":\"t\",\"origin\":\"o\",\"nonce\":\"n\",\"soPin\":\"1",
        "{\"token\":\"t\",\"origin\":\"o\",\"nonce\":\"n\",\"soPin\":\"1\",}",
        "{\"token\":\"t\",\"origin\":\"o\",\"nonce\":\"n\",\"soPin\":\"\\u0000\"}",
        "{\"token\":\"t\",\"origin\":\"o\",\"nonce\":\"n\",\"soPin\":\"\\ud800\"}",
        "{\"token\":\"t\",\"origin\":\"o\",\"nonce\":\"n\",\"soPin\":\"\\x\"}",
        "{\"token\":\"t\",\"origin\":\"o\",\"nonce\":\"n\",\"soPin\":\"\xff\"}",
        "\xef\xbb\xbf{\"token\":\"t\",\"origin\":\"o\",\"nonce\":\"n\",\"soPin\":\"1\"}",
    };
    static const char with_nul[] = "{\"token\":\"t\",\"origin\":\"o\",\"nonce\":\"n\",\"soPin\":\"1\0\"}";
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (read_text(bad[i]) != UKB_E_RESET_UNAUTHORISED) {
            fail_msg("%s is read", bad[i]);
        }
        assert_null(statement.so_pin.data);
    }
    assert_int_equal(read_bytes(with_nul, sizeof(with_nul) - 1U), UKB_E_RESET_UNAUTHORISED);
}

static enum ukb_status
read_pin_of(size_t len)
{
    char text[1024];
    char pin[512];

    memset(pin, '7', len);
    pin[len] = '\0';
    (void)snprintf(text, sizeof(text), "{\"token\":\"t\",\"origin\":\"o\",\"nonce\":\"n\",\"soPin\":\"%s\"}", pin);
    return read_text(text);
}

static void
values_have_their_longest(void **state)
{
    (void)state;
    assert_int_equal(read_pin_of(UKB_PIN_MAX_LEN), UKB_OK);
    assert_int_equal(statement.so_pin.len, UKB_PIN_MAX_LEN);
    assert_int_equal(read_pin_of(UKB_PIN_MAX_LEN + 1U), UKB_E_RESET_UNAUTHORISED);
    assert_int_equal(read_text("{\"token\":\"123456789012345678901234567890123\",\"origin\":\"o\",\"nonce\":\"n\","
                               "\"soPin\":\"1\"}"),
                     UKB_E_RESET_UNAUTHORISED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(four_members_in_any_order_are_read, teardown),
        cmocka_unit_test_teardown(escapes_are_undone, teardown),
        cmocka_unit_test_teardown(anything_else_is_refused, teardown),
        cmocka_unit_test_teardown(values_have_their_longest, teardown),
    };

    return cmocka_run_group_tests_name("worker/statement", tests, group_setup, NULL);
}
