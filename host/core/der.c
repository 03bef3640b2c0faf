/* SPDX-License-Identifier: MIT */
#include "core/der.h"

#include <string.h>

#define LONG_FORM     0x80U
#define TAG_NUMBER    0x1FU /* all ones: more octets follow, which nothing that we read needs */
#define LENGTH_OCTETS 3U    /* 16 MiB: far beyond our limits */

/* Where the content of the next value begins, and how long it is. */
static bool
read_header(const struct ukb_der *from, size_t *ret_header_len, size_t *ret_len)
{
    size_t octets = 0;
    size_t len = 0;
    size_t i;

    if (from->len < 2 || (from->at[0] & TAG_NUMBER) == TAG_NUMBER) {
        return false;
    }
    len = from->at[1];
    if (len >= LONG_FORM) {
        octets = len - LONG_FORM;
        len = 0;
        if (octets == 0 || octets > LENGTH_OCTETS || from->len < 2U + octets || from->at[2] == 0) {
            return false;
        }
        for (i = 0; i < octets; i++) {
            len = len << 8 | from->at[2 + i];
        }
        if (len < LONG_FORM) {
            return false;
        }
    }
    if (len > from->len - 2U - octets) {
        return false;
    }
    *ret_header_len = 2U + octets;
    *ret_len = len;
    return true;
}

bool
ukb_der_is_next(const struct ukb_der *from, unsigned int tag)
{
    return from->len > 0 && from->at[0] == tag;
}

bool
ukb_der_take(struct ukb_der *from, unsigned int tag, struct ukb_der *ret_content)
{
    struct ukb_der content;
    size_t header_len = 0;
    size_t len = 0;

    if (!ukb_der_is_next(from, tag) || !read_header(from, &header_len, &len)) {
        return false;
    }
    content = (struct ukb_der){ from->at + header_len, len };
    from->at += header_len + len;
    from->len -= header_len + len;
    if (ret_content != NULL) {
        *ret_content = content;
    }
    return true;
}

bool
ukb_der_take_whole(struct ukb_der *from, struct ukb_der *ret_whole)
{
    const unsigned char *start = from->at;

    if (from->len == 0 || !ukb_der_take(from, from->at[0], NULL)) {
        return false;
    }
    *ret_whole = (struct ukb_der){ start, (size_t)(from->at - start) };
    return true;
}

bool
ukb_der_take_number(struct ukb_der *from, struct ukb_der *ret_number)
{
    struct ukb_der rest = *from;
    struct ukb_der number;

    if (!ukb_der_take(&rest, UKB_DER_INTEGER, &number) || number.len == 0 || number.at[0] >= 0x80U ||
        (number.len > 1 && number.at[0] == 0 && number.at[1] < 0x80U)) {
        return false;
    }
    if (number.at[0] == 0) {
        number.at++;
        number.len--;
    }
    *ret_number = number;
    *from = rest;
    return true;
}

bool
ukb_der_take_small(struct ukb_der *from, unsigned int *ret_number)
{
    struct ukb_der rest = *from;
    struct ukb_der number;

    if (!ukb_der_take_number(&rest, &number) || number.len > 1 || (number.len == 1 && number.at[0] >= 0x80U)) {
        return false;
    }
    *ret_number = number.len == 0 ? 0 : number.at[0];
    *from = rest;
    return true;
}

bool
ukb_der_equals(const struct ukb_der *content, const void *bytes, size_t len)
{
    return content->len == len && memcmp(content->at, bytes, len) == 0;
}
