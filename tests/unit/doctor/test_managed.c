/* SPDX-License-Identifier: MIT */
/* Unit tests for doctor/managed.c: rules that bar the host or the extension, and that the commands told lift them. */
#include "patient.h"

#include "platform/manifest.h"

#define CHECK    "browser-policy-chromium"
#define FOLDER   "root/etc/chromium/policies/managed/"
#define COMPANYS "ponmlkjihgfedcbaponmlkjihgfedcba"
#define BLOCK    "\"NativeMessagingBlocklist\":[\"*\"]"

static bool
is_there(const char *name)
{
    return access(scratch_path(patient.scratch, name), F_OK) == 0;
}

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

/* The manifest for all users, which lets in a company's own extension besides ours. */
static void
register_companys(void)
{
    const char *const ids[] = { COMPANYS };
    struct ukb_buf text = UKB_BUF_INIT(UKB_MANIFEST_MAX_LEN);
    struct ukb_error err = { 0 };

    assert_int_equal(ukb_manifest_make(UKB_MANIFEST_CHROMIUM, patient.setting.program, ids, 1, &text, &err), UKB_OK);
    (void)patient_file("root/etc/chromium/native-messaging-hosts/" UKB_MANIFEST_FILE, ukb_buf_text(&text));
    ukb_buf_done(&text);
}

static void
a_company_need_allow_its_own_extension_only(void **state)
{
    (void)state;
    register_companys();
    (void)patient_file(FOLDER "a.json", "{\"ExtensionInstallBlocklist\":[\"*\"],"
                                        "\"ExtensionInstallForcelist\":[\"" COMPANYS ";https://updates.example/\"]}");
    patient_is_well(CHECK);
    (void)patient_file(FOLDER "a.json", "{\"ExtensionSettings\":{\"*\":{\"installation_mode\":\"blocked\"},"
                                        "\"" COMPANYS "\":{\"installation_mode\":\"force_installed\"}}}");
    patient_is_well(CHECK);
}

static void
it_is_the_companys_own_that_is_to_be_allowed(void **state)
{
    (void)state;
    register_companys();
    (void)patient_file(FOLDER "a.json", "{\"ExtensionInstallBlocklist\":[\"*\"]}");
    assert_non_null(strstr(patient_has(CHECK, UKB_CAUSE_EXTENSION_BLOCKED)->command, COMPANYS));
    lifted(UKB_CAUSE_EXTENSION_BLOCKED);
    (void)patient_file(FOLDER "a.json", "{\"ExtensionSettings\":{\"*\":{\"installation_mode\":\"removed\"}}}");
    assert_non_null(strstr(patient_has(CHECK, UKB_CAUSE_EXTENSION_BLOCKED)->command, COMPANYS));
    lifted(UKB_CAUSE_EXTENSION_BLOCKED);
    (void)patient_file(FOLDER "a.json",
                       "{\"ExtensionSettings\":{\"" COMPANYS "\":{\"installation_mode\":\"blocked\"}}}");
    patient_is_well(CHECK); /* the one that is built in may be used */
}

static void
what_is_set_aside_is_out_of_the_folder_that_is_read(void **state)
{
    (void)state;
    patient_is_well(CHECK);
    (void)patient_file(FOLDER "a.json", "{" BLOCK);
    lifted(UKB_CAUSE_MANAGED_SPOILT);
    assert_false(is_there(FOLDER "a.json"));
    (void)patient_file(FOLDER "a.json", "{" BLOCK);
    lifted(UKB_CAUSE_MANAGED_SPOILT); /* and the first one stays */
    assert_true(is_there("root/etc/chromium/policies/set-aside/a.json"));
    assert_true(is_there("root/etc/chromium/policies/set-aside/a.json.~1~"));
}

static void
every_file_in_the_folder_counts_whatever_its_name(void **state)
{
    (void)state;
    (void)patient_file(FOLDER "a.json.set-aside", "{" BLOCK "}");
    lifted(UKB_CAUSE_NATIVE_BLOCKED);
    assert_int_equal(remove(scratch_path(patient.scratch, FOLDER "a.json.set-aside")), 0);
    (void)patient_file(FOLDER ".a", "{\"ExtensionInstallBlocklist\":[\"*\"]}");
    lifted(UKB_CAUSE_EXTENSION_BLOCKED);
    (void)patient_file(FOLDER ".a.json.swp", "b0VIM");
    patient_folder(FOLDER "folder.json");
    patient_is_well(CHECK); /* what is none bars nothing */
}

