/* SPDX-License-Identifier: MIT */
#include "platform/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/limits.h"

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

static enum ukb_status
raise_errno(struct ukb_error *reterr, const char *what, const char *path)
{
    const int error = errno;
    const bool full = error == ENOSPC || error == EDQUOT;

    return ukb_raise(reterr, full ? UKB_E_DISK_FULL : UKB_E_JOURNAL_UNAVAILABLE, (unsigned long)error, "%s %s: %s",
                     what, path, strerror(error));
}

/* Make @p dir and the folders above it that are missing. */
static enum ukb_status
make_dirs(const char *dir, struct ukb_error *reterr)
{
    char path[UKB_PATH_MAX_LEN + 1U];
    size_t len = strlen(dir);
    size_t i;

    if (len == 0 || len > UKB_PATH_MAX_LEN || dir[0] != '/') {
        return ukb_raise(reterr, UKB_E_JOURNAL_UNAVAILABLE, 0, "the folder of locks has no absolute path");
    }
    for (i = 1; i <= len; i++) {
        if (dir[i] != '/' && dir[i] != '\0') {
            continue;
        }
        memcpy(path, dir, i);
        path[i] = '\0';
        /* EEXIST is the usual case; EACCES and EROFS may be about a folder that is there: open() decides. */
        if (mkdir(path, 0700) != 0 && errno != EEXIST && errno != EACCES && errno != EROFS) {
            return raise_errno(reterr, "cannot make", path);
        }
    }
    return UKB_OK;
}

/* Open @p dir if nobody else can put or swap files in it. */
static enum ukb_status
open_private_dir(const char *dir, int *ret_fd, struct ukb_error *reterr)
{
    struct stat facts;
    enum ukb_status st = UKB_OK;
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0) {
        return raise_errno(reterr, "cannot open", dir);
    }
    if (fstat(fd, &facts) != 0) {
        st = raise_errno(reterr, "cannot look at", dir);
        goto out;
    }
    if (facts.st_uid != geteuid() || (facts.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        st = ukb_raise(reterr, UKB_E_JOURNAL_UNAVAILABLE, EPERM, "others may write to %s", dir);
        goto out;
    }
    *ret_fd = fd;
    fd = -1;
out:
    if (fd >= 0) {
        (void)close(fd);
    }
    return st;
}

static enum ukb_status
open_file(const char *dir, const char *name, int *ret_fd, struct ukb_error *reterr)
{
    enum ukb_status st;
    int dir_fd = -1;
    int fd = -1;

    st = make_dirs(dir, reterr);
    if (st != UKB_OK) {
        return st;
    }
    st = open_private_dir(dir, &dir_fd, reterr);
    if (st != UKB_OK) {
        return st;
    }
    /* O_NONBLOCK: a FIFO under that name must not hold us. */
    fd = openat(dir_fd, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
    if (fd < 0) {
        st = raise_errno(reterr, "cannot open the lock", name);
        goto out;
    }
    *ret_fd = fd;
out:
    (void)close(dir_fd);
    return st;
}

static uint64_t
now_ms(void)
{
    struct timespec now = { 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail: the clock exists and the pointer is good */
    return (uint64_t)now.tv_sec * 1000U + (uint64_t)now.tv_nsec / 1000000U;
}

/* 0 when the lock is held, else errno; EWOULDBLOCK when the time is over. */
static int
wait_for(int fd, unsigned int wait_ms)
{
    const int operation = wait_ms == UKB_LOCK_FOR_EVER ? LOCK_EX : LOCK_EX | LOCK_NB;
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

enum ukb_status
ukb_lock_take(const char *dir, const char *name, unsigned int wait_ms, enum ukb_status busy, struct ukb_lock **ret_lock,
              struct ukb_error *reterr)
{
    struct ukb_lock *lock = NULL;
    enum ukb_status st;
    int error;
    int fd = -1;

    if (!name_is_valid(name)) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "not a name for a lock");
    }
    st = open_file(dir, name, &fd, reterr);
    if (st != UKB_OK) {
        return st;
    }
    lock = malloc(sizeof(*lock));
    if (lock == NULL) {
        st = ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a lock");
        goto out;
    }
    error = wait_for(fd, wait_ms);
    if (error == EWOULDBLOCK) {
        st = ukb_raise(reterr, busy, 0, "somebody else holds the lock %s", name);
        goto out;
    }
    if (error != 0) {
        errno = error;
        st = raise_errno(reterr, "cannot lock", name);
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
