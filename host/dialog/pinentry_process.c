/* SPDX-License-Identifier: MIT */
#include "dialog/pinentry_process.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "platform/child.h"
#include "platform/clock.h"
#include "secret/secret.h"

#define START_TIMEOUT_MS 5000U
#define END_TIMEOUT_MS   1000U

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
    const uint64_t now = (uint64_t)ukb_clock_uptime_ms();
    const uint64_t left_ms = now < screen->deadline_ms ? screen->deadline_ms - now : 0;
    struct ukb_error error = { 0 };
    size_t len = 0;

    (void)fd;
    if (left_ms == 0) { /* whatever else it has to say */
        errno = ETIMEDOUT;
        return -1;
    }
    switch (ukb_child_read(screen->child, buffer, size, left_ms > INT_MAX ? INT_MAX : (unsigned int)left_ms, &len,
                           &error)) {
    case UKB_OK:
        return (ssize_t)len;
    case UKB_END:
        return 0;
    case UKB_E_TIMEOUT:
        errno = ETIMEDOUT;
        return -1;
    default:
        errno = EIO;
        return -1;
    }
}

/* System hook. */
static ssize_t
write_all(assuan_context_t ctx, assuan_fd_t fd, const void *data, size_t len)
{
    const struct ukb_dialog_screen *screen = assuan_get_pointer(ctx);
    struct ukb_error error = { 0 };

    (void)fd;
    if (ukb_child_write(screen->child, data, len, &error) != UKB_OK) {
        errno = EPIPE;
        return -1;
    }
    return (ssize_t)len;
}

/* System hook: the pipes are the child's. */
static int
close_nothing(assuan_context_t ctx, assuan_fd_t fd)
{
    (void)ctx;
    (void)fd;
    return 0;
}

static struct assuan_malloc_hooks malloc_hooks = { ukb_secret_malloc, ukb_secret_realloc, ukb_secret_free };

static struct assuan_system_hooks system_hooks = {
    .version = ASSUAN_SYSTEM_HOOKS_VERSION,
    .usleep = __assuan_usleep,
    .pipe = __assuan_pipe,
    .close = close_nothing,
    .read = read_in_time,
    .write = write_all,
    .recvmsg = __assuan_recvmsg,
    .sendmsg = __assuan_sendmsg,
    .spawn = __assuan_spawn,
    .waitpid = __assuan_waitpid,
    .socketpair = __assuan_socketpair,
    .socket = __assuan_socket,
    .connect = __assuan_connect,
};

void
ukb_pinentry_end(struct ukb_dialog_screen *screen)
{
    if (screen == NULL) {
        return;
    }
    assuan_release(screen->ctx); /* says BYE when it is greeted; NULL is fine */
    if (screen->child != NULL && screen->is_greeted && !screen->broken) {
        ukb_child_wait_end(screen->child, END_TIMEOUT_MS);
    }
    ukb_child_free(screen->child);
    free(screen);
}

enum ukb_status
ukb_pinentry_start(struct ukb_dialog_screen *screen, const char *path, struct ukb_error *reterr)
{
    const char *const argv[] = { path, NULL };
    const gpg_error_t error = assuan_new_ext(&screen->ctx, GPG_ERR_SOURCE_DEFAULT, &malloc_hooks, NULL, NULL);
    struct ukb_error why = { 0 };

    if (error != 0) {
        screen->ctx = NULL;
        return ukb_pinentry_raise(reterr, error, "has no context");
    }
    assuan_ctx_set_system_hooks(screen->ctx, &system_hooks);
    assuan_set_pointer(screen->ctx, screen);
    if (ukb_child_start(argv, UKB_CHILD_STDERR_NOWHERE, &screen->child, &why) != UKB_OK) {
        return ukb_raise(reterr, UKB_E_PIN_UI_UNAVAILABLE, why.native, "pinentry does not start: %s", why.message);
    }
    return UKB_OK;
}

enum ukb_status
ukb_pinentry_greet(struct ukb_dialog_screen *screen, struct ukb_error *reterr)
{
    gpg_error_t error;

    if (screen->is_greeted) {
        return UKB_OK;
    }
    screen->is_greeted = true;
    screen->deadline_ms = (uint64_t)ukb_clock_uptime_ms() + START_TIMEOUT_MS;
    error = assuan_socket_connect_fd(screen->ctx, assuan_fd_from_posix_fd(0), 0); /* any: our hooks ask the child */
    if (error != 0) {
        screen->broken = true;
        return ukb_pinentry_raise(reterr, error, "does not start");
    }
    return UKB_OK;
}
