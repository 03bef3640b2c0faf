/* SPDX-License-Identifier: MIT */
/* Unit tests for doctor/checks.c: the table against itself, the contract and the browsers. */
#include "../test.h"

#include <string.h>

#include "core/contract.h"
#include "doctor/finding.h"
#include "platform/browsers.h"

static void
ids_are_kebab_case_and_each_is_there_once(void **state)
{
    size_t i;
    size_t j;

    (void)state;
    assert_true(ukb_check_count <= UKB_CHECKS_MAX);
    for (i = 0; i < ukb_check_count; i++) {
        assert_int_equal(strspn(ukb_checks[i].id, "abcdefghijklmnopqrstuvwxyz-"), strlen(ukb_checks[i].id));
        assert_true(strlen(ukb_checks[i].id) <= UKB_CHECK_ID_MAX_LEN);
        assert_non_null(ukb_checks[i].look);
        assert_non_null(ukb_checks[i].title[UKB_DOCTOR_EN]);
        assert_non_null(ukb_checks[i].title[UKB_DOCTOR_ZH]);
        for (j = 0; j < i; j++) {
            assert_string_not_equal(ukb_checks[i].id, ukb_checks[j].id);
        }
    }
}

static void
groups_are_the_contracts(void **state)
{
    const struct ukb_shape *check = NULL;
    size_t i;
    size_t j;

    (void)state;
    for (i = 0; ukb_contract_objects[i] != NULL; i++) {
        check = strcmp(ukb_contract_objects[i]->name, "check") == 0 ? ukb_contract_objects[i] : check;
    }
    assert_non_null(check);
    for (i = 0; i < ukb_check_count; i++) {
        cJSON *json = cJSON_CreateObject();
        struct ukb_error err = { 0 };

        (void)cJSON_AddStringToObject(json, "id", ukb_checks[i].id);
        (void)cJSON_AddStringToObject(json, "group", ukb_checks[i].group);
        (void)cJSON_AddStringToObject(json, "status", "ok");
        (void)cJSON_AddStringToObject(json, "repair", "none");
        for (j = 0; j < UKB_DOCTOR_LANG_COUNT; j++) {
            (void)cJSON_DeleteItemFromObjectCaseSensitive(json, "title");
            (void)cJSON_AddStringToObject(json, "title", ukb_checks[i].title[j]);
            assert_int_equal(ukb_fields_check(check, json, &err), UKB_OK);
        }
        cJSON_Delete(json);
    }
}

static void
each_browser_has_its_manifest_and_its_rules_looked_at(void **state)
{
    size_t i;
    size_t j;

    (void)state;
    for (i = 0; i < ukb_browser_count; i++) {
        size_t rows = 0;

        for (j = 0; j < ukb_check_count; j++) {
            rows += ukb_checks[j].of != NULL && strcmp(ukb_checks[j].of, ukb_browsers[i].name) == 0 ? 1 : 0;
        }
        assert_int_equal(rows, 2);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_kebab_case_and_each_is_there_once),
        cmocka_unit_test(groups_are_the_contracts),
        cmocka_unit_test(each_browser_has_its_manifest_and_its_rules_looked_at),
    };

    return cmocka_run_group_tests_name("doctor/checks", tests, NULL, NULL);
}
