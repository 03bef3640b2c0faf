/* SPDX-License-Identifier: MIT */
/*
 * text - the padded text fields of PKCS#11, made fit to show.
 *
 * Room: token, inside only.
 */
#ifndef UKB_TOKEN_TEXT_H
#define UKB_TOKEN_TEXT_H

#include <stddef.h>

/** Bytes of @p text before the first NUL, without trailing blanks: fields are padded, some modules use NUL for it. */
size_t ukb_text_trimmed_len(const unsigned char *text, size_t len);

/**
 * Copy the trimmed @p text and a NUL to @p ret_text[@p len + 1]. Every byte that is not part of printable UTF-8 becomes
 * '?', so that the length never grows; so do invisible and direction-changing characters, which could fake other text.
 */
void ukb_text_printable(const unsigned char *text, size_t len, char *ret_text);

#endif /* UKB_TOKEN_TEXT_H */
