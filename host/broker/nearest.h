/* SPDX-License-Identifier: MIT */
/*
 * nearest - which word somebody may have meant.
 *
 * Room: broker.
 */
#ifndef UKB_BROKER_NEAREST_H
#define UKB_BROKER_NEAREST_H

#include <stddef.h>

/** A word longer than this is nobody's slip. */
#define UKB_NEAREST_MAX_LEN 64U

/**
 * Letters to add, drop or change, and neighbours to swap, until @p a is @p b (optimal string alignment distance).
 * Beyond UKB_NEAREST_MAX_LEN in either: SIZE_MAX.
 */
size_t ukb_nearest_distance(const char *a, const char *b);

/** What is looked for, and the best so far. Initialise with `{ .word = … }`. */
struct ukb_nearest {
    const char *word;
    const char *best; /**< NULL: none is near enough: two slips, one in a short word, or its first letters */
    size_t distance;
};

/** Take @p candidate, which is borrowed, if it is nearer than the best. */
void ukb_nearest_try(struct ukb_nearest *nearest, const char *candidate);

#endif /* UKB_BROKER_NEAREST_H */
