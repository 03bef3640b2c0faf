/* SPDX-License-Identifier: MIT */
/* Unit tests for broker/doctor_list.c with a plain worker that is a script. */
#include "typed.h"

#include "broker/command.h"

#define CHECK(id, status, repair, more)                                                                                \
    "{\"id\":\"" id "\",\"group\":\"host\",\"status\":\"" status "\",\"title\":\"T-" id "\",\"repair\":\"" repair      \
    "\"" more "}"
#define ANSWERS(run, repair)                                                                                           \
    "while take; do case $request in\n*doctor.repair*) say '{\"id\":1,\"result\":{\"checks\":[" repair "]}}';;\n"      \
    "*) say '{\"id\":1,\"result\":{\"checks\":[" run "]}}';;\nesac; done"

#define BAD_MODULE                                                                                                     \
    CHECK("modules", "failed", "manual",                                                                               \
          ",\"subject\":\"a\",\"evidence\":\"a.so\",\"meaning\":\"It is missing.\",\"instruction\":\"Install it.\","   \
          "\"command\":\"sudo install a\"")
#define BAD_FILE CHECK("config-file", "failed", "automatic", "")

static void
what_is_wrong_is_told_below_the_table_with_what_to_do(void **state)
{
    (void)state;
    typed_worker(ANSWERS(CHECK("clock", "ok", "none", "") "," BAD_MODULE, ""));
    assert_int_equal(TYPED(ukb_command_doctor, "doctor"), UKB_EXIT_FAILED);
    typed_has(typed.out, "STATUS");
    typed_has(typed.out, "failed  T-modules  a   a.so");
    typed_has(typed.out, "\nT-modules: a\n  It is missing.\n  Install it.\n  $ sudo install a\n");
    assert_null(strstr(typed.out, "\nT-clock"));
}

static void
the_table_is_in_the_users_language(void **state)
{
    (void)state;
    typed_worker(ANSWERS(CHECK("clock", "ok", "none", "") "," BAD_MODULE "," CHECK("x", "skipped", "none", ""), ""));
    typed_language("zh_CN.UTF-8");
    assert_int_equal(TYPED(ukb_command_doctor, "doctor"), UKB_EXIT_FAILED);
    typed_has(typed.out, "状态    检测项     对象  详情\n"
                         "正常    T-clock    -     -\n"
                         "故障    T-modules  a     a.so\n"
                         "未检测  T-x        -     -\n");
    typed_has(typed.out, "\nT-modules：a\n");
}

static void
warnings_are_told_and_no_failure(void **state)
{
    (void)state;
    typed_worker(ANSWERS(CHECK("modules", "warning", "manual", ",\"meaning\":\"Odd.\""), ""));
    assert_int_equal(TYPED(ukb_command_doctor, "doctor"), UKB_EXIT_OK);
    typed_has(typed.out, "  Odd.\n");
}

static void
what_can_be_mended_is_mended_when_asked_for(void **state)
{
    (void)state;
    typed_worker(ANSWERS(BAD_FILE "," CHECK("clock", "ok", "none", ""),
                         CHECK("config-file", "ok", "none", ",\"repaired\":true")));
    assert_int_equal(TYPED(ukb_command_doctor, "doctor"), UKB_EXIT_FAILED);
    assert_null(strstr(typed.out, "repaired"));
    assert_int_equal(TYPED(ukb_command_doctor, "doctor", "--repair"), UKB_EXIT_OK);
    typed_has(typed.out, "repaired  T-config-file");
    typed_has(typed.out, "T-clock");
}

static void
machines_get_json(void **state)
{
    cJSON *json = NULL;

    (void)state;
    typed_worker(ANSWERS(BAD_MODULE "," BAD_FILE, CHECK("config-file", "ok", "none", ",\"repaired\":true")));
    assert_int_equal(TYPED(ukb_command_doctor, "doctor", "--json", "--repair"), UKB_EXIT_FAILED);
    json = cJSON_Parse(typed.out);
    assert_int_equal(cJSON_GetArraySize(ukb_json_get(json, "checks")), 2);
    cJSON_Delete(json);
}

static void
a_doctor_who_does_not_come_is_a_failure(void **state)
{
    (void)state;
    typed_worker("while take; do say '{\"id\":1,\"error\":{\"code\":-32603,\"message\":\"no\"}}'; done");
    assert_int_equal(TYPED(ukb_command_doctor, "doctor"), UKB_EXIT_FAILED);
    assert_string_equal(typed.out, "");
    typed_worker(ANSWERS("{},7,null", "{}"));
    assert_int_equal(TYPED(ukb_command_doctor, "doctor", "--repair"), UKB_EXIT_OK); /* what is left out is no crash */
}

static void
what_makes_no_sense_is_usage(void **state)
{
    (void)state;
    assert_int_equal(TYPED(ukb_command_doctor, "doctor", "more"), UKB_EXIT_USAGE);
    typed_has(typed.err, "usage: ukeybridge doctor");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_wrong_is_told_below_the_table_with_what_to_do, typed_setup,
                                        typed_teardown),
        cmocka_unit_test_setup_teardown(the_table_is_in_the_users_language, typed_setup, typed_teardown),
        cmocka_unit_test_setup_teardown(warnings_are_told_and_no_failure, typed_setup, typed_teardown),
        cmocka_unit_test_setup_teardown(what_can_be_mended_is_mended_when_asked_for, typed_setup, typed_teardown),
        cmocka_unit_test_setup_teardown(machines_get_json, typed_setup, typed_teardown),
        cmocka_unit_test_setup_teardown(a_doctor_who_does_not_come_is_a_failure, typed_setup, typed_teardown),
        cmocka_unit_test_setup_teardown(what_makes_no_sense_is_usage, typed_setup, typed_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
