/* SPDX-License-Identifier: MIT */
#include "token/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Code points that print nothing of their own, or change how others are read. */
static const struct {
    uint32_t first;
    uint32_t last;
} unprintable[] = {
    { 0x0000, 0x001F },   /* C0 controls */
    { 0x007F, 0x009F },   /* delete, C1 controls */
    { 0x00AD, 0x00AD },   /* soft hyphen */
    { 0x061C, 0x061C },   /* Arabic letter mark */
    { 0x200B, 0x200F },   /* zero widths, direction marks */
    { 0x2028, 0x202E },   /* separators, direction embeddings */
    { 0x2060, 0x206F },   /* invisible operators, direction isolates */
    { 0xD800, 0xDFFF },   /* surrogates are not UTF-8 */
    { 0xE000, 0xF8FF },   /* private use */
    { 0xFEFF, 0xFEFF },   /* byte order mark */
    { 0xFFF0, 0xFFFF },   /* specials */
    { 0xE0000, 0xFFFFF }, /* tags, private use */
};

static bool
is_printable(uint32_t code)
{
    size_t i;

    for (i = 0; i < sizeof(unprintable) / sizeof(unprintable[0]); i++) {
        if (code >= unprintable[i].first && code <= unprintable[i].last) {
            return false;
        }
    }
    return code <= 0xFFFFF;
}

/* Bytes of the printable character that @p text starts with, 0 when it starts with none (RFC 3629 §4). */
static size_t
character_len(const unsigned char *text, size_t len)
{
    static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 }; /* shorter forms exist below */
    const unsigned char lead = text[0];
    uint32_t code = lead;
    size_t need = 1;
    size_t i;

    if (lead >= 0x80) {
        need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        if (lead < 0xC2 || lead > 0xF4 || need > len) {
            return 0;
        }
        code = lead & (0x7FU >> need);
    }
    for (i = 1; i < need; i++) {
        if ((text[i] & 0xC0U) != 0x80U) {
            return 0;
        }
        code = code << 6 | (text[i] & 0x3FU);
    }
    return code >= smallest[need] && is_printable(code) ? need : 0;
}

size_t
ukb_text_trimmed_len(const unsigned char *text, size_t len)
{
    const unsigned char *nul = memchr(text, '\0', len);

    if (nul != NULL) {
        len = (size_t)(nul - text);
    }
    while (len > 0 && text[len - 1] == ' ') {
        len--;
    }
    return len;
}

void
ukb_text_printable(const unsigned char *text, size_t len, char *ret_text)
{
    size_t at = 0;
    size_t step;

    len = ukb_text_trimmed_len(text, len);
    while (at < len) {
        step = character_len(text + at, len - at);
        if (step == 0) {
            ret_text[at++] = '?';
            continue;
        }
        memcpy(ret_text + at, text + at, step);
        at += step;
    }
    ret_text[len] = '\0';
}
