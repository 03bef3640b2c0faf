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
#include <unistd.h>

#include "platform/process.h"
#include "platform/stdio.h"

#define CHILDREN_MAX 64U

#define EXIT_NOT_RUN 127 /* as of a shell */

struct ukb_child {
    pid_t pid;
    int in;  /* we write */
    int out; /* we read */
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

/* In the child; async-signal-safe. */
static void
become(const char *const *argv, int in, int out, long parent)
{
    ukb_platform_die_with_parent(parent);
    if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0) {
        _exit(EXIT_NOT_RUN);
    }
    (void)execv(argv[0], (char *const *)(uintptr_t)argv);
    _exit(EXIT_NOT_RUN);
}

enum ukb_status
ukb_child_start(const char *const *argv, struct ukb_child **ret_child, struct ukb_error *reterr)
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
        become(argv, to[0], from[1], parent);
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
ukb_child_read(struct ukb_child *child, void *data, size_t size, size_t *ret_len, struct ukb_error *reterr)
{
    return ukb_platform_read(child->out, data, size, 0, ret_len, reterr);
}

void
ukb_child_free(struct ukb_child *child)
{
    if (child == NULL) {
        return;
    }
    (void)close(child->in);
    (void)close(child->out);
    (void)kill(child->pid, SIGKILL);
    while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR) {
    }
    free(child);
}