static void
what_chromium_takes_beyond_json_counts(void **state)
{
    (void)state;
    (void)patient_file(FOLDER "a.json", "// of the IT\n{" BLOCK ", /* all */ }");
    lifted(UKB_CAUSE_NATIVE_BLOCKED);
    assert_int_equal(remove(scratch_path(patient.scratch, FOLDER "ukeybridge-host.json")), 0);
    (void)patient_file(FOLDER "a.json", "{\"NativeMessagingBlocklist\":[],\"NativeMessagingAllowlist\":[\"x\",],}");
    patient_is_well(CHECK);
    (void)patient_file(FOLDER "b.json", "{\"NativeMessagingBlocklist\":[]," BLOCK "}"); /* the later one counts */
    lifted(UKB_CAUSE_NATIVE_BLOCKED);
}

static void
a_file_that_is_too_large_is_not_called_no_json(void **state)
{
    static char text[300000];
    const struct ukb_finding *row = NULL;

    (void)state;
    memset(text, ' ', sizeof(text) - 1U);
    memcpy(text, "{}", 2);
    (void)patient_file(FOLDER "a.json", text);
    row = patient_has(CHECK, UKB_CAUSE_MANAGED_LARGE);
    assert_non_null(strstr(row->evidence, "a.json: larger than 262144 bytes"));
    assert_null(row->command);
    assert_non_null(strstr(row->values[0], "a.json"));
    (void)patient_file(FOLDER "a.json", "{\"a\":[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]}");
    (void)patient_has(CHECK, UKB_CAUSE_MANAGED_LARGE);
}

static void
a_file_that_may_not_be_read_is_not_called_no_json(void **state)
{
    const uid_t root = geteuid();
    char command[512];

    (void)state;
    (void)patient_file(FOLDER "a.json", "{}");
    assert_int_equal(chmod(scratch_path(patient.scratch, FOLDER "a.json"), root == 0 ? 0600 : 0), 0);
    assert_int_equal(chmod(patient.scratch->dir, 0755), 0);
    assert_int_equal(root == 0 ? seteuid(65534) : 0, 0); /* root may read everything */
    (void)snprintf(command, sizeof(command), "%s", patient_has(CHECK, UKB_CAUSE_MANAGED_ACCESS)->command);
    assert_int_equal(seteuid(root), 0);
    assert_non_null(strstr(patient.findings.items[0].evidence, "Permission denied"));
    patient_run(command);
    assert_int_equal(root == 0 ? seteuid(65534) : 0, 0);
    patient_is_well(CHECK);
    assert_int_equal(seteuid(root), 0);
}

static void
a_link_that_leads_nowhere_can_be_moved_away(void **state)
{
    (void)state;
    patient_folder(FOLDER);
    assert_int_equal(symlink("nowhere", scratch_path(patient.scratch, FOLDER "a.json")), 0);
    lifted(UKB_CAUSE_MANAGED_ACCESS);
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
    assert_null(patient_has("browser-policy-firefox", UKB_CAUSE_EXTENSION_MEANT)->command);
    (void)patient_file(file, "{\"ExtensionSettings\":{\"*\":{\"installation_mode\":\"blocked\"}}}");
    patient_is_well("browser-policy-firefox");      /* not where Firefox looks */
    (void)patient_file(file, "{\"policies\":{},}"); /* nor what it takes */
    patient_run(patient_has("browser-policy-firefox", UKB_CAUSE_MANAGED_SPOILT)->command);
    patient_is_well("browser-policy-firefox");
    assert_true(is_there("root/etc/firefox/set-aside/policies.json"));
    (void)patient_file("root/etc/firefox/policies/other.json", "{");
    patient_is_well("browser-policy-firefox"); /* it reads one file */
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
        PATIENT_TEST(a_company_need_allow_its_own_extension_only),
        PATIENT_TEST(it_is_the_companys_own_that_is_to_be_allowed),
        PATIENT_TEST(what_is_set_aside_is_out_of_the_folder_that_is_read),
        PATIENT_TEST(every_file_in_the_folder_counts_whatever_its_name),
        PATIENT_TEST(what_chromium_takes_beyond_json_counts),
        PATIENT_TEST(a_file_that_is_too_large_is_not_called_no_json),
        PATIENT_TEST(a_file_that_may_not_be_read_is_not_called_no_json),
        PATIENT_TEST(a_link_that_leads_nowhere_can_be_moved_away),
        PATIENT_TEST(settings_that_bar_all_extensions_can_name_ours),
        PATIENT_TEST(firefox_reads_a_file_of_its_own),
        PATIENT_TEST(rules_of_other_types_bar_nothing),
    };

    return cmocka_run_group_tests_name("doctor/managed", tests, NULL, NULL);
}
