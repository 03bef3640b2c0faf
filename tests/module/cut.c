/* SPDX-License-Identifier: MIT */
/*
 * libukb-cut.so - preloaded into a host: the power fails in the middle of writing. The worker that logs in is killed
 * before the n-th change of a kind of files: README.md.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_LEN 512
#define KINDS_MAX    16U
#define KIND_SIZE    64U

/* Of this process, and only one of a worker's threads writes. By kind: how many pages SQLite writes differs. */
static struct {
    char name[KIND_SIZE];
    unsigned count;
} kinds[KINDS_MAX];

static void *
next(const char *name)
{
    return dlsym((void *)-1L /* RTLD_NEXT */, name);
}

/* The second word of the command line says what kind of worker this is. */
static bool
logs_in(void)
{
    char line[LINE_MAX_LEN] = "";
    int fd = ((int (*)(const char *, int, ...))next("open64"))("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t len = fd < 0 ? 0 : read(fd, line, sizeof(line) - 1U);
    size_t first = len > 0 ? strlen(line) + 1U : 0;

    if (fd >= 0) {
        (void)close(fd);
    }
    return first > 0 && first < (size_t)len && strcmp(line + first, "login") == 0;
}

/* Whose file is it? The UKey's folder is $UKB_CUT_UKEY, the journal's $UKB_CUT_JOURNAL; NULL: neither's. */
static const char *
owner_of(const char *path)
{
    const char *ukey = getenv("UKB_CUT_UKEY");
    const char *journal = getenv("UKB_CUT_JOURNAL");
    const size_t len = strlen(path);
    const size_t ending = strlen("-journal");

    if (ukey != NULL && strncmp(path, ukey, strlen(ukey)) == 0) {
        return "UKey";
    }
    if (journal == NULL || strncmp(path, journal, strlen(journal)) != 0) {
        return NULL;
    }
    return len > ending && strcmp(path + len - ending, "-journal") == 0 ? "journal's journal" : "journal";
}

/* How many changes of that kind there have been, with this one. */
static unsigned
count_of(const char *kind)
{
    size_t i;

    for (i = 0; i < KINDS_MAX - 1U && kinds[i].count > 0 && strcmp(kinds[i].name, kind) != 0; i++) {
    }
    (void)snprintf(kinds[i].name, sizeof(kinds[i].name), "%s", kind);
    return ++kinds[i].count;
}

/* One line for each change, so that an undisturbed run lists them. */
static void
write_down(const char *place, const char *path)
{
    const char *file = getenv("UKB_CUT_LOG");
    char line[LINE_MAX_LEN];
    int len = snprintf(line, sizeof(line), "%s\t%s\n", place, path);
    int fd =
        file == NULL
            ? -1
            : ((int (*)(const char *, int, ...))next("open64"))(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);

    if (fd >= 0) {
        (void)((ssize_t(*)(int, const void *, size_t))next("write"))(fd, line, (size_t)len);
        (void)close(fd);
    }
}

static void
about_to(const char *what, const char *path)
{
    const char *at = getenv("UKB_CUT_AT");
    const char *owner = owner_of(path);
    char kind[KIND_SIZE];
    char place[KIND_SIZE + 16U];

    if (owner == NULL || !logs_in()) {
        return;
    }
    (void)snprintf(kind, sizeof(kind), "%s, %s", owner, what);
    (void)snprintf(place, sizeof(place), "%s:%u", kind, count_of(kind));
    write_down(place, path);
    if (at != NULL && strcmp(at, place) == 0) {
        (void)raise(SIGKILL);
    }
}

static void
about_to_fd(const char *what, int fd)
{
    char link[32];
    char path[LINE_MAX_LEN];
    int mode = fcntl(fd, F_GETFL);
    ssize_t len;

    (void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    len = mode == -1 || (mode & O_ACCMODE) == O_RDONLY ? -1 : readlink(link, path, sizeof(path) - 1U);
    if (len > 0) {
        path[len] = '\0';
        about_to(what, path);
    }
}

/* The functions that SQLite and SoftHSM change files by. */
#define OURS __attribute__((visibility("default")))

#define OPEN(name)                                                                                                     \
    OURS int name(const char *path, int flags, ...);                                                                   \
    int name(const char *path, int flags, ...)                                                                         \
    {                                                                                                                  \
        unsigned mode = 0;                                                                                             \
        va_list rest;                                                                                                  \
                                                                                                                       \
        if ((flags & O_CREAT) != 0) {                                                                                  \
            va_start(rest, flags);                                                                                     \
            mode = va_arg(rest, unsigned);                                                                             \
            va_end(rest);                                                                                              \
            if (access(path, F_OK) != 0) {                                                                             \
                about_to("create", path);                                                                              \
            }                                                                                                          \
        }                                                                                                              \
        return ((int (*)(const char *, int, ...))next(#name))(path, flags, mode);                                      \
    }
OPEN(open)
OPEN(open64)

#define BY_PATH(name)                                                                                                  \
    OURS int name(const char *path);                                                                                   \
    int name(const char *path)                                                                                         \
    {                                                                                                                  \
        about_to("remove", path);                                                                                      \
        return ((int (*)(const char *))next(#name))(path);                                                             \
    }
BY_PATH(remove)
BY_PATH(unlink)

#define BY_STREAM(name)                                                                                                \
    OURS int name(FILE *stream);                                                                                       \
    int name(FILE *stream)                                                                                             \
    {                                                                                                                  \
        if (stream != NULL) {                                                                                          \
            about_to_fd(#name, fileno(stream));                                                                        \
        }                                                                                                              \
        return ((int (*)(FILE *))next(#name))(stream);                                                                 \
    }
BY_STREAM(fflush)
BY_STREAM(fclose)

#define BY_LENGTH(name)                                                                                                \
    OURS int name(int fd, off_t len);                                                                                  \
    int name(int fd, off_t len)                                                                                        \
    {                                                                                                                  \
        about_to_fd("truncate", fd);                                                                                   \
        return ((int (*)(int, off_t))next(#name))(fd, len);                                                            \
    }
BY_LENGTH(ftruncate)
BY_LENGTH(ftruncate64)

OURS ssize_t pwrite64(int fd, const void *data, size_t len, off_t offset);
ssize_t
pwrite64(int fd, const void *data, size_t len, off_t offset)
{
    about_to_fd("write", fd);
    return ((ssize_t(*)(int, const void *, size_t, off_t))next("pwrite64"))(fd, data, len, offset);
}

OURS int fdatasync(int fd);
int
fdatasync(int fd)
{
    about_to_fd("sync", fd);
    return ((int (*)(int))next("fdatasync"))(fd);
}
