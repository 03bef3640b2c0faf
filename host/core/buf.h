/* SPDX-License-Identifier: MIT */
/*
 * buf - the only growable memory of the project: bytes that must be told their maximum.
 *
 * Room: core.  Not for secrets: a grown buffer leaves its old block behind unwiped (see secret/secret.h).
 */
#ifndef UKB_CORE_BUF_H
#define UKB_CORE_BUF_H

#include <stddef.h>

#include "core/status.h"

/** Owned bytes. Read the members; change them only through the functions below. */
struct ukb_buf {
    unsigned char *data; /**< NULL while nothing was stored; always followed by a NUL byte otherwise */
    size_t len;          /**< bytes stored, without that NUL */
    size_t size;         /**< bytes allocated */
    size_t max_len;      /**< len never grows beyond this */
};

/** An empty buffer that will hold at most @p max bytes. */
#define UKB_BUF_INIT(max)                                                                                              \
    {                                                                                                                  \
        NULL, 0, 0, (max)                                                                                              \
    }

/** Append @p len bytes. @retval UKB_E_TOO_LARGE beyond max_len (nothing appended). @retval UKB_E_INTERNAL no memory. */
UKB_MUST_USE enum ukb_status ukb_buf_append(struct ukb_buf *buf, const void *data, size_t len,
                                            struct ukb_error *reterr);

/** Append the NUL-terminated @p text, without its NUL. */
UKB_MUST_USE enum ukb_status ukb_buf_append_text(struct ukb_buf *buf, const char *text, struct ukb_error *reterr);

/** Append @p number in decimal. printf does it too, but brings its whole machine into a program that starts to say
 * hello. */
UKB_MUST_USE enum ukb_status ukb_buf_append_integer(struct ukb_buf *buf, long long number, struct ukb_error *reterr);

/** Append like printf. */
UKB_MUST_USE enum ukb_status ukb_buf_printf(struct ukb_buf *buf, struct ukb_error *reterr, const char *format, ...)
    UKB_PRINTF(3, 4);

/** Make room for exactly @p len bytes and set len to it; the bytes are zero. For readers that know a length. */
UKB_MUST_USE enum ukb_status ukb_buf_resize(struct ukb_buf *buf, size_t len, struct ukb_error *reterr);

/** The text as a string; "" while empty. Borrowed: valid until the next change. */
const char *ukb_buf_text(const struct ukb_buf *buf);

/** Forget the content, keep the memory. */
void ukb_buf_clear(struct ukb_buf *buf);

/** Move @p from's content to @p to (freeing what was there); @p from is empty afterwards. */
void ukb_buf_move(struct ukb_buf *to, struct ukb_buf *from);

/** Hand the memory over: the caller frees it with free(). NULL when nothing was stored. The buffer is empty afterwards.
 */
char *ukb_buf_take(struct ukb_buf *buf);

/** Free the content. NULL and a zeroed buffer are fine. */
void ukb_buf_done(struct ukb_buf *buf);

#endif /* UKB_CORE_BUF_H */
