/* SPDX-License-Identifier: MIT */
/* Unit tests for platform/posix_child.c: what a child says, that it ends, and that it can be ended. */
#include "scratch.h"

#include <fcntl.h>
#include <signal.h>

#include "platform/child.h"

#define WAIT_MS 10000U

static struct ukb_error err;

static struct ukb_child *
start(const char *script)
{
    const char *const argv[] = { "/bin/sh", "-c", script, NULL };
    struct ukb_child *child = NULL;

    assert_int_equal(ukb_child_start(argv, UKB_CHILD_STDERR_OURS, &child, &err), UKB_OK);
    return child;
}

/* What it says next, or NULL when it has ended; static. */
static const char *
heard(struct ukb_child *child)
{
    static char text[64];
    size_t which = 7;
    size_t len = 0;
    enum ukb_status st;

    assert_int_equal(ukb_child_wait(&child, 1, WAIT_MS, &which, &err), UKB_OK);
    assert_int_equal(which, 0);
    st = ukb_child_read(child, text, sizeof(text) - 1U, WAIT_MS, &len, &err);
    assert_true(st == UKB_OK || st == UKB_END);
    text[len] = '\0';
    return st == UKB_OK ? text : NULL;
}

static void
a_child_reads_and_writes(void **state)
{
    struct ukb_child *child = start("read line; echo got $line");

    (void)state;
    assert_int_equal(ukb_child_write(child, "this\n", 5, &err), UKB_OK);
    assert_string_equal(heard(child), "got this\n");
    assert_null(heard(child));
    ukb_child_free(child);
}

static void
what_cannot_be_run_is_a_child_that_ends(void **state)
{
    const char *const argv[] = { "/nonexistent/program", NULL };
    struct ukb_child *child = NULL;

    (void)state;
    assert_int_equal(ukb_child_start(argv, UKB_CHILD_STDERR_OURS, &child, &err), UKB_OK);
    assert_null(heard(child));
    ukb_child_free(child);
}

static void
one_that_hangs_is_waited_for_no_longer_than_told(void **state)
{
    struct ukb_child *child = start("exec sleep 1000");
    const long long began_ms = now_ms();
    size_t which = 0;

    (void)state;
    assert_int_equal(ukb_child_wait(&child, 1, 100, &which, &err), UKB_E_TIMEOUT);
    assert_true(now_ms() - began_ms >= 100);
    ukb_child_free(child); /* and can be ended */
    assert_true(now_ms() - began_ms < 10000);
}

static void
one_that_says_nothing_is_read_no_longer_than_told(void **state)
{
    struct ukb_child *child = start("read line");
    size_t len = 0;
    char c;

    (void)state;
    assert_int_equal(ukb_child_read(child, &c, 1, 50, &len, &err), UKB_E_TIMEOUT);
    ukb_child_free(child);
}

static void
one_that_ends_when_it_is_hung_up_on_is_not_killed(void **state)
{
    struct ukb_child *child = start("read line; sleep 0.1");
    const long long began_ms = now_ms();

    (void)state;
    ukb_child_wait_end(child, WAIT_MS);
    assert_in_range(now_ms() - began_ms, 100, WAIT_MS - 1U);
    ukb_child_free(child);
    child = start("trap '' HUP PIPE; exec sleep 1000");
    ukb_child_wait_end(child, 50); /* and one that does not is waited for no longer */
    ukb_child_free(child);
    assert_in_range(now_ms() - began_ms, 150, WAIT_MS - 1U);
}

static void
it_has_none_of_our_open_files(void **state)
{
    const int fd = open("/dev/zero", O_RDONLY); /* on purpose without O_CLOEXEC */
    char script[128];
    struct ukb_child *child = NULL;

    (void)state;
    assert_true(fd > 2);
    (void)snprintf(script, sizeof(script), "[ -e /dev/fd/%d ] || echo none", fd);
    child = start(script);
    assert_string_equal(heard(child), "none\n");
    ukb_child_free(child);
    assert_int_equal(close(fd), 0);
}

static void
its_standard_error_is_ours_or_nowhere(void **state)
{
    static const struct {
        enum ukb_child_stderr std_error;
        const char *says;
    } rows[] = { { UKB_CHILD_STDERR_OURS, "ours\n" }, { UKB_CHILD_STDERR_NOWHERE, "nowhere\n" } };
    const char *const argv[] = { "/bin/sh", "-c",
                                 "[ \"$(readlink /proc/$$/fd/2)\" = /dev/null ] && echo nowhere || echo ours", NULL };
    const int kept = dup(2);
    const int file = open("/dev/zero", O_WRONLY);
    size_t i;

    (void)state;
    assert_true(kept > 2 && dup2(file, 2) == 2);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct ukb_child *child = NULL;

        assert_int_equal(ukb_child_start(argv, rows[i].std_error, &child, &err), UKB_OK);
        assert_string_equal(heard(child), rows[i].says);
        ukb_child_free(child);
    }
    assert_int_equal(dup2(kept, 2), 2);
    assert_int_equal(close(file), 0);
    assert_int_equal(close(kept), 0);
}

static void
of_several_the_one_that_speaks_is_told(void **state)
{
    struct ukb_child *children[3] = { start("exec sleep 1000"), NULL, start("echo here; exec sleep 1000") };
    size_t which = 0;

    (void)state;
    assert_int_equal(ukb_child_wait(children, 3, WAIT_MS, &which, &err), UKB_OK);
    assert_int_equal(which, 2);
    ukb_child_free(children[0]);
    ukb_child_free(children[1]);
    ukb_child_free(children[2]);
}

static void
one_that_reads_no_more_is_told_when_written_to(void **state)
{
    struct ukb_child *child = start("exit 0");
    int tries = 1000;

    (void)state;
    (void)signal(SIGPIPE, SIG_IGN); /* as every worker has it */
    assert_null(heard(child));
    while (tries > 0 && ukb_child_write(child, "x", 1, &err) == UKB_OK) { /* its ends close one after the other */
        pause_ms(1);
        tries--;
    }
    assert_int_not_equal(tries, 0);
    ukb_child_free(child);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_child_reads_and_writes),
        cmocka_unit_test(what_cannot_be_run_is_a_child_that_ends),
        cmocka_unit_test(one_that_hangs_is_waited_for_no_longer_than_told),
        cmocka_unit_test(one_that_says_nothing_is_read_no_longer_than_told),
        cmocka_unit_test(one_that_ends_when_it_is_hung_up_on_is_not_killed),
        cmocka_unit_test(it_has_none_of_our_open_files),
        cmocka_unit_test(its_standard_error_is_ours_or_nowhere),
        cmocka_unit_test(of_several_the_one_that_speaks_is_told),
        cmocka_unit_test(one_that_reads_no_more_is_told_when_written_to),
    };

    return cmocka_run_group_tests_name("platform/posix_child", tests, NULL, NULL);
}
