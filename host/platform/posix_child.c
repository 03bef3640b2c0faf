/* SPDX-License-Identifier: MIT */
#include "platform/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "platform/clock.h"
#include "platform/process.h"
#include "platform/stdio.h"

#define CHILDREN_MAX     64U
#define PAUSE_MS         2L
#define FIRST_PRIVATE_FD 3

#define EXIT_NOT_RUN 127 /* as of a shell */

struct ukb_child {
    pid_t pid; /* 0: it ended, and was waited for */
    int in;    /* we write */
    int out;   /* we read */
};

static bool
make_pipe(int ends[2])
{
    if (pipe(ends) != 0) {
        ends[0] = -1;
        ends[1] = -1;
        return false;
    }
    (void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    (void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return true;
}

static void
close_pipe(const int ends[2])
{
    if (ends[0] >= 0) {
        (void)close(ends[0]);
        (void)close(ends[1]);
    }
}

/* In the child; async-signal-safe. A vendor's module may have opened files that it does not close on exec. */
static void
become(const char *const *argv, int in, int out, enum ukb_child_stderr std_error, long parent)
{
    ukb_platform_die_with_parent(parent);
    if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0) {
        _exit(EXIT_NOT_RUN);
    }
    if (std_error == UKB_CHILD_STDERR_NOWHERE) {
        const int nothing = open("/dev/null", O_WRONLY);

        if (nothing < 0 || dup2(nothing, STDERR_FILENO) < 0) {
            _exit(EXIT_NOT_RUN);
        }
    }
    closefrom(FIRST_PRIVATE_FD);
    (void)execv(argv[0], (char *const *)(uintptr_t)argv);
    _exit(EXIT_NOT_RUN);
}

enum ukb_status
ukb_child_start(const char *const *argv, enum ukb_child_stderr std_error, struct ukb_child **ret_child,
                struct ukb_error *reterr)
{
    struct ukb_child *child = calloc(1, sizeof(*child));
    const long parent = ukb_platform_pid();
    int to[2] = { -1, -1 };
    int from[2] = { -1, -1 };

    if (child == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a child");
    }
    if (!make_pipe(to) || !make_pipe(from)) {
        goto failed;
    }
    child->pid = fork();
    if (child->pid < 0) {
        goto failed;
    }
    if (child->pid == 0) {
        become(argv, to[0], from[1], std_error, parent);
    }
    (void)close(to[0]);
    (void)close(from[1]);
    child->in = to[1];
    child->out = from[0];
    *ret_child = child;
    return UKB_OK;
failed:
    (void)ukb_raise(reterr, UKB_E_INTERNAL, (unsigned long)errno, "%s cannot be started: %s", argv[0], strerror(errno));
    close_pipe(to);
    close_pipe(from);
    free(child);
    return UKB_E_INTERNAL;
}

enum ukb_status
ukb_child_write(struct ukb_child *child, const void *data, size_t len, struct ukb_error *reterr)
{
    return ukb_platform_write(child->in, data, len, reterr);
}

enum ukb_status
ukb_child_wait(struct ukb_child *const *children, size_t count, unsigned int timeout_ms, size_t *ret_index,
               struct ukb_error *reterr)
{
    struct pollfd waits[CHILDREN_MAX];
    size_t i;

    count = count < CHILDREN_MAX ? count : CHILDREN_MAX;
    for (i = 0; i < count; i++) {
        waits[i] = (struct pollfd){ .fd = children[i] == NULL ? -1 : children[i]->out, .events = POLLIN };
    }
    while (poll(waits, (nfds_t)count, (int)timeout_ms) < 0 && errno == EINTR) {
    }
    for (i = 0; i < count; i++) {
        if (waits[i].fd >= 0 && waits[i].revents != 0) {
            *ret_index = i;
            return UKB_OK;
        }
    }
    return ukb_raise(reterr, UKB_E_TIMEOUT, 0, "no child said anything for %u ms", timeout_ms);
}

enum ukb_status
ukb_child_read(struct ukb_child *child, void *data, size_t size, unsigned int timeout_ms, size_t *ret_len,
               struct ukb_error *reterr)
{
    return ukb_platform_read(child->out, data, size, timeout_ms, ret_len, reterr);
}

/* Close our ends of its pipes. */
static void
hang_up(struct ukb_child *child)
{
    if (child->in >= 0) {
        (void)close(child->in);
        (void)close(child->out);
        child->in = -1;
        child->out = -1;
    }
}

void
ukb_child_wait_end(struct ukb_child *child, unsigned int timeout_ms)
{
    const struct timespec pause = { 0, PAUSE_MS * 1000000L };
    const long long end_ms = ukb_clock_uptime_ms() + (long long)timeout_ms;

    hang_up(child);
    while (waitpid(child->pid, NULL, WNOHANG) == 0) {
        if (ukb_clock_uptime_ms() >= end_ms) {
            return;
        }
        (void)nanosleep(&pause, NULL);
    }
    child->pid = 0;
}

void
ukb_child_free(struct ukb_child *child)
{
    if (child == NULL) {
        return;
    }
    hang_up(child);
    if (child->pid > 0 && waitpid(child->pid, NULL, WNOHANG) == 0) { /* or that number is somebody else's by now */
        (void)kill(child->pid, SIGKILL);
        while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    free(child);
}
