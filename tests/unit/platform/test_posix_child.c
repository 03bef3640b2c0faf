/* SPDX-License-Identifier: MIT */
/* Unit tests for platform/posix_child.c: what a child says, that it ends, and that it can be ended. */
#include "scratch.h"

#include <signal.h>

#include "platform/child.h"

#define WAIT_MS 10000U

static struct ukb_error err;

static struct ukb_child *
start(const char *script)
{
    const char *const argv[] = { "/bin/sh", "-c", script, NULL };
    struct ukb_child *child = NULL;

    assert_int_equal(ukb_child_start(argv, &child, &err), UKB_OK);
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
    st = ukb_child_read(child, text, sizeof(text) - 1U, &len, &err);
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
    assert_int_equal(ukb_child_start(argv, &child, &err), UKB_OK);
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
        cmocka_unit_test(of_several_the_one_that_speaks_is_told),
        cmocka_unit_test(one_that_reads_no_more_is_told_when_written_to),
    };

    return cmocka_run_group_tests_name("platform/posix_child", tests, NULL, NULL);
}
