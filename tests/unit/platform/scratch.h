/* SPDX-License-Identifier: MIT */
/* scratch - a throw-away folder for one test, and small things to do in it. */
#ifndef UKB_TESTS_PLATFORM_SCRATCH_H
#define UKB_TESTS_PLATFORM_SCRATCH_H

#include "../test.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct scratch {
    char dir[32];
    char path[128]; /* of the last scratch_path() */
};

static inline int
scratch_setup(void **state)
{
    struct scratch *s = calloc(1, sizeof(*s));

    assert_non_null(s);
    (void)snprintf(s->dir, sizeof(s->dir), "/tmp/ukb-test-XXXXXX");
    assert_non_null(mkdtemp(s->dir));
    *state = s;
    return 0;
}

static inline int
scratch_remove(const char *path, const struct stat *facts, int type, struct FTW *place)
{
    (void)facts;
    (void)type;
    (void)place;
    return remove(path);
}

static inline int
scratch_teardown(void **state)
{
    struct scratch *s = *state;

    assert_int_equal(nftw(s->dir, scratch_remove, 8, FTW_DEPTH | FTW_PHYS), 0);
    free(s);
    return 0;
}

/* The path of @p name in the folder; until the next call. */
static inline const char *
scratch_path(struct scratch *s, const char *name)
{
    (void)snprintf(s->path, sizeof(s->path), "%s/%s", s->dir, name);
    return s->path;
}

/* Make a file with mode 0644; returns its path. */
static inline const char *
scratch_file(struct scratch *s, const char *name, const char *content)
{
    FILE *file = fopen(scratch_path(s, name), "w");

    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(s->path, 0644), 0);
    return s->path;
}

static inline long long
now_ms(void)
{
    struct timespec now = { 0 };

    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline void
pause_ms(long ms)
{
    const struct timespec pause = { ms / 1000, ms % 1000 * 1000000L };

    (void)nanosleep(&pause, NULL);
}

/* Wait for a child; its exit code, or -1 when a signal ended it. */
static inline int
exit_code_of(pid_t child)
{
    int status = 0;

    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#endif /* UKB_TESTS_PLATFORM_SCRATCH_H */
