/* SPDX-License-Identifier: MIT */
#include "dialog/value.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define REPLACEMENT 0xFFFDU
/* A white square, not U+FFFD: pinentry-qt takes a text with that for one in the locale's character set. */
#define HIDDEN     "\xE2\x96\xA1"
#define ELLIPSIS   "\xE2\x80\xA6"
#define LOOK_LEN   (4U * UKB_VALUE_MAX_LEN)
#define CLEAN_SIZE (LOOK_LEN * 3U + 5U) /* every byte could become a square of three; one sequence may end beyond */

struct range {
    uint32_t first;
    uint32_t last;
};

/* Shown as a gap, whatever their width; a long run of them could push what follows to the start of a line. */
static const struct range spaces[] = {
    { 0x0009, 0x000D }, { 0x0020, 0x0020 }, { 0x0085, 0x0085 }, { 0x00A0, 0x00A0 },
    { 0x1680, 0x1680 }, { 0x2000, 0x200A }, { 0x2028, 0x2029 }, { 0x202F, 0x202F },
    { 0x205F, 0x205F }, { 0x2800, 0x2800 }, { 0x3000, 0x3000 },
};

/* Shown as nothing, or change how others are shown (Unicode 15: Cc, Cf, Default_Ignorable_Code_Point). */
static const struct range hidden[] = {
    { 0x0000, 0x001F },   { 0x007F, 0x009F },   { 0x00AD, 0x00AD },   { 0x034F, 0x034F },   { 0x0600, 0x0605 },
    { 0x061C, 0x061C },   { 0x06DD, 0x06DD },   { 0x070F, 0x070F },   { 0x0890, 0x0891 },   { 0x08E2, 0x08E2 },
    { 0x115F, 0x1160 },   { 0x17B4, 0x17B5 },   { 0x180B, 0x180F },   { 0x200B, 0x200F },   { 0x202A, 0x202E },
    { 0x2060, 0x206F },   { 0x3164, 0x3164 },   { 0xFE00, 0xFE0F },   { 0xFEFF, 0xFEFF },   { 0xFFA0, 0xFFA0 },
    { 0xFFF0, 0xFFFB },   { 0x110BD, 0x110BD }, { 0x110CD, 0x110CD }, { 0x13430, 0x1343F }, { 0x1BCA0, 0x1BCA3 },
    { 0x1D173, 0x1D17A }, { 0xE0000, 0xE0FFF },
};

