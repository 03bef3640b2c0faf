/* SPDX-License-Identifier: MIT */
/* Unit tests for platform/posix_browsers.c. */
#include "scratch.h"

#include "platform/browsers.h"

static void
each_browser_has_its_own_name_and_places(void **state)
{
    size_t i;
    size_t j;

    (void)state;
    assert_true(ukb_browser_count > 0);
    for (i = 0; i < ukb_browser_count; i++) {
        for (j = 0; j < i; j++) {
            assert_string_not_equal(ukb_browsers[i].name, ukb_browsers[j].name);
            assert_string_not_equal(ukb_browsers[i].user_dir, ukb_browsers[j].user_dir);
            assert_string_not_equal(ukb_browsers[i].system_dir, ukb_browsers[j].system_dir);
        }
    }
}

static void
user_places_are_below_the_home_folder_and_inside_the_profile(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < ukb_browser_count; i++) {
        const struct ukb_browser *browser = &ukb_browsers[i];
        const size_t len = strlen(browser->profiles[0]);

        assert_int_not_equal(browser->user_dir[0], '/');
        assert_null(strstr(browser->user_dir, ".."));
        assert_memory_equal(browser->user_dir, browser->profiles[0], len);
        assert_int_equal(browser->user_dir[len], '/');
        assert_int_equal(browser->system_dir[0], '/');
    }
}

static void
a_browser_is_used_when_it_has_a_folder_of_its_own_things(void **state)
{
    struct scratch *s = *state;
    const struct ukb_browser browser = { .user_dir = "a/hosts", .profiles = { "a", "b" } };

    assert_false(ukb_browser_is_used(&browser, s->dir));
    assert_int_equal(mkdir(scratch_path(s, "a"), 0755), 0);
    assert_false(ukb_browser_is_used(&browser, s->dir)); /* empty */
    assert_int_equal(mkdir(scratch_path(s, "a/hosts"), 0755), 0);
    (void)scratch_file(s, "a/hosts/org.other.host.json", "{}");
    assert_false(ukb_browser_is_used(&browser, s->dir)); /* another program's manifest */
    (void)scratch_file(s, "a/Local State", "{}");
    assert_true(ukb_browser_is_used(&browser, s->dir));
    assert_int_equal(remove(scratch_path(s, "a/Local State")), 0);
    assert_int_equal(mkdir(scratch_path(s, "b"), 0755), 0);
    assert_false(ukb_browser_is_used(&browser, s->dir));
    assert_int_equal(mkdir(scratch_path(s, "b/hosts of another kind"), 0755), 0);
    assert_true(ukb_browser_is_used(&browser, s->dir));
}

/* As the browsers document them. */
static void
browsers_look_where_the_table_says(void **state)
{
    static const struct ukb_browser documented[] = {
        { "chromium",
          ".config/chromium/NativeMessagingHosts",
          "/etc/chromium/native-messaging-hosts",
          { "" },
          UKB_MANIFEST_CHROMIUM },
        { "firefox",
          ".mozilla/native-messaging-hosts",
          "/usr/lib/mozilla/native-messaging-hosts",
          { "" },
          UKB_MANIFEST_FIREFOX },
    };
    size_t row;

    (void)state;
    for (row = 0; row < sizeof(documented) / sizeof(documented[0]); row++) {
        size_t i = 0;

        while (i < ukb_browser_count && strcmp(ukb_browsers[i].name, documented[row].name) != 0) {
            i++;
        }
        assert_true(i < ukb_browser_count);
        assert_string_equal(ukb_browsers[i].user_dir, documented[row].user_dir);
        assert_string_equal(ukb_browsers[i].system_dir, documented[row].system_dir);
        assert_int_equal(ukb_browsers[i].form, documented[row].form);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_browser_has_its_own_name_and_places),
        cmocka_unit_test(user_places_are_below_the_home_folder_and_inside_the_profile),
        cmocka_unit_test(browsers_look_where_the_table_says),
        cmocka_unit_test_setup_teardown(a_browser_is_used_when_it_has_a_folder_of_its_own_things, scratch_setup,
                                        scratch_teardown),
    };

    return cmocka_run_group_tests_name("platform/posix_browsers", tests, NULL, NULL);
}
