/* SPDX-License-Identifier: MIT */
#include "platform/lock.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "platform/private_file.h"

#define NAME_MAX_LEN 64U

/* flock() knows no time limit, so a bounded wait asks again after a pause, which grows between these. */
#define PAUSE_MIN_MS 5U
#define PAUSE_MAX_MS 100U

struct ukb_lock {
    int fd;
};

static bool
name_is_valid(const char *name)
{
    size_t len = strlen(name);

    return len > 0 && len <= NAME_MAX_LEN && name[0] != '.' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == len;
}

static uint64_t
now_ms(void)
{
    struct timespec now = { 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail: the clock exists and the pointer is good */
    return (uint64_t)now.tv_sec * 1000U + (uint64_t)now.tv_nsec / 1000000U;
}

/* @p kind: LOCK_EX or LOCK_SH. 0 when the lock is held, else errno; EWOULDBLOCK when the time is over. */
static int
wait_for(int fd, int kind, unsigned int wait_ms)
{
    const int operation = wait_ms == UKB_LOCK_FOR_EVER ? kind : kind | LOCK_NB;
    const uint64_t end_ms = now_ms() + wait_ms;
    struct timespec pause = { 0, (long)PAUSE_MIN_MS * 1000000L };

    while (flock(fd, operation) != 0) {
        if (errno == EINTR) {
            continue;
        }
        if (errno != EWOULDBLOCK) {
            return errno;
        }
        if (now_ms() >= end_ms) {
            return EWOULDBLOCK;
        }
        (void)nanosleep(&pause, NULL); /* an early end of it costs one more try */
        if (pause.tv_nsec < (long)PAUSE_MAX_MS * 1000000L) {
            pause.tv_nsec += pause.tv_nsec / 2;
        }
    }
    return 0;
}

static enum ukb_status
get(const char *dir, const char *name, int kind, unsigned int wait_ms, enum ukb_status busy, struct ukb_lock **ret_lock,
    struct ukb_error *reterr)
{
    struct ukb_lock *lock = NULL;
    enum ukb_status st;
    int error;
    int fd = -1;

    if (!name_is_valid(name)) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "not a name for a lock");
    }
    st = ukb_private_file_open(dir, name, &fd, reterr);
    if (st != UKB_OK) {
        return st;
    }
    lock = malloc(sizeof(*lock));
    if (lock == NULL) {
        st = ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a lock");
        goto out;
    }
    error = wait_for(fd, kind, wait_ms);
    if (error == EWOULDBLOCK) {
        st = ukb_raise(reterr, busy, 0, "somebody else holds the lock %s", name);
        goto out;
    }
    if (error != 0) {
        st = ukb_raise(reterr, UKB_E_JOURNAL_UNAVAILABLE, (unsigned long)error, "cannot lock %s: %s", name,
                       strerror(error));
        goto out;
    }
    lock->fd = fd;
    fd = -1;
    *ret_lock = lock;
    lock = NULL;
out:
    free(lock);
    if (fd >= 0) {
        (void)close(fd);
    }
    return st;
}

enum ukb_status
ukb_lock_take(const char *dir, const char *name, unsigned int wait_ms, enum ukb_status busy, struct ukb_lock **ret_lock,
              struct ukb_error *reterr)
{
    return get(dir, name, LOCK_EX, wait_ms, busy, ret_lock, reterr);
}

enum ukb_status
ukb_lock_share(const char *dir, const char *name, unsigned int wait_ms, enum ukb_status busy,
               struct ukb_lock **ret_lock, struct ukb_error *reterr)
{
    return get(dir, name, LOCK_SH, wait_ms, busy, ret_lock, reterr);
}

void
ukb_lock_release(struct ukb_lock *lock)
{
    if (lock == NULL) {
        return;
    }
    (void)flock(lock->fd, LOCK_UN); /* also when a child that did not exec still has the descriptor */
    (void)close(lock->fd);
    free(lock);
}
