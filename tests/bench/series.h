/* SPDX-License-Identifier: MIT */
/* series - measured values, and what half of them do not exceed. */
#ifndef UKB_TESTS_BENCH_SERIES_H
#define UKB_TESTS_BENCH_SERIES_H

#include <stddef.h>

#define SERIES_MAX 10000U

struct series {
    double values[SERIES_MAX];
    size_t count;
};

void series_add(struct series *series, double value);

/* The value that @p part of the series, from 0 to 1, does not exceed. Sorts it. */
double series_quantile(struct series *series, double part);

/* A number from 1 to @p max; 0 for anything else. */
unsigned int read_number(const char *text, unsigned long max);

#endif /* UKB_TESTS_BENCH_SERIES_H */
