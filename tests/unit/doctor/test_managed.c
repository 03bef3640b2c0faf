/* SPDX-License-Identifier: MIT */
/* Unit tests for doctor/managed.c: rules that bar the host or the extension, and that the commands told lift them. */
#include "patient.h"

#include "platform/manifest.h"

#define CHECK  "browser-policy-chromium"
#define FOLDER "root/etc/chromium/policies/managed/"
#define BLOCK  "\"NativeMessagingBlocklist\":[\"*\"]"

static void
lifted(enum ukb_cause cause)
{
    patient_run(patient_has(CHECK, cause)->command);
    patient_is_well(CHECK);
}

static void
no_rules_bar_nothing(void **state)
{
    (void)state;
    patient_is_well(CHECK);
    (void)patient_file(FOLDER "a.json", "{\"HomepageLocation\":\"https://portal.example\"}");
    patient_is_well(CHECK);
}

static void
a_host_that_is_blocked_with_all_others_can_be_allowed(void **state)
{
    (void)state;
    (void)patient_file(FOLDER "a.json", "{" BLOCK "}");
    lifted(UKB_CAUSE_NATIVE_BLOCKED);
}

static void
a_list_that_is_there_gets_one_name_more(void **state)
{
    (void)state;
    (void)patient_file(FOLDER "a.json", "{" BLOCK ",\"NativeMessagingAllowlist\" : [ \"org.other\"]}");
    lifted(UKB_CAUSE_NATIVE_BLOCKED);
    (void)patient_file(FOLDER "a.json", "{" BLOCK ",\"NativeMessagingAllowlist\":[]}");
    lifted(UKB_CAUSE_NATIVE_BLOCKED);
}

static void
a_block_by_name_counts_and_one_of_others_does_not(void **state)
{
    (void)state;
    (void)patient_file(FOLDER "a.json", "{\"NativeMessagingBlocklist\":[\"org.other\"]}");
    patient_is_well(CHECK);
    (void)patient_file(FOLDER "a.json", "{\"NativeMessagingBlocklist\":[\"" UKB_MANIFEST_NAME "\"]}");
    (void)patient_has(CHECK, UKB_CAUSE_NATIVE_BLOCKED);
    (void)patient_file(FOLDER "b.json", "{\"NativeMessagingBlocklist\":[]}"); /* the later file is in force */
    patient_is_well(CHECK);
}

static void
hosts_for_all_users_only_need_a_manifest_for_all_users(void **state)
{
    const struct ukb_finding *row = NULL;

    (void)state;
    (void)patient_file(FOLDER "a.json", "{\"NativeMessagingUserLevelHosts\":false}");
    patient.setting.program = "/bin/sh";
    row = patient_has(CHECK, UKB_CAUSE_USER_LEVEL_OFF);
    assert_string_equal(row->command, "sudo /bin/sh register --browser chromium --system");
    (void)patient_file("root/etc/chromium/native-messaging-hosts/" UKB_MANIFEST_FILE, "{}");
    patient_is_well(CHECK);
}

static void
root_is_told_to_run_no_program_that_others_can_change(void **state)
{
    const struct ukb_finding *row = NULL;

    (void)state;
    (void)patient_file("host/ukeybridge", "");
    (void)patient_file(FOLDER "a.json", "{\"NativeMessagingUserLevelHosts\":false}");
    row = patient_has(CHECK, UKB_CAUSE_USER_LEVEL_OWN);
    assert_null(row->command);
    assert_string_equal(row->values[0], patient.setting.program);
}

static void
an_extension_that_is_blocked_can_be_allowed(void **state)
{
    (void)state;
    (void)patient_file(FOLDER "a.json", "{\"ExtensionInstallBlocklist\":[\"*\"]}");
    assert_non_null(strstr(patient_has(CHECK, UKB_CAUSE_EXTENSION_BLOCKED)->values[0], "a.json"));
    lifted(UKB_CAUSE_EXTENSION_BLOCKED);
    (void)patient_file(FOLDER "a.json",
                       "{\"ExtensionInstallBlocklist\":[\"*\"],\"ExtensionInstallAllowlist\":[\"x\"]}");
    (void)remove(scratch_path(patient.scratch, FOLDER "ukeybridge-extension.json"));
    lifted(UKB_CAUSE_EXTENSION_BLOCKED);
}

static void
a_file_that_makes_no_sense_can_be_set_aside(void **state)
{
    (void)state;
    (void)patient_file(FOLDER "a.json", "{" BLOCK);
    lifted(UKB_CAUSE_MANAGED_SPOILT);
}

static void
rules_of_other_types_bar_nothing(void **state)
{
    (void)state;
    (void)patient_file(FOLDER "a.json", "{\"NativeMessagingBlocklist\":\"*\",\"NativeMessagingUserLevelHosts\":0}");
    patient_is_well(CHECK);
    (void)patient_file(FOLDER "a.json", "[]");
    patient_is_well(CHECK);
}

static void
settings_that_bar_all_extensions_can_name_ours(void **state)
{
    (void)state;
    (void)patient_file(FOLDER "a.json", "{\"ExtensionSettings\" : {\"*\":{\"installation_mode\":\"blocked\"}}}");
    lifted(UKB_CAUSE_EXTENSION_BLOCKED);
}

static void
firefox_reads_a_file_of_its_own(void **state)
{
    static const char file[] = "root/etc/firefox/policies/policies.json";

    (void)state;
    patient_is_well("browser-policy-firefox");
    (void)patient_file(file, "{\"policies\":{\"ExtensionSettings\":{\"*\":{\"installation_mode\":\"blocked\"}}}}");
    patient_run(patient_has("browser-policy-firefox", UKB_CAUSE_EXTENSION_BLOCKED)->command);
    patient_is_well("browser-policy-firefox");
    (void)patient_file(file, "{\"policies\":{\"ExtensionSettings\":{\"bridge@ukeybridge.org\":"
                             "{\"installation_mode\":\"blocked\"}}}}");
    assert_null(patient_has("browser-policy-firefox", UKB_CAUSE_EXTENSION_BLOCKED)->command);
    (void)patient_file(file, "{\"ExtensionSettings\":{\"*\":{\"installation_mode\":\"blocked\"}}}");
    patient_is_well("browser-policy-firefox"); /* not where Firefox looks */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        PATIENT_TEST(no_rules_bar_nothing),
        PATIENT_TEST(a_host_that_is_blocked_with_all_others_can_be_allowed),
        PATIENT_TEST(a_list_that_is_there_gets_one_name_more),
        PATIENT_TEST(a_block_by_name_counts_and_one_of_others_does_not),
        PATIENT_TEST(hosts_for_all_users_only_need_a_manifest_for_all_users),
        PATIENT_TEST(root_is_told_to_run_no_program_that_others_can_change),
        PATIENT_TEST(an_extension_that_is_blocked_can_be_allowed),
        PATIENT_TEST(a_file_that_makes_no_sense_can_be_set_aside),
        PATIENT_TEST(settings_that_bar_all_extensions_can_name_ours),
        PATIENT_TEST(firefox_reads_a_file_of_its_own),
        PATIENT_TEST(rules_of_other_types_bar_nothing),
    };

    return cmocka_run_group_tests_name("doctor/managed", tests, NULL, NULL);
}
