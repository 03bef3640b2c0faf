/* SPDX-License-Identifier: MIT */
#include "platform/folder.h"

#include <dirent.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/limits.h"

/* Take @p name in at its place, if it is among the first @p max. */
static void
insert(struct ukb_folder *folder, const char *name, size_t max)
{
    size_t at = folder->count;
    char *copy = NULL;

    while (at > 0 && strcmp(folder->names[at - 1U], name) > 0) {
        at--;
    }
    if (at == max) {
        return;
    }
    copy = strdup(name);
    if (copy == NULL) {
        return;
    }
    if (folder->count == max) {
        free(folder->names[--folder->count]);
    }
    memmove(&folder->names[at + 1U], &folder->names[at], (folder->count - at) * sizeof(char *));
    folder->names[at] = copy;
    folder->count++;
}

static bool
ends_in(const char *name, const char *suffix)
{
    const size_t len = strlen(name);
    const size_t suffix_len = strlen(suffix);

    return len > suffix_len && strcmp(name + len - suffix_len, suffix) == 0;
}

static bool
is_hidden(const char *name)
{
    return name[0] == '.';
}

static bool
is_the_folder(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static void
list(const char *path, const char *suffix, bool (*is_left_out)(const char *name), size_t max,
     struct ukb_folder *ret_folder)
{
    DIR *stream = opendir(path);
    const struct dirent *item = NULL;

    ret_folder->count = 0;
    ret_folder->names = stream == NULL ? NULL : calloc(max, sizeof(char *));
    while (ret_folder->names != NULL && (item = readdir(stream)) != NULL) {
        if (!is_left_out(item->d_name) && ends_in(item->d_name, suffix)) {
            insert(ret_folder, item->d_name, max);
        }
    }
    if (stream != NULL) {
        (void)closedir(stream);
    }
}

void
ukb_folder_list(const char *path, const char *suffix, size_t max, struct ukb_folder *ret_folder)
{
    list(path, suffix, is_hidden, max, ret_folder);
}

void
ukb_folder_list_all(const char *path, size_t max, struct ukb_folder *ret_folder)
{
    list(path, "", is_the_folder, max, ret_folder);
}

void
ukb_folder_match(const char *pattern, size_t max, struct ukb_folder *ret_folder)
{
    glob_t found = { 0 };
    size_t i;

    ret_folder->count = 0;
    ret_folder->names = calloc(max, sizeof(char *));
    if (ret_folder->names != NULL && glob(pattern, 0, NULL, &found) == 0) {
        for (i = 0; i < found.gl_pathc; i++) {
            insert(ret_folder, found.gl_pathv[i], max);
        }
    }
    globfree(&found);
}

void
ukb_folder_done(struct ukb_folder *folder)
{
    while (folder->count > 0) {
        free(folder->names[--folder->count]);
    }
    free(folder->names);
    folder->names = NULL;
}

void
ukb_folder_prune(const char *path, size_t count)
{
    char folder[UKB_PATH_MAX_LEN + 1U];
    char *end = folder;

    (void)snprintf(folder, sizeof(folder), "%s", path);
    while (count-- > 0 && end != NULL && strlen(path) < sizeof(folder) && rmdir(folder) == 0) {
        end = strrchr(folder, '/');
        if (end != NULL) {
            *end = '\0';
        }
    }
}

char *
ukb_folder_real_path(const char *path)
{
    return realpath(path, NULL);
}

char *
ukb_folder_link(const char *path)
{
    char target[UKB_PATH_MAX_LEN + 1U];
    const ssize_t len = readlink(path, target, sizeof(target) - 1U);

    if (len < 0) {
        return NULL;
    }
    target[len] = '\0';
    return strdup(target);
}

uint64_t
ukb_folder_free_bytes(const char *path)
{
    char nearest[UKB_PATH_MAX_LEN + 1U];
    struct statvfs facts;
    char *end = NULL;

    if (strlen(path) > UKB_PATH_MAX_LEN) {
        return 0;
    }
    memcpy(nearest, path, strlen(path) + 1U);
    while (statvfs(nearest, &facts) != 0) {
        end = strrchr(nearest, '/');
        if (end == NULL || end == nearest) {
            return statvfs("/", &facts) == 0 ? (uint64_t)facts.f_bavail * facts.f_frsize : 0;
        }
        *end = '\0';
    }
    return (uint64_t)facts.f_bavail * facts.f_frsize;
}

bool
ukb_folder_can_run(const char *path)
{
    struct stat file;

    return stat(path, &file) == 0 && S_ISREG(file.st_mode) && access(path, X_OK) == 0;
}

bool
ukb_folder_is_roots(const char *path)
{
    struct stat file;

    return stat(path, &file) == 0 && S_ISREG(file.st_mode) && file.st_uid == 0 &&
           (file.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

bool
ukb_folder_keeps_roots(const char *path)
{
    char *real = ukb_folder_real_path(path);
    struct stat folder = { 0 };
    char *end = NULL;
    bool keeps = real != NULL && ukb_folder_is_roots(real);

    while (keeps && real[1] != '\0') { /* up to "/" itself */
        end = strrchr(real, '/');
        end[end == real ? 1 : 0] = '\0';
        keeps = stat(real, &folder) == 0 && folder.st_uid == 0 && (folder.st_mode & (S_IWGRP | S_IWOTH)) == 0;
    }
    free(real);
    return keeps;
}
