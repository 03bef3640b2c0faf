/* SPDX-License-Identifier: MIT */
/* child - a host that is being measured: start it, speak frames to it, look at it, end it. */
#ifndef UKB_TESTS_BENCH_CHILD_H
#define UKB_TESTS_BENCH_CHILD_H

#include <stddef.h>
#include <sys/types.h>

struct child {
    pid_t pid;
    int in;  /* we write */
    int out; /* we read */
};

/* CLOCK_MONOTONIC, in microseconds. */
double now_us(void);

#define ORIGIN "chrome-extension://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/" /* what Chromium starts a host with */

/* Start @p program with one argument as Chromium would, stderr shut up; -1 on failure. */
int child_start(const char *program, const char *argument, struct child *ret_child);

/* The same with any arguments; @p command ends with NULL. */
int child_start_command(const char *const *command, struct child *ret_child);

/* The two halves of child_ask(). */
int child_send(const struct child *child, const char *body);
int child_receive(const struct child *child);

/* Send one frame and read the whole reply; -1 unless it is a JSON-RPC result. */
int child_ask(const struct child *child, const char *body);

/* The last reply of any child. */
const char *child_reply(void);

/* Close its stdin and wait for its end. Returns the microseconds, or -1 when it did not exit with 0 in five seconds. */
double child_end(struct child *child);

/* Peak resident memory in kB; -1 when it cannot be read. */
long child_peak_kb(const struct child *child);

/* Shared objects in its memory, the loader among them; -1 when they cannot be read. */
int child_libraries(const struct child *child);

#endif /* UKB_TESTS_BENCH_CHILD_H */
