/* SPDX-License-Identifier: MIT */
#include "platform/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/limits.h"

static enum ukb_status
failed(enum ukb_status status, const char *path, const char *what, struct ukb_error *reterr)
{
    int error = errno;

    if (error == ENOSPC || error == EDQUOT) {
        status = UKB_E_DISK_FULL;
    }
    return ukb_raise(reterr, status, (unsigned long)error, "%s: %s: %s", path, what, strerror(error));
}

static const char *const owner_names[] = {
    [UKB_FILE_OF_USER] = "this user",
    [UKB_FILE_OF_ADMINISTRATOR] = "the program's owner",
};

/* Whose it has to be, if it is not root's. */
static bool
is_owners(uid_t uid, enum ukb_file_owner owner)
{
    struct stat program;

    if (owner == UKB_FILE_OF_USER) {
        return uid == geteuid();
    }
    return stat("/proc/self/exe", &program) == 0 && uid == program.st_uid;
}

/* A file or a folder, which with its files is whoever's who may write it. */
static enum ukb_status
judge_owner(const struct stat *facts, const char *path, enum ukb_file_owner owner, struct ukb_error *reterr)
{
    if (owner == UKB_FILE_OF_ANYONE) {
        return UKB_OK;
    }
    if (facts->st_uid != 0 && !is_owners(facts->st_uid, owner)) {
        return ukb_raise(reterr, UKB_E_POLICY_INVALID, 0, "%s must belong to root or %s, not to user %lu", path,
                         owner_names[owner], (unsigned long)facts->st_uid);
    }
    if ((facts->st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return ukb_raise(reterr, UKB_E_POLICY_INVALID, 0, "%s must be writable by nobody else: chmod go-w", path);
    }
    return UKB_OK;
}

/* Who may write a folder may put another file in its file's place, or take it away. */
static enum ukb_status
judge_folder(const char *path, enum ukb_file_owner owner, struct ukb_error *reterr)
{
    const char *name = strrchr(path, '/');
    char folder[UKB_PATH_MAX_LEN + 1U];
    struct stat facts;
    size_t len = name == NULL ? 0 : (size_t)(name - path);

    if (owner == UKB_FILE_OF_ANYONE || len == 0 || len > UKB_PATH_MAX_LEN) {
        return UKB_OK;
    }
    memcpy(folder, path, len);
    folder[len] = '\0';
    if (stat(folder, &facts) != 0) {
        return UKB_OK; /* then open() says why */
    }
    return judge_owner(&facts, folder, owner, reterr);
}

static enum ukb_status
judge(int fd, const char *path, enum ukb_file_owner owner, struct ukb_error *reterr)
{
    struct stat file;

    if (fstat(fd, &file) != 0) {
        return failed(UKB_E_POLICY_INVALID, path, "stat", reterr);
    }
    if (!S_ISREG(file.st_mode)) {
        return ukb_raise(reterr, UKB_E_POLICY_INVALID, 0, "%s is not a regular file", path);
    }
    return judge_owner(&file, path, owner, reterr);
}

static enum ukb_status
read_all(int fd, const char *path, struct ukb_buf *content, struct ukb_error *reterr)
{
    char piece[4096];
    enum ukb_status st = UKB_OK;
    ssize_t got;

    do {
        got = read(fd, piece, sizeof(piece));
        if (got > 0) {
            st = ukb_buf_append(content, piece, (size_t)got, reterr);
        }
    } while (st == UKB_OK && (got > 0 || (got < 0 && errno == EINTR)));
    if (st == UKB_OK && got < 0) {
        st = failed(UKB_E_POLICY_INVALID, path, "read", reterr);
    }
    return st;
}

enum ukb_status
ukb_file_read(const char *path, enum ukb_file_owner owner, struct ukb_buf *ret_content, struct ukb_error *reterr)
{
    struct stat link; /* one that leads nowhere is a file that cannot be read, not one that is not there */
    enum ukb_status st = judge_folder(path, owner, reterr);
    int fd = -1;

    if (st != UKB_OK) {
        return st;
    }
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR) && lstat(path, &link) != 0) {
        return UKB_END;
    }
    if (fd < 0) {
        return failed(UKB_E_POLICY_INVALID, path, "open", reterr);
    }
    ukb_buf_clear(ret_content);
    st = judge(fd, path, owner, reterr);
    if (st == UKB_OK) {
        st = read_all(fd, path, ret_content, reterr);
    }
    (void)close(fd);
    return st;
}

