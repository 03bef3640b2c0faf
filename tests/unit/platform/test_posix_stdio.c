/* SPDX-License-Identifier: MIT */
/* Unit tests for platform/posix_stdio.c: the frames' descriptors are nobody else's. */
#include "scratch.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>

#include "platform/stdio.h"

/* A child whose stdin, stdout and stderr are pipes; the ends that the test holds. */
struct child {
    pid_t pid;
    int in;
    int out;
    int err;
};

enum { GOOD = 0, BAD = 1 };

static void
child_start(struct child *child, bool with_stderr, int (*run)(const struct ukb_stdio *stdio))
{
    int in[2];
    int out[2];
    int err[2];

    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    assert_int_equal(pipe(err), 0);
    (void)fflush(NULL);
    child->pid = fork();
    assert_true(child->pid >= 0);
    if (child->pid == 0) {
        struct ukb_stdio stdio = { -1, -1 };
        struct ukb_error error = { 0 };

        (void)dup2(in[0], STDIN_FILENO);
        (void)dup2(out[1], STDOUT_FILENO);
        (void)dup2(err[1], STDERR_FILENO);
        (void)close(in[0]);
        (void)close(in[1]);
        (void)close(out[0]);
        (void)close(out[1]);
        (void)close(err[0]);
        (void)close(err[1]);
        if (!with_stderr) {
            (void)close(STDERR_FILENO);
        }
        _exit(ukb_platform_take_stdio(&stdio, &error) == UKB_OK ? run(&stdio) : BAD);
    }
    (void)close(in[0]);
    (void)close(out[1]);
    (void)close(err[1]);
    child->in = in[1];
    child->out = out[0];
    child->err = err[0];
}

/* Everything until the end of @p fd. */
static void
expect_bytes(int fd, const char *wanted)
{
    char text[256];
    size_t len = 0;
    ssize_t got;

    do {
        got = read(fd, text + len, sizeof(text) - 1U - len);
        len += got > 0 ? (size_t)got : 0;
    } while (got > 0);
    text[len] = '\0';
    assert_string_equal(text, wanted);
}

static void
child_end(struct child *child)
{
    (void)close(child->in);
    assert_int_equal(exit_code_of(child->pid), GOOD);
    (void)close(child->out);
    (void)close(child->err);
}

static int
print_and_frame(const struct ukb_stdio *stdio)
{
    struct ukb_error err = { 0 };

    (void)printf("a library prints\n");
    (void)fflush(stdout);
    if (write(STDOUT_FILENO, "raw\n", 4) != 4 || ukb_platform_write(stdio->out, "frame", 5, &err) != UKB_OK) {
        return BAD;
    }
    return GOOD;
}

static void
what_is_printed_does_not_reach_the_frames(void **state)
{
    struct child child;

    (void)state;
    child_start(&child, true, print_and_frame);
    expect_bytes(child.out, "frame");
    expect_bytes(child.err, "a library prints\nraw\n");
    child_end(&child);
}

static int
read_both(const struct ukb_stdio *stdio)
{
    struct ukb_error err = { 0 };
    char data[16] = "";
    size_t len = 0;

    if (getchar() != EOF || read(STDIN_FILENO, data, sizeof(data)) != 0) {
        return BAD;
    }
    return ukb_platform_read(stdio->in, data, sizeof(data), 5000, &len, &err) == UKB_OK && len == 7 &&
                   memcmp(data, "request", 7) == 0
               ? GOOD
               : BAD;
}

static void
a_library_that_reads_stdin_takes_no_request(void **state)
{
    struct child child;

    (void)state;
    child_start(&child, true, read_both);
    assert_int_equal(write(child.in, "request", 7), 7);
    child_end(&child);
}

static int
check_descriptors(const struct ukb_stdio *stdio)
{
    int next = -1;

    if (stdio->in < 3 || stdio->out < 3 || (fcntl(stdio->in, F_GETFD) & FD_CLOEXEC) == 0 ||
        (fcntl(stdio->out, F_GETFD) & FD_CLOEXEC) == 0) {
        return BAD;
    }
    for (next = STDIN_FILENO; next <= STDERR_FILENO; next++) { /* a child that is started has all three */
        if (fcntl(next, F_GETFD) != 0) {
            return BAD;
        }
    }
    next = open("/dev/null", O_RDONLY | O_CLOEXEC); /* and nothing that is opened later becomes one of them */
    return next > STDERR_FILENO && print_and_frame(stdio) == GOOD ? GOOD : BAD;
}

