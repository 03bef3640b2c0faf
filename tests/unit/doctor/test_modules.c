/* SPDX-License-Identifier: MIT */
/* Unit tests for doctor/modules.c: what came of asking each module. */
#include "patient.h"

static const struct ukb_policy_module one = { "one", "/lib/one.so" };
static const struct ukb_policy_module two = { "two", "/lib/two.so" };

#define UKEY(id, serial, reader)                                                                                       \
    "[{\"id\":\"" id "\",\"label\":\"UKey\",\"serial\":\"" serial "\",\"reader\":\"" reader "\"}]"

static void
each_fate_of_a_module_is_told_apart(void **state)
{
    (void)state;
    patient_module(&one, UKB_OK, "", UKEY("a", "1", "r"));
    patient_module(&two, UKB_E_MODULE_MISSING, "two.so: cannot open shared object file", NULL);
    patient_module(&one, UKB_E_MODULE_HUNG, "no answer in time", NULL);
    patient_module(&two, UKB_E_MODULE_CRASHED, "ended", NULL);
    patient_look("modules");
    assert_int_equal(patient.findings.count, 4);
    assert_string_equal(patient_row(0, UKB_CAUSE_GOOD)->evidence, "/lib/one.so; UKeys: 1");
    assert_non_null(strstr(patient_row(1, UKB_CAUSE_MODULE_MISSING)->evidence, "cannot open shared object"));
    assert_string_equal(patient_row(1, UKB_CAUSE_MODULE_MISSING)->values[1], patient.setting.config_file);
    (void)patient_row(2, UKB_CAUSE_MODULE_HUNG);
    (void)patient_row(3, UKB_CAUSE_MODULE_CRASHED);
}

static void
under_a_policy_the_policy_names_the_modules(void **state)
{
    (void)state;
    patient_policy("{}", NULL);
    patient_module(&two, UKB_E_MODULE_MISSING, "gone", NULL);
    assert_string_equal(patient_has("modules", UKB_CAUSE_MODULE_MISSING)->values[1], patient.setting.policy_file);
}

static void
no_module_at_all_is_told_unless_the_policy_is_broken(void **state)
{
    (void)state;
    (void)patient_has("modules", UKB_CAUSE_MODULE_NONE);
    patient_policy("{", NULL);
    (void)patient_has("modules", UKB_CAUSE_NOT_ASKED);
}

static void
a_ukey_that_two_modules_show_is_told(void **state)
{
    (void)state;
    patient_module(&one, UKB_OK, "", UKEY("a", "1", "r"));
    patient_module(&two, UKB_OK, "", UKEY("a", "2", "q"));
    assert_string_equal(patient_has("module-same-token", UKB_CAUSE_SAME_TOKEN)->values[1], "two");
}

static void
one_serial_number_in_one_reader_is_one_ukey(void **state)
{
    (void)state;
    patient_module(&one, UKB_OK, "", UKEY("a", "1", "r"));
    patient_module(&two, UKB_OK, "", UKEY("b", "1", "r"));
    (void)patient_has("module-same-token", UKB_CAUSE_SAME_TOKEN);
}

static void
different_ukeys_are_no_trouble(void **state)
{
    (void)state;
    patient_module(&one, UKB_OK, "", UKEY("a", "1", "r"));
    patient_module(&two, UKB_OK, "", UKEY("b", "1", "q"));
    patient_module(&two, UKB_OK, "", "[7,{}]");
    patient_is_well("module-same-token");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        PATIENT_TEST(each_fate_of_a_module_is_told_apart),
        PATIENT_TEST(under_a_policy_the_policy_names_the_modules),
        PATIENT_TEST(no_module_at_all_is_told_unless_the_policy_is_broken),
        PATIENT_TEST(a_ukey_that_two_modules_show_is_told),
        PATIENT_TEST(one_serial_number_in_one_reader_is_one_ukey),
        PATIENT_TEST(different_ukeys_are_no_trouble),
    };

    return cmocka_run_group_tests_name("doctor/modules", tests, NULL, NULL);
}
