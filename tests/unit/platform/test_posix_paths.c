/* SPDX-License-Identifier: MIT */
/* Unit tests for platform/posix_paths.c: the XDG variables set, relative and missing. */
#include "../test.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/limits.h"
#include "platform/paths.h"

static const char *const variables[] = { "HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR" };

static int
setup(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
        assert_int_equal(unsetenv(variables[i]), 0);
    }
    assert_int_equal(setenv("HOME", "/home/li", 1), 0);
    return 0;
}

static void
expect_path(enum ukb_path which, const char *wanted)
{
    struct ukb_buf path = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    struct ukb_error err = { 0 };

    assert_int_equal(ukb_buf_append_text(&path, "left from before", &err), UKB_OK);
    assert_int_equal(ukb_path_get(which, &path, &err), UKB_OK);
    assert_string_equal(ukb_buf_text(&path), wanted);
    ukb_buf_done(&path);
}

static void
without_variables_everything_is_below_the_home_folder(void **state)
{
    (void)state;
    expect_path(UKB_PATH_HOME, "/home/li");
    expect_path(UKB_PATH_CONFIG, "/home/li/.config/ukeybridge/config.json");
    expect_path(UKB_PATH_STATE_DIR, "/home/li/.local/state/ukeybridge");
    expect_path(UKB_PATH_LOCK_DIR, "/home/li/.local/state/ukeybridge/run");
}

static void
absolute_variables_are_followed(void **state)
{
    (void)state;
    (void)setenv("XDG_CONFIG_HOME", "/c", 1);
    (void)setenv("XDG_STATE_HOME", "/s", 1);
    expect_path(UKB_PATH_LOCK_DIR, "/s/ukeybridge/run");
    (void)setenv("XDG_RUNTIME_DIR", "/run/user/1000", 1);
    expect_path(UKB_PATH_CONFIG, "/c/ukeybridge/config.json");
    expect_path(UKB_PATH_STATE_DIR, "/s/ukeybridge");
    expect_path(UKB_PATH_LOCK_DIR, "/run/user/1000/ukeybridge");
}

/* XDG Base Directory Specification: "If an implementation encounters a relative path … it should … ignore it." */
static void
relative_and_empty_variables_are_ignored(void **state)
{
    static const char *const values[] = { "", "relative", "./relative", "~/.config" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        (void)setenv("XDG_CONFIG_HOME", values[i], 1);
        (void)setenv("XDG_STATE_HOME", values[i], 1);
        (void)setenv("XDG_RUNTIME_DIR", values[i], 1);
        without_variables_everything_is_below_the_home_folder(state);
    }
    (void)setenv("XDG_STATE_HOME", "/s", 1);
    expect_path(UKB_PATH_LOCK_DIR, "/s/ukeybridge/run");
}

static void
without_home_the_system_is_asked(void **state)
{
    const struct passwd *user = getpwuid(getuid());
    const char *const homes[] = { NULL, "", "relative" };
    size_t i;

    (void)state;
    if (user == NULL) {
        print_message("this user has no entry in the system's list\n");
        skip();
    }
    for (i = 0; i < sizeof(homes) / sizeof(homes[0]); i++) {
        if (homes[i] == NULL) {
            (void)unsetenv("HOME");
        } else {
            (void)setenv("HOME", homes[i], 1);
        }
        expect_path(UKB_PATH_HOME, user->pw_dir);
    }
}

static void
the_worker_is_beside_the_program(void **state)
{
    struct ukb_buf program = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    struct ukb_buf worker = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    struct ukb_error err = { 0 };
    const char *name = NULL;

    (void)state;
    assert_int_equal(ukb_path_get(UKB_PATH_EXECUTABLE, &program, &err), UKB_OK);
    assert_int_equal(ukb_path_get(UKB_PATH_WORKER, &worker, &err), UKB_OK);
    assert_int_equal(ukb_buf_text(&program)[0], '/');
    name = strrchr(ukb_buf_text(&worker), '/');
    assert_non_null(name);
    assert_string_equal(name, "/ukeybridge-worker");
    assert_memory_equal(program.data, worker.data, (size_t)(name - ukb_buf_text(&worker)) + 1U);
    assert_string_equal(ukb_buf_text(&program) + (name - ukb_buf_text(&worker)), "/test_platform_posix_paths");
    ukb_buf_done(&program);
    ukb_buf_done(&worker);
}

static void
the_policy_does_not_depend_on_the_environment(void **state)
{
    struct ukb_buf path = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    struct ukb_error err = { 0 };
    const char *end = NULL;

    (void)state;
    (void)setenv("XDG_CONFIG_HOME", "/c", 1);
    (void)setenv("HOME", "/evil", 1);
    assert_int_equal(ukb_path_get(UKB_PATH_POLICY, &path, &err), UKB_OK);
    assert_int_equal(ukb_buf_text(&path)[0], '/');
    assert_null(strstr(ukb_buf_text(&path), "evil"));
    end = strstr(ukb_buf_text(&path), "/ukeybridge/policy.json");
    assert_non_null(end);
    ukb_buf_done(&path);
}

static void
a_path_beyond_the_limit_is_refused(void **state)
{
    struct ukb_buf path = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    struct ukb_error err = { 0 };
    char long_home[UKB_PATH_MAX_LEN + 1U];

    (void)state;
    memset(long_home, 'x', sizeof(long_home));
    long_home[0] = '/';
    long_home[sizeof(long_home) - 1U] = '\0';
    (void)setenv("HOME", long_home, 1);
    assert_int_equal(ukb_path_get(UKB_PATH_CONFIG, &path, &err), UKB_E_TOO_LARGE);
    ukb_buf_done(&path);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(without_variables_everything_is_below_the_home_folder, setup),
        cmocka_unit_test_setup(absolute_variables_are_followed, setup),
        cmocka_unit_test_setup(relative_and_empty_variables_are_ignored, setup),
        cmocka_unit_test_setup(without_home_the_system_is_asked, setup),
        cmocka_unit_test_setup(the_worker_is_beside_the_program, setup),
        cmocka_unit_test_setup(the_policy_does_not_depend_on_the_environment, setup),
        cmocka_unit_test_setup(a_path_beyond_the_limit_is_refused, setup),
    };

    return cmocka_run_group_tests_name("platform/posix_paths", tests, NULL, NULL);
}
