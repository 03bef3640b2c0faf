/* SPDX-License-Identifier: MIT */
#include "platform/stdio.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_PRIVATE_FD 3

static enum ukb_status
failed(const char *what, struct ukb_error *reterr)
{
    int error = errno;

    return ukb_raise(reterr, UKB_E_INTERNAL, (unsigned long)error, "%s: %s", what, strerror(error));
}

void
ukb_platform_survive_broken_pipes(bool on)
{
    (void)signal(SIGPIPE, on ? SIG_IGN : SIG_DFL); /* cannot fail for this signal */
}

enum ukb_status
ukb_platform_take_stdout(int *ret_out, struct ukb_error *reterr)
{
    int out = -1;

    ukb_platform_survive_broken_pipes(true);
    out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, FIRST_PRIVATE_FD);
    if (out < 0) {
        return failed("stdout", reterr);
    }
    if (dup2(STDERR_FILENO, STDOUT_FILENO) < 0) { /* a browser may have closed stderr */
        int nothing = open("/dev/null", O_WRONLY);

        if (nothing < 0 || dup2(nothing, STDOUT_FILENO) < 0 || dup2(nothing, STDERR_FILENO) < 0) {
            return failed("stderr", reterr);
        }
        if (nothing > STDERR_FILENO) {
            (void)close(nothing);
        }
    }
    *ret_out = out;
    return UKB_OK;
}

enum ukb_status
ukb_platform_take_stdio(struct ukb_stdio *ret_stdio, struct ukb_error *reterr)
{
    struct ukb_stdio taken = { -1, -1 };
    enum ukb_status st = ukb_platform_take_stdout(&taken.out, reterr);
    int nothing = -1;

    if (st != UKB_OK) {
        return st;
    }
    taken.in = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, FIRST_PRIVATE_FD);
    nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (taken.in < 0 || nothing < 0 || dup2(nothing, STDIN_FILENO) < 0) {
        return failed("stdin", reterr);
    }
    (void)close(nothing);
    *ret_stdio = taken;
    return UKB_OK;
}

enum ukb_status
ukb_platform_read(int fd, void *data, size_t size, uint32_t timeout_ms, size_t *ret_len, struct ukb_error *reterr)
{
    struct pollfd wait = { .fd = fd, .events = POLLIN };
    ssize_t got;
    int ready;

    do {
        ready = poll(&wait, 1, (int)timeout_ms);
    } while (ready < 0 && errno == EINTR);
    if (ready == 0) {
        return ukb_raise(reterr, UKB_E_TIMEOUT, 0, "nothing to read for %u ms", (unsigned int)timeout_ms);
    }
    do {
        got = read(fd, data, size);
    } while (got < 0 && errno == EINTR);
    if (got < 0 && errno != ECONNRESET) {
        return failed("read", reterr);
    }
    if (got <= 0) {
        return UKB_END;
    }
    *ret_len = (size_t)got;
    return UKB_OK;
}

enum ukb_status
ukb_platform_write(int fd, const void *data, size_t len, struct ukb_error *reterr)
{
    const char *at = data;

    while (len > 0) {
        ssize_t put = write(fd, at, len);

        if (put < 0 && errno == EAGAIN) { /* the other end may have made the pipe non-blocking for both */
            struct pollfd wait = { .fd = fd, .events = POLLOUT };

            (void)poll(&wait, 1, -1);
            continue;
        }
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0 && (errno == EPIPE || errno == ECONNRESET)) {
            return UKB_END;
        }
        if (put < 0) {
            return failed("write", reterr);
        }
        at += put;
        len -= (size_t)put;
    }
    return UKB_OK;
}

struct watch {
    int fd;
    void (*closed)(void);
};

static void *
watch_end(void *arg)
{
    struct watch watch = *(struct watch *)arg;
    /* No POLLIN: a request that waits to be read must not wake this thread. POLLHUP comes unasked. */
    struct pollfd wait = { .fd = watch.fd, .events = 0 };

    free(arg);
    while (poll(&wait, 1, -1) < 0 && errno == EINTR) {
    }
    watch.closed();
    return NULL;
}

enum ukb_status
ukb_platform_watch_end(int fd, void (*closed)(void), struct ukb_error *reterr)
{
    struct watch *watch = malloc(sizeof(*watch));
    pthread_t thread;
    int error;

    if (watch == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a thread");
    }
    watch->fd = fd;
    watch->closed = closed;
    error = pthread_create(&thread, NULL, watch_end, watch);
    if (error != 0) {
        free(watch);
        errno = error;
        return failed("starting a thread", reterr);
    }
    (void)pthread_detach(thread);
    return UKB_OK;
}
