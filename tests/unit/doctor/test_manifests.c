/* SPDX-License-Identifier: MIT */
/* Unit tests for doctor/manifests.c: each way in which a browser does not find the host, and its repair. */
#include "patient.h"

#include "platform/manifest.h"

#define MINE     "home/.config/chromium/NativeMessagingHosts/" UKB_MANIFEST_FILE
#define ALL      "root/etc/chromium/native-messaging-hosts/" UKB_MANIFEST_FILE
#define CHECK    "manifest-chromium"
#define RULES    "root/etc/chromium/policies/managed/it.json"
#define OTHERS   "abcdefghijklmnopabcdefghijklmnop"
#define COMPANYS "ponmlkjihgfedcbaponmlkjihgfedcba"

/* A manifest that lets our extension in, and that one. */
static const char *
text_with(const char *program, const char *id)
{
    static char text[UKB_MANIFEST_MAX_LEN];
    const char *const ids[] = { id };
    struct ukb_buf buf = UKB_BUF_INIT(UKB_MANIFEST_MAX_LEN);
    struct ukb_error err = { 0 };

    assert_int_equal(ukb_manifest_make(UKB_MANIFEST_CHROMIUM, program, ids, 1, &buf, &err), UKB_OK);
    (void)snprintf(text, sizeof(text), "%s", ukb_buf_text(&buf));
    ukb_buf_done(&buf);
    return text;
}

static const char *
text_for(const char *program)
{
    return text_with(program, OTHERS);
}

/* Does the user's manifest let that extension in? */
static bool
lets_in(const char *id)
{
    char path[128];
    char text[UKB_MANIFEST_MAX_LEN] = "";
    FILE *file = NULL;

    (void)snprintf(path, sizeof(path), "%s/" MINE, patient.scratch->dir);
    file = fopen(path, "r");
    assert_non_null(file);
    assert_true(fread(text, 1, sizeof(text) - 1U, file) > 0);
    (void)fclose(file);
    return strstr(text, id) != NULL;
}

static bool
lets_others_in(void)
{
    return lets_in(OTHERS);
}

static void
mended(void)
{
    assert_true(patient_repair());
    patient_is_well(CHECK);
}

static void
a_browser_that_was_never_used_needs_none(void **state)
{
    (void)state;
    (void)patient_has(CHECK, UKB_CAUSE_BROWSER_UNUSED);
}

static void
a_used_browser_without_one_gets_one(void **state)
{
    (void)state;
    patient_folder("home/.config/chromium/NativeMessagingHosts");
    (void)patient_has(CHECK, UKB_CAUSE_BROWSER_UNUSED); /* what `unregister` once left */
    (void)patient_file("home/.config/chromium/Local State", "{}");
    (void)patient_has(CHECK, UKB_CAUSE_MANIFEST_MISSING);
    mended();
}

static void
a_spoilt_one_is_written_anew(void **state)
{
    (void)state;
    (void)patient_file(MINE, "{");
    (void)patient_has(CHECK, UKB_CAUSE_MANIFEST_SPOILT);
    mended();
    (void)patient_file(MINE, "{\"name\":\"other\"}");
    (void)patient_has(CHECK, UKB_CAUSE_MANIFEST_SPOILT);
    mended();
}

static void
one_that_leads_elsewhere_is_set_right_and_lets_in_ours_alone(void **state)
{
    (void)state;
    (void)patient_file(MINE, text_for("/opt/old/ukeybridge"));
    assert_non_null(strstr(patient_has(CHECK, UKB_CAUSE_MANIFEST_ELSEWHERE)->evidence, "-> /opt/old/ukeybridge"));
    mended();
    assert_false(lets_others_in());
}

static void
a_link_to_the_program_is_the_program(void **state)
{
    char link[128];

    (void)state;
    (void)patient_file("host/ukeybridge", "");
    (void)snprintf(link, sizeof(link), "%s/link", patient.scratch->dir);
    assert_int_equal(symlink(patient.setting.program, link), 0);
    (void)patient_file(MINE, text_for(link));
    patient_is_well(CHECK);
}

static void
one_that_lets_our_extension_not_in_is_set_right_and_keeps_whom_it_lets_in(void **state)
{
    char text[512];

    (void)state;
    (void)snprintf(text, sizeof(text),
                   "{\"name\":\"" UKB_MANIFEST_NAME "\",\"description\":\"d\",\"type\":\"stdio\",\"path\":\"%s\","
                   "\"allowed_origins\":[\"chrome-extension://" OTHERS "/\"]}",
                   patient.setting.program);
    (void)patient_file(MINE, text);
    (void)patient_has(CHECK, UKB_CAUSE_MANIFEST_STRANGER);
    mended();
    assert_true(lets_others_in());
}

