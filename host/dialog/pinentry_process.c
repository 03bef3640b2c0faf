/* SPDX-License-Identifier: MIT */
#include "dialog/pinentry_process.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "platform/clock.h"
#include "platform/process.h"
#include "secret/secret.h"

#define START_TIMEOUT_MS 5000U
#define END_TIMEOUT_MS   1000U
#define PAUSE_MS         2L

enum ukb_status
ukb_pinentry_raise(struct ukb_error *reterr, gpg_error_t error, const char *what)
{
    return ukb_raise(reterr, UKB_E_PIN_UI_UNAVAILABLE, error, "pinentry %s: %s", what, gpg_strerror(error));
}

/* System hook: read, but not beyond the deadline (ETIMEDOUT). */
static ssize_t
read_in_time(assuan_context_t ctx, assuan_fd_t fd, void *buffer, size_t size)
{
    const struct ukb_dialog_screen *screen = assuan_get_pointer(ctx);
    struct pollfd readable = { fd, POLLIN, 0 };
    const uint64_t now = (uint64_t)ukb_clock_uptime_ms();
    const uint64_t left_ms = now < screen->deadline_ms ? screen->deadline_ms - now : 0;
    const int ready = left_ms == 0 ? 0 : poll(&readable, 1, left_ms > INT_MAX ? INT_MAX : (int)left_ms);

    if (ready == 0) {
        errno = ETIMEDOUT;
    }
    return ready > 0 ? read(fd, buffer, size) : -1; /* libassuan calls again on EINTR */
}

/* System hook: write, and hear of a program that is gone by the result and not by a signal. */
static ssize_t
write_quietly(assuan_context_t ctx, assuan_fd_t fd, const void *data, size_t len)
{
    (void)ctx;
    return send(fd, data, len, MSG_NOSIGNAL);
}

/* In the child, before it becomes the program. */
static void
at_fork(void *opaque, int reserved)
{
    const struct ukb_dialog_screen *screen = opaque;

    (void)reserved;
    ukb_platform_die_with_parent(screen->parent);
}

static struct assuan_malloc_hooks malloc_hooks = { ukb_secret_malloc, ukb_secret_realloc, ukb_secret_free };

static struct assuan_system_hooks system_hooks = {
    .version = ASSUAN_SYSTEM_HOOKS_VERSION,
    .usleep = __assuan_usleep,
    .pipe = __assuan_pipe,
    .close = __assuan_close,
    .read = read_in_time,
    .write = write_quietly,
    .recvmsg = __assuan_recvmsg,
    .sendmsg = __assuan_sendmsg,
    .spawn = __assuan_spawn,
    .waitpid = __assuan_waitpid,
    .socketpair = __assuan_socketpair,
    .socket = __assuan_socket,
    .connect = __assuan_connect,
};

/* Wait for the child's end, at most @p wait_ms, then make it end. Leaves no zombie. */
static void
end_child(pid_t child, unsigned int wait_ms)
{
    const struct timespec pause = { 0, PAUSE_MS * 1000000L };
    const uint64_t end_ms = (uint64_t)ukb_clock_uptime_ms() + wait_ms;
    pid_t gone = waitpid(child, NULL, WNOHANG);

    while (gone == 0 && (uint64_t)ukb_clock_uptime_ms() < end_ms) {
        (void)nanosleep(&pause, NULL);
        gone = waitpid(child, NULL, WNOHANG);
    }
    if (gone == 0) {
        (void)kill(child, SIGKILL);
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
        }
    }
}

void
ukb_pinentry_end(struct ukb_dialog_screen *screen)
{
    if (screen == NULL) {
        return;
    }
    assuan_release(screen->ctx); /* says BYE; NULL is fine */
    if (screen->child > 0) {
        end_child(screen->child, screen->broken || screen->fd >= 0 ? 0 : END_TIMEOUT_MS);
    }
    if (screen->fd >= 0) {
        (void)close(screen->fd);
    }
    free(screen);
}

/* Start @p path with one of a pair of sockets as its standard input and output. */
enum ukb_status
ukb_pinentry_start(struct ukb_dialog_screen *screen, const char *path, struct ukb_error *reterr)
{
    const char *argv[] = { path, NULL };
    int fds[2];
    gpg_error_t error;
    int outcome;

    error = assuan_new_ext(&screen->ctx, GPG_ERR_SOURCE_DEFAULT, &malloc_hooks, NULL, NULL);
    if (error != 0) {
        screen->ctx = NULL;
        return ukb_pinentry_raise(reterr, error, "has no context");
    }
    assuan_ctx_set_system_hooks(screen->ctx, &system_hooks);
    assuan_set_pointer(screen->ctx, screen);
    assuan_set_flag(screen->ctx, ASSUAN_NO_WAITPID, 1); /* we wait ourselves, with a limit */
    screen->parent = ukb_platform_pid();
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0) {
        return ukb_pinentry_raise(reterr, gpg_error_from_syserror(), "has no sockets");
    }
    screen->fd = fds[0];
    outcome = __assuan_spawn(screen->ctx, &screen->child, path, argv, fds[1], fds[1], NULL, at_fork, screen, 0);
    (void)close(fds[1]);
    if (outcome != 0) {
        screen->child = 0;
        return ukb_pinentry_raise(reterr, gpg_error_from_syserror(), "does not start");
    }
    return UKB_OK;
}

enum ukb_status
ukb_pinentry_greet(struct ukb_dialog_screen *screen, struct ukb_error *reterr)
{
    const int fd = screen->fd;
    gpg_error_t error;

    if (fd < 0) {
        return UKB_OK; /* long since */
    }
    screen->fd = -1; /* libassuan's, whatever comes of it */
    screen->deadline_ms = (uint64_t)ukb_clock_uptime_ms() + START_TIMEOUT_MS;
    error = assuan_socket_connect_fd(screen->ctx, fd, 0);
    if (error != 0) {
        screen->broken = true;
        return ukb_pinentry_raise(reterr, error, "does not start");
    }
    return UKB_OK;
}