static bool
is_in(uint32_t c, const struct range *ranges, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (c >= ranges[i].first && c <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

/* The bytes that a UTF-8 sequence starting with @p lead has, 0 when none starts so (RFC 3629 §4). */
static size_t
sequence_len(unsigned char lead)
{
    if (lead < 0x80U) {
        return 1;
    }
    if (lead >= 0xC2U && lead <= 0xDFU) {
        return 2;
    }
    if (lead >= 0xE0U && lead <= 0xEFU) {
        return 3;
    }
    return lead >= 0xF0U && lead <= 0xF4U ? 4 : 0;
}

/* The character at @p text, and its bytes; a byte that begins none is U+FFFD. Stops at the NUL by itself. */
static uint32_t
decode(const unsigned char *text, size_t *ret_len)
{
    static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    const size_t len = sequence_len(text[0]);
    uint32_t c;
    size_t i;

    *ret_len = 1;
    if (len <= 1) {
        return len == 1 ? text[0] : REPLACEMENT;
    }
    c = text[0] & (0x7FU >> len);
    for (i = 1; i < len; i++) {
        if ((text[i] & 0xC0U) != 0x80U) {
            return REPLACEMENT;
        }
        c = (c << 6) | (text[i] & 0x3FU);
    }
    if (c < smallest[len] || c > 0x10FFFFU || (c >= 0xD800U && c <= 0xDFFFU)) {
        return REPLACEMENT;
    }
    *ret_len = len;
    return c;
}

/* What stands for character @p c of @p len bytes at @p text; @p ret_len are the bytes of that. */
static const char *
harmless(uint32_t c, const char *text, size_t len, enum ukb_value_kind kind, size_t *ret_len)
{
    const char *instead = NULL;

    if (is_in(c, spaces, sizeof(spaces) / sizeof(spaces[0]))) {
        instead = " ";
    } else if (c == REPLACEMENT || is_in(c, hidden, sizeof(hidden) / sizeof(hidden[0]))) {
        instead = HIDDEN;
    } else if (c == '<') {
        instead = "\xE2\x80\xB9"; /* ‹ */
    } else if (c == '>') {
        instead = "\xE2\x80\xBA"; /* › */
    } else if (c >= 0x201CU && c <= 0x201FU && kind != UKB_VALUE_LINE) {
        instead = "\"";
    }
    *ret_len = instead == NULL ? len : strlen(instead);
    return instead == NULL ? text : instead;
}

/* Write all of @p text, harmless, to @p out (CLEAN_SIZE bytes), without spaces at its ends; NUL-terminated. */
static void
clean(const char *text, enum ukb_value_kind kind, char *out)
{
    const char *nul = memchr(text, '\0', LOOK_LEN);
    const char *end = nul == NULL ? text + LOOK_LEN : nul;
    size_t out_len = 0;

    while (text < end) {
        size_t len = 0;
        size_t instead_len = 0;
        const uint32_t c = decode((const unsigned char *)text, &len);
        const char *instead = harmless(c, text, len, kind, &instead_len);

        if (*instead != ' ' || (out_len > 0 && out[out_len - 1] != ' ')) {
            memcpy(out + out_len, instead, instead_len);
            out_len += instead_len;
        }
        text += len;
    }
    if (out_len > 0 && out[out_len - 1] == ' ') {
        out_len--;
    }
    out[out_len] = '\0';
}

static size_t
wire_len(char c)
{
    return c == '%' || c == '\n' || c == '\r' ? 3 : 1;
}

size_t
ukb_value_wire_len(const char *text)
{
    size_t len = 0;

    for (; *text != '\0'; text++) {
        len += wire_len(*text);
    }
    return len;
}

static bool
is_inside_sequence(char c)
{
    return ((unsigned char)c & 0xC0U) == 0x80U;
}

/* Bytes from the start of @p text that take at most @p max_len on the wire, whole characters. */
static size_t
head_len(const char *text, size_t max_len)
{
    size_t len = 0;
    size_t used = 0;

    while (text[len] != '\0' && used + wire_len(text[len]) <= max_len) {
        used += wire_len(text[len]);
        len++;
    }
    while (len > 0 && is_inside_sequence(text[len])) {
        len--;
    }
    return len;
}

/* The longest end of @p text that takes at most @p max_len on the wire, whole characters. */
static const char *
tail(const char *text, size_t max_len)
{
    const char *at = text + strlen(text);
    size_t used = 0;

    while (at > text && used + wire_len(at[-1]) <= max_len) {
        at--;
        used += wire_len(*at);
    }
    while (is_inside_sequence(*at)) {
        at++;
    }
    return at;
}

enum ukb_status
ukb_value_append(const char *text, enum ukb_value_kind kind, size_t max_len, struct ukb_buf *buf,
                 struct ukb_error *reterr)
{
    const size_t ellipsis_len = strlen(ELLIPSIS);
    char whole[CLEAN_SIZE];
    const char *scheme_end = NULL;
    size_t start_len;
    enum ukb_status st;

    assert(max_len >= 16 && max_len <= UKB_VALUE_MAX_LEN);
    clean(text, kind, whole);
    if (ukb_value_wire_len(whole) <= max_len) {
        return ukb_buf_append_text(buf, whole, reterr);
    }
    if (kind != UKB_VALUE_ORIGIN) {
        st = ukb_buf_append(buf, whole, head_len(whole, max_len - ellipsis_len), reterr);
        return st != UKB_OK ? st : ukb_buf_append_text(buf, ELLIPSIS, reterr);
    }
    scheme_end = strstr(whole, "://");
    start_len = scheme_end == NULL || scheme_end - whole > 5 ? 0 : (size_t)(scheme_end - whole) + 3U;
    st = ukb_buf_append(buf, whole, start_len, reterr);
    if (st == UKB_OK) {
        st = ukb_buf_append_text(buf, ELLIPSIS, reterr);
    }
    if (st == UKB_OK) {
        st = ukb_buf_append_text(buf, tail(whole, max_len - ellipsis_len - start_len), reterr);
    }
    return st;
}
