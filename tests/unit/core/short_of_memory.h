/* SPDX-License-Identifier: MIT */
/* short_of_memory - cJSON's memory, one allocation of which fails. */
#ifndef UKB_TESTS_CORE_SHORT_OF_MEMORY_H
#define UKB_TESTS_CORE_SHORT_OF_MEMORY_H

#include <stdlib.h>

#include "core/json.h"

static size_t until_failure; /* so many allocations; 0: none fails, or one has */
static size_t live;          /* blocks that were not freed */

static inline void *
failing_malloc(size_t size)
{
    void *memory = NULL;

    if (until_failure == 0 || --until_failure > 0) {
        memory = malloc(size);
        live += memory != NULL;
    }
    return memory;
}

static inline void
counting_free(void *memory)
{
    live -= memory != NULL;
    free(memory);
}

/* For cJSON_InitHooks(), which takes NULL for the usual memory again. */
static cJSON_Hooks short_of_memory = { failing_malloc, counting_free };

#endif /* UKB_TESTS_CORE_SHORT_OF_MEMORY_H */
