/* SPDX-License-Identifier: MIT */
#include "core/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INTEGER_MAX_LEN 20U /* "-9223372036854775808" */
#define FIRST_SIZE      1024U

/* Make room for @p more bytes and a NUL. */
static enum ukb_status
reserve(struct ukb_buf *buf, size_t more, struct ukb_error *reterr)
{
    size_t size = buf->size == 0 ? FIRST_SIZE : buf->size;
    unsigned char *data = NULL;

    if (buf->len > buf->max_len || more > buf->max_len - buf->len) {
        return ukb_raise(reterr, UKB_E_TOO_LARGE, 0, "%zu bytes do not fit a limit of %zu", more, buf->max_len);
    }
    while (size < buf->len + more + 1U) {
        size *= 2U; /* cannot overflow: max_len bounds it, and limits.h bounds max_len */
    }
    if (size == buf->size) {
        return UKB_OK;
    }
    data = realloc(buf->data, size);
    if (data == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for %zu bytes", size);
    }
    buf->data = data;
    buf->size = size;
    return UKB_OK;
}

enum ukb_status
ukb_buf_append(struct ukb_buf *buf, const void *data, size_t len, struct ukb_error *reterr)
{
    enum ukb_status st = reserve(buf, len, reterr);

    if (st != UKB_OK) {
        return st;
    }
    if (len > 0) {
        memcpy(buf->data + buf->len, data, len);
    }
    buf->len += len;
    buf->data[buf->len] = '\0';
    return UKB_OK;
}

enum ukb_status
ukb_buf_append_text(struct ukb_buf *buf, const char *text, struct ukb_error *reterr)
{
    return ukb_buf_append(buf, text, strlen(text), reterr);
}

enum ukb_status
ukb_buf_append_integer(struct ukb_buf *buf, long long number, struct ukb_error *reterr)
{
    char digits[INTEGER_MAX_LEN];
    size_t first = sizeof(digits);
    unsigned long long rest = number < 0 ? 0ULL - (unsigned long long)number : (unsigned long long)number;

    do {
        digits[--first] = (char)('0' + rest % 10U);
        rest /= 10U;
    } while (rest > 0);
    if (number < 0) {
        digits[--first] = '-';
    }
    return ukb_buf_append(buf, digits + first, sizeof(digits) - first, reterr);
}

enum ukb_status
ukb_buf_printf(struct ukb_buf *buf, struct ukb_error *reterr, const char *format, ...)
{
    enum ukb_status st;
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "a format that does not format");
    }
    st = reserve(buf, (size_t)len, reterr);
    if (st != UKB_OK) {
        return st;
    }
    va_start(args, format);
    (void)vsnprintf((char *)buf->data + buf->len, (size_t)len + 1U, format, args);
    va_end(args);
    buf->len += (size_t)len;
    return UKB_OK;
}

enum ukb_status
ukb_buf_resize(struct ukb_buf *buf, size_t len, struct ukb_error *reterr)
{
    enum ukb_status st;

    ukb_buf_clear(buf);
    st = reserve(buf, len, reterr);
    if (st != UKB_OK) {
        return st;
    }
    memset(buf->data, 0, len + 1U);
    buf->len = len;
    return UKB_OK;
}

const char *
ukb_buf_text(const struct ukb_buf *buf)
{
    return buf->data == NULL ? "" : (const char *)buf->data;
}

void
ukb_buf_clear(struct ukb_buf *buf)
{
    buf->len = 0;
    if (buf->data != NULL) {
        buf->data[0] = '\0';
    }
}

void
ukb_buf_move(struct ukb_buf *to, struct ukb_buf *from)
{
    free(to->data);
    *to = *from;
    from->data = NULL;
    from->len = 0;
    from->size = 0;
}

char *
ukb_buf_take(struct ukb_buf *buf)
{
    char *data = (char *)buf->data;

    buf->data = NULL;
    buf->len = 0;
    buf->size = 0;
    return data;
}

void
ukb_buf_done(struct ukb_buf *buf)
{
    if (buf != NULL) {
        free(buf->data);
        buf->data = NULL;
        buf->len = 0;
        buf->size = 0;
    }
}
