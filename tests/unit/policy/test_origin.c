/* SPDX-License-Identifier: MIT */
/* Unit tests for policy/origin.c: what is an origin, what is a pattern, what matches. */
#include "../test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/limits.h"
#include "policy/origin.h"

#define LABEL_63 "abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz-123456789"

static const char *const good[] = {
    "https://portal.example",
    "https://a",
    "https://localhost",
    "https://xn--fiq228c.cn",
    "https://xn--bcher-kva.example:8443",
    "https://a_b.example",
    "https://a--b.example",
    "https://1.example",
    "https://123.example.com",
    "https://example.a1",
    "https://example.1a",
    "https://example.0a",
    "https://portal.example:1",
    "https://portal.example:80",
    "https://portal.example:8443",
    "https://portal.example:65535",
    "https://127.0.0.1",
    "https://10.0.0.7:8443",
    "https://255.255.255.255",
    "https://[::1]",
    "https://[2001:db8::1]:8443",
    "https://[::ffff:c0a8:1]",
    "https://" LABEL_63 ".example",
};

static const char *const bad[] = {
    "",
    "null",
    "portal.example",
    "//portal.example",
    "https:",
    "https:/portal.example",
    "https://",
    "https://.",
    "https://:443",
    "HTTPS://portal.example",
    "Https://portal.example",
    " https://portal.example",
    "https://portal.example ",
    "https://portal.example\n",
    "https://portal\t.example",
    /* other schemes */
    "ftp://portal.example",
    "file:///etc/passwd",
    "data:text/html,x",
    "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
    "moz-extension://0b1c2d3e-0000-4000-8000-000000000000",
    "ws://portal.example",
    "wss://portal.example",
    "https-isolated://portal.example",
    /* more than an origin */
    "https://portal.example/",
    "https://portal.example/path",
    "https://portal.example?query",
    "https://portal.example#fragment",
    "https://user@portal.example",
    "https://user:secret@portal.example",
    "https://@portal.example",
    "https://portal.example:8443/",
    "https://portal.example\\evil",
    "https://portal.example:443@evil.example",
    "https://portal.example%2eevil.example",
    /* not canonical hosts */
    "https://Portal.example",
    "https://portal.EXAMPLE",
    "https://portal.example.",
    "https://.portal.example",
    "https://portal..example",
    "https://-portal.example",
    "https://portal-.example",
    "https://portal.example-",
    "https://po rtal.example",
    "https://port\xc3\xa4l.example",
    "https://\xe6\x8a\x95\xe6\xa0\x87.cn",
    "https://\xef\xbd\x90ortal.example",
    "https://portal\xe3\x80\x82"
    "example",
    "https://por%74al.example",
    "https://portal,example",
    "https://portal;example",
    "https://*",
    "https://*.example",
    "https://portal.*",
    "https://" LABEL_63 "x.example",
    /* hosts that a browser reads as IPv4 addresses */
    "https://1",
    "https://127.1",
    "https://127.0.0.01",
    "https://127.0.0.256",
    "https://0x7f.0.0.1",
    "https://0x7f000001",
    "https://1.2.3.0x4",
    "https://2130706433",
    "https://1.2.3.4.5",
    "https://example.1",
    "https://example.123",
    "https://example.0x1f",
    "https://1.2.3.4.",
    /* IPv6 */
    "https://[::1",
    "https://::1",
    "https://::1]",
    "https://[]",
    "https://[:]",
    "https://[::1]x",
    "https://[::1]]",
    "https://[[::1]]",
    "https://[::1]:",
    "https://[0:0:0:0:0:0:0:1]",
    "https://[::01]",
    "https://[::FFFF]",
    "https://[::1%25lo]",
    "https://[::127.0.0.1]",
    "https://[portal.example]",
    /* ports */
    "https://portal.example:",
    "https://portal.example:0",
    "https://portal.example:443",
    "https://portal.example:0443",
    "https://portal.example:08443",
    "https://portal.example:65536",
    "https://portal.example:99999",
    "https://portal.example:100000",
    "https://portal.example:4294967739",
    "https://portal.example:-1",
    "https://portal.example:+1",
    "https://portal.example:1a",
    "https://portal.example: 1",
    "https://portal.example:80:80",
    "https://[::1]:443",
    /* no TLS */
    "http://portal.example",
    "http://portal.example:8080",
    "http://localhost.example",
    "http://127.0.0.2",
    "http://[::2]",
};

