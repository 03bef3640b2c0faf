/* SPDX-License-Identifier: MIT */
/* A recogniser for RFC 8259: says yes or no and where; builds nothing. */
#include "core/json.h"

#include <stdint.h>
#include <string.h>

#include "core/limits.h"

struct cursor {
    const unsigned char *at;
    const unsigned char *end;
    unsigned int depth;
    bool too_deep;
};

static bool value(struct cursor *c);

static bool
take(struct cursor *c, char wanted)
{
    if (c->at == c->end || *c->at != (unsigned char)wanted) {
        return false;
    }
    c->at++;
    return true;
}

static void
white_space(struct cursor *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\t' || *c->at == '\n' || *c->at == '\r')) {
        c->at++;
    }
}

static bool
word(struct cursor *c, const char *wanted)
{
    size_t len = strlen(wanted);

    if ((size_t)(c->end - c->at) < len || memcmp(c->at, wanted, len) != 0) {
        return false;
    }
    c->at += len;
    return true;
}

static bool
digits(struct cursor *c)
{
    const unsigned char *first = c->at;

    while (c->at < c->end && *c->at >= '0' && *c->at <= '9') {
        c->at++;
    }
    return c->at > first;
}

static bool
number(struct cursor *c)
{
    (void)take(c, '-');
    if (!take(c, '0') && !digits(c)) { /* no digit may follow a leading zero: it fails as text behind the number */
        return false;
    }
    if (take(c, '.') && !digits(c)) {
        return false;
    }
    if (take(c, 'e') || take(c, 'E')) {
        if (!take(c, '+')) {
            (void)take(c, '-');
        }
        return digits(c);
    }
    return true;
}

static bool
hex4(struct cursor *c, uint32_t *ret_unit)
{
    uint32_t unit = 0;
    int i;

    for (i = 0; i < 4; i++, c->at++) {
        unsigned char d = c->at < c->end ? *c->at : 0;

        if (d >= '0' && d <= '9') {
            d = (unsigned char)(d - '0');
        } else if ((d | 0x20U) >= 'a' && (d | 0x20U) <= 'f') {
            d = (unsigned char)((d | 0x20U) - 'a' + 10U);
        } else {
            return false;
        }
        unit = unit * 16U + d;
    }
    *ret_unit = unit;
    return true;
}

/* Behind a backslash. A surrogate needs its other half; U+0000 would cut a C string. */
static bool
escape(struct cursor *c)
{
    uint32_t unit = 0;

    if (c->at == c->end) {
        return false;
    }
    if (!take(c, 'u')) {
        if (*c->at == '\0' || strchr("\"\\/bfnrt", *c->at) == NULL) {
            return false;
        }
        c->at++;
        return true;
    }
    if (!hex4(c, &unit) || unit == 0) {
        return false;
    }
    if (unit < 0xD800U || unit > 0xDFFFU) {
        return true;
    }
    return unit < 0xDC00U && word(c, "\\u") && hex4(c, &unit) && unit >= 0xDC00U && unit <= 0xDFFFU;
}

/* One UTF-8 sequence, RFC 3629 §4: no overlong form, no surrogate, nothing above U+10FFFF. */
static bool
utf8(struct cursor *c)
{
    unsigned char lead = *c->at;
    unsigned char low = 0x80U;
    unsigned char high = 0xBFU;
    int more;

    if (lead < 0x80U) {
        c->at += lead >= 0x20U ? 1 : 0;
        return lead >= 0x20U;
    }
    if (lead >= 0xC2U && lead <= 0xDFU) {
        more = 1;
    } else if (lead >= 0xE0U && lead <= 0xEFU) {
        more = 2;
        low = lead == 0xE0U ? 0xA0U : low;
        high = lead == 0xEDU ? 0x9FU : high;
    } else if (lead >= 0xF0U && lead <= 0xF4U) {
        more = 3;
        low = lead == 0xF0U ? 0x90U : low;
        high = lead == 0xF4U ? 0x8FU : high;
    } else {
        return false;
    }
    for (c->at++; more > 0; more--, low = 0x80U, high = 0xBFU) {
        if (c->at == c->end || *c->at < low || *c->at > high) {
            return false;
        }
        c->at++;
    }
    return true;
}

static bool
string(struct cursor *c)
{
    if (!take(c, '"')) {
        return false;
    }
    while (c->at < c->end && *c->at != '"') {
        if (take(c, '\\') ? !escape(c) : !utf8(c)) {
            return false;
        }
    }
    return take(c, '"');
}

static bool
member(struct cursor *c)
{
    white_space(c);
    if (!string(c)) {
        return false;
    }
    white_space(c);
    return take(c, ':') && value(c);
}

/* Behind the opening bracket: items up to @p close. */
static bool
items(struct cursor *c, bool (*item)(struct cursor *), char close)
{
    white_space(c);
    if (take(c, close)) {
        return true;
    }
    do {
        if (!item(c)) {
            return false;
        }
    } while (take(c, ','));
    return take(c, close);
}

static bool
nested(struct cursor *c, bool (*item)(struct cursor *), char close)
{
    bool good;

    if (c->depth == UKB_JSON_MAX_DEPTH) {
        c->too_deep = true;
        return false;
    }
    c->depth++;
    good = items(c, item, close);
    c->depth--;
    return good;
}

static bool
bare_value(struct cursor *c)
{
    if (c->at == c->end) {
        return false;
    }
    switch (*c->at) {
    case '{':
        c->at++;
        return nested(c, member, '}');
    case '[':
        c->at++;
        return nested(c, value, ']');
    case '"':
        return string(c);
    case 't':
        return word(c, "true");
    case 'f':
        return word(c, "false");
    case 'n':
        return word(c, "null");
    default:
        return number(c);
    }
}

static bool
value(struct cursor *c)
{
    white_space(c);
    if (!bare_value(c)) {
        return false;
    }
    white_space(c);
    return true;
}

/* Read as far as the text is JSON; true when that is the whole of it. */
static bool
scan(const char *text, size_t len, struct cursor *ret_end)
{
    struct cursor c = { (const unsigned char *)text, (const unsigned char *)text + len, 0, false };
    bool good = value(&c) && c.at == c.end;

    *ret_end = c;
    return good;
}

size_t
ukb_json_fault_at(const char *text, size_t len)
{
    struct cursor c;

    (void)scan(text, len, &c);
    return (size_t)(c.at - (const unsigned char *)text);
}

enum ukb_status
ukb_json_check(const char *text, size_t len, struct ukb_error *reterr)
{
    struct cursor c;

    if (scan(text, len, &c)) {
        return UKB_OK;
    }
    if (c.too_deep) {
        return ukb_raise(reterr, UKB_E_PARSE, 0, "JSON nested deeper than %u", UKB_JSON_MAX_DEPTH);
    }
    return ukb_raise(reterr, UKB_E_PARSE, 0, "not strict JSON at byte %zu",
                     (size_t)(c.at - (const unsigned char *)text));
}
