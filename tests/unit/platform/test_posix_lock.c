/* SPDX-License-Identifier: MIT */
#include "../test.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "platform/lock.h"

struct fixture {
    char base[64]; /* throw-away folder */
    char dir[96];  /* folder of the locks, below two that are missing */
};

static int
setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    assert_non_null(f);
    (void)snprintf(f->base, sizeof(f->base), "/tmp/ukb-lock-XXXXXX");
    assert_non_null(mkdtemp(f->base));
    (void)snprintf(f->dir, sizeof(f->dir), "%s/run/ukeybridge", f->base);
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    struct fixture *f = *state;
    char path[128];

    (void)snprintf(path, sizeof(path), "%s/token", f->dir);
    (void)unlink(path);
    (void)rmdir(path);
    (void)snprintf(path, sizeof(path), "%s/other", f->dir);
    (void)unlink(path);
    (void)rmdir(f->dir);
    (void)snprintf(path, sizeof(path), "%s/run", f->base);
    (void)unlink(path);
    (void)rmdir(path);
    assert_int_equal(rmdir(f->base), 0);
    free(f);
    return 0;
}

static long long
now_ms(void)
{
    struct timespec now = { 0 };

    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A child that takes the lock, says so by a byte, and holds it until it is killed or for @p hold_ms. */
static pid_t
start_holder(const char *dir, unsigned int hold_ms)
{
    int fds[2] = { -1, -1 };
    char byte = 0;
    pid_t child;

    assert_int_equal(pipe(fds), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct timespec hold = { hold_ms / 1000U, (long)(hold_ms % 1000U) * 1000000L };
        struct ukb_lock *lock = NULL;
        struct ukb_error err = { 0 };

        if (ukb_lock_take(dir, "token", 0, UKB_E_TOKEN_BUSY, &lock, &err) != UKB_OK || write(fds[1], "x", 1) != 1) {
            _exit(1);
        }
        (void)nanosleep(&hold, NULL);
        _exit(0); /* without a release: the system frees it */
    }
    (void)close(fds[1]);
    assert_int_equal(read(fds[0], &byte, 1), 1);
    (void)close(fds[0]);
    return child;
}

/* A child that ends @p holder in @p ms. */
static pid_t
start_killer(pid_t holder, unsigned int ms)
{
    const pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        const struct timespec pause = { ms / 1000U, (long)(ms % 1000U) * 1000000L };

        (void)nanosleep(&pause, NULL);
        _exit(kill(holder, SIGTERM));
    }
    return child;
}