static const char *const loopback[] = {
    "http://localhost", "http://localhost:3000", "http://127.0.0.1",     "http://127.0.0.1:1",
    "http://[::1]",     "http://[::1]:65535",    "http://localhost:443",
};

static const char *const bad_loopback[] = {
    "http://localhost:80",
    "http://localhost:",
    "http://localhost/",
    "http://LOCALHOST",
    "http://localhost.",
    "http://user@localhost",
    "http://localhost:03000",
    "http://127.1",
    "http://127.0.0.01",
    "http://[::01]",
    "http://sub.localhost",
    "http://localhost@evil.example",
    "http://127.0.0.1.evil",
    "http://localhost:3000#x",
    "http://",
};

static void
expect_bad(const char *origin, bool allow_loopback)
{
    struct ukb_error err = { 0 };

    if (ukb_origin_check(origin, allow_loopback, &err) != UKB_E_BAD_ORIGIN) {
        fail_msg("\"%s\" is taken for an origin", origin);
    }
    assert_int_equal(err.status, UKB_E_BAD_ORIGIN);
    assert_int_not_equal(err.message[0], '\0');
}

static void
expect_good(const char *origin, bool allow_loopback)
{
    struct ukb_error err = { 0 };

    if (ukb_origin_check(origin, allow_loopback, &err) != UKB_OK) {
        fail_msg("\"%s\": %s", origin, err.message);
    }
}

static void
origins_in_canonical_form_are_taken(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        expect_good(good[i], false);
        expect_good(good[i], true);
    }
}

static void
anything_else_is_refused(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        expect_bad(bad[i], false);
        expect_bad(bad[i], true);
    }
}

static void
loopback_without_tls_needs_the_policy(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(loopback) / sizeof(loopback[0]); i++) {
        expect_good(loopback[i], true);
        expect_bad(loopback[i], false);
    }
    for (i = 0; i < sizeof(bad_loopback) / sizeof(bad_loopback[0]); i++) {
        expect_bad(bad_loopback[i], true);
    }
}

/* https:// and labels of 49 letters, @p len bytes in all. */
static void
make_long(char *text, size_t len)
{
    size_t i;

    memcpy(text, "https://", 8);
    for (i = 8; i < len; i++) {
        text[i] = i % 50U == 7 ? '.' : 'a';
    }
    text[len] = '\0';
}

static void
an_origin_has_at_most_255_bytes(void **state)
{
    char text[UKB_ORIGIN_MAX_LEN + 2U];

    (void)state;
    make_long(text, UKB_ORIGIN_MAX_LEN);
    expect_good(text, false);
    make_long(text, UKB_ORIGIN_MAX_LEN + 1U);
    expect_bad(text, false);
}

static void
patterns_are_origins_or_begin_with_one_star(void **state)
{
    static const char *const patterns[] = { "https://portal.example", "https://*.example.cn", "https://*.a.b.example",
                                            "https://*.example.cn:8443", "https://*.xn--fiq228c.cn" };
    struct ukb_error err = { 0 };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
        if (ukb_origin_pattern_check(patterns[i], false, &err) != UKB_OK) {
            fail_msg("\"%s\": %s", patterns[i], err.message);
        }
    }
    assert_int_equal(ukb_origin_pattern_check("http://localhost:3000", true, &err), UKB_OK);
}

