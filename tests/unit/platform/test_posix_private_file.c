/* SPDX-License-Identifier: MIT */
/* Unit tests for platform/posix_private_file.c; what a lock makes of it is tested with the lock. */
#include "scratch.h"

#include <errno.h>

#include "core/limits.h"
#include "platform/private_file.h"

static enum ukb_status
make(const char *dir, struct ukb_error *ret_error)
{
    struct ukb_buf path = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    enum ukb_status st = ukb_private_file_make(dir, "file", &path, ret_error);

    ukb_buf_done(&path);
    return st;
}

static mode_t
mode_of(const char *path)
{
    struct stat facts;

    assert_int_equal(stat(path, &facts), 0);
    return facts.st_mode & 0777;
}

static void
folders_and_file_are_made_private_whatever_the_mask(void **state)
{
    struct ukb_buf path = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    struct scratch *s = *state;
    struct ukb_error err = { 0 };
    mode_t mask = umask(0);
    char wanted[64];

    (void)snprintf(wanted, sizeof(wanted), "%s/a/b/file", s->dir);
    assert_int_equal(ukb_private_file_make(scratch_path(s, "a/b"), "file", &path, &err), UKB_OK);
    (void)umask(mask);
    assert_string_equal(ukb_buf_text(&path), wanted);
    assert_int_equal(mode_of(scratch_path(s, "a")), 0700);
    assert_int_equal(mode_of(scratch_path(s, "a/b")), 0700);
    assert_int_equal(mode_of(wanted), 0600);
    ukb_buf_done(&path);
}

static void
what_is_in_the_file_stays(void **state)
{
    struct scratch *s = *state;
    struct ukb_error err = { 0 };
    char content[8] = "";
    int fd = -1;

    (void)scratch_file(s, "file", "here");
    assert_int_equal(make(s->dir, &err), UKB_OK);
    assert_int_equal(ukb_private_file_open(s->dir, "file", &fd, &err), UKB_OK);
    assert_int_equal(read(fd, content, sizeof(content)), 4);
    assert_string_equal(content, "here");
    assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    assert_int_equal(write(fd, "!", 1), 1);
    (void)close(fd);
}

static void
what_others_may_write_to_is_refused(void **state)
{
    struct scratch *s = *state;
    struct ukb_error err = { 0 };

    assert_int_equal(chmod(s->dir, 0770), 0);
    assert_int_equal(make(s->dir, &err), UKB_E_JOURNAL_UNAVAILABLE);
    assert_int_equal(err.native, EPERM);
    assert_int_equal(chmod(s->dir, 0755), 0); /* to be read is another matter */
    assert_int_equal(make(s->dir, &err), UKB_OK);
    assert_int_equal(chmod(scratch_path(s, "file"), 0620), 0);
    assert_int_equal(make(s->dir, &err), UKB_E_JOURNAL_UNAVAILABLE);
    assert_int_equal(err.native, EPERM);
}

static void
neither_may_be_a_link(void **state)
{
    struct scratch *s = *state;
    struct ukb_error err = { 0 };

    (void)scratch_file(s, "elsewhere", "");
    assert_int_equal(symlink("elsewhere", scratch_path(s, "file")), 0);
    assert_int_equal(make(s->dir, &err), UKB_E_JOURNAL_UNAVAILABLE);
    assert_int_equal(err.native, ELOOP);
    assert_int_equal(symlink(s->dir, scratch_path(s, "folder")), 0);
    assert_int_equal(make(s->path, &err), UKB_E_JOURNAL_UNAVAILABLE);
}

static void
somebody_elses_folder_is_refused(void **state)
{
    struct scratch *s = *state;
    struct ukb_error err = { 0 };

    if (chown(s->dir, 65534, 65534) != 0) {
        print_message("only root can give a folder away\n");
        skip();
    }
    assert_int_equal(make(s->dir, &err), UKB_E_JOURNAL_UNAVAILABLE);
    assert_int_equal(chown(s->dir, geteuid(), getegid()), 0);
}

static void
what_others_could_write_is_mended_and_nothing_else(void **state)
{
    struct scratch *s = *state;
    char link[64];

    (void)scratch_file(s, "file", "here");
    assert_int_equal(chmod(s->path, 0666), 0);
    assert_true(ukb_private_file_mend(s->path));
    assert_int_equal(mode_of(s->path), 0644);
    assert_int_equal(chmod(s->dir, 0777), 0);
    assert_true(ukb_private_file_mend(s->dir));
    assert_int_equal(mode_of(s->dir), 0755);
    (void)snprintf(link, sizeof(link), "%s/link", s->dir);
    assert_int_equal(symlink("file", link), 0);
    assert_false(ukb_private_file_mend(link));
    assert_false(ukb_private_file_mend("/nowhere"));
    if (getuid() == 0) {
        assert_int_equal(chown(scratch_path(s, "file"), 65534, 65534), 0);
        assert_false(ukb_private_file_mend(s->path)); /* root's, but not this user's */
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(folders_and_file_are_made_private_whatever_the_mask, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(what_is_in_the_file_stays, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(what_others_may_write_to_is_refused, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(neither_may_be_a_link, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(somebody_elses_folder_is_refused, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(what_others_could_write_is_mended_and_nothing_else, scratch_setup,
                                        scratch_teardown),
    };

    return cmocka_run_group_tests_name("platform/posix_private_file", tests, NULL, NULL);
}