static void
a_lock_makes_its_private_folder_and_file(void **state)
{
    struct fixture *f = *state;
    struct ukb_lock *lock = NULL;
    struct ukb_error err = { 0 };
    struct stat facts;
    char path[128];

    assert_int_equal(ukb_lock_take(f->dir, "token", 0, UKB_E_TOKEN_BUSY, &lock, &err), UKB_OK);
    assert_int_equal(stat(f->dir, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0700);
    (void)snprintf(path, sizeof(path), "%s/token", f->dir);
    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    ukb_lock_release(lock);
    ukb_lock_release(NULL);
}

static void
a_held_lock_is_busy_with_the_callers_status_until_released(void **state)
{
    struct fixture *f = *state;
    struct ukb_lock *first = NULL;
    struct ukb_lock *second = NULL;
    struct ukb_lock *other = NULL;
    struct ukb_error err = { 0 };

    assert_int_equal(ukb_lock_take(f->dir, "token", 0, UKB_E_TOKEN_BUSY, &first, &err), UKB_OK);
    assert_int_equal(ukb_lock_take(f->dir, "token", 0, UKB_E_PIN_TIMEOUT, &second, &err), UKB_E_PIN_TIMEOUT);
    assert_null(second);
    assert_int_equal(ukb_lock_take(f->dir, "other", 0, UKB_E_TOKEN_BUSY, &other, &err), UKB_OK);
    ukb_lock_release(first);
    assert_int_equal(ukb_lock_take(f->dir, "token", 0, UKB_E_TOKEN_BUSY, &second, &err), UKB_OK);
    ukb_lock_release(second);
    ukb_lock_release(other);
}

static void
those_who_share_a_lock_keep_out_who_takes_it_and_not_each_other(void **state)
{
    struct fixture *f = *state;
    struct ukb_lock *first = NULL;
    struct ukb_lock *second = NULL;
    struct ukb_lock *taken = NULL;
    struct ukb_error err = { 0 };

    assert_int_equal(ukb_lock_share(f->dir, "token", 0, UKB_E_TOKEN_BUSY, &first, &err), UKB_OK);
    assert_int_equal(ukb_lock_share(f->dir, "token", 0, UKB_E_TOKEN_BUSY, &second, &err), UKB_OK);
    ukb_lock_release(first);
    assert_int_equal(ukb_lock_take(f->dir, "token", 0, UKB_E_TOKEN_BUSY, &taken, &err), UKB_E_TOKEN_BUSY);
    ukb_lock_release(second);
    assert_int_equal(ukb_lock_take(f->dir, "token", 0, UKB_E_TOKEN_BUSY, &taken, &err), UKB_OK);
    first = NULL;
    assert_int_equal(ukb_lock_share(f->dir, "token", 0, UKB_E_PIN_TIMEOUT, &first, &err), UKB_E_PIN_TIMEOUT);
    assert_null(first);
    ukb_lock_release(taken);
}

static void
a_wait_ends_after_its_time(void **state)
{
    struct fixture *f = *state;
    struct ukb_lock *first = NULL;
    struct ukb_lock *second = NULL;
    struct ukb_error err = { 0 };
    long long started_ms;

    assert_int_equal(ukb_lock_take(f->dir, "token", 0, UKB_E_TOKEN_BUSY, &first, &err), UKB_OK);
    started_ms = now_ms();
    assert_int_equal(ukb_lock_take(f->dir, "token", 250, UKB_E_TOKEN_BUSY, &second, &err), UKB_E_TOKEN_BUSY);
    assert_in_range(now_ms() - started_ms, 250, 2000);
    ukb_lock_release(first);
}

static void
a_waiter_gets_the_lock_when_the_holder_ends_without_release(void **state)
{
    struct fixture *f = *state;
    struct ukb_lock *lock = NULL;
    struct ukb_error err = { 0 };
    pid_t holder = start_holder(f->dir, 60000);
    pid_t killer;

    assert_int_equal(ukb_lock_take(f->dir, "token", 0, UKB_E_TOKEN_BUSY, &lock, &err), UKB_E_TOKEN_BUSY);
    killer = start_killer(holder, 200);
    assert_int_equal(ukb_lock_take(f->dir, "token", 30000, UKB_E_TOKEN_BUSY, &lock, &err), UKB_OK);
    ukb_lock_release(lock);
    assert_int_equal(waitpid(holder, NULL, 0), holder);
    assert_int_equal(waitpid(killer, NULL, 0), killer);
}

static void
a_waiter_for_ever_gets_the_lock_in_the_end(void **state)
{
    struct fixture *f = *state;
    struct ukb_lock *lock = NULL;
    struct ukb_error err = { 0 };
    pid_t holder = start_holder(f->dir, 200);

    assert_int_equal(ukb_lock_take(f->dir, "token", UKB_LOCK_FOR_EVER, UKB_E_TOKEN_BUSY, &lock, &err), UKB_OK);
    ukb_lock_release(lock);
    assert_int_equal(waitpid(holder, NULL, 0), holder);
}

static void
a_killed_holder_frees_the_lock(void **state)
{
    struct fixture *f = *state;
    struct ukb_lock *lock = NULL;
    struct ukb_error err = { 0 };
    pid_t holder = start_holder(f->dir, 60000);

    assert_int_equal(kill(holder, SIGKILL), 0);
    assert_int_equal(waitpid(holder, NULL, 0), holder);
    assert_int_equal(ukb_lock_take(f->dir, "token", 0, UKB_E_TOKEN_BUSY, &lock, &err), UKB_OK);
    ukb_lock_release(lock);
}

static void
a_program_that_is_started_under_the_lock_does_not_keep_it(void **state)
{
    struct fixture *f = *state;
    struct ukb_lock *lock = NULL;
    struct ukb_error err = { 0 };
    pid_t child;

    assert_int_equal(ukb_lock_take(f->dir, "token", 0, UKB_E_TOKEN_BUSY, &lock, &err), UKB_OK);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)execl("/bin/sleep", "sleep", "60", (char *)NULL);
        _exit(127);
    }
    ukb_lock_release(lock);
    assert_int_equal(ukb_lock_take(f->dir, "token", 0, UKB_E_TOKEN_BUSY, &lock, &err), UKB_OK);
    ukb_lock_release(lock);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

