/* SPDX-License-Identifier: MIT */
/* Unit tests for platform/posix_file.c: whose files are read, and that a reader sees an old or a new one. */
#include "scratch.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <sys/mount.h>

#include "core/limits.h"
#include "platform/file.h"

#define SOMEBODY 65534U /* nobody's user id */

static enum ukb_status
read_file(const char *path, enum ukb_file_owner owner, struct ukb_error *ret_error)
{
    struct ukb_buf content = UKB_BUF_INIT(64);
    enum ukb_status st = ukb_file_read(path, owner, &content, ret_error);

    ukb_buf_done(&content);
    return st;
}

static void
expect_content(const char *path, const char *wanted)
{
    struct ukb_buf content = UKB_BUF_INIT(4096);
    struct ukb_error err = { 0 };

    assert_int_equal(ukb_file_read(path, UKB_FILE_OF_ANYONE, &content, &err), UKB_OK);
    assert_string_equal(ukb_buf_text(&content), wanted);
    ukb_buf_done(&content);
}

static size_t
files_in(const char *dir)
{
    DIR *stream = opendir(dir);
    size_t count = 0;

    assert_non_null(stream);
    while (readdir(stream) != NULL) {
        count++;
    }
    (void)closedir(stream);
    return count - 2U; /* . and .. */
}

static void
a_file_is_read_whole_and_over_what_was_in_the_buffer(void **state)
{
    struct ukb_buf content = UKB_BUF_INIT(64);
    struct ukb_error err = { 0 };
    const char *path = scratch_file(*state, "file", "content");

    assert_int_equal(ukb_buf_append_text(&content, "before", &err), UKB_OK);
    assert_int_equal(ukb_file_read(path, UKB_FILE_OF_ANYONE, &content, &err), UKB_OK);
    assert_string_equal(ukb_buf_text(&content), "content");
    assert_true(ukb_file_exists(path));
    path = scratch_file(*state, "empty", "");
    assert_int_equal(ukb_file_read(path, UKB_FILE_OF_ANYONE, &content, &err), UKB_OK);
    assert_string_equal(ukb_buf_text(&content), "");
    ukb_buf_done(&content);
}

static void
a_missing_file_is_the_end_and_no_error(void **state)
{
    struct ukb_error err = { 0 };

    assert_int_equal(read_file(scratch_path(*state, "none"), UKB_FILE_OF_ANYONE, &err), UKB_END);
    assert_false(ukb_file_exists(scratch_path(*state, "none")));
    (void)scratch_file(*state, "file", "");
    assert_int_equal(read_file(scratch_path(*state, "file/below"), UKB_FILE_OF_ANYONE, &err), UKB_END);
    assert_int_equal(ukb_file_remove(scratch_path(*state, "none"), &err), UKB_END);
}

static void
a_file_beyond_the_limit_is_too_large(void **state)
{
    char content[66];
    struct ukb_error err = { 0 };

    memset(content, 'x', sizeof(content));
    content[64] = '\0';
    assert_int_equal(read_file(scratch_file(*state, "fits", content), UKB_FILE_OF_ANYONE, &err), UKB_OK);
    content[64] = 'x';
    content[65] = '\0';
    assert_int_equal(read_file(scratch_file(*state, "large", content), UKB_FILE_OF_ANYONE, &err), UKB_E_TOO_LARGE);
}

static void
what_is_no_regular_file_is_refused_without_waiting(void **state)
{
    struct ukb_error err = { 0 };
    struct scratch *s = *state;

    assert_int_equal(mkfifo(scratch_path(s, "fifo"), 0600), 0);
    assert_int_equal(read_file(s->path, UKB_FILE_OF_ANYONE, &err), UKB_E_POLICY_INVALID);
    assert_int_equal(read_file(s->dir, UKB_FILE_OF_ANYONE, &err), UKB_E_POLICY_INVALID);
    assert_int_equal(read_file("/dev/null", UKB_FILE_OF_ADMINISTRATOR, &err), UKB_E_POLICY_INVALID);
    assert_int_equal(symlink("loop", scratch_path(s, "loop")), 0);
    assert_int_equal(read_file(s->path, UKB_FILE_OF_ANYONE, &err), UKB_E_POLICY_INVALID);
    assert_int_equal(err.native, ELOOP);
}

