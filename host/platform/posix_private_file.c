/* SPDX-License-Identifier: MIT */
#include "platform/private_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/limits.h"

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
    const size_t len = strlen(dir);
    size_t i;

    if (len == 0 || len > UKB_PATH_MAX_LEN || dir[0] != '/') {
        return ukb_raise(reterr, UKB_E_JOURNAL_UNAVAILABLE, 0, "a private folder needs an absolute path");
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

static bool
is_private(int fd)
{
    struct stat facts;

    return fstat(fd, &facts) == 0 && facts.st_uid == geteuid() && (facts.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

enum ukb_status
ukb_private_file_open(const char *dir, const char *name, int *ret_fd, struct ukb_error *reterr)
{
    enum ukb_status st = make_dirs(dir, reterr);
    int dir_fd = -1;
    int fd = -1;

    if (st != UKB_OK) {
        return st;
    }
    dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (dir_fd < 0) {
        return raise_errno(reterr, "cannot open", dir);
    }
    if (!is_private(dir_fd)) {
        st = ukb_raise(reterr, UKB_E_JOURNAL_UNAVAILABLE, EPERM, "others may write to %s", dir);
        goto out;
    }
    /* O_NONBLOCK: a FIFO under that name must not hold us. */
    fd = openat(dir_fd, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
    if (fd < 0) {
        st = raise_errno(reterr, "cannot open", name);
        goto out;
    }
    if (!is_private(fd)) {
        st = ukb_raise(reterr, UKB_E_JOURNAL_UNAVAILABLE, EPERM, "others may write to %s in %s", name, dir);
        goto out;
    }
    *ret_fd = fd;
    fd = -1;
out:
    if (fd >= 0) {
        (void)close(fd);
    }
    (void)close(dir_fd);
    return st;
}

enum ukb_status
ukb_private_file_make(const char *dir, const char *name, struct ukb_buf *ret_path, struct ukb_error *reterr)
{
    int fd = -1;
    enum ukb_status st = ukb_private_file_open(dir, name, &fd, reterr);

    if (st != UKB_OK) {
        return st;
    }
    (void)close(fd);
    ukb_buf_clear(ret_path);
    return ukb_buf_printf(ret_path, reterr, "%s/%s", dir, name);
}

bool
ukb_private_file_mend(const char *path)
{
    const int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    struct stat facts;
    bool mended;

    if (fd < 0) {
        return false;
    }
    mended = fstat(fd, &facts) == 0 && facts.st_uid == geteuid() &&
             fchmod(fd, (facts.st_mode | S_IWUSR) & 07777 & ~(mode_t)(S_IWGRP | S_IWOTH)) == 0;
    (void)close(fd);
    return mended;
}
