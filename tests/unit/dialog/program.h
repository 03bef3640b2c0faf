/* SPDX-License-Identifier: MIT */
/* program - a dialog whose program is a shell script. All functions fail the test on any error. */
#ifndef UKB_TESTS_DIALOG_PROGRAM_H
#define UKB_TESTS_DIALOG_PROGRAM_H

#include "../test.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dialog/dialog.h"

/* A program's beginning: greet, and agree to whatever is set. The test adds what it answers to GETPIN and CONFIRM. */
#define GREETS "echo 'OK Pleased to meet you'\nwhile read -r line; do\ncase \"$line\" in\n"
#define AGREES "BYE*) echo OK; exit 0;;\n*) echo OK;;\nesac\ndone\n"

struct fixture {
    char dir[64];
    char program[96];
    struct ukb_dialog *dialog;
    int waiting;      /* started minus ended */
    int waiting_seen; /* times that it was started */
};

static inline int
setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    (void)signal(SIGPIPE, SIG_IGN); /* as every worker has it */
    assert_non_null(f);
    (void)snprintf(f->dir, sizeof(f->dir), "/tmp/ukb-pinentry-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    (void)snprintf(f->program, sizeof(f->program), "%s/pinentry", f->dir);
    *state = f;
    return 0;
}

static inline int
teardown(void **state)
{
    static const char *const names[] = { "pinentry", "lock/dialog", "lock", "seen" };
    struct fixture *f = *state;
    size_t i;

    ukb_dialog_free(f->dialog);
    assert_int_equal(f->waiting, 0);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* neither a process nor a zombie is left */
    assert_int_equal(errno, ECHILD);
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char path[128];

        (void)snprintf(path, sizeof(path), "%s/%s", f->dir, names[i]);
        (void)remove(path);
    }
    assert_int_equal(rmdir(f->dir), 0);
    free(f);
    return 0;
}

static inline void
count_waiting(void *ctx, bool waiting)
{
    struct fixture *f = ctx;

    f->waiting += waiting ? 1 : -1;
    f->waiting_seen += waiting ? 1 : 0;
}

/* Start a dialog with the shell script @p script as its program. */
static inline void
start(struct fixture *f, const char *script, unsigned int timeout_ms)
{
    char lock_dir[96];
    const struct ukb_dialog_config config = {
        .program = f->program, .lock_dir = lock_dir, .waiting = count_waiting, .ctx = f, .timeout_ms = timeout_ms
    };
    struct ukb_error err = { 0 };
    FILE *file = fopen(f->program, "w");

    assert_non_null(file);
    assert_true(fprintf(file, "#!/bin/sh\n%s", script) > 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(f->program, 0700), 0);
    (void)snprintf(lock_dir, sizeof(lock_dir), "%s/lock", f->dir);
    assert_int_equal(ukb_dialog_new(&config, &f->dialog, &err), UKB_OK);
}

#endif /* UKB_TESTS_DIALOG_PROGRAM_H */
