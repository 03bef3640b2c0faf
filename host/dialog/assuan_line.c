/* SPDX-License-Identifier: MIT */
#include "dialog/assuan_line.h"

#include <assert.h>
#include <string.h>

#include "dialog/value.h"

#define ELLIPSIS     "\xE2\x80\xA6"
#define ELLIPSIS_LEN 3U

/* Write the byte @p c at @p to; the bytes that this takes. */
static size_t
escape(char c, char *to)
{
    static const char digits[] = "0123456789ABCDEF";

    if (c != '%' && c != '\n' && c != '\r') {
        to[0] = c;
        return 1;
    }
    to[0] = '%';
    to[1] = digits[(unsigned char)c >> 4];
    to[2] = digits[(unsigned char)c & 0x0FU];
    return 3;
}

void
ukb_assuan_line(const char *command, const char *text, char *ret_line)
{
    const size_t command_len = strlen(command);
    size_t room;
    size_t len;

    assert(command_len < 32);
    memcpy(ret_line, command, command_len + 1U);
    if (text == NULL) {
        return;
    }
    ret_line[command_len] = ' ';
    len = command_len + 1U;
    room = UKB_ASSUAN_LINE_MAX_LEN;
    if (ukb_value_wire_len(text) > room - len) {
        room -= ELLIPSIS_LEN;
    }
    for (; *text != '\0'; text++) {
        char bytes[4];
        const size_t bytes_len = escape(*text, bytes);

        if (len + bytes_len > room) {
            break;
        }
        memcpy(ret_line + len, bytes, bytes_len);
        len += bytes_len;
    }
    if (*text != '\0') {
        while (((unsigned char)*text & 0xC0U) == 0x80U) { /* give the begun character back */
            text--;
            len--;
        }
        memcpy(ret_line + len, ELLIPSIS, ELLIPSIS_LEN);
        len += ELLIPSIS_LEN;
    }
    ret_line[len] = '\0';
}
