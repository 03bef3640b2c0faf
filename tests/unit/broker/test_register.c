/* SPDX-License-Identifier: MIT */
/* Unit tests for broker/register.c: the files by which browsers find this program, in a throw-away home. */
#include "../platform/scratch.h"

#include "broker/command.h"
#include "core/json.h"

#define ID        "abcdefghijklmnopabcdefghijklmnop"
#define ADD_ON    "bridge@ukeybridge.org"
#define FILE_NAME "org.ukeybridge.host.json"

static const char chrome[] = ".config/google-chrome/NativeMessagingHosts/" FILE_NAME;
static const char chromium[] = ".config/chromium/NativeMessagingHosts/" FILE_NAME;
static const char edge[] = ".config/microsoft-edge/NativeMessagingHosts/" FILE_NAME;
static const char firefox[] = ".mozilla/native-messaging-hosts/" FILE_NAME;

static int
setup(void **state)
{
    assert_int_equal(scratch_setup(state), 0);
    return setenv("HOME", ((struct scratch *)*state)->dir, 1);
}

/* Run `ukeybridge` with these words, NULL-terminated. */
static int
run(const char *const *words)
{
    char *argv[16] = { NULL };
    int argc = 0;
    int code;

    for (; words[argc] != NULL; argc++) {
        argv[argc] = strdup(words[argc]);
        assert_non_null(argv[argc]);
    }
    code = ukb_command_register(argc, argv);
    while (argc > 0) {
        free(argv[--argc]);
    }
    return code;
}
#define RUN(...) run((const char *const[]){ __VA_ARGS__, NULL })

static bool
is_there(struct scratch *s, const char *name)
{
    return access(scratch_path(s, name), F_OK) == 0;
}

static void
make_dirs(struct scratch *s, const char *outer, const char *inner)
{
    (void)mkdir(scratch_path(s, outer), 0755);
    assert_int_equal(mkdir(scratch_path(s, inner), 0755), 0);
}

/* The file as JSON, owned by the caller. */
static cJSON *
manifest(struct scratch *s, const char *name)
{
    char text[4096];
    FILE *file = fopen(scratch_path(s, name), "r");
    size_t len;
    cJSON *json = NULL;

    assert_non_null(file);
    len = fread(text, 1, sizeof(text), file);
    (void)fclose(file);
    json = cJSON_ParseWithLength(text, len);
    assert_non_null(json);
    return json;
}

static void
the_manifest_names_this_program_and_its_extension(void **state)
{
    struct scratch *s = *state;
    char own[256] = "";
    cJSON *json = NULL;

    assert_true(readlink("/proc/self/exe", own, sizeof(own) - 1U) > 0);
    assert_int_equal(RUN("register", "--manifest-dir", s->dir), UKB_EXIT_OK);
    json = manifest(s, FILE_NAME);
    assert_string_equal(ukb_json_string(json, "path"), own);
    assert_string_equal(ukb_json_string(json, "name"), "org.ukeybridge.host");
    assert_string_equal(ukb_json_string(json, "type"), "stdio");
    assert_int_equal(cJSON_GetArraySize(ukb_json_get(json, "allowed_origins")), 1);
    cJSON_Delete(json);
}

static void
ids_are_added_behind_its_own(void **state)
{
    struct scratch *s = *state;
    const cJSON *origins = NULL;
    cJSON *json = NULL;

    assert_int_equal(RUN("register", "--extension-id", ID, "--manifest-dir", s->dir), UKB_EXIT_OK);
    json = manifest(s, FILE_NAME);
    origins = ukb_json_get(json, "allowed_origins");
    assert_int_equal(cJSON_GetArraySize(origins), 2);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetArrayItem(origins, 1)), "chrome-extension://" ID "/");
    cJSON_Delete(json);
}

/* One id at this place of a list. */
static void
assert_listed(struct scratch *s, const char *name, const char *list, int at, const char *wanted)
{
    cJSON *json = manifest(s, name);
    const char *found = cJSON_GetStringValue(cJSON_GetArrayItem(ukb_json_get(json, list), at));

    if (wanted == NULL) {
        assert_null(found);
    } else {
        assert_string_equal(found, wanted);
    }
    cJSON_Delete(json);
}

