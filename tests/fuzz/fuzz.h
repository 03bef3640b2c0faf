/* SPDX-License-Identifier: MIT */
/* fuzz - what every harness declares: libFuzzer's entry point, and a check that no build leaves out. */
#ifndef UKB_TESTS_FUZZ_FUZZ_H
#define UKB_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Like assert(), also under NDEBUG: Release builds replay the corpus too. */
static inline void
require(int holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "does not hold: %s\n", what);
        abort();
    }
}

#endif /* UKB_TESTS_FUZZ_FUZZ_H */