static void
a_folder_that_others_may_write_to_is_refused(void **state)
{
    struct fixture *f = *state;
    struct ukb_lock *lock = NULL;
    struct ukb_error err = { 0 };

    assert_int_equal(ukb_lock_take(f->dir, "token", 0, UKB_E_TOKEN_BUSY, &lock, &err), UKB_OK);
    ukb_lock_release(lock);
    lock = NULL;
    assert_int_equal(chmod(f->dir, 0777), 0);
    assert_int_equal(ukb_lock_take(f->dir, "token", 0, UKB_E_TOKEN_BUSY, &lock, &err), UKB_E_JOURNAL_UNAVAILABLE);
    assert_null(lock);
    assert_int_equal(chmod(f->dir, 0700), 0);
}

static void
links_are_not_followed(void **state)
{
    struct fixture *f = *state;
    struct ukb_lock *lock = NULL;
    struct ukb_error err = { 0 };
    char path[128];

    assert_int_equal(ukb_lock_take(f->dir, "other", 0, UKB_E_TOKEN_BUSY, &lock, &err), UKB_OK);
    ukb_lock_release(lock);
    lock = NULL;
    (void)snprintf(path, sizeof(path), "%s/token", f->dir);
    assert_int_equal(symlink("/tmp/ukb-lock-elsewhere", path), 0);
    assert_int_equal(ukb_lock_take(f->dir, "token", 0, UKB_E_TOKEN_BUSY, &lock, &err), UKB_E_JOURNAL_UNAVAILABLE);
    assert_int_equal(err.native, ELOOP);
    assert_int_not_equal(access("/tmp/ukb-lock-elsewhere", F_OK), 0);
}

static void
a_folder_that_cannot_be_made_is_an_error_of_storage(void **state)
{
    struct fixture *f = *state;
    struct ukb_lock *lock = NULL;
    struct ukb_error err = { 0 };
    char path[128];
    FILE *file = NULL;

    (void)snprintf(path, sizeof(path), "%s/run", f->base);
    file = fopen(path, "w"); /* a file where a folder has to be */
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(ukb_lock_take(f->dir, "token", 0, UKB_E_TOKEN_BUSY, &lock, &err), UKB_E_JOURNAL_UNAVAILABLE);
    assert_int_equal(ukb_lock_take("relative", "token", 0, UKB_E_TOKEN_BUSY, &lock, &err), UKB_E_JOURNAL_UNAVAILABLE);
    assert_int_equal(ukb_lock_take("", "token", 0, UKB_E_TOKEN_BUSY, &lock, &err), UKB_E_JOURNAL_UNAVAILABLE);
    assert_null(lock);
}

static void
a_name_cannot_leave_the_folder(void **state)
{
    static const char *const names[] = { "",
                                         ".",
                                         "..",
                                         ".hidden",
                                         "a/b",
                                         "../token",
                                         "a b",
                                         "\xe9\x94\x81",
                                         "a-name-that-is-longer-than-sixty-four-characters-so-it-is-refused" };
    struct fixture *f = *state;
    struct ukb_lock *lock = NULL;
    struct ukb_error err = { 0 };
    size_t i;

    assert_int_equal(ukb_lock_take(f->dir, "token", 0, UKB_E_TOKEN_BUSY, &lock, &err), UKB_OK);
    ukb_lock_release(lock);
    lock = NULL;
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_int_equal(ukb_lock_take(f->dir, names[i], 0, UKB_E_TOKEN_BUSY, &lock, &err), UKB_E_INTERNAL);
    }
    assert_null(lock);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_lock_makes_its_private_folder_and_file, setup, teardown),
        cmocka_unit_test_setup_teardown(a_held_lock_is_busy_with_the_callers_status_until_released, setup, teardown),
        cmocka_unit_test_setup_teardown(those_who_share_a_lock_keep_out_who_takes_it_and_not_each_other, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_wait_ends_after_its_time, setup, teardown),
        cmocka_unit_test_setup_teardown(a_waiter_gets_the_lock_when_the_holder_ends_without_release, setup, teardown),
        cmocka_unit_test_setup_teardown(a_waiter_for_ever_gets_the_lock_in_the_end, setup, teardown),
        cmocka_unit_test_setup_teardown(a_killed_holder_frees_the_lock, setup, teardown),
        cmocka_unit_test_setup_teardown(a_program_that_is_started_under_the_lock_does_not_keep_it, setup, teardown),
        cmocka_unit_test_setup_teardown(a_folder_that_others_may_write_to_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(links_are_not_followed, setup, teardown),
        cmocka_unit_test_setup_teardown(a_name_cannot_leave_the_folder, setup, teardown),
        cmocka_unit_test_setup_teardown(a_folder_that_cannot_be_made_is_an_error_of_storage, setup, teardown),
    };

    return cmocka_run_group_tests_name("platform/posix_lock", tests, NULL, NULL);
}
