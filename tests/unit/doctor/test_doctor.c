/* SPDX-License-Identifier: MIT */
/* Unit tests for doctor/doctor.c: all checks are told, in both languages, as the contract has them; repairs are told.
 */
#include "patient.h"

#include "core/contract.h"

static struct ukb_error err;

/* Hold a list of checks against the contract's row; takes it. */
static void
expect_of_contract(enum ukb_method_id method, cJSON *checks)
{
    cJSON *result = cJSON_CreateObject();

    (void)cJSON_AddItemToObject(result, "checks", checks);
    if (method == UKB_DOCTOR_RUN) {
        (void)cJSON_AddStringToObject(result, "home", "/home/user"); /* the worker's */
    }
    if (ukb_fields_check(ukb_contract[method].result, result, &err) != UKB_OK) {
        fail_msg("%s", err.message);
    }
    cJSON_Delete(result);
}

static void
every_check_is_told_in_either_language(void **state)
{
    static const enum ukb_doctor_lang langs[] = { UKB_DOCTOR_EN, UKB_DOCTOR_ZH };
    size_t i;
    size_t j;

    (void)state;
    for (i = 0; i < 2; i++) {
        cJSON *checks = NULL;
        const cJSON *check = NULL;

        patient.setting.lang = langs[i];
        assert_int_equal(ukb_doctor_run(&patient.setting, &checks, &err), UKB_OK);
        for (j = 0; j < ukb_check_count; j++) {
            bool told = false;

            cJSON_ArrayForEach(check, checks)
            {
                told = told || (strcmp(ukb_json_string(check, "id"), ukb_checks[j].id) == 0 &&
                                strcmp(ukb_json_string(check, "title"), ukb_checks[j].title[langs[i]]) == 0);
            }
            assert_true(told);
        }
        expect_of_contract(UKB_DOCTOR_RUN, checks);
    }
}

static void
what_was_mended_is_told_and_what_was_well_is_not(void **state)
{
    cJSON *ids = cJSON_CreateStringArray((const char *const[]){ "config-file", "manifest-chrome", "disk-space" }, 3);
    cJSON *checks = NULL;

    (void)state;
    (void)patient_file("home/ukb/config.json", "{");
    assert_int_equal(ukb_doctor_repair(&patient.setting, ids, &checks, &err), UKB_OK);
    assert_int_equal(cJSON_GetArraySize(checks), 3);
    assert_string_equal(ukb_json_string(cJSON_GetArrayItem(checks, 0), "status"), "ok");
    assert_true(ukb_json_bool(cJSON_GetArrayItem(checks, 0), "repaired", false));
    assert_false(ukb_json_bool(cJSON_GetArrayItem(checks, 1), "repaired", true));
    assert_false(ukb_json_bool(cJSON_GetArrayItem(checks, 2), "repaired", true));
    expect_of_contract(UKB_DOCTOR_REPAIR, checks);
    cJSON_Delete(ids);
}

static void
what_could_not_be_mended_is_told_as_it_is(void **state)
{
    cJSON *ids = cJSON_CreateStringArray((const char *const[]){ "manifest-chromium" }, 1);
    cJSON *checks = NULL;

    (void)state;
    (void)patient_file("home/.config/chromium/Local State", "{}");
    (void)patient_file("home/.config/chromium/NativeMessagingHosts", "a file where a folder should be");
    assert_int_equal(ukb_doctor_repair(&patient.setting, ids, &checks, &err), UKB_OK);
    assert_string_equal(ukb_json_string(cJSON_GetArrayItem(checks, 0), "status"), "failed");
    assert_false(ukb_json_bool(cJSON_GetArrayItem(checks, 0), "repaired", true));
    expect_of_contract(UKB_DOCTOR_REPAIR, checks);
    cJSON_Delete(ids);
}

static void
a_check_that_is_not_in_the_table_is_refused(void **state)
{
    cJSON *ids = cJSON_CreateStringArray((const char *const[]){ "config-file", "other" }, 2);
    cJSON *checks = NULL;

    (void)state;
    (void)patient_file("home/ukb/config.json", "{");
    assert_int_equal(ukb_doctor_repair(&patient.setting, ids, &checks, &err), UKB_E_PARAMS);
    assert_null(checks);
    (void)patient_has("config-file", UKB_CAUSE_CONFIG_CONTENT); /* and nothing was done */
    cJSON_Delete(ids);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        PATIENT_TEST(every_check_is_told_in_either_language),
        PATIENT_TEST(what_was_mended_is_told_and_what_was_well_is_not),
        PATIENT_TEST(what_could_not_be_mended_is_told_as_it_is),
        PATIENT_TEST(a_check_that_is_not_in_the_table_is_refused),
    };

    return cmocka_run_group_tests_name("doctor/doctor", tests, NULL, NULL);
}
