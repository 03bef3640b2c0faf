/* SPDX-License-Identifier: MIT */
#include "core/status.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ROW(name, code) [UKB_E_##name] = { code, #name },

static const struct {
    int code;
    const char *reason;
} rows[UKB_STATUS_COUNT] = { [UKB_E_PARSE] = { -32700, NULL },          [UKB_E_INVALID_REQUEST] = { -32600, NULL },
                             [UKB_E_METHOD_UNKNOWN] = { -32601, NULL }, [UKB_E_PARAMS] = { -32602, NULL },
                             [UKB_E_INTERNAL] = { -32603, NULL },       UKB_REASONS(ROW) };

/* Bytes of the character at @p text, 0 when it is malformed. RFC 3629 §4. */
static size_t
character_len(const char *text)
{
    static const struct {
        unsigned char lead_low, lead_high, second_low, second_high;
        size_t len;
    } forms[] = {
        { 0x01, 0x7F, 0x00, 0xFF, 1 }, { 0xC2, 0xDF, 0x80, 0xBF, 2 }, { 0xE0, 0xE0, 0xA0, 0xBF, 3 },
        { 0xE1, 0xEC, 0x80, 0xBF, 3 }, { 0xED, 0xED, 0x80, 0x9F, 3 }, { 0xEE, 0xEF, 0x80, 0xBF, 3 },
        { 0xF0, 0xF0, 0x90, 0xBF, 4 }, { 0xF1, 0xF3, 0x80, 0xBF, 4 }, { 0xF4, 0xF4, 0x80, 0x8F, 4 },
    };
    const unsigned char *at = (const unsigned char *)text;
    size_t form = 0;
    size_t i;

    while (form < sizeof(forms) / sizeof(forms[0]) && (at[0] < forms[form].lead_low || at[0] > forms[form].lead_high)) {
        form++;
    }
    if (form == sizeof(forms) / sizeof(forms[0]) || at[1] < forms[form].second_low || at[1] > forms[form].second_high) {
        return 0;
    }
    for (i = 2; i < forms[form].len; i++) {
        if ((at[i] & 0xC0U) != 0x80U) {
            return 0;
        }
    }
    return forms[form].len;
}

/*
 * Copy at most @p max_len bytes of @p from and a NUL, never ending inside a character. What is not UTF-8 (a name cut
 * by "%.64s", a file name, a vendor's text) becomes "?": it would spoil the reply that carries it.
 */
static void
copy_cut(char *to, size_t max_len, const char *from)
{
    size_t len = 0;

    while (*from != '\0') {
        size_t more = character_len(from);

        if (len + (more == 0 ? 1U : more) > max_len) {
            break;
        }
        if (more == 0) {
            to[len++] = '?';
            from++;
        } else {
            memcpy(to + len, from, more);
            len += more;
            from += more;
        }
    }
    to[len] = '\0';
}

enum ukb_status
ukb_raise(struct ukb_error *reterr, enum ukb_status status, unsigned long native, const char *format, ...)
{
    char text[UKB_ERROR_MESSAGE_MAX_LEN + 64U] = "";
    va_list args;

    assert(reterr != NULL && status > UKB_END && status < UKB_STATUS_COUNT);
    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args); /* a cut message is still a message */
    va_end(args);

    memset(reterr, 0, sizeof(*reterr));
    reterr->status = status;
    reterr->native = native;
    copy_cut(reterr->message, UKB_ERROR_MESSAGE_MAX_LEN, text);
    return status;
}

static struct ukb_attr *
next_attr(struct ukb_error *error, const char *name, enum ukb_attr_type type)
{
    struct ukb_attr *attr = NULL;

    assert(error->attr_count < UKB_ERROR_ATTRS_MAX);
    attr = &error->attrs[error->attr_count++];
    attr->name = name;
    attr->type = type;
    return attr;
}

void
ukb_error_add_string(struct ukb_error *error, const char *name, const char *value)
{
    copy_cut(next_attr(error, name, UKB_ATTR_STRING)->string, UKB_ERROR_ATTR_MAX_LEN, value);
}

void
ukb_error_add_integer(struct ukb_error *error, const char *name, long long value)
{
    next_attr(error, name, UKB_ATTR_INTEGER)->integer = value;
}

void
ukb_error_add_null(struct ukb_error *error, const char *name)
{
    (void)next_attr(error, name, UKB_ATTR_NULL);
}

int
ukb_status_code(enum ukb_status status)
{
    assert(status > UKB_END && status < UKB_STATUS_COUNT);
    return rows[status].code;
}

const char *
ukb_status_reason(enum ukb_status status)
{
    assert(status > UKB_END && status < UKB_STATUS_COUNT);
    return rows[status].reason;
}

const char *
ukb_status_word(enum ukb_status status)
{
    static const char *const own[] = {
        [UKB_OK] = "OK",
        [UKB_END] = "OK",
        [UKB_E_PARSE] = "PARSE",
        [UKB_E_INVALID_REQUEST] = "INVALID_REQUEST",
        [UKB_E_METHOD_UNKNOWN] = "METHOD_UNKNOWN",
        [UKB_E_PARAMS] = "INVALID_PARAMS",
        [UKB_E_INTERNAL] = "INTERNAL",
    };

    return (size_t)status < sizeof(own) / sizeof(own[0]) ? own[status] : ukb_status_reason(status);
}

enum ukb_status
ukb_status_from_reason(const char *reason)
{
    size_t i;

    for (i = UKB_END + 1U; i < UKB_STATUS_COUNT; i++) {
        if (rows[i].reason != NULL && strcmp(rows[i].reason, reason) == 0) {
            return (enum ukb_status)i;
        }
    }
    return UKB_E_INTERNAL;
}