static void
the_standard_three_stay_open(void **state)
{
    struct child child;

    (void)state;
    child_start(&child, true, check_descriptors);
    expect_bytes(child.out, "frame");
    child_end(&child);
}

/* A browser may close it. What is opened next must not become stderr: a message would go into it. */
static void
a_closed_stderr_becomes_nothing(void **state)
{
    struct child child;

    (void)state;
    child_start(&child, false, check_descriptors);
    expect_bytes(child.out, "frame");
    expect_bytes(child.err, "");
    child_end(&child);
}

static void
without_stdin_or_stdout_there_is_no_host(void **state)
{
    int missing;

    (void)state;
    for (missing = STDIN_FILENO; missing <= STDOUT_FILENO; missing++) {
        pid_t child = fork();

        assert_true(child >= 0);
        if (child == 0) {
            struct ukb_stdio stdio = { -7, -7 };
            struct ukb_error err = { 0 };

            (void)close(missing);
            _exit(ukb_platform_take_stdio(&stdio, &err) == UKB_E_INTERNAL && err.native == EBADF && stdio.in == -7
                      ? GOOD
                      : BAD);
        }
        assert_int_equal(exit_code_of(child), GOOD);
    }
}

/* A pair of connected descriptors, as the browser (pipes) or libuv (sockets) makes them. */
static void
connect_pair(bool sockets, int *ret_read, int *ret_write)
{
    int pair[2];

    if (sockets) {
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    } else {
        assert_int_equal(pipe(pair), 0);
    }
    *ret_read = pair[0];
    *ret_write = pair[1];
}

static void
reading_gives_what_is_there_or_says_that_time_is_up(void **state)
{
    struct ukb_error err = { 0 };
    char data[8] = "";
    size_t len = 77;
    long long start_ms;
    int fd[2];

    (void)state;
    connect_pair(false, &fd[0], &fd[1]);
    start_ms = now_ms();
    assert_int_equal(ukb_platform_read(fd[0], data, sizeof(data), 50, &len, &err), UKB_E_TIMEOUT);
    assert_in_range(now_ms() - start_ms, 45, 2000);
    assert_int_equal(len, 77);
    assert_int_equal(write(fd[1], "0123456789", 10), 10);
    assert_int_equal(ukb_platform_read(fd[0], data, sizeof(data), 50, &len, &err), UKB_OK);
    assert_int_equal(len, 8);
    assert_int_equal(ukb_platform_read(fd[0], data, sizeof(data), 50, &len, &err), UKB_OK);
    assert_int_equal(len, 2);
    assert_int_equal(write(fd[1], "last", 4), 4);
    (void)close(fd[1]);
    assert_int_equal(ukb_platform_read(fd[0], data, sizeof(data), 50, &len, &err), UKB_OK); /* before the end */
    assert_int_equal(ukb_platform_read(fd[0], data, sizeof(data), 50, &len, &err), UKB_END);
    assert_int_equal(ukb_platform_read(fd[0], data, sizeof(data), 50, &len, &err), UKB_END);
    (void)close(fd[0]);
    assert_int_equal(ukb_platform_read(fd[0], data, sizeof(data), 50, &len, &err), UKB_E_INTERNAL);
    assert_int_equal(err.native, EBADF);
}

/* Reads slowly to the end; returns the number of bytes. */
static void *
drain(void *arg)
{
    static size_t total;
    char piece[50000];
    ssize_t got;

    total = 0;
    do {
        got = read(*(int *)arg, piece, sizeof(piece));
        total += got > 0 ? (size_t)got : 0;
        pause_ms(1);
    } while (got > 0);
    return &total;
}

