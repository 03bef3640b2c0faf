/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <string.h>

#include "store/internal.h"

static void
every_state_has_a_name_on_the_wire_and_one_of_its_own_in_the_file(void **state)
{
    int i;

    (void)state;
    for (i = 0; i < UKB_RENEWAL_STATE_COUNT; i++) {
        enum ukb_renewal_state back = UKB_RENEWAL_STATE_COUNT;

        assert_non_null(ukb_renewal_state_name((enum ukb_renewal_state)i));
        assert_true(ukb_renewal_state_from(ukb_renewal_state_stored((enum ukb_renewal_state)i), &back));
        assert_int_equal(back, i);
    }
    assert_string_equal(ukb_renewal_state_name(UKB_RENEWAL_PREPARING), "requested");
    assert_string_equal(ukb_renewal_state_name(UKB_RENEWAL_NEEDS_ATTENTION), "needs-attention");
    assert_string_equal(ukb_renewal_state_name(UKB_RENEWAL_ROLLED_BACK), "rolled-back");
}

static void
kinds_have_their_names(void **state)
{
    static const char *const names[] = { "renew", "issue", "change", "replace" };
    enum ukb_renewal_kind kind = UKB_RENEWAL_RENEW;
    size_t i;

    (void)state;
    for (i = 0; i < 4; i++) {
        assert_string_equal(ukb_renewal_kind_name((enum ukb_renewal_kind)i), names[i]);
        assert_true(ukb_renewal_kind_from(names[i], &kind));
        assert_int_equal(kind, i);
    }
}

static void
unknown_names_are_unknown(void **state)
{
    enum ukb_renewal_state s = UKB_RENEWAL_INSTALLED;
    enum ukb_renewal_kind kind = UKB_RENEWAL_CHANGE;

    (void)state;
    assert_false(ukb_renewal_state_from("", &s));
    assert_false(ukb_renewal_state_from("Requested", &s));
    assert_false(ukb_renewal_kind_from("extend", &kind));
    assert_int_equal(s, UKB_RENEWAL_INSTALLED);
    assert_int_equal(kind, UKB_RENEWAL_CHANGE);
}

static void
final_states_lead_nowhere_and_every_open_state_leads_to_a_final_one(void **state)
{
    int from;
    int to;

    (void)state;
    for (from = 0; from < UKB_RENEWAL_STATE_COUNT; from++) {
        const bool final = from >= UKB_RENEWAL_INSTALLED;
        bool ends = false;

        for (to = 0; to < UKB_RENEWAL_STATE_COUNT; to++) {
            const bool may = ukb_renewal_state_may((enum ukb_renewal_state)from, (enum ukb_renewal_state)to);

            assert_false(final && to != from && may);
            ends = ends || (may && to >= UKB_RENEWAL_INSTALLED);
        }
        assert_true(ends);
    }
    assert_false(ukb_renewal_state_may(UKB_RENEWAL_REQUESTED, UKB_RENEWAL_PREPARING));
    assert_false(ukb_renewal_state_may(UKB_RENEWAL_INSTALLING, UKB_RENEWAL_ABANDONED));
    assert_false(ukb_renewal_state_may(UKB_RENEWAL_PREPARING, UKB_RENEWAL_INSTALLED));
    assert_false(ukb_renewal_state_may(UKB_RENEWAL_REQUESTED, UKB_RENEWAL_ROLLED_BACK)); /* its key is kept */
}

static void
nothing_may_be_freed_twice(void **state)
{
    struct ukb_renewal_record record = { 0 };
    struct ukb_renewal_list list = { 0 };

    (void)state;
    ukb_renewal_record_done(&record);
    ukb_renewal_record_done(&record);
    ukb_renewal_record_done(NULL);
    ukb_renewal_list_done(&list);
    ukb_renewal_list_done(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_has_a_name_on_the_wire_and_one_of_its_own_in_the_file),
        cmocka_unit_test(kinds_have_their_names),
        cmocka_unit_test(unknown_names_are_unknown),
        cmocka_unit_test(final_states_lead_nowhere_and_every_open_state_leads_to_a_final_one),
        cmocka_unit_test(nothing_may_be_freed_twice),
    };

    return cmocka_run_group_tests_name("store/renewal_record", tests, NULL, NULL);
}
