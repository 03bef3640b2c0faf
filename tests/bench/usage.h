/* SPDX-License-Identifier: MIT */
/* usage - what a process and the processes that it started have used so far, all threads together. */
#ifndef UKB_TESTS_BENCH_USAGE_H
#define UKB_TESTS_BENCH_USAGE_H

#include <sys/types.h>

struct usage {
    unsigned long long cpu_ns;   /* on a core */
    unsigned long long switches; /* context switches, voluntary or not: times that it was woken, or was pushed aside */
    unsigned int processes;
};

/* Add to @p inout_usage; -1 when /proc does not tell. */
int usage_read(pid_t pid, struct usage *inout_usage);

#endif /* UKB_TESTS_BENCH_USAGE_H */