static void
the_one_for_all_users_counts_where_the_user_has_none(void **state)
{
    (void)state;
    (void)patient_file(ALL, text_for(patient.setting.program));
    patient_is_well(CHECK);
    (void)patient_file(ALL, text_for("/opt/old/ukeybridge"));
    (void)patient_has(CHECK, UKB_CAUSE_MANIFEST_ELSEWHERE);
    mended(); /* by one of the user's own */
}

static void
one_of_the_users_that_hides_a_good_one_is_told_as_such(void **state)
{
    (void)state;
    (void)patient_file(ALL, text_with(patient.setting.program, COMPANYS));
    (void)patient_file(MINE, text_for("/opt/old/ukeybridge"));
    (void)patient_has(CHECK, UKB_CAUSE_MANIFEST_SHADOWS);
    mended();
    assert_false(lets_others_in());
    assert_true(lets_in(COMPANYS)); /* whom root let in for all is not locked out by it */
}

static void
an_extension_with_a_companys_key_may_be_the_only_one_where_rules_name_it(void **state)
{
    static const char *const rules[] = {
        "{\"ExtensionInstallForcelist\":[\"" COMPANYS ";https://updates.example/update.xml\"]}",
        "{\"ExtensionInstallAllowlist\":[\"" COMPANYS "\"]}",
        "{\"ExtensionSettings\":{\"" COMPANYS "\":{\"installation_mode\":\"force_installed\"}}}",
    };
    static const char *const none[] = {
        "{\"ExtensionInstallForcelist\":[\"" OTHERS ";https://updates.example/update.xml\"]}",
        "{\"ExtensionSettings\":{\"" COMPANYS "\":{\"installation_mode\":\"blocked\"}}}",
        "{\"ExtensionInstallForcelist\":[",
    };
    char text[512];
    size_t i;

    (void)state;
    (void)snprintf(text, sizeof(text),
                   "{\"name\":\"" UKB_MANIFEST_NAME "\",\"description\":\"d\",\"type\":\"stdio\",\"path\":\"%s\","
                   "\"allowed_origins\":[\"chrome-extension://" COMPANYS "/\"]}",
                   patient.setting.program);
    (void)patient_file(ALL, text);
    for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        (void)patient_file(RULES, rules[i]);
        patient_is_well(CHECK);
    }
    for (i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        (void)patient_file(RULES, none[i]);
        (void)patient_has(CHECK, UKB_CAUSE_MANIFEST_STRANGER);
    }
}

static void
what_is_no_file_is_to_be_removed(void **state)
{
    (void)state;
    (void)patient_file("home/.config/chromium/Local State", "{}");
    patient_folder(MINE);
    patient_run(patient_has(CHECK, UKB_CAUSE_MANIFEST_UNREADABLE)->command);
    (void)patient_has(CHECK, UKB_CAUSE_MANIFEST_MISSING);
    mended();
}

static void
firefox_has_one_of_its_own_form(void **state)
{
    (void)state;
    (void)patient_has("manifest-firefox", UKB_CAUSE_BROWSER_UNUSED);
    patient_folder("home/.config/mozilla/firefox");
    (void)patient_has("manifest-firefox", UKB_CAUSE_MANIFEST_MISSING);
    assert_true(patient_repair());
    patient_is_well("manifest-firefox");
    (void)patient_file("home/.mozilla/native-messaging-hosts/" UKB_MANIFEST_FILE, text_for(patient.setting.program));
    (void)patient_has("manifest-firefox", UKB_CAUSE_MANIFEST_STRANGER); /* Chromium's */
    assert_true(patient_repair());
    patient_is_well("manifest-firefox");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        PATIENT_TEST(a_browser_that_was_never_used_needs_none),
        PATIENT_TEST(a_used_browser_without_one_gets_one),
        PATIENT_TEST(a_spoilt_one_is_written_anew),
        PATIENT_TEST(one_that_leads_elsewhere_is_set_right_and_lets_in_ours_alone),
        PATIENT_TEST(a_link_to_the_program_is_the_program),
        PATIENT_TEST(one_that_lets_our_extension_not_in_is_set_right_and_keeps_whom_it_lets_in),
        PATIENT_TEST(the_one_for_all_users_counts_where_the_user_has_none),
        PATIENT_TEST(one_of_the_users_that_hides_a_good_one_is_told_as_such),
        PATIENT_TEST(an_extension_with_a_companys_key_may_be_the_only_one_where_rules_name_it),
        PATIENT_TEST(firefox_has_one_of_its_own_form),
        PATIENT_TEST(what_is_no_file_is_to_be_removed),
    };

    return cmocka_run_group_tests_name("doctor/manifests", tests, NULL, NULL);
}
