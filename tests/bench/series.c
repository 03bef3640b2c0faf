/* SPDX-License-Identifier: MIT */
#include "series.h"

#include <stdlib.h>

static int
by_value(const void *a, const void *b)
{
    const double first = *(const double *)a;
    const double second = *(const double *)b;

    return (first > second) - (first < second);
}

void
series_add(struct series *series, double value)
{
    if (series->count < SERIES_MAX) {
        series->values[series->count++] = value;
    }
}

double
series_quantile(struct series *series, double part)
{
    size_t at = (size_t)((double)series->count * part);

    if (series->count == 0) {
        return 0;
    }
    qsort(series->values, series->count, sizeof(series->values[0]), by_value);
    return series->values[at < series->count ? at : series->count - 1U];
}

unsigned int
read_number(const char *text, unsigned long max)
{
    char *end = NULL;
    unsigned long number = text == NULL ? 0 : strtoul(text, &end, 10);

    return end != NULL && *end == '\0' && number <= max ? (unsigned int)number : 0;
}
