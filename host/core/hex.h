/* SPDX-License-Identifier: MIT */
/*
 * hex - bytes as lower-case hexadecimal digits and back.  Room: core.
 */
#ifndef UKB_CORE_HEX_H
#define UKB_CORE_HEX_H

#include <stdbool.h>
#include <stddef.h>

/** Write 2 * @p len digits and a NUL to @p ret_text, which has room for them. */
void ukb_hex_encode(const unsigned char *data, size_t len, char *ret_text);

/** Read exactly 2 * @p len lower-case digits of @p text into @p ret_data; false on anything else. */
bool ukb_hex_decode(const char *text, unsigned char *ret_data, size_t len);

/** True when @p text is @p digits lower-case hexadecimal digits and nothing more. */
bool ukb_hex_is(const char *text, size_t digits);

#endif /* UKB_CORE_HEX_H */