static void
a_link_that_leads_nowhere_is_no_missing_file(void **state)
{
    struct scratch *s = *state;
    struct ukb_error err = { 0 };

    assert_int_equal(symlink("nothing", scratch_path(s, "dangling")), 0);
    assert_int_equal(read_file(scratch_path(s, "dangling"), UKB_FILE_OF_ADMINISTRATOR, &err), UKB_E_POLICY_INVALID);
}

static void
a_link_is_judged_by_what_it_leads_to(void **state)
{
    struct scratch *s = *state;
    struct ukb_error err = { 0 };

    (void)scratch_file(s, "file", "{}");
    assert_int_equal(symlink("file", scratch_path(s, "link")), 0);
    assert_int_equal(read_file(s->path, UKB_FILE_OF_ADMINISTRATOR, &err), UKB_OK);
    assert_int_equal(chmod(scratch_path(s, "file"), 0666), 0);
    assert_int_equal(read_file(scratch_path(s, "link"), UKB_FILE_OF_ADMINISTRATOR, &err), UKB_E_POLICY_INVALID);
}

static void
an_administrators_file_is_writable_by_nobody_else(void **state)
{
    static const mode_t good[] = { 0600, 0644, 0444, 0755 };
    static const mode_t bad[] = { 0664, 0646, 0666, 0622, 0602, 0777 };
    struct ukb_error err = { 0 };
    const char *path = scratch_file(*state, "policy.json", "{}");
    size_t i;

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_int_equal(chmod(path, good[i]), 0);
        assert_int_equal(read_file(path, UKB_FILE_OF_ADMINISTRATOR, &err), UKB_OK);
    }
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(chmod(path, bad[i]), 0);
        assert_int_equal(read_file(path, UKB_FILE_OF_ADMINISTRATOR, &err), UKB_E_POLICY_INVALID);
        assert_int_equal(read_file(path, UKB_FILE_OF_ANYONE, &err), UKB_OK);
    }
}

static void
somebody_elses_file_is_no_administrators(void **state)
{
    const char *path = scratch_file(*state, "policy.json", "{}");
    struct ukb_error err = { 0 };

    if (chown(path, SOMEBODY, SOMEBODY) != 0) {
        print_message("only root can give a file away\n");
        skip();
    }
    assert_int_equal(read_file(path, UKB_FILE_OF_ADMINISTRATOR, &err), UKB_E_POLICY_INVALID);
    assert_int_equal(read_file(path, UKB_FILE_OF_ANYONE, &err), UKB_OK);
}

/* Who may write the folder may put another file there, or take it away so that no policy counts. */
static void
a_folder_that_others_may_write_makes_its_file_nobodys(void **state)
{
    static const enum ukb_file_owner owners[] = { UKB_FILE_OF_USER, UKB_FILE_OF_ADMINISTRATOR };
    static const mode_t bad[] = { 0770, 0757, 0777, 01777, 0720 };
    struct scratch *s = *state;
    struct ukb_error err = { 0 };
    size_t i;
    size_t j;

    (void)scratch_file(s, "policy.json", "{}");
    for (i = 0; i < sizeof(owners) / sizeof(owners[0]); i++) {
        for (j = 0; j < sizeof(bad) / sizeof(bad[0]); j++) {
            assert_int_equal(chmod(s->dir, bad[j]), 0);
            assert_int_equal(read_file(scratch_path(s, "policy.json"), owners[i], &err), UKB_E_POLICY_INVALID);
            assert_non_null(strstr(err.message, s->dir));
            assert_non_null(strstr(err.message, "chmod go-w"));
            assert_int_equal(read_file(scratch_path(s, "none"), owners[i], &err), UKB_E_POLICY_INVALID);
            assert_int_equal(read_file(scratch_path(s, "policy.json"), UKB_FILE_OF_ANYONE, &err), UKB_OK);
        }
        assert_int_equal(chmod(s->dir, 0755), 0);
        assert_int_equal(read_file(scratch_path(s, "policy.json"), owners[i], &err), UKB_OK);
        assert_int_equal(read_file(scratch_path(s, "none"), owners[i], &err), UKB_END);
        assert_int_equal(read_file(scratch_path(s, "no/folder"), owners[i], &err), UKB_END);
    }
}

