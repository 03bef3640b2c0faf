/* SPDX-License-Identifier: MIT */
/* Unit tests for policy/address.c. */
#include "../test.h"

#include <string.h>

#include "policy/address.h"

static void
four_plain_octets_are_an_ipv4_address(void **state)
{
    static const char *const good[] = { "0.0.0.0", "127.0.0.1", "192.168.10.100", "255.255.255.255" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        if (!ukb_ipv4_is_canonical(good[i], strlen(good[i]))) {
            fail_msg("%s", good[i]);
        }
    }
}

static void
what_a_browser_would_rewrite_is_no_ipv4_address(void **state)
{
    static const char *const bad[] = { "",          ".",         "1",         "1.2",       "1.2.3",    "1.2.3.4.5",
                                       "1.2.3.256", "01.2.3.4",  "1.2.3.00",  "1.2.3.0x4", "1..2.3",   "1.2.3.",
                                       ".1.2.3",    "1.2.3.4.",  "1.2.3.-4",  "1.2.3.+4",  "1.2.3.4a", "a.b.c.d",
                                       "1.2.3. 4",  "1.2.3.999", "1.2.3.1000" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (ukb_ipv4_is_canonical(bad[i], strlen(bad[i]))) {
            fail_msg("%s", bad[i]);
        }
    }
}

static void
the_serialized_form_is_an_ipv6_address(void **state)
{
    static const char *const good[] = { "::",
                                        "::1",
                                        "1::",
                                        "::ffff:c0a8:1",
                                        "2001:db8::1",
                                        "2001:db8:0:1:1:1:1:1",
                                        "1:2:3:4:5:6:7:8",
                                        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                                        "2001:0:0:1::1",
                                        "2001:db8::1:0:0:1",
                                        "0:1:2:3:4:5:6:7",
                                        "fe80::" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        if (!ukb_ipv6_is_canonical(good[i], strlen(good[i]))) {
            fail_msg("%s", good[i]);
        }
    }
}

static void
what_a_browser_would_rewrite_is_no_ipv6_address(void **state)
{
    static const char *const bad[] = { "",
                                       ":",
                                       ":::",
                                       "1",
                                       "1:2:3:4:5:6:7",
                                       "1:2:3:4:5:6:7:8:9",
                                       "1:2:3:4:5:6:7:8:",
                                       ":1:2:3:4:5:6:7:8",
                                       "0:0:0:0:0:0:0:1",
                                       "::01",
                                       "::0",
                                       "::1::",
                                       "1::2::3",
                                       "2001:DB8::1",
                                       "2001:db8::1:1:1:1:1", /* one zero group is not shortened */
                                       "2001:db8:0:0:1::1",   /* of runs of one length the first is shortened */
                                       "2001::1:0:0:0:0",     /* and a longer one before it */
                                       "1:2:3:4:5:6:7::",
                                       "::192.168.0.1",
                                       "fe80::1%eth0",
                                       "12345::",
                                       "::g",
                                       "1:2:3:4:5:6:7:8:1:2:3:4:5:6:7:8",
                                       "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffff" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (ukb_ipv6_is_canonical(bad[i], strlen(bad[i]))) {
            fail_msg("%s", bad[i]);
        }
    }
}

static void
only_the_given_length_is_looked_at(void **state)
{
    (void)state;
    assert_true(ukb_ipv4_is_canonical("1.2.3.44", 7));
    assert_true(ukb_ipv6_is_canonical("::1]", 3));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(four_plain_octets_are_an_ipv4_address),
        cmocka_unit_test(what_a_browser_would_rewrite_is_no_ipv4_address),
        cmocka_unit_test(the_serialized_form_is_an_ipv6_address),
        cmocka_unit_test(what_a_browser_would_rewrite_is_no_ipv6_address),
        cmocka_unit_test(only_the_given_length_is_looked_at),
    };

    return cmocka_run_group_tests_name("policy/address", tests, NULL, NULL);
}
