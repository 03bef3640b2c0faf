/* SPDX-License-Identifier: MIT */
#include "broker/nearest.h"

#include <stdint.h>
#include <string.h>

#define SLIPS            2U
#define LETTERS_PER_SLIP 3U

static size_t
least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t
ukb_nearest_distance(const char *a, const char *b)
{
    size_t rows[3][UKB_NEAREST_MAX_LEN + 1U]; /* of the table of all beginnings: the last three suffice */
    const size_t a_len = strlen(a);
    const size_t b_len = strlen(b);
    size_t i;
    size_t j;

    if (a_len > UKB_NEAREST_MAX_LEN || b_len > UKB_NEAREST_MAX_LEN) {
        return SIZE_MAX;
    }
    for (j = 0; j <= b_len; j++) {
        rows[0][j] = j;
    }
    for (i = 1; i <= a_len; i++) {
        size_t *row = rows[i % 3U];
        const size_t *above = rows[(i + 2U) % 3U];
        const size_t *second = rows[(i + 1U) % 3U];

        row[0] = i;
        for (j = 1; j <= b_len; j++) {
            row[j] = least(least(above[j], row[j - 1U]) + 1U, above[j - 1U] + (a[i - 1U] == b[j - 1U] ? 0U : 1U));
            if (i > 1 && j > 1 && a[i - 1U] == b[j - 2U] && a[i - 2U] == b[j - 1U]) {
                row[j] = least(row[j], second[j - 2U] + 1U);
            }
        }
    }
    return rows[a_len % 3U][b_len];
}

void
ukb_nearest_try(struct ukb_nearest *nearest, const char *candidate)
{
    const size_t len = strlen(candidate);
    const size_t typed_len = strlen(nearest->word);
    const size_t allowed = least(len / LETTERS_PER_SLIP, SLIPS);
    size_t distance = ukb_nearest_distance(nearest->word, candidate);

    if (typed_len >= LETTERS_PER_SLIP && strncmp(candidate, nearest->word, typed_len) == 0) {
        distance = least(distance, allowed); /* a word that was left off is no worse than a slip */
    }
    if (distance <= allowed && (nearest->best == NULL || distance < nearest->distance)) {
        nearest->best = candidate;
        nearest->distance = distance;
    }
}
