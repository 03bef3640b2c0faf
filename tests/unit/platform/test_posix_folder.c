/* SPDX-License-Identifier: MIT */
/* Unit tests for platform/posix_folder.c: lists in order and within their limit, and whose a file is. */
#include "scratch.h"

#include "platform/folder.h"

#define SOMEBODY 65534U /* nobody's user id */

/* The names, joined by spaces; the folder is done with. */
static const char *
joined(struct ukb_folder *folder)
{
    static char text[256];
    size_t len = 0;
    size_t i;

    text[0] = '\0';
    for (i = 0; i < folder->count; i++) {
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", i == 0 ? "" : " ", folder->names[i]);
    }
    ukb_folder_done(folder);
    return text;
}

static void
a_list_is_sorted_and_has_only_the_names_with_the_suffix(void **state)
{
    static const char *const names[] = { "b.x", "a.x", "c.x", ".x", ".hidden.x", "x", "a.xx", "a.y" };
    struct scratch *s = *state;
    struct ukb_folder folder = { 0 };
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        (void)scratch_file(s, names[i], "");
    }
    ukb_folder_list(s->dir, ".x", 16, &folder);
    assert_string_equal(joined(&folder), "a.x b.x c.x");
    ukb_folder_list(s->dir, ".x", 2, &folder);
    assert_string_equal(joined(&folder), "a.x b.x");
    ukb_folder_list_all(s->dir, 16, &folder);
    assert_string_equal(joined(&folder), ".hidden.x .x a.x a.xx a.y b.x c.x x");
}

static void
only_empty_folders_are_removed_and_no_more_than_asked_for(void **state)
{
    static const char *const folders[] = { "a", "a/b", "a/b/c", "a/b/c/d" };
    struct scratch *s = *state;
    size_t i;

    for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        assert_int_equal(mkdir(scratch_path(s, folders[i]), 0755), 0);
    }
    ukb_folder_prune(scratch_path(s, "a/b"), 2);
    assert_int_equal(access(scratch_path(s, "a/b/c/d"), F_OK), 0);
    ukb_folder_prune(scratch_path(s, "a/b/c/d"), 2);
    assert_int_not_equal(access(scratch_path(s, "a/b/c"), F_OK), 0);
    assert_int_equal(access(scratch_path(s, "a/b"), F_OK), 0);
    (void)scratch_file(s, "a/file", "");
    ukb_folder_prune(scratch_path(s, "a/b"), 2);
    assert_int_not_equal(access(scratch_path(s, "a/b"), F_OK), 0);
    assert_int_equal(access(scratch_path(s, "a/file"), F_OK), 0);
    ukb_folder_prune(scratch_path(s, "a/file"), 2);
    assert_int_equal(access(scratch_path(s, "a/file"), F_OK), 0);
}

static void
what_is_no_folder_holds_nothing(void **state)
{
    struct ukb_folder folder = { 0 };

    ukb_folder_list(scratch_path(*state, "none"), ".x", 4, &folder);
    assert_string_equal(joined(&folder), "");
    ukb_folder_list(scratch_file(*state, "file", ""), ".x", 4, &folder);
    assert_string_equal(joined(&folder), "");
    ukb_folder_match(scratch_path(*state, "none*/file"), 4, &folder);
    assert_string_equal(joined(&folder), "");
}

static void
a_star_matches_within_one_segment(void **state)
{
    struct scratch *s = *state;
    struct ukb_folder folder = { 0 };
    char pattern[64];

    assert_int_equal(mkdir(scratch_path(s, "app1"), 0700), 0);
    assert_int_equal(mkdir(scratch_path(s, "app2"), 0700), 0);
    (void)scratch_file(s, "app2/lib", "");
    (void)scratch_file(s, "app1/lib", "");
    (void)snprintf(pattern, sizeof(pattern), "%s/app*/lib", s->dir);
    ukb_folder_match(pattern, 4, &folder);
    assert_int_equal(folder.count, 2);
    assert_string_equal(folder.names[0], scratch_path(s, "app1/lib"));
    ukb_folder_done(&folder);
    ukb_folder_match(pattern, 1, &folder);
    assert_string_equal(joined(&folder), scratch_path(s, "app1/lib"));
    (void)snprintf(pattern, sizeof(pattern), "%s*lib", s->dir);
    ukb_folder_match(pattern, 4, &folder);
    assert_string_equal(joined(&folder), "");
}