static void
writing_waits_until_all_of_it_went_also_when_it_may_not_block(void **state)
{
    static char data[1000000];
    int round;

    (void)state;
    for (round = 0; round < 4; round++) {
        struct ukb_error err = { 0 };
        void *total = NULL;
        pthread_t reader;
        int fd[2];

        connect_pair(round % 2 == 1, &fd[0], &fd[1]);
        if (round >= 2) {
            assert_int_equal(fcntl(fd[1], F_SETFL, O_NONBLOCK), 0);
        }
        assert_int_equal(pthread_create(&reader, NULL, drain, &fd[0]), 0);
        assert_int_equal(ukb_platform_write(fd[1], data, sizeof(data), &err), UKB_OK);
        assert_int_equal(ukb_platform_write(fd[1], data, 0, &err), UKB_OK);
        (void)close(fd[1]);
        assert_int_equal(pthread_join(reader, &total), 0);
        assert_int_equal(*(size_t *)total, sizeof(data));
        (void)close(fd[0]);
    }
}

static void
writing_to_somebody_who_is_gone_is_the_end(void **state)
{
    struct ukb_error err = { 0 };
    int fd[2];

    (void)state;
    (void)signal(SIGPIPE, SIG_IGN); /* take_stdio() does so in a host */
    connect_pair(false, &fd[0], &fd[1]);
    (void)close(fd[0]);
    assert_int_equal(ukb_platform_write(fd[1], "x", 1, &err), UKB_END);
    (void)close(fd[1]);
    connect_pair(true, &fd[0], &fd[1]);
    (void)close(fd[0]);
    assert_int_equal(ukb_platform_write(fd[1], "x", 1, &err), UKB_END);
    (void)close(fd[1]);
    assert_int_equal(ukb_platform_write(fd[1], "x", 1, &err), UKB_E_INTERNAL);
    assert_int_equal(err.native, EBADF);
}

static int woken[2] = { -1, -1 };

static void
wake(void)
{
    (void)!write(woken[1], "x", 1);
}

static bool
is_woken_within(int ms)
{
    struct pollfd wait = { .fd = woken[0], .events = POLLIN };
    char byte;

    return poll(&wait, 1, ms) == 1 && read(woken[0], &byte, 1) == 1;
}

static void
the_end_is_seen_though_data_is_unread(void **state)
{
    int round;

    (void)state;
    assert_int_equal(pipe(woken), 0);
    for (round = 0; round < 2; round++) {
        struct ukb_error err = { 0 };
        int fd[2];

        connect_pair(round == 1, &fd[0], &fd[1]);
        assert_int_equal(ukb_platform_watch_end(fd[0], wake, &err), UKB_OK);
        assert_int_equal(write(fd[1], "unread", 6), 6);
        assert_false(is_woken_within(50)); /* data is no end */
        (void)close(fd[1]);
        assert_true(is_woken_within(5000));
        assert_false(is_woken_within(20)); /* once */
        (void)close(fd[0]);
    }
    (void)close(woken[0]);
    (void)close(woken[1]);
}

static void
a_broken_pipe_ends_us_only_where_that_is_wanted(void **state)
{
    int ends[2];
    int status = 0;
    pid_t child;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(close(ends[0]), 0);
    ukb_platform_survive_broken_pipes(true);
    assert_int_equal(write(ends[1], "x", 1), -1);
    child = fork();
    if (child == 0) {
        ukb_platform_survive_broken_pipes(false);
        _exit((int)write(ends[1], "x", 1));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE);
    ukb_platform_survive_broken_pipes(false);
    assert_int_equal(close(ends[1]), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_broken_pipe_ends_us_only_where_that_is_wanted),
        cmocka_unit_test(what_is_printed_does_not_reach_the_frames),
        cmocka_unit_test(a_library_that_reads_stdin_takes_no_request),
        cmocka_unit_test(the_standard_three_stay_open),
        cmocka_unit_test(a_closed_stderr_becomes_nothing),
        cmocka_unit_test(without_stdin_or_stdout_there_is_no_host),
        cmocka_unit_test(reading_gives_what_is_there_or_says_that_time_is_up),
        cmocka_unit_test(writing_waits_until_all_of_it_went_also_when_it_may_not_block),
        cmocka_unit_test(writing_to_somebody_who_is_gone_is_the_end),
        cmocka_unit_test(the_end_is_seen_though_data_is_unread),
    };

    return cmocka_run_group_tests_name("platform/posix_stdio", tests, NULL, NULL);
}
