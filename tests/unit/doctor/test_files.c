/* SPDX-License-Identifier: MIT */
/* Unit tests for doctor/files.c: whose the two files are, what is wrong in them, and that it is mended. */
#include "patient.h"

#define POLICY "etc/policy.json"
#define CONFIG "home/ukb/config.json"
#define GOOD   "{\"portals\":[\"https://portal.example\"]}"
#define THEIRS "{\"pinentry\":\"/tmp/theirs\"}"

/* Is there, beside the configuration, what was set aside, with that text? */
static bool
is_kept(const char *content)
{
    char path[160];
    char text[256] = "";
    FILE *file = NULL;

    (void)snprintf(path, sizeof(path), "%s.%lld.set-aside", patient.setting.config_file, patient.setting.now_s);
    file = fopen(path, "r");
    if (file == NULL) {
        return false;
    }
    assert_true(fread(text, 1, sizeof(text) - 1U, file) > 0);
    (void)fclose(file);
    return strcmp(text, content) == 0;
}

static void
without_files_nothing_is_wrong_but_nobody_may_ask(void **state)
{
    (void)state;
    patient_is_well("policy-file");
    patient_is_well("config-file");
    (void)patient_has("portals", UKB_CAUSE_NO_PORTALS);
    (void)patient_file(CONFIG, GOOD);
    patient_is_well("portals");
}

static void
a_policy_that_others_may_write_is_mended_by_the_command(void **state)
{
    (void)state;
    (void)patient_file(POLICY, GOOD);
    patient_is_well("policy-file");
    assert_int_equal(chmod(patient.setting.policy_file, 0666), 0);
    if (getuid() == 0) {
        assert_string_equal(patient_has("policy-file", UKB_CAUSE_POLICY_ACCESS)->values[0],
                            patient.setting.policy_file);
        patient_run(patient.findings.items[0].command);
        patient_is_well("policy-file");
        assert_int_equal(chown(patient.setting.policy_file, 65534, 65534), 0);
        assert_non_null(strstr(patient_has("policy-file", UKB_CAUSE_POLICY_ACCESS)->evidence, "must belong to root"));
        (void)patient_has("portals", UKB_CAUSE_NOT_ASKED);
        patient_look("policy-file");
        patient_run(patient.findings.items[0].command);
        patient_is_well("policy-file");
    }
}

static void
a_slip_in_the_policy_is_told_with_its_place(void **state)
{
    const struct ukb_finding *row = NULL;

    (void)state;
    (void)patient_file(POLICY, "{\"portal\":[]}");
    row = patient_has("policy-file", UKB_CAUSE_POLICY_CONTENT);
    assert_non_null(strstr(row->evidence, "portal"));
    assert_string_equal(row->values[0], row->evidence); /* for the instruction */
    patient_is_well("config-file");                     /* it is not the user's fault */
    (void)patient_has("portals", UKB_CAUSE_NOT_ASKED);
}

static void
a_configuration_that_others_may_write_never_comes_into_force(void **state)
{
    (void)state;
    (void)patient_file(CONFIG, THEIRS);
    assert_int_equal(chmod(patient.setting.config_file, 0666), 0);
    (void)patient_has("config-file", UKB_CAUSE_CONFIG_ACCESS);
    assert_true(patient_repair());
    patient_is_well("config-file");
    assert_int_equal(access(patient.setting.config_file, F_OK), -1);
    assert_true(is_kept(THEIRS));
}

static void
neither_does_one_in_a_folder_that_others_may_write(void **state)
{
    const char *folder = NULL;

    (void)state;
    (void)patient_file(CONFIG, THEIRS); /* its own rights are right: others put it there as a whole */
    folder = scratch_path(patient.scratch, "home/ukb");
    assert_int_equal(chmod(folder, 0777), 0);
    (void)patient_has("config-file", UKB_CAUSE_CONFIG_ACCESS);
    assert_true(patient_repair());
    patient_is_well("config-file");
    assert_int_equal(access(patient.setting.config_file, F_OK), -1);
    assert_true(is_kept(THEIRS));
    assert_int_equal(chmod(scratch_path(patient.scratch, "home/ukb"), 0777), 0);
    (void)patient_has("config-file", UKB_CAUSE_CONFIG_ACCESS); /* with no file in it */
    assert_true(patient_repair());
    patient_is_well("config-file");
}

static void
a_configuration_of_somebody_else_is_set_aside_by_the_command(void **state)
{
    const char *folder = NULL;

    (void)state;
    (void)patient_file(CONFIG, THEIRS);
    if (getuid() == 0) {
        assert_int_equal(chown(patient.setting.config_file, 65534, 65534), 0);
        patient_run(patient_has("config-file", UKB_CAUSE_CONFIG_FOREIGN)->command);
        patient_is_well("config-file");
        assert_int_equal(access(patient.setting.config_file, F_OK), -1);
        (void)patient_file(CONFIG, THEIRS);
        folder = scratch_path(patient.scratch, "home/ukb");
        assert_int_equal(chown(folder, 65534, 65534), 0);
        patient_run(patient_has("config-file", UKB_CAUSE_CONFIG_FOREIGN)->command);
        patient_is_well("config-file");
        assert_int_equal(access(patient.setting.config_file, F_OK), -1);
    }
}

static void
a_slip_in_the_configuration_is_set_aside_and_kept(void **state)
{
    (void)state;
    (void)patient_file(CONFIG, "{\"portals\":[\"http://plain.example\"]}");
    (void)patient_has("config-file", UKB_CAUSE_CONFIG_CONTENT);
    assert_true(patient_repair());
    patient_is_well("config-file");
    assert_true(is_kept("{\"portals\":[\"http://plain.example\"]}"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        PATIENT_TEST(without_files_nothing_is_wrong_but_nobody_may_ask),
        PATIENT_TEST(a_policy_that_others_may_write_is_mended_by_the_command),
        PATIENT_TEST(a_slip_in_the_policy_is_told_with_its_place),
        PATIENT_TEST(a_configuration_that_others_may_write_never_comes_into_force),
        PATIENT_TEST(neither_does_one_in_a_folder_that_others_may_write),
        PATIENT_TEST(a_configuration_of_somebody_else_is_set_aside_by_the_command),
        PATIENT_TEST(a_slip_in_the_configuration_is_set_aside_and_kept),
    };

    return cmocka_run_group_tests_name("doctor/files", tests, NULL, NULL);
}
