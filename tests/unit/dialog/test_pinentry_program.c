/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/limits.h"
#include "dialog/pinentry_program.h"

/* A throw-away folder with empty programs, alone in PATH. */
struct fixture {
    char dir[64];
    char *old_path;
};

static int
setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    const char *path = getenv("PATH");

    assert_non_null(f);
    (void)snprintf(f->dir, sizeof(f->dir), "/tmp/ukb-program-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    f->old_path = path == NULL ? NULL : strdup(path);
    assert_int_equal(setenv("PATH", f->dir, 1), 0);
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    static const char *const names[] = { "pinentry", "pinentry-curses", "pinentry-tty", "pinentry-qt",
                                         "pinentry-gtk-2" };
    struct fixture *f = *state;
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char path[128];

        (void)snprintf(path, sizeof(path), "%s/%s", f->dir, names[i]);
        (void)unlink(path);
        (void)rmdir(path);
    }
    assert_int_equal(rmdir(f->dir), 0);
    if (f->old_path != NULL) {
        assert_int_equal(setenv("PATH", f->old_path, 1), 0);
    }
    free(f->old_path);
    free(f);
    return 0;
}

static void
add(const struct fixture *f, const char *name, mode_t mode)
{
    char path[128];
    FILE *file = NULL;

    (void)snprintf(path, sizeof(path), "%s/%s", f->dir, name);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static void
expect(const struct fixture *f, const char *name)
{
    struct ukb_buf buf = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    struct ukb_error err = { 0 };
    char path[128];

    (void)snprintf(path, sizeof(path), "%s/%s", f->dir, name == NULL ? "" : name);
    if (name == NULL) {
        assert_int_equal(ukb_pinentry_find(NULL, &buf, &err), UKB_E_PIN_UI_UNAVAILABLE);
    } else {
        assert_int_equal(ukb_pinentry_find(NULL, &buf, &err), UKB_OK);
        assert_string_equal(ukb_buf_text(&buf), path);
    }
    ukb_buf_done(&buf);
}

static void
plain_pinentry_is_the_users_choice_and_comes_first(void **state)
{
    add(*state, "pinentry-qt", 0755);
    add(*state, "pinentry", 0755);
    expect(*state, "pinentry");
}

static void
a_plain_pinentry_for_terminals_gives_way_to_a_graphical_one(void **state)
{
    struct fixture *f = *state;
    char link[128];

    add(f, "pinentry-curses", 0755);
    (void)snprintf(link, sizeof(link), "%s/pinentry", f->dir);
    assert_int_equal(symlink("pinentry-curses", link), 0);
    expect(f, NULL);
    add(f, "pinentry-gtk-2", 0755);
    expect(f, "pinentry-gtk-2");
}

static void
what_cannot_be_run_is_passed_over(void **state)
{
    struct fixture *f = *state;
    char path[128];

    (void)snprintf(path, sizeof(path), "%s/pinentry", f->dir);
    assert_int_equal(mkdir(path, 0755), 0);
    add(f, "pinentry-gtk-2", 0644);
    expect(f, NULL);
    add(f, "pinentry-qt", 0755);
    expect(f, "pinentry-qt");
}

static void
relative_and_empty_folders_of_the_path_are_passed_over(void **state)
{
    struct fixture *f = *state;
    char path[256];

    add(f, "pinentry", 0755);
    assert_int_equal(chdir(f->dir), 0);
    assert_int_equal(setenv("PATH", ":.::", 1), 0);
    expect(f, NULL);
    (void)snprintf(path, sizeof(path), ":.:/nonexistent:%s", f->dir);
    assert_int_equal(setenv("PATH", path, 1), 0);
    expect(f, "pinentry");
    assert_int_equal(chdir("/"), 0);
}

static void
a_configured_program_is_taken_or_refused_but_never_replaced(void **state)
{
    struct fixture *f = *state;
    struct ukb_buf buf = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    struct ukb_error err = { 0 };
    char path[128];

    add(f, "pinentry", 0755);
    add(f, "pinentry-tty", 0755);
    (void)snprintf(path, sizeof(path), "%s/pinentry-tty", f->dir);
    assert_int_equal(ukb_pinentry_find(path, &buf, &err), UKB_OK);
    assert_string_equal(ukb_buf_text(&buf), path);
    ukb_buf_clear(&buf);
    assert_int_equal(ukb_pinentry_find("/nonexistent/pinentry", &buf, &err), UKB_E_PIN_UI_UNAVAILABLE);
    assert_int_equal(ukb_pinentry_find("pinentry", &buf, &err), UKB_E_PIN_UI_UNAVAILABLE);
    assert_int_equal(ukb_pinentry_find("", &buf, &err), UKB_E_PIN_UI_UNAVAILABLE);
    assert_int_equal(ukb_pinentry_find(f->dir, &buf, &err), UKB_E_PIN_UI_UNAVAILABLE);
    assert_int_equal(buf.len, 0);
    ukb_buf_done(&buf);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(plain_pinentry_is_the_users_choice_and_comes_first, setup, teardown),
        cmocka_unit_test_setup_teardown(a_plain_pinentry_for_terminals_gives_way_to_a_graphical_one, setup, teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_run_is_passed_over, setup, teardown),
        cmocka_unit_test_setup_teardown(relative_and_empty_folders_of_the_path_are_passed_over, setup, teardown),
        cmocka_unit_test_setup_teardown(a_configured_program_is_taken_or_refused_but_never_replaced, setup, teardown),
    };

    return cmocka_run_group_tests_name("dialog/pinentry_program", tests, NULL, NULL);
}
