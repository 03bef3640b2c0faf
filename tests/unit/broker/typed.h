/* SPDX-License-Identifier: MIT */
/*
 * typed - what a person types, run in a process of its own, with workers that are a script.
 *
 * The broker starts the worker that lies beside its own program: a test that uses this has a folder of its own (see
 * CMakeLists.txt). All functions fail the test on any error.
 */
#ifndef UKB_TESTS_BROKER_TYPED_H
#define UKB_TESTS_BROKER_TYPED_H

#include "../platform/scratch.h"

#include <signal.h>

#include "core/json.h"

/*
 * In a worker's script: $1 its kind, $2 its module; take: wait for a request, which is $request then, and leave with
 * the broker; say TEXT: one frame. Only the module "a" works; the machine's own have nothing in.
 */
#define TYPED_HEAD                                                                                                     \
    "#!/bin/bash\nLC_ALL=C\ncd '%s' || exit 1\necho \"$1 $2\" >> starts\n"                                             \
    "say() { n=${#1}; printf \"\\\\x$(printf %%02x $((n %% 256)))\\\\x$(printf %%02x $((n / 256)))\\\\0\\\\0%%s\" "    \
    "\"$1\"; }\n"                                                                                                      \
    "take() { n=$(head -c 4 | od -An -tu4); [ -n \"$n\" ] || exit 0; request=$(head -c $n); "                          \
    "echo \"$request\" >> requests; }\n"                                                                               \
    "if [ -n \"$2\" ] && [ \"$2\" != a ]; then while take; do say '{\"id\":1,\"result\":{\"tokens\":[],"               \
    "\"problems\":[]}}'; done; fi\n"

#define TYPED_CONFIG "{\"modules\":[{\"name\":\"a\",\"path\":\"/nonexistent/a.so\"}]}"

struct typed {
    void *scratch;
    char out[65536]; /* what the last command wrote */
    char err[8192];
};

static struct typed typed;

/* The user's, as a locale. Of LC_ALL the workers' bash would say that this machine has no such one. */
static inline void
typed_language(const char *locale)
{
    assert_int_equal(unsetenv("LC_ALL"), 0);
    assert_int_equal(unsetenv("LC_MESSAGES"), 0);
    assert_int_equal(setenv("LANG", locale, 1), 0);
}

static inline int
typed_setup(void **state)
{
    (void)state;
    memset(&typed, 0, sizeof(typed));
    assert_int_equal(scratch_setup(&typed.scratch), 0);
    assert_int_equal(setenv("HOME", ((struct scratch *)typed.scratch)->dir, 1), 0);
    typed_language("C");
    assert_int_equal(setenv("XDG_CONFIG_HOME", ((struct scratch *)typed.scratch)->dir, 1), 0);
    assert_int_equal(mkdir(scratch_path(typed.scratch, "ukeybridge"), 0700), 0);
    (void)scratch_file(typed.scratch, "ukeybridge/config.json", TYPED_CONFIG);
    return 0;
}

/* Workers end when they notice that the broker has: one that starts late may still write into the folder. */
static inline int
typed_teardown(void **state)
{
    struct scratch *s = typed.scratch;
    int tries = 200;

    (void)state;
    while (nftw(s->dir, scratch_remove, 8, FTW_DEPTH | FTW_PHYS) != 0 && tries-- > 0) {
        pause_ms(10);
    }
    assert_int_not_equal(access(s->dir, F_OK), 0);
    free(s);
    return 0;
}

/* Have workers that run @p script behind the head. */
static inline void
typed_worker(const char *script)
{
    char path[512];
    const ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1U);
    char *end = NULL;
    FILE *file = NULL;

    assert_true(len > 0);
    path[len] = '\0';
    end = strrchr(path, '/');
    assert_true((size_t)(end - path) + sizeof("/ukeybridge-worker") < sizeof(path));
    memcpy(end, "/ukeybridge-worker", sizeof("/ukeybridge-worker"));
    file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fprintf(file, TYPED_HEAD "%s\n", ((struct scratch *)typed.scratch)->dir, script) > 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, 0700), 0);
}

static inline void
typed_read(const char *name, char *ret_text, size_t size)
{
    FILE *file = fopen(scratch_path(typed.scratch, name), "r");
    size_t len = 0;

    if (file != NULL) {
        len = fread(ret_text, 1, size - 1U, file);
        assert_int_equal(fclose(file), 0);
    }
    ret_text[len] = '\0';
}

/* What the workers of module "a", and the plain ones, were asked; until the next call. */
static inline const char *
typed_requests(void)
{
    static char text[65536];

    typed_read("requests", text, sizeof(text));
    return text;
}

/* Run @p run with these words in a child whose stdout is @p out_path; its exit code. */
static inline int
typed_run_to(const char *out_path, int (*run)(int argc, char **argv), const char *const *words)
{
    char *argv[16] = { NULL };
    int argc = 0;
    pid_t child;

    (void)fflush(NULL);
    child = fork();
    if (child == 0) {
        for (; words[argc] != NULL; argc++) {
            argv[argc] = strdup(words[argc]);
        }
        if (dup2(open(out_path, O_WRONLY | O_CREAT | O_TRUNC, 0600), 1) != 1 ||
            dup2(open(scratch_path(typed.scratch, "err"), O_WRONLY | O_CREAT | O_TRUNC, 0600), 2) != 2) {
            _exit(99);
        }
        argc = run(argc, argv);
        (void)fflush(stdout);
        _exit(argc);
    }
    return exit_code_of(child);
}

static inline int
typed_run(int (*run)(int argc, char **argv), const char *const *words)
{
    char out[128];
    int code;

    (void)snprintf(out, sizeof(out), "%s", scratch_path(typed.scratch, "out"));
    code = typed_run_to(out, run, words);
    typed_read("out", typed.out, sizeof(typed.out));
    typed_read("err", typed.err, sizeof(typed.err));
    return code;
}
#define TYPED(run, ...) typed_run(run, (const char *const[]){ __VA_ARGS__, NULL })

static inline void
typed_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL) {
        fail_msg("\"%s\" is not in: %s", part, text);
    }
}

#endif /* UKB_TESTS_BROKER_TYPED_H */