static void
firefox_has_a_form_of_its_own(void **state)
{
    struct scratch *s = *state;
    cJSON *json = NULL;

    assert_int_equal(RUN("register", "--browser", "firefox"), UKB_EXIT_OK);
    assert_true(is_there(s, firefox));
    assert_false(is_there(s, chromium));
    json = manifest(s, firefox);
    assert_string_equal(ukb_json_string(json, "name"), "org.ukeybridge.host");
    assert_null(ukb_json_get(json, "allowed_origins"));
    cJSON_Delete(json);
    assert_listed(s, firefox, "allowed_extensions", 0, ADD_ON);
    assert_listed(s, firefox, "allowed_extensions", 1, NULL);
    assert_int_equal(RUN("register", "--browser", "firefox", "--manifest-dir", s->dir), UKB_EXIT_OK);
    assert_listed(s, FILE_NAME, "allowed_extensions", 0, ADD_ON);
    assert_int_equal(RUN("unregister", "--browser", "firefox"), UKB_EXIT_OK);
    assert_false(is_there(s, firefox));
}

static void
an_id_gets_into_manifests_of_its_form_only(void **state)
{
    static const char *const add_ons[] = { "own@company.example", "@b", "{0badc0de-0000-4000-8000-000000000000}" };
    struct scratch *s = *state;
    size_t i;

    for (i = 0; i < sizeof(add_ons) / sizeof(add_ons[0]); i++) {
        assert_int_equal(RUN("register", "--browser", "firefox", "--browser", "edge", "--extension-id", ID,
                             "--extension-id", add_ons[i]),
                         UKB_EXIT_OK);
        assert_listed(s, firefox, "allowed_extensions", 1, add_ons[i]);
        assert_listed(s, firefox, "allowed_extensions", 2, NULL);
        assert_listed(s, edge, "allowed_origins", 1, "chrome-extension://" ID "/");
        assert_listed(s, edge, "allowed_origins", 2, NULL);
    }
}

static void
browsers_that_were_used_are_found_by_their_folders(void **state)
{
    struct scratch *s = *state;

    make_dirs(s, ".config", ".config/chromium");
    assert_int_equal(RUN("register"), UKB_EXIT_FAILED); /* an empty one is no browser's */
    (void)scratch_file(s, ".config/chromium/Local State", "{}");
    assert_int_equal(RUN("register"), UKB_EXIT_OK);
    assert_true(is_there(s, chromium));
    assert_false(is_there(s, chrome));
    assert_false(is_there(s, edge));
    assert_false(is_there(s, firefox));
    make_dirs(s, ".config/mozilla", ".config/mozilla/firefox");
    assert_int_equal(RUN("register"), UKB_EXIT_OK);
    assert_true(is_there(s, firefox));
    assert_int_equal(RUN("unregister", "--browser", "firefox"), UKB_EXIT_OK);
    assert_int_equal(rmdir(scratch_path(s, ".config/mozilla/firefox")), 0);
    assert_int_equal(RUN("register"), UKB_EXIT_OK);
    assert_false(is_there(s, firefox));
}

static void
without_any_browser_it_says_so(void **state)
{
    assert_int_equal(RUN("register"), UKB_EXIT_FAILED);
    assert_false(is_there(*state, ".config"));
}

static void
a_browser_that_is_named_needs_no_folder(void **state)
{
    assert_int_equal(RUN("register", "--browser", "edge", "--browser", "chrome"), UKB_EXIT_OK);
    assert_true(is_there(*state, edge));
    assert_true(is_there(*state, chrome));
    assert_false(is_there(*state, chromium));
}

static void
unregister_takes_away_what_register_wrote(void **state)
{
    assert_int_equal(RUN("register", "--browser", "edge", "--browser", "chrome"), UKB_EXIT_OK);
    assert_int_equal(RUN("unregister", "--browser", "edge"), UKB_EXIT_OK);
    assert_false(is_there(*state, edge));
    assert_true(is_there(*state, chrome));
    assert_int_equal(RUN("unregister"), UKB_EXIT_OK); /* of all browsers */
    assert_false(is_there(*state, chrome));
    assert_int_equal(RUN("unregister"), UKB_EXIT_OK); /* twice is fine */
}