static void
somebody_elses_folder_is_neither_the_users_nor_the_administrators(void **state)
{
    struct scratch *s = *state;
    struct ukb_error err = { 0 };

    (void)scratch_file(s, "policy.json", "{}");
    if (chown(s->dir, SOMEBODY, SOMEBODY) != 0) {
        print_message("only root can give a folder away\n");
        skip();
    }
    assert_int_equal(read_file(s->path, UKB_FILE_OF_USER, &err), UKB_E_POLICY_INVALID);
    assert_non_null(strstr(err.message, "65534"));
    assert_int_equal(read_file(s->path, UKB_FILE_OF_ADMINISTRATOR, &err), UKB_E_POLICY_INVALID);
    assert_int_equal(read_file(s->path, UKB_FILE_OF_ANYONE, &err), UKB_OK);
}

static void
a_users_file_is_the_users_or_roots_and_nobody_else_writes_it(void **state)
{
    const char *path = scratch_file(*state, "config.json", "{}");
    struct ukb_error err = { 0 };

    assert_int_equal(read_file(path, UKB_FILE_OF_USER, &err), UKB_OK);
    assert_int_equal(chmod(path, 0664), 0);
    assert_int_equal(read_file(path, UKB_FILE_OF_USER, &err), UKB_E_POLICY_INVALID);
    assert_int_equal(chmod(path, 0646), 0);
    assert_int_equal(read_file(path, UKB_FILE_OF_USER, &err), UKB_E_POLICY_INVALID);
    assert_int_equal(chmod(path, 0644), 0);
    if (chown(path, SOMEBODY, SOMEBODY) == 0) { /* root alone can */
        assert_int_equal(read_file(path, UKB_FILE_OF_USER, &err), UKB_E_POLICY_INVALID);
    }
}

static void
a_file_that_may_not_be_read_is_an_error_and_not_missing(void **state)
{
    const char *path = scratch_file(*state, "policy.json", "{}");
    struct ukb_error err = { 0 };
    pid_t child;

    assert_int_equal(chmod(path, 0), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) { /* root may read everything */
        _exit((geteuid() != 0 || (chmod(((struct scratch *)*state)->dir, 0755) == 0 && setuid(SOMEBODY) == 0)) &&
                      read_file(path, UKB_FILE_OF_ANYONE, &err) == UKB_E_POLICY_INVALID && err.native == EACCES
                  ? 0
                  : 1);
    }
    assert_int_equal(exit_code_of(child), 0);
}

