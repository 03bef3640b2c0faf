/* SPDX-License-Identifier: MIT */
/* Unit tests for broker/audit_list.c with a plain worker that is a script. */
#include "typed.h"

#include "broker/command.h"

#define ENTRY(at, more)                                                                                                \
    "{\"at\":\"2026-11-28T01:02:0" at "Z\",\"method\":\"pin.change\",\"outcome\":\"PIN_INCORRECT\"" more "}"
#define PAGES                                                                                                          \
    "while take; do case $request in\n"                                                                                \
    "*cursor*p2*) say '{\"id\":1,\"result\":{\"entries\":[" ENTRY(                                                     \
        "1", "") "]}}';;\n"                                                                                            \
                 "*) say '{\"id\":1,\"result\":{\"entries\":[" ENTRY(                                                  \
                     "2", ",\"origin\":\"https://portal.example\"") "],\"next\":\"p2\"}}';;\nesac; done"

static void
all_pages_are_one_table_or_one_list(void **state)
{
    cJSON *json = NULL;

    (void)state;
    typed_worker(PAGES);
    assert_int_equal(TYPED(ukb_command_audit, "audit"), UKB_EXIT_OK);
    typed_has(typed.out, "ASKED BY");
    typed_has(typed.out, "2026-11-28T01:02:02Z  https://portal.example");
    typed_has(typed.out, "2026-11-28T01:02:01Z  this user");
    typed_has(typed.out, "PIN_INCORRECT");
    assert_int_equal(TYPED(ukb_command_audit, "audit", "--json"), UKB_EXIT_OK);
    json = cJSON_Parse(typed.out);
    assert_int_equal(cJSON_GetArraySize(json), 2);
    cJSON_Delete(json);
}

static void
the_table_is_in_the_users_language_but_for_reasons(void **state)
{
    (void)state;
    typed_worker(PAGES);
    typed_language("zh_CN.UTF-8");
    assert_int_equal(TYPED(ukb_command_audit, "audit"), UKB_EXIT_OK);
    assert_string_equal(typed.out, "时间                  请求方                  方法        结果           对象\n"
                                   "2026-11-28T01:02:02Z  https://portal.example  pin.change  PIN_INCORRECT  -\n"
                                   "2026-11-28T01:02:01Z  本用户                  pin.change  PIN_INCORRECT  -\n");
    typed_worker("while take; do say '{\"id\":1,\"result\":{\"entries\":[{\"outcome\":\"ok\"}]}}'; done");
    assert_int_equal(TYPED(ukb_command_audit, "audit"), UKB_EXIT_OK);
    typed_has(typed.out, "\n-     本用户  -     成功  -\n");
}

static void
nothing_is_said_as_such(void **state)
{
    (void)state;
    typed_worker("while take; do say '{\"id\":1,\"result\":{\"entries\":[]}}'; done");
    assert_int_equal(TYPED(ukb_command_audit, "audit"), UKB_EXIT_OK);
    assert_string_equal(typed.out, "nothing yet\n");
}

static void
what_a_worker_leaves_out_is_no_crash(void **state)
{
    (void)state;
    typed_worker("while take; do say '{\"id\":1,\"result\":{\"entries\":[{},7,null]}}'; done");
    assert_int_equal(TYPED(ukb_command_audit, "audit"), UKB_EXIT_OK);
    typed_worker("while take; do say '{\"id\":1,\"result\":{}}'; done");
    assert_int_equal(TYPED(ukb_command_audit, "audit"), UKB_EXIT_OK);
}

static void
a_list_that_breaks_off_is_no_list(void **state)
{
    (void)state;
    typed_worker("while take; do case $request in\n*cursor*) say '{\"id\":1,\"error\":{\"code\":-32000,\"message\":"
                 "\"no\",\"data\":{\"reason\":\"JOURNAL_UNAVAILABLE\"}}}';;\n*) say '{\"id\":1,\"result\":"
                 "{\"entries\":[" ENTRY("1", "") "],\"next\":\"p2\"}}';;\nesac; done");
    assert_int_equal(TYPED(ukb_command_audit, "audit"), UKB_EXIT_FAILED);
    assert_string_equal(typed.out, "");
    assert_string_equal(typed.err, "ukeybridge: JOURNAL_UNAVAILABLE: no\n");
}

static void
what_makes_no_sense_is_usage(void **state)
{
    (void)state;
    assert_int_equal(TYPED(ukb_command_audit, "audit", "more"), UKB_EXIT_USAGE);
    assert_int_equal(TYPED(ukb_command_audit, "audit", "--json", "more"), UKB_EXIT_USAGE);
    typed_has(typed.err, "usage: ukeybridge audit");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_pages_are_one_table_or_one_list, typed_setup, typed_teardown),
        cmocka_unit_test_setup_teardown(the_table_is_in_the_users_language_but_for_reasons, typed_setup,
                                        typed_teardown),
        cmocka_unit_test_setup_teardown(nothing_is_said_as_such, typed_setup, typed_teardown),
        cmocka_unit_test_setup_teardown(what_a_worker_leaves_out_is_no_crash, typed_setup, typed_teardown),
        cmocka_unit_test_setup_teardown(a_list_that_breaks_off_is_no_list, typed_setup, typed_teardown),
        cmocka_unit_test_setup_teardown(what_makes_no_sense_is_usage, typed_setup, typed_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
