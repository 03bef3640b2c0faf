/* SPDX-License-Identifier: MIT */
/* Unit tests for platform/posix_guard.c: a worker whose broker goes, in each of the moments that differ. */
#include "scratch.h"

#include <errno.h>
#include <signal.h>

#include "platform/guard.h"

enum { ENDED_BY_GUARD = 0, FAILED = 3, ENDED_BY_ITSELF = 7 };

/* A worker in a process of its own, and the two pipes to it. */
struct guarded {
    pid_t pid;
    int broker; /* closing it is the broker's end */
    int says;   /* bytes that the worker writes */
};

static void
start(struct guarded *worker, void (*work)(int broker, int says))
{
    int broker[2] = { -1, -1 };
    int says[2] = { -1, -1 };

    assert_int_equal(pipe(broker), 0);
    assert_int_equal(pipe(says), 0);
    worker->pid = fork();
    assert_true(worker->pid >= 0);
    if (worker->pid == 0) {
        (void)close(broker[1]);
        (void)close(says[0]);
        work(broker[0], says[1]);
        _exit(FAILED);
    }
    (void)close(broker[0]);
    (void)close(says[1]);
    worker->broker = broker[1];
    worker->says = says[0];
}

static void
guard_or_exit(int broker)
{
    struct ukb_error err = { 0 };

    if (ukb_guard_start(broker, &err) != UKB_OK) {
        _exit(FAILED);
    }
}

static void
say(int fd)
{
    if (write(fd, "x", 1) != 1) {
        _exit(FAILED);
    }
}

/* Wait for a byte; false at the end. */
static bool
hear(const struct guarded *worker)
{
    char byte;

    return read(worker->says, &byte, 1) == 1;
}

static int
end_of(struct guarded *worker)
{
    (void)close(worker->says);
    return exit_code_of(worker->pid);
}

static void
hang(int broker, int says)
{
    guard_or_exit(broker);
    say(says);
    pause_ms(60000); /* as inside a vendor's module */
}

static void
a_worker_that_hangs_ends_with_its_broker(void **state)
{
    struct guarded worker;
    long long start_ms;

    (void)state;
    start(&worker, hang);
    assert_true(hear(&worker));
    start_ms = now_ms();
    (void)close(worker.broker);
    assert_int_equal(end_of(&worker), ENDED_BY_GUARD);
    assert_true(now_ms() - start_ms < 1000);
}

static void
a_request_that_waits_does_not_end_it(void **state)
{
    struct guarded worker;

    (void)state;
    start(&worker, hang);
    assert_true(hear(&worker));
    assert_int_equal(write(worker.broker, "request", 7), 7);
    pause_ms(50);
    assert_int_equal(waitpid(worker.pid, NULL, WNOHANG), 0);
    (void)close(worker.broker); /* with the request unread */
    assert_int_equal(end_of(&worker), ENDED_BY_GUARD);
}

static void
write_token(int broker, int says)
{
    guard_or_exit(broker);
    ukb_guard_set_uninterruptible(true);
    say(says);
    pause_ms(300);
    say(says);
    ukb_guard_set_uninterruptible(false);
    pause_ms(100); /* the reply, the journal */
    _exit(ENDED_BY_ITSELF);
}

static void
a_write_that_has_begun_is_finished_without_the_broker(void **state)
{
    struct guarded worker;

    (void)state;
    start(&worker, write_token);
    assert_true(hear(&worker));
    (void)close(worker.broker);
    assert_true(hear(&worker));
    assert_false(hear(&worker));
    assert_int_equal(end_of(&worker), ENDED_BY_ITSELF);
}

static void
write_and_hang(int broker, int says)
{
    guard_or_exit(broker);
    ukb_guard_set_uninterruptible(true);
    ukb_guard_set_uninterruptible(false);
    say(says);
    pause_ms(60000);
}

static void
behind_a_write_it_ends_with_its_broker_again(void **state)
{
    struct guarded worker;

    (void)state;
    start(&worker, write_and_hang);
    assert_true(hear(&worker));
    (void)close(worker.broker);
    assert_int_equal(end_of(&worker), ENDED_BY_GUARD);
}

/* Begins writes for ever: says a byte at each begin and each end, the two never apart. */
static void
write_again_and_again(int broker, int says)
{
    guard_or_exit(broker);
    for (;;) {
        ukb_guard_set_uninterruptible(true);
        say(says);
        say(says);
        ukb_guard_set_uninterruptible(false);
    }
}

/* The end falls anywhere: a write either never begins or is finished. */
static void
no_write_is_cut_wherever_the_end_falls(void **state)
{
    int round;

    (void)state;
    for (round = 0; round < 30; round++) {
        const struct timespec pause = { 0, round * 20000L };
        struct guarded worker;
        char bytes[4096];
        ssize_t got;
        size_t said = 0;

        start(&worker, write_again_and_again);
        (void)nanosleep(&pause, NULL);
        (void)close(worker.broker);
        do {
            got = read(worker.says, bytes, sizeof(bytes));
            said += got > 0 ? (size_t)got : 0;
            if (said > 20000) {
                break; /* it was caught inside a write: it may go on to its limit; nothing was cut */
            }
        } while (got > 0);
        if (said <= 20000) {
            assert_int_equal(said % 2U, 0);
        } else {
            (void)kill(worker.pid, SIGKILL);
        }
        (void)end_of(&worker);
    }
}

static void
begin_late(int broker, int says)
{
    guard_or_exit(broker);
    pause_ms(5000); /* the end comes before */
    ukb_guard_set_uninterruptible(true);
    say(says);
}

static void
a_write_never_begins_once_the_end_came(void **state)
{
    struct guarded worker;

    (void)state;
    start(&worker, begin_late);
    (void)close(worker.broker);
    assert_false(hear(&worker));
    assert_int_equal(end_of(&worker), ENDED_BY_GUARD);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_worker_that_hangs_ends_with_its_broker),
        cmocka_unit_test(a_request_that_waits_does_not_end_it),
        cmocka_unit_test(a_write_that_has_begun_is_finished_without_the_broker),
        cmocka_unit_test(behind_a_write_it_ends_with_its_broker_again),
        cmocka_unit_test(no_write_is_cut_wherever_the_end_falls),
        cmocka_unit_test(a_write_never_begins_once_the_end_came),
    };

    return cmocka_run_group_tests_name("platform/posix_guard", tests, NULL, NULL);
}