static void
unregister_leaves_no_folder_behind_and_takes_none_of_a_browsers(void **state)
{
    struct scratch *s = *state;

    make_dirs(s, ".config", ".config/chromium");
    (void)scratch_file(s, ".config/chromium/Local State", "{}");
    assert_int_equal(RUN("register", "--browser", "edge", "--browser", "firefox", "--browser", "chromium"),
                     UKB_EXIT_OK);
    assert_int_equal(RUN("unregister"), UKB_EXIT_OK);
    assert_false(is_there(s, ".config/microsoft-edge"));
    assert_false(is_there(s, ".mozilla"));
    assert_false(is_there(s, ".config/chromium/NativeMessagingHosts"));
    assert_true(is_there(s, ".config/chromium/Local State"));
    assert_int_equal(RUN("register", "--browser", "chrome"), UKB_EXIT_OK);
    (void)scratch_file(s, ".config/google-chrome/NativeMessagingHosts/org.other.host.json", "{}");
    assert_int_equal(RUN("unregister"), UKB_EXIT_OK);
    assert_true(is_there(s, ".config/google-chrome/NativeMessagingHosts/org.other.host.json"));
    make_dirs(s, ".config/microsoft-edge", ".config/microsoft-edge/NativeMessagingHosts");
    assert_int_equal(RUN("unregister"), UKB_EXIT_OK);
    assert_true(is_there(s, ".config/microsoft-edge")); /* nothing was registered there */
}

static void
what_is_asked_wrongly_changes_nothing(void **state)
{
    struct scratch *s = *state;

    assert_int_equal(RUN("register", "--browser", "netscape"), UKB_EXIT_USAGE);
    assert_int_equal(RUN("register", "--browser", "Chrome"), UKB_EXIT_USAGE);
    assert_int_equal(RUN("register", "--browser"), UKB_EXIT_USAGE);
    assert_int_equal(RUN("register", "--manifest-dir", "here"), UKB_EXIT_USAGE);
    assert_int_equal(RUN("register", "--manifest-dir", ""), UKB_EXIT_USAGE);
    assert_int_equal(RUN("register", "--manifest-dir"), UKB_EXIT_USAGE);
    assert_int_equal(RUN("register", "--manifest-dir", s->dir, "--system"), UKB_EXIT_USAGE);
    assert_int_equal(RUN("register", "--browser", "edge", "--browser", "firefox", "--manifest-dir", s->dir),
                     UKB_EXIT_USAGE);
    assert_int_equal(RUN("register", "--help-me"), UKB_EXIT_USAGE);
    assert_int_equal(RUN("register", "edge"), UKB_EXIT_USAGE);
    assert_int_equal(RUN("unregister", "--manifest-dir", s->dir, "--extension-id", ID), UKB_EXIT_USAGE);
    assert_false(is_there(s, FILE_NAME));
    assert_false(is_there(s, ".config"));
}

static void
an_id_that_is_none_never_gets_into_a_manifest(void **state)
{
    static const char *const bad[] = { "",
                                       "abc",
                                       "abcdefghijklmnopabcdefghijklmnoq",
                                       "ABCDEFGHIJKLMNOPABCDEFGHIJKLMNOP",
                                       ID "a",
                                       "abcdefghijklmnopabcdefghijklmno",
                                       "*",
                                       "a@",
                                       "a@b@c",
                                       "a b@c",
                                       "a@b/c",
                                       "{0badc0de-0000-4000-8000-00000000000}",
                                       "{0badc0de-0000-4000-8000-00000000000g}",
                                       "{0badc0de-0000-4000-8000-0000000000000",
                                       "0123456789012345678901234567890123456789012345678901234567890123456789@0123456"
                                       "789" };
    struct scratch *s = *state;
    size_t i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(RUN("register", "--manifest-dir", s->dir, "--extension-id", bad[i]), UKB_EXIT_USAGE);
    }
    assert_false(is_there(s, FILE_NAME));
}

static void
a_folder_that_cannot_be_made_is_a_failure(void **state)
{
    struct scratch *s = *state;
    char dir[64];

    (void)scratch_file(s, "file", "");
    (void)snprintf(dir, sizeof(dir), "%s/file/below", s->dir);
    assert_int_equal(RUN("register", "--manifest-dir", dir), UKB_EXIT_FAILED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, scratch_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_manifest_names_this_program_and_its_extension),
        TEST(ids_are_added_behind_its_own),
        TEST(firefox_has_a_form_of_its_own),
        TEST(an_id_gets_into_manifests_of_its_form_only),
        TEST(browsers_that_were_used_are_found_by_their_folders),
        TEST(without_any_browser_it_says_so),
        TEST(a_browser_that_is_named_needs_no_folder),
        TEST(unregister_takes_away_what_register_wrote),
        TEST(unregister_leaves_no_folder_behind_and_takes_none_of_a_browsers),
        TEST(what_is_asked_wrongly_changes_nothing),
        TEST(an_id_that_is_none_never_gets_into_a_manifest),
        TEST(a_folder_that_cannot_be_made_is_a_failure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
