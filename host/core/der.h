/* SPDX-License-Identifier: MIT */
/*
 * der - read DER (X.690 §10) piece by piece, in place: nothing is copied, so secrets stay where they are.
 *
 * Room: core.
 */
#ifndef UKB_CORE_DER_H
#define UKB_CORE_DER_H

#include <stdbool.h>
#include <stddef.h>

/** Identifier octets of what we read. */
#define UKB_DER_INTEGER      0x02U
#define UKB_DER_BIT_STRING   0x03U
#define UKB_DER_OCTET_STRING 0x04U
#define UKB_DER_OID          0x06U
#define UKB_DER_SEQUENCE     0x30U
#define UKB_DER_SET          0x31U
#define UKB_DER_CONTEXT(tag) (0xA0U + (tag)) /**< constructed; 0x80U + tag is the primitive one */

/** Bytes that are still to be read; borrowed. */
struct ukb_der {
    const unsigned char *at;
    size_t len;
};

/** True when the next value has the identifier octet @p tag; nothing is taken. */
bool ukb_der_is_next(const struct ukb_der *from, unsigned int tag);

/**
 * Take the next value, whose identifier octet must be @p tag. False, and nothing is taken, when it is another one, or
 * its length is not definite, not as short as it can be, or beyond the end.
 *
 * @param ret_content  what is inside; may be NULL, and may be @p from itself, which goes inside then.
 */
bool ukb_der_take(struct ukb_der *from, unsigned int tag, struct ukb_der *ret_content);

/** Take the next value, whatever it is, with its identifier and length. */
bool ukb_der_take_whole(struct ukb_der *from, struct ukb_der *ret_whole);

/** Take an INTEGER that is not negative; @p ret_number has no leading zero byte, and is empty for zero. */
bool ukb_der_take_number(struct ukb_der *from, struct ukb_der *ret_number);

/** Take an INTEGER from 0 to 127. */
bool ukb_der_take_small(struct ukb_der *from, unsigned int *ret_number);

/** True when the content is exactly these bytes. */
bool ukb_der_equals(const struct ukb_der *content, const void *bytes, size_t len);

#endif /* UKB_CORE_DER_H */
