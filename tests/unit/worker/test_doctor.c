/* SPDX-License-Identifier: MIT */
/* Unit tests for worker/doctor.c: the doctor is asked about this computer as it is now, in the language asked for. */
#include "../test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "serving.h"

static struct ukb_error err;

static int
setup(void **state)
{
    (void)state;
    serving_start(UKB_WORKER_PLAIN);
    assert_int_equal(setenv("HOME", serving.dir, 1), 0);
    assert_int_equal(setenv("XDG_CONFIG_HOME", serving.dir, 1), 0);
    assert_int_equal(setenv("XDG_RUNTIME_DIR", serving.dir, 1), 0);
    return setenv("PCSCLITE_CSOCK_NAME", "/nonexistent/pcscd.comm", 1);
}

static int
teardown(void **state)
{
    (void)state;
    serving_stop();
    return 0;
}

/* The first row of that check; owned with *ret_result. */
static const cJSON *
row(const char *id, enum ukb_method_id method, ukb_handler handler, const char *params, cJSON **ret_result)
{
    const cJSON *check = NULL;

    *ret_result = serving_call(method, handler, params, &err);
    assert_non_null(*ret_result);
    cJSON_ArrayForEach(check, ukb_json_get(*ret_result, "checks"))
    {
        if (strcmp(ukb_json_string(check, "id"), id) == 0) {
            return check;
        }
    }
    fail_msg("no row %s", id);
    return NULL;
}

static void
expect_title(const char *params, const char *title)
{
    cJSON *result = NULL;

    assert_string_equal(
        ukb_json_string(row("disk-space", UKB_DOCTOR_RUN, ukb_doctor_run_handle, params, &result), "title"), title);
    cJSON_Delete(result);
}

static void
the_language_is_the_one_asked_for_or_the_dialogs(void **state)
{
    (void)state;
    expect_title("{\"language\":\"zh\"}", "磁盘空间");
    expect_title("{\"language\":\"en\"}", "Room on the disk");
    expect_title("{}", "Room on the disk");
    (void)snprintf(serving.context.lang, sizeof(serving.context.lang), "zh-CN");
    expect_title("{}", "磁盘空间");
}

static void
the_home_folder_is_told_for_reports_that_must_not_name_it(void **state)
{
    cJSON *result = serving_call(UKB_DOCTOR_RUN, ukb_doctor_run_handle, "{}", &err);

    (void)state;
    assert_non_null(result);
    assert_string_equal(ukb_json_string(result, "home"), serving.dir);
    cJSON_Delete(result);
}

static void
a_journal_that_is_set_aside_is_let_go(void **state)
{
    cJSON *result = NULL;
    const cJSON *check = NULL;

    (void)state;
    assert_int_equal(mkdir(serving_path("ukeybridge"), 0700), 0);
    (void)serving_file("ukeybridge/state.sqlite3", 0600,
                       "no database, however long one reads in it: nothing of the kind");
    check = row("journal", UKB_DOCTOR_REPAIR, ukb_doctor_repair_handle, "{\"checks\":[\"journal\"]}", &result);
    assert_true(ukb_json_bool(check, "repaired", false));
    cJSON_Delete(result);
    assert_int_equal(ukb_service_need_journal(&serving.service, &err), UKB_OK); /* a new one */
    check = row("journal", UKB_DOCTOR_RUN, ukb_doctor_run_handle, "{}", &result);
    assert_string_equal(ukb_json_string(check, "status"), "ok");
    assert_null(serving.service.journal);
    cJSON_Delete(result);
}

static void
a_check_that_is_not_known_is_refused(void **state)
{
    (void)state;
    assert_null(serving_call(UKB_DOCTOR_REPAIR, ukb_doctor_repair_handle, "{\"checks\":[\"other\"]}", &err));
    assert_int_equal(err.status, UKB_E_PARAMS);
}

static void
what_may_hang_is_answered_by_a_worker_of_its_own(void **state)
{
    cJSON *params = cJSON_Parse("{\"of\":\"readers\"}");
    cJSON *result = NULL;

    (void)state;
    assert_int_equal(ukb_probe_handle(&serving.service, params, &result, &err), UKB_OK);
    assert_non_null(ukb_json_string(result, "service"));
    assert_string_not_equal(ukb_json_string(result, "service"), "answers");
    assert_true(cJSON_IsArray(ukb_json_get(result, "readers")));
    cJSON_Delete(result);
    cJSON_Delete(params);
    params = cJSON_Parse("{\"of\":\"dialog\"}");
    serving_policy("{}");
    assert_int_equal(setenv("PATH", "/nowhere", 1), 0);
    assert_int_equal(ukb_probe_handle(&serving.service, params, &result, &err), UKB_E_PIN_UI_UNAVAILABLE);
    cJSON_Delete(params);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_language_is_the_one_asked_for_or_the_dialogs, setup, teardown),
        cmocka_unit_test_setup_teardown(the_home_folder_is_told_for_reports_that_must_not_name_it, setup, teardown),
        cmocka_unit_test_setup_teardown(a_journal_that_is_set_aside_is_let_go, setup, teardown),
        cmocka_unit_test_setup_teardown(a_check_that_is_not_known_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(what_may_hang_is_answered_by_a_worker_of_its_own, setup, teardown),
    };

    return cmocka_run_group_tests_name("worker/doctor", tests, NULL, NULL);
}