static void
a_link_leads_to_the_file(void **state)
{
    struct scratch *s = *state;
    char file[128];
    char *real = NULL;

    (void)snprintf(file, sizeof(file), "%s", scratch_file(s, "file", ""));
    assert_int_equal(symlink("file", scratch_path(s, "link")), 0);
    real = ukb_folder_real_path(s->path);
    assert_string_equal(real, file);
    free(real);
    assert_null(ukb_folder_real_path(scratch_path(s, "none")));
}

static void
only_roots_own_file_is_roots(void **state)
{
    struct scratch *s = *state;
    const char *file = scratch_file(s, "file", "");

    assert_int_equal(ukb_folder_is_roots(file), getuid() == 0);
    assert_true(ukb_folder_is_roots("/bin/sh"));
    assert_false(ukb_folder_is_roots("/etc"));
    assert_false(ukb_folder_is_roots("/dev/null"));
    assert_false(ukb_folder_is_roots("/nowhere"));
    assert_int_equal(chmod(file, 0664), 0);
    assert_false(ukb_folder_is_roots(file));
    assert_int_equal(chmod(file, 0646), 0);
    assert_false(ukb_folder_is_roots(file));
    assert_int_equal(chmod(file, 0644), 0);
    if (getuid() == 0) {
        assert_int_equal(chown(file, SOMEBODY, SOMEBODY), 0);
        assert_false(ukb_folder_is_roots(file));
    }
}

static void
a_file_is_not_kept_below_a_folder_that_others_may_change(void **state)
{
    struct scratch *s = *state;
    char link[128];

    (void)snprintf(link, sizeof(link), "%s", scratch_path(s, "link"));
    assert_true(ukb_folder_keeps_roots("/bin/sh"));
    assert_int_equal(symlink("/bin/sh", link), 0);
    assert_true(ukb_folder_keeps_roots(link));                         /* it counts where links lead */
    assert_false(ukb_folder_keeps_roots(scratch_file(s, "file", ""))); /* root's, perhaps, but below /tmp */
    assert_false(ukb_folder_keeps_roots("/etc"));
    assert_false(ukb_folder_keeps_roots("/nowhere"));
}

static void
a_link_is_read_as_it_is_written(void **state)
{
    struct scratch *s = *state;
    char *target = NULL;

    assert_int_equal(symlink("socket:[12]", scratch_path(s, "link")), 0);
    target = ukb_folder_link(scratch_path(s, "link"));
    assert_string_equal(target, "socket:[12]");
    free(target);
    assert_null(ukb_folder_link(scratch_file(s, "file", "")));
    assert_null(ukb_folder_link("/nowhere"));
}

static void
room_is_told_for_what_is_not_there_yet(void **state)
{
    struct scratch *s = *state;

    assert_true(ukb_folder_free_bytes(s->dir) > 0);
    assert_true(ukb_folder_free_bytes(scratch_path(s, "not/yet/there")) > 0);
    assert_int_equal(ukb_folder_free_bytes("/proc"), 0); /* nobody writes there */
}

static void
only_a_file_that_may_be_run_can_be_run(void **state)
{
    struct scratch *s = *state;
    const char *file = scratch_file(s, "program", "#!/bin/sh\n");

    assert_false(ukb_folder_can_run(file));
    assert_int_equal(chmod(file, 0755), 0);
    assert_true(ukb_folder_can_run(file));
    assert_false(ukb_folder_can_run(s->dir));
    assert_false(ukb_folder_can_run("/nowhere"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_list_is_sorted_and_has_only_the_names_with_the_suffix, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(only_empty_folders_are_removed_and_no_more_than_asked_for, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(what_is_no_folder_holds_nothing, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(a_star_matches_within_one_segment, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(a_link_leads_to_the_file, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(a_link_is_read_as_it_is_written, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(room_is_told_for_what_is_not_there_yet, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(only_a_file_that_may_be_run_can_be_run, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(only_roots_own_file_is_roots, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(a_file_is_not_kept_below_a_folder_that_others_may_change, scratch_setup,
                                        scratch_teardown),
    };

    return cmocka_run_group_tests_name("platform/posix_folder", tests, NULL, NULL);
}