static void
wide_and_odd_patterns_are_refused(void **state)
{
    static const char *const patterns[] = {
        "*",
        "https://*",
        "https://*.",
        "https://*.cn", /* one label: a whole country */
        "https://*.localhost",
        "https://*.example.cn.",
        "https://*.Example.cn",
        "https://*.example.cn/",
        "https://*.example.cn:443",
        "https://*.example.cn:0",
        "https://**.example.cn",
        "https://*.*.example.cn",
        "https://a.*.example.cn",
        "https://a*.example.cn",
        "https://*example.cn",
        "http://*.example.cn",
        "http://*.localhost",
        "*.example.cn",
        "*://portal.example",
        "https://*.10.0.0.1",
        "https://*.0.1",
        "https://*.[::1]",
        "https://*.user@example.cn",
        "https://portal.example:*",
        "<all_urls>",
        "",
    };
    struct ukb_error err = { 0 };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
        if (ukb_origin_pattern_check(patterns[i], true, &err) != UKB_E_BAD_ORIGIN) {
            fail_msg("\"%s\" is taken for a pattern", patterns[i]);
        }
    }
    assert_int_equal(ukb_origin_pattern_check("http://localhost", false, &err), UKB_E_BAD_ORIGIN);
}

static void
a_pattern_has_at_most_255_bytes(void **state)
{
    char text[UKB_ORIGIN_MAX_LEN + 2U];
    struct ukb_error err = { 0 };

    (void)state;
    make_long(text, UKB_ORIGIN_MAX_LEN);
    memcpy(text, "https://*.", 10);
    assert_int_equal(ukb_origin_pattern_check(text, false, &err), UKB_OK);
    make_long(text, UKB_ORIGIN_MAX_LEN + 1U);
    memcpy(text, "https://*.", 10);
    assert_int_equal(ukb_origin_pattern_check(text, false, &err), UKB_E_BAD_ORIGIN);
}

static void
an_origin_matches_itself_and_nothing_else(void **state)
{
    (void)state;
    assert_true(ukb_origin_matches("https://portal.example", "https://portal.example"));
    assert_false(ukb_origin_matches("https://portal.example", "https://portal.example:8443"));
    assert_false(ukb_origin_matches("https://portal.example:8443", "https://portal.example"));
    assert_false(ukb_origin_matches("https://portal.example", "https://a.portal.example"));
    assert_false(ukb_origin_matches("https://portal.example", "https://portal.example.evil"));
    assert_false(ukb_origin_matches("https://portal.example", "http://portal.example"));
    assert_false(ukb_origin_matches("http://localhost:3000", "http://localhost:3001"));
    assert_false(ukb_origin_matches("http://localhost:3000", "https://localhost:3000"));
}

static void
a_star_stands_for_one_or_more_labels_on_the_same_port(void **state)
{
    (void)state;
    assert_true(ukb_origin_matches("https://*.example.cn", "https://a.example.cn"));
    assert_true(ukb_origin_matches("https://*.example.cn", "https://a.b.example.cn"));
    assert_true(ukb_origin_matches("https://*.example.cn:8443", "https://a.example.cn:8443"));
    assert_false(ukb_origin_matches("https://*.example.cn", "https://example.cn")); /* not the apex */
    assert_false(ukb_origin_matches("https://*.example.cn", "https://evilexample.cn"));
    assert_false(ukb_origin_matches("https://*.example.cn", "https://a.example.cn:8443"));
    assert_false(ukb_origin_matches("https://*.example.cn:8443", "https://a.example.cn"));
    assert_false(ukb_origin_matches("https://*.example.cn", "https://a.example.cn.evil"));
    assert_false(ukb_origin_matches("https://*.example.cn", "http://a.example.cn"));
    assert_false(ukb_origin_matches("https://*.example.cn", "https://*.example.com"));
    assert_false(ukb_origin_matches("https://*.example.cn", ""));
    assert_false(ukb_origin_matches("https://*.example.cn", "https://"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(origins_in_canonical_form_are_taken),
        cmocka_unit_test(anything_else_is_refused),
        cmocka_unit_test(loopback_without_tls_needs_the_policy),
        cmocka_unit_test(an_origin_has_at_most_255_bytes),
        cmocka_unit_test(patterns_are_origins_or_begin_with_one_star),
        cmocka_unit_test(wide_and_odd_patterns_are_refused),
        cmocka_unit_test(a_pattern_has_at_most_255_bytes),
        cmocka_unit_test(an_origin_matches_itself_and_nothing_else),
        cmocka_unit_test(a_star_stands_for_one_or_more_labels_on_the_same_port),
    };

    return cmocka_run_group_tests_name("policy/origin", tests, NULL, NULL);
}
