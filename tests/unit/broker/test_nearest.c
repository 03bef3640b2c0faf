/* SPDX-License-Identifier: MIT */
/* Unit tests for broker/nearest.c: which slips are understood, and which words are left alone. */
#include "../test.h"

#include <string.h>

#include "broker/nearest.h"

static const char *const words[] = { "tokens", "certificates", "renewals", "call", "register", "unregister" };

static const char *
meant(const char *word)
{
    struct ukb_nearest nearest = { .word = word };
    size_t i;

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        ukb_nearest_try(&nearest, words[i]);
    }
    return nearest.best == NULL ? "" : nearest.best;
}

static void
letters_are_counted(void **state)
{
    static const struct {
        const char *a;
        const char *b;
        size_t distance;
    } cases[] = {
        { "", "", 0 },
        { "a", "", 1 },
        { "abc", "abc", 0 },
        { "abc", "abd", 1 },
        { "abc", "acb", 1 },
        { "ca", "abc", 3 },
        { "kitten", "sitting", 3 },
        { "tokens", "token", 1 },
        { "ab", "ba", 1 },
        { "register", "unregister", 2 },
    };
    char longer[UKB_NEAREST_MAX_LEN + 2U];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(ukb_nearest_distance(cases[i].a, cases[i].b), cases[i].distance);
        assert_int_equal(ukb_nearest_distance(cases[i].b, cases[i].a), cases[i].distance);
    }
    memset(longer, 'a', sizeof(longer));
    longer[sizeof(longer) - 1U] = '\0';
    assert_true(ukb_nearest_distance(longer, "a") == SIZE_MAX);
    assert_int_equal(ukb_nearest_distance(longer + 1, longer + 1), 0);
}

static void
slips_are_understood(void **state)
{
    (void)state;
    assert_string_equal(meant("token"), "tokens");
    assert_string_equal(meant("tokesn"), "tokens");
    assert_string_equal(meant("certificate"), "certificates");
    assert_string_equal(meant("cert"), "certificates");
    assert_string_equal(meant("cal"), "call");
    assert_string_equal(meant("regster"), "register");
    assert_string_equal(meant("unregistre"), "unregister");
}

static void
other_words_are_left_alone(void **state)
{
    (void)state;
    assert_string_equal(meant(""), "");
    assert_string_equal(meant("c"), "");
    assert_string_equal(meant("ball2"), "");
    assert_string_equal(meant("help"), "");
    assert_string_equal(meant("Certificates of mine, all of them, in the longest list that there can be"), "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_are_counted),
        cmocka_unit_test(slips_are_understood),
        cmocka_unit_test(other_words_are_left_alone),
    };

    return cmocka_run_group_tests_name("broker/nearest", tests, NULL, NULL);
}
