/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include "pki/certificate.h"

#define DAY_S 86400LL

static const struct ukb_certificate_facts FACTS = { .not_before_s = 1000 * DAY_S, .not_after_s = 1365 * DAY_S };

static void
the_state_changes_at_the_exact_second(void **state)
{
    static const struct {
        long long now_s;
        enum ukb_certificate_state wanted;
    } cases[] = {
        { 1000 * DAY_S - 1, UKB_CERTIFICATE_NOT_YET_VALID },
        { 1000 * DAY_S, UKB_CERTIFICATE_VALID },
        { 1335 * DAY_S - 1, UKB_CERTIFICATE_VALID },
        { 1335 * DAY_S, UKB_CERTIFICATE_EXPIRING },
        { 1365 * DAY_S, UKB_CERTIFICATE_EXPIRING },
        { 1365 * DAY_S + 1, UKB_CERTIFICATE_EXPIRED },
        { 0, UKB_CERTIFICATE_NOT_YET_VALID },
        { 99999 * DAY_S, UKB_CERTIFICATE_EXPIRED },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(ukb_certificate_state(&FACTS, cases[i].now_s, 30), cases[i].wanted);
    }
}

static void
without_reminder_days_only_the_last_second_is_expiring(void **state)
{
    (void)state;
    assert_int_equal(ukb_certificate_state(&FACTS, 1365 * DAY_S - 1, 0), UKB_CERTIFICATE_VALID);
    assert_int_equal(ukb_certificate_state(&FACTS, 1365 * DAY_S - 1, -5), UKB_CERTIFICATE_VALID);
    assert_int_equal(ukb_certificate_state(&FACTS, 1365 * DAY_S, -5), UKB_CERTIFICATE_EXPIRING);
}

static void
days_left_are_rounded_down(void **state)
{
    (void)state;
    assert_int_equal(ukb_certificate_days_left(&FACTS, 1335 * DAY_S), 30);
    assert_int_equal(ukb_certificate_days_left(&FACTS, 1335 * DAY_S + 1), 29);
    assert_int_equal(ukb_certificate_days_left(&FACTS, 1365 * DAY_S - 1), 0);
    assert_int_equal(ukb_certificate_days_left(&FACTS, 1365 * DAY_S), 0);
    assert_int_equal(ukb_certificate_days_left(&FACTS, 1365 * DAY_S + 1), -1);
    assert_int_equal(ukb_certificate_days_left(&FACTS, 1366 * DAY_S), -1);
    assert_int_equal(ukb_certificate_days_left(&FACTS, 1366 * DAY_S + 1), -2);
}

static void
the_protocols_words_are_these(void **state)
{
    (void)state;
    assert_string_equal(ukb_role_name(UKB_ROLE_UNKNOWN), "unknown");
    assert_string_equal(ukb_role_name(UKB_ROLE_SIGNING), "signing");
    assert_string_equal(ukb_role_name(UKB_ROLE_ENCRYPTION), "encryption");
    assert_string_equal(ukb_role_name(UKB_ROLE_BOTH), "both");
    assert_string_equal(ukb_certificate_state_name(UKB_CERTIFICATE_VALID), "valid");
    assert_string_equal(ukb_certificate_state_name(UKB_CERTIFICATE_EXPIRING), "expiring");
    assert_string_equal(ukb_certificate_state_name(UKB_CERTIFICATE_EXPIRED), "expired");
    assert_string_equal(ukb_certificate_state_name(UKB_CERTIFICATE_NOT_YET_VALID), "not-yet-valid");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_state_changes_at_the_exact_second),
        cmocka_unit_test(without_reminder_days_only_the_last_second_is_expiring),
        cmocka_unit_test(days_left_are_rounded_down),
        cmocka_unit_test(the_protocols_words_are_these),
    };

    return cmocka_run_group_tests_name("pki/state", tests, NULL, NULL);
}
