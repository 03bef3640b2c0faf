/* SPDX-License-Identifier: MIT */
#include "doctor/relaxed.h"

#include <stdbool.h>
#include <string.h>

#include "core/limits.h"

#define MARK "\xEF\xBB\xBF"

struct reader {
    const char *at;
    const char *end;
    struct ukb_buf *strict;
    char last; /* what was written last outside a string, but for spaces */
    unsigned int depth;
};

static bool
begins(const char *at, const char *end, const char *with)
{
    return (size_t)(end - at) >= strlen(with) && memcmp(at, with, strlen(with)) == 0;
}

/* Behind the comment at @p at; @p at where there is none, or none that ends. A line ends with a line feed alone. */
static const char *
behind_comment(const char *at, const char *end)
{
    const char *stop = NULL;

    if (begins(at, end, "//")) {
        stop = memchr(at, '\n', (size_t)(end - at));
        return stop == NULL ? end : stop;
    }
    if (begins(at, end, "/*")) {
        for (stop = at + 2; stop < end; stop++) {
            if (begins(stop, end, "*/")) {
                return stop + 2;
            }
        }
    }
    return at;
}

/* Behind white space and comments. */
static const char *
behind_gap(const char *at, const char *end)
{
    const char *before = NULL;

    do {
        before = at;
        while (at < end && strchr(" \t\r\n", *at) != NULL && *at != '\0') {
            at++;
        }
        at = behind_comment(at, end);
    } while (at != before);
    return at;
}

/* The string that begins here, up to its end or the text's. */
static enum ukb_status
take_string(struct reader *r, struct ukb_error *reterr)
{
    enum ukb_status st = ukb_buf_append(r->strict, r->at++, 1, reterr);
    bool ended = false;

    while (st == UKB_OK && r->at < r->end && !ended) {
        if (begins(r->at, r->end, "\\x")) {
            st = ukb_buf_append_text(r->strict, "\\u00", reterr);
            r->at += 2;
        } else if (*r->at == '\n' || *r->at == '\r') {
            st = ukb_buf_append_text(r->strict, *r->at == '\n' ? "\\n" : "\\r", reterr);
            r->at++;
        } else {
            const size_t len = *r->at == '\\' && r->at + 1 < r->end ? 2 : 1;

            ended = *r->at == '"';
            st = ukb_buf_append(r->strict, r->at, len, reterr);
            r->at += len;
        }
    }
    r->last = '"';
    return st;
}

/* Is the comma here one behind the last item, of one at least? */
static bool
is_trailing(const struct reader *r)
{
    const char *next = behind_gap(r->at + 1, r->end);

    return next < r->end && (*next == ']' || *next == '}') && r->last != '\0' && strchr("[{,", r->last) == NULL;
}

static enum ukb_status
take_sign(struct reader *r, struct ukb_error *reterr)
{
    const bool drop = *r->at == ',' && is_trailing(r);

    r->depth += *r->at == '[' || *r->at == '{' ? 1 : 0;
    r->depth -= (*r->at == ']' || *r->at == '}') && r->depth > 0 ? 1 : 0;
    if (r->depth > UKB_JSON_MAX_DEPTH) {
        return ukb_raise(reterr, UKB_E_TOO_LARGE, 0, "nested deeper than %u", UKB_JSON_MAX_DEPTH);
    }
    r->last = drop ? r->last : *r->at;
    return ukb_buf_append(r->strict, drop ? " " : r->at, 1, reterr);
}

/* Spaces in the place of white space and comments up to @p next. */
static enum ukb_status
take_gap(struct reader *r, const char *next, struct ukb_error *reterr)
{
    enum ukb_status st = UKB_OK;

    for (; st == UKB_OK && r->at < next; r->at++) {
        st = ukb_buf_append(r->strict, *r->at == '\n' ? "\n" : " ", 1, reterr);
    }
    return st;
}

enum ukb_status
ukb_relaxed_to_strict(const char *text, size_t len, struct ukb_buf *ret_strict, struct ukb_error *reterr)
{
    struct reader r = { .at = text, .end = text + len, .strict = ret_strict };
    enum ukb_status st = take_gap(&r, begins(text, r.end, MARK) ? text + strlen(MARK) : text, reterr);

    while (st == UKB_OK && r.at < r.end) {
        const char *next = behind_gap(r.at, r.end);

        if (next > r.at) {
            st = take_gap(&r, next, reterr);
        } else if (*r.at == '"') {
            st = take_string(&r, reterr);
        } else {
            st = take_sign(&r, reterr);
            r.at++;
        }
    }
    return st;
}
