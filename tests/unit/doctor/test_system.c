/* SPDX-License-Identifier: MIT */
/* Unit tests for doctor/system.c. */
#include "patient.h"

static const struct ukb_policy_module one = { "one", "/lib/one.so" };

static void
programs_that_are_missing_or_not_executable_are_told(void **state)
{
    (void)state;
    (void)patient_file("host/ukeybridge", "");
    assert_int_equal(chmod(patient.setting.program, 0755), 0);
    (void)patient_file("host/ukeybridge-worker", "");
    patient_look("host-parts");
    assert_int_equal(patient.findings.count, 2);
    assert_string_equal(patient_row(0, UKB_CAUSE_HOST_PART_MISSING)->subject, "ukeybridge-worker");
    assert_string_equal(patient_row(1, UKB_CAUSE_HOST_PART_MISSING)->subject, "ukeybridge-worker-net");
    assert_int_equal(chmod(patient.setting.worker, 0755), 0);
    (void)patient_file("host/ukeybridge-worker-net", "");
    assert_int_equal(chmod(patient.setting.net_worker, 0755), 0);
    patient_is_well("host-parts");
}

static void
the_version_is_told(void **state)
{
    (void)state;
    assert_non_null(strstr(patient_has("host-version", UKB_CAUSE_GOOD)->evidence, "UKey Bridge "));
}

static void
a_disk_without_room_is_told(void **state)
{
    (void)state;
    patient_is_well("disk-space");
    patient.setting.state_dir = "/proc/nowhere"; /* where nothing can be written */
    (void)patient_has("disk-space", UKB_CAUSE_DISK_LOW);
}

static void
certificate(const char *state, const char *start)
{
    cJSON *json = cJSON_CreateObject();

    (void)cJSON_AddStringToObject(json, "state", state);
    (void)cJSON_AddStringToObject(json, "notBefore", start);
    (void)cJSON_AddItemToArray(patient.probes.modules[0].certificates, json);
}

static void
the_clock_is_behind_when_no_certificate_is_valid_yet(void **state)
{
    (void)state;
    patient_module(&one, UKB_OK, "", "[]");
    patient_is_well("clock"); /* nothing to judge it by */
    certificate("not-yet-valid", "2030-01-02T00:00:00Z");
    certificate("not-yet-valid", "2029-01-02T00:00:00Z");
    assert_non_null(strstr(patient_has("clock", UKB_CAUSE_CLOCK_BEHIND)->evidence, "2029-01-02"));
    certificate("expired", "2020-01-02T00:00:00Z");
    patient_is_well("clock"); /* one that starts later is a certificate's matter */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        PATIENT_TEST(programs_that_are_missing_or_not_executable_are_told),
        PATIENT_TEST(the_version_is_told),
        PATIENT_TEST(a_disk_without_room_is_told),
        PATIENT_TEST(the_clock_is_behind_when_no_certificate_is_valid_yet),
    };

    return cmocka_run_group_tests_name("doctor/system", tests, NULL, NULL);
}