static void
writing_makes_folders_and_the_mode_that_was_asked_for(void **state)
{
    struct scratch *s = *state;
    struct ukb_error err = { 0 };
    struct stat facts;

    assert_int_equal(ukb_file_write(scratch_path(s, "a/b/private"), "secret", 6, true, &err), UKB_OK);
    assert_int_equal(stat(s->path, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    expect_content(s->path, "secret");
    assert_int_equal(ukb_file_write(scratch_path(s, "a/b/public"), "", 0, false, &err), UKB_OK);
    assert_int_equal(stat(s->path, &facts), 0);
    assert_int_equal(facts.st_mode & 0777 & ~022U, 0644);
    expect_content(s->path, "");
    assert_int_equal(files_in(scratch_path(s, "a/b")), 2); /* nothing is left of the writing */
}

static void
a_reader_keeps_the_old_file_while_it_is_replaced(void **state)
{
    struct scratch *s = *state;
    struct ukb_error err = { 0 };
    char content[16] = "";
    int reader;

    assert_int_equal(ukb_file_write(scratch_path(s, "file"), "old", 3, false, &err), UKB_OK);
    reader = open(s->path, O_RDONLY | O_CLOEXEC);
    assert_true(reader >= 0);
    assert_int_equal(ukb_file_write(s->path, "newer", 5, false, &err), UKB_OK);
    assert_int_equal(read(reader, content, sizeof(content)), 3);
    assert_string_equal(content, "old");
    (void)close(reader);
    expect_content(s->path, "newer");
}

static void
a_link_is_replaced_and_not_written_through(void **state)
{
    struct scratch *s = *state;
    struct ukb_error err = { 0 };
    struct stat facts;

    (void)scratch_file(s, "elsewhere", "untouched");
    assert_int_equal(symlink("elsewhere", scratch_path(s, "link")), 0);
    assert_int_equal(ukb_file_write(s->path, "new", 3, true, &err), UKB_OK);
    assert_int_equal(lstat(s->path, &facts), 0);
    assert_true(S_ISREG(facts.st_mode));
    expect_content(scratch_path(s, "elsewhere"), "untouched");
}

static void
a_private_file_is_private_though_something_was_left_under_its_first_name(void **state)
{
    struct scratch *s = *state;
    struct ukb_error err = { 0 };
    struct stat facts;
    char left[64];

    (void)snprintf(left, sizeof(left), "private.%ld.new", (long)getpid());
    (void)scratch_file(s, left, "of an earlier process with this number");
    assert_int_equal(ukb_file_write(scratch_path(s, "private"), "secret", 6, true, &err), UKB_OK);
    assert_int_equal(stat(s->path, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    expect_content(s->path, "secret");
}

static void
a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(void **state)
{
    struct scratch *s = *state;
    struct ukb_error err = { 0 };

    assert_int_equal(mkdir(scratch_path(s, "file"), 0700), 0); /* a folder cannot be replaced by a file */
    assert_int_equal(ukb_file_write(s->path, "new", 3, false, &err), UKB_E_JOURNAL_UNAVAILABLE);
    assert_int_equal(err.native, EISDIR);
    assert_int_equal(files_in(s->dir), 1);
    (void)scratch_file(s, "plain", "");
    assert_int_equal(ukb_file_write(scratch_path(s, "plain/below"), "x", 1, false, &err), UKB_E_JOURNAL_UNAVAILABLE);
    assert_int_equal(err.native, ENOTDIR);
}

static void
a_path_beyond_the_limit_is_refused(void **state)
{
    char path[UKB_PATH_MAX_LEN + 2U];
    struct ukb_error err = { 0 };

    (void)state;
    memset(path, 'a', sizeof(path));
    path[0] = '/';
    path[sizeof(path) - 1U] = '\0';
    assert_int_equal(ukb_file_write(path, "x", 1, false, &err), UKB_E_JOURNAL_UNAVAILABLE);
    path[sizeof(path) - 2U] = '\0'; /* as a path it is short enough, with ".new" it is not */
    assert_int_not_equal(ukb_file_write(path, "x", 1, false, &err), UKB_OK);
}

static void
removing_a_file_removes_it(void **state)
{
    struct ukb_error err = { 0 };
    const char *path = scratch_file(*state, "file", "");

    assert_int_equal(ukb_file_remove(path, &err), UKB_OK);
    assert_false(ukb_file_exists(path));
    assert_int_equal(ukb_file_remove(((struct scratch *)*state)->dir, &err), UKB_E_JOURNAL_UNAVAILABLE);
}

static void
a_program_is_a_file_that_may_be_run_by_its_whole_path(void **state)
{
    const char *path = scratch_file(*state, "program", "");

    assert_false(ukb_file_can_run(path)); /* 0600 or so */
    assert_int_equal(chmod(path, 0700), 0);
    assert_true(ukb_file_can_run(path));
    assert_int_equal(chdir(((struct scratch *)*state)->dir), 0);
    assert_false(ukb_file_can_run("program"));
    assert_int_equal(chdir("/"), 0);
    assert_false(ukb_file_can_run(((struct scratch *)*state)->dir));
    assert_false(ukb_file_can_run("/nowhere/program"));
}

static bool
write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

    if (fd >= 0) {
        (void)close(fd);
    }
    return written;
}

enum { CHILD_GOOD, CHILD_BAD, CHILD_CANNOT };

/* In a child: on a file system of 16 KiB that only this process sees, write a file that fits, then one that does not.
 */
static int
fill_a_disk(struct scratch *s)
{
    char users[64];
    char groups[64];
    char large[65536];
    struct ukb_error err = { 0 };

    (void)snprintf(users, sizeof(users), "0 %u 1", (unsigned int)geteuid());
    (void)snprintf(groups, sizeof(groups), "0 %u 1", (unsigned int)getegid());
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0 || !write_text("/proc/self/setgroups", "deny") ||
        !write_text("/proc/self/uid_map", users) || !write_text("/proc/self/gid_map", groups) ||
        mount("none", s->dir, "tmpfs", 0, "size=16k") != 0) {
        return CHILD_CANNOT;
    }
    memset(large, 'x', sizeof(large));
    if (ukb_file_write(scratch_path(s, "file"), "old", 3, false, &err) != UKB_OK ||
        ukb_file_write(s->path, large, sizeof(large), false, &err) != UKB_E_DISK_FULL || err.native != ENOSPC) {
        return CHILD_BAD;
    }
    expect_content(s->path, "old");
    return files_in(s->dir) == 1 ? CHILD_GOOD : CHILD_BAD;
}

static void
a_full_disk_keeps_the_old_file(void **state)
{
    pid_t child = fork();
    int code;

    assert_true(child >= 0);
    if (child == 0) {
        _exit(fill_a_disk(*state));
    }
    code = exit_code_of(child);
    if (code == CHILD_CANNOT) {
        print_message("this system lets nobody mount a small disk in a name space of its own\n");
        skip();
    }
    assert_int_equal(code, CHILD_GOOD);
}

int
main(void)
{
#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        WITH_SCRATCH(a_file_is_read_whole_and_over_what_was_in_the_buffer),
        WITH_SCRATCH(a_missing_file_is_the_end_and_no_error),
        WITH_SCRATCH(a_file_beyond_the_limit_is_too_large),
        WITH_SCRATCH(what_is_no_regular_file_is_refused_without_waiting),
        WITH_SCRATCH(a_link_that_leads_nowhere_is_no_missing_file),
        WITH_SCRATCH(a_link_is_judged_by_what_it_leads_to),
        WITH_SCRATCH(an_administrators_file_is_writable_by_nobody_else),
        WITH_SCRATCH(somebody_elses_file_is_no_administrators),
        WITH_SCRATCH(a_folder_that_others_may_write_makes_its_file_nobodys),
        WITH_SCRATCH(somebody_elses_folder_is_neither_the_users_nor_the_administrators),
        WITH_SCRATCH(a_users_file_is_the_users_or_roots_and_nobody_else_writes_it),
        WITH_SCRATCH(a_file_that_may_not_be_read_is_an_error_and_not_missing),
        WITH_SCRATCH(writing_makes_folders_and_the_mode_that_was_asked_for),
        WITH_SCRATCH(a_reader_keeps_the_old_file_while_it_is_replaced),
        WITH_SCRATCH(a_link_is_replaced_and_not_written_through),
        WITH_SCRATCH(a_private_file_is_private_though_something_was_left_under_its_first_name),
        WITH_SCRATCH(a_write_that_fails_leaves_the_old_file_and_nothing_beside_it),
        WITH_SCRATCH(a_path_beyond_the_limit_is_refused),
        WITH_SCRATCH(removing_a_file_removes_it),
        WITH_SCRATCH(a_program_is_a_file_that_may_be_run_by_its_whole_path),
        WITH_SCRATCH(a_full_disk_keeps_the_old_file),
    };

    return cmocka_run_group_tests_name("platform/posix_file", tests, NULL, NULL);
}
