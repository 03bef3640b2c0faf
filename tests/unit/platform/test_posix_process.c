/* SPDX-License-Identifier: MIT */
/* Unit tests for platform/posix_process.c. */
#include "scratch.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "platform/process.h"

static void
protected_memory_is_neither_dumped_nor_debugged(void **state)
{
    pid_t child = fork();

    (void)state;
    assert_true(child >= 0);
    if (child == 0) {
        struct rlimit core = { 1, 1 };

        ukb_platform_protect_memory();
        _exit(getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur == 0 && core.rlim_max == 0 &&
                      prctl(PR_GET_DUMPABLE) == 0
                  ? 0
                  : 1);
    }
    assert_int_equal(exit_code_of(child), 0);
}

/* Waits until @p fd has no writer any more; false when that takes longer than five seconds. */
static bool
ends_soon(int fd)
{
    long long start = now_ms();
    char byte;

    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    while (now_ms() - start < 5000) {
        if (read(fd, &byte, 1) == 0) {
            return true;
        }
        pause_ms(5);
    }
    return false;
}

static void
a_child_dies_with_its_parent_also_behind_exec(void **state)
{
    int alive[2] = { -1, -1 };
    pid_t parent;

    (void)state;
    assert_int_equal(pipe(alive), 0); /* the grandchild holds the end that is written to */
    parent = fork();
    assert_true(parent >= 0);
    if (parent == 0) {
        const long self = ukb_platform_pid();

        (void)close(alive[0]);
        if (fork() == 0) {
            ukb_platform_die_with_parent(self);
            (void)execl("/bin/sleep", "sleep", "60", (char *)NULL);
            _exit(127);
        }
        (void)close(alive[1]);
        pause_ms(60000);
        _exit(0);
    }
    (void)close(alive[1]);
    pause_ms(50);
    assert_int_equal(fcntl(alive[0], F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(read(alive[0], &(char){ 0 }, 1), -1); /* it lives */
    assert_int_equal(kill(parent, SIGKILL), 0);
    (void)exit_code_of(parent);
    assert_true(ends_soon(alive[0]));
    (void)close(alive[0]);
}

static void
a_child_whose_parent_is_gone_already_ends_at_once(void **state)
{
    pid_t child = fork();

    (void)state;
    assert_true(child >= 0);
    if (child == 0) {
        ukb_platform_die_with_parent(ukb_platform_pid()); /* anybody but its parent */
        _exit(0);
    }
    assert_int_equal(exit_code_of(child), 127);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(protected_memory_is_neither_dumped_nor_debugged),
        cmocka_unit_test(a_child_dies_with_its_parent_also_behind_exec),
        cmocka_unit_test(a_child_whose_parent_is_gone_already_ends_at_once),
    };

    return cmocka_run_group_tests_name("platform/posix_process", tests, NULL, NULL);
}