/* Make the folders above @p path. */
static enum ukb_status
make_folders(const char *path, struct ukb_error *reterr)
{
    char folder[UKB_PATH_MAX_LEN + 1U];
    size_t len = strlen(path);
    size_t i;

    if (len > UKB_PATH_MAX_LEN) {
        return ukb_raise(reterr, UKB_E_JOURNAL_UNAVAILABLE, 0, "a path of %zu bytes", len);
    }
    memcpy(folder, path, len + 1U);
    for (i = 1; i < len; i++) {
        if (folder[i] != '/') {
            continue;
        }
        folder[i] = '\0';
        if (mkdir(folder, 0755) != 0 && errno != EEXIST) {
            return failed(UKB_E_JOURNAL_UNAVAILABLE, folder, "mkdir", reterr);
        }
        folder[i] = '/';
    }
    return UKB_OK;
}

static enum ukb_status
write_all(int fd, const char *path, const char *data, size_t len, struct ukb_error *reterr)
{
    while (len > 0) {
        ssize_t put = write(fd, data, len);

        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0) {
            return failed(UKB_E_JOURNAL_UNAVAILABLE, path, "write", reterr);
        }
        data += put;
        len -= (size_t)put;
    }
    if (fsync(fd) != 0) {
        return failed(UKB_E_JOURNAL_UNAVAILABLE, path, "fsync", reterr);
    }
    return UKB_OK;
}

enum ukb_status
ukb_file_write(const char *path, const void *data, size_t len, bool private, struct ukb_error *reterr)
{
    struct ukb_buf beside = UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    enum ukb_status st;
    int fd = -1;

    st = make_folders(path, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    st = ukb_buf_printf(&beside, reterr, "%s.%ld.new", path, (long)getpid());
    if (st != UKB_OK) {
        goto out;
    }
    (void)unlink(ukb_buf_text(&beside)); /* left by an earlier process of this number, perhaps for all to read */
    fd = open(ukb_buf_text(&beside), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, private ? 0600 : 0644);
    if (fd < 0) {
        st = failed(UKB_E_JOURNAL_UNAVAILABLE, path, "create", reterr);
        goto out;
    }
    st = write_all(fd, path, data, len, reterr);
    if (st == UKB_OK && rename(ukb_buf_text(&beside), path) != 0) {
        st = failed(UKB_E_JOURNAL_UNAVAILABLE, path, "rename", reterr);
    }
    if (st != UKB_OK) {
        (void)unlink(ukb_buf_text(&beside)); /* the failure is what counts */
    }
out:
    if (fd >= 0) {
        (void)close(fd);
    }
    ukb_buf_done(&beside);
    return st;
}

enum ukb_status
ukb_file_remove(const char *path, struct ukb_error *reterr)
{
    if (unlink(path) == 0) {
        return UKB_OK;
    }
    return errno == ENOENT ? UKB_END : failed(UKB_E_JOURNAL_UNAVAILABLE, path, "remove", reterr);
}

bool
ukb_file_exists(const char *path)
{
    return access(path, R_OK) == 0;
}

bool
ukb_file_can_run(const char *path)
{
    struct stat facts;

    return path[0] == '/' && stat(path, &facts) == 0 && S_ISREG(facts.st_mode) && access(path, X_OK) == 0;
}
