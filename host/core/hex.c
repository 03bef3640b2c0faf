/* SPDX-License-Identifier: MIT */
#include "core/hex.h"

#include <string.h>

static const char DIGITS[] = "0123456789abcdef";

static const char *
digit(char c)
{
    return c == '\0' ? NULL : strchr(DIGITS, c);
}

void
ukb_hex_encode(const unsigned char *data, size_t len, char *ret_text)
{
    size_t i;

    for (i = 0; i < len; i++) {
        ret_text[2 * i] = DIGITS[data[i] >> 4];
        ret_text[2 * i + 1] = DIGITS[data[i] & 0x0FU];
    }
    ret_text[2 * len] = '\0';
}

bool
ukb_hex_is(const char *text, size_t digits)
{
    return strlen(text) == digits && strspn(text, DIGITS) == digits;
}

bool
ukb_hex_decode(const char *text, unsigned char *ret_data, size_t len)
{
    size_t i;

    if (!ukb_hex_is(text, 2 * len)) {
        return false;
    }
    for (i = 0; i < len; i++) {
        ret_data[i] = (unsigned char)(((digit(text[2 * i]) - DIGITS) << 4) | (digit(text[2 * i + 1]) - DIGITS));
    }
    return true;
}
