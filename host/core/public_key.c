/* SPDX-License-Identifier: MIT */
#include "core/public_key.h"

#include <string.h>

static bool
same(const unsigned char *a, size_t a_len, const unsigned char *b, size_t b_len)
{
    return a_len == b_len && memcmp(a, b, a_len) == 0;
}

bool
ukb_public_key_equal(const struct ukb_public_key *a, const struct ukb_public_key *b)
{
    if (a->type == UKB_KEY_UNKNOWN || a->type != b->type) {
        return false;
    }
    return same(a->modulus, a->modulus_len, b->modulus, b->modulus_len) &&
           same(a->exponent, a->exponent_len, b->exponent, b->exponent_len) &&
           same(a->params, a->params_len, b->params, b->params_len) &&
           same(a->point, a->point_len, b->point, b->point_len);
}

unsigned int
ukb_public_key_bits(const struct ukb_public_key *key)
{
    unsigned int bits = 0;
    unsigned char top;

    if (key->type == UKB_KEY_RSA && key->modulus_len > 0) {
        bits = (unsigned int)(key->modulus_len - 1U) * 8U;
        for (top = key->modulus[0]; top != 0; top = (unsigned char)(top >> 1)) {
            bits++;
        }
        return bits;
    }
    if (key->point_len > 1) {
        return (unsigned int)(key->point_len - 1U) / 2U * 8U;
    }
    return 0;
}
