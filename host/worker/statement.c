/* SPDX-License-Identifier: MIT */
#include "worker/statement.h"

#include <stdbool.h>
#include <string.h>

#include <openssl/crypto.h>

#include "core/json.h"

#define NAME_SIZE 8U /* of the longest member's name and a NUL */

struct reader {
    const unsigned char *at;
    const unsigned char *end;
};

static void
skip_space(struct reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r')) {
        r->at++;
    }
}

/* That character, with white space around it. */
static bool
take(struct reader *r, char wanted)
{
    skip_space(r);
    if (r->at == r->end || *r->at != (unsigned char)wanted) {
        return false;
    }
    r->at++;
    skip_space(r);
    return true;
}

static bool
hex4(struct reader *r, unsigned int *ret_unit)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    unsigned int unit = 0;
    size_t i;

    if (r->end - r->at < 4) {
        return false;
    }
    for (i = 0; i < 4U; i++) {
        const char *digit = memchr(digits, r->at[i], sizeof(digits) - 1U);

        if (digit == NULL) {
            return false;
        }
        unit = unit << 4 | ((unsigned int)(digit - digits) & 15U);
    }
    r->at += 4;
    *ret_unit = unit;
    return true;
}

/* What stands behind "\u", as UTF-8; the number of bytes, 0 for none. */
static size_t
code_point(struct reader *r, unsigned char ret_utf8[4])
{
    unsigned int point = 0;
    unsigned int low = 0;

    if (!hex4(r, &point) || point == 0) {
        return 0;
    }
    if (point >= 0xD800U && point < 0xE000U) {
        if (point >= 0xDC00U || r->end - r->at < 2 || r->at[0] != '\\' || r->at[1] != 'u') {
            return 0;
        }
        r->at += 2;
        if (!hex4(r, &low) || low < 0xDC00U || low >= 0xE000U) {
            return 0;
        }
        point = 0x10000U + ((point & 0x3FFU) << 10 | (low & 0x3FFU));
    }
    if (point < 0x80U) {
        ret_utf8[0] = (unsigned char)point;
        return 1;
    }
    if (point < 0x800U) {
        ret_utf8[0] = (unsigned char)(0xC0U | point >> 6);
        ret_utf8[1] = (unsigned char)(0x80U | (point & 0x3FU));
        return 2;
    }
    if (point < 0x10000U) {
        ret_utf8[0] = (unsigned char)(0xE0U | point >> 12);
        ret_utf8[1] = (unsigned char)(0x80U | (point >> 6 & 0x3FU));
        ret_utf8[2] = (unsigned char)(0x80U | (point & 0x3FU));
        return 3;
    }
    ret_utf8[0] = (unsigned char)(0xF0U | point >> 18);
    ret_utf8[1] = (unsigned char)(0x80U | (point >> 12 & 0x3FU));
    ret_utf8[2] = (unsigned char)(0x80U | (point >> 6 & 0x3FU));
    ret_utf8[3] = (unsigned char)(0x80U | (point & 0x3FU));
    return 4;
}

/* What stands behind a backslash, as UTF-8; the number of bytes, 0 for none. */
static size_t
escape(struct reader *r, unsigned char ret_utf8[4])
{
    static const char names[] = "\"\\/bfnrt";
    static const char values[] = "\"\\/\b\f\n\r\t";
    const char *name = NULL;

    if (r->at == r->end) {
        return 0;
    }
    if (*r->at == 'u') {
        r->at++;
        return code_point(r, ret_utf8);
    }
    name = memchr(names, *r->at++, sizeof(names) - 1U);
    if (name == NULL) {
        return 0;
    }
    ret_utf8[0] = (unsigned char)values[name - names];
    return 1;
}

/* A string into @p ret_text, with a NUL behind it. */
static bool
take_string(struct reader *r, unsigned char *ret_text, size_t size, size_t *ret_len)
{
    unsigned char bytes[4] = { 0 };
    size_t len = 0;
    size_t count = 1;

    skip_space(r);
    if (r->at == r->end || *r->at++ != '"') {
        return false;
    }
    while (count > 0 && r->at < r->end && *r->at != '"') {
        bytes[0] = *r->at++;
        count = bytes[0] == '\\' ? escape(r, bytes) : 1U;
        if (count >= size - len) {
            count = 0; /* too long */
        }
        memcpy(ret_text + len, bytes, count);
        len += count;
    }
    OPENSSL_cleanse(bytes, sizeof(bytes));
    if (count == 0 || r->at == r->end) {
        return false;
    }
    r->at++;
    skip_space(r);
    ret_text[len] = '\0';
    *ret_len = len;
    return true;
}

static bool
take_so_pin(struct reader *r, struct ukb_secret *so_pin)
{
    return take_string(r, so_pin->data, so_pin->size, &so_pin->len) && so_pin->len > 0;
}

/* One member, which has not been there before. */
static bool
take_member(struct reader *r, struct ukb_statement *statement)
{
    const struct {
        const char *name;
        char *text;
        size_t size;
    } rows[] = {
        { "token", statement->token, sizeof(statement->token) },
        { "origin", statement->origin, sizeof(statement->origin) },
        { "nonce", statement->nonce, sizeof(statement->nonce) },
    };
    unsigned char name[NAME_SIZE];
    size_t len = 0;
    size_t i;

    if (!take_string(r, name, sizeof(name), &len) || !take(r, ':')) {
        return false;
    }
    if (strcmp((const char *)name, "soPin") == 0) {
        return statement->so_pin.len == 0 && take_so_pin(r, &statement->so_pin);
    }
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp((const char *)name, rows[i].name) == 0) {
            return rows[i].text[0] == '\0' && take_string(r, (unsigned char *)rows[i].text, rows[i].size, &len) &&
                   len > 0;
        }
    }
    return false;
}

static bool
take_object(struct reader *r, struct ukb_statement *statement)
{
    size_t members = 0;

    if (!take(r, '{')) {
        return false;
    }
    do {
        if (!take_member(r, statement)) {
            return false;
        }
        members++;
    } while (take(r, ','));
    return members == 4U && take(r, '}') && r->at == r->end; /* four different ones: all of them */
}

enum ukb_status
ukb_statement_read(const struct ukb_secret *text, struct ukb_statement *ret_statement, struct ukb_error *reterr)
{
    struct ukb_statement statement = { .so_pin = UKB_SECRET_INIT };
    struct reader r = { text->data, text->data + text->len };
    struct ukb_error why = { 0 };
    enum ukb_status st = ukb_secret_alloc(&statement.so_pin, UKB_PIN_MAX_LEN + 1U, reterr);

    if (st != UKB_OK) {
        return st;
    }
    if (ukb_json_check((const char *)text->data, text->len, &why) == UKB_OK && take_object(&r, &statement)) {
        ukb_statement_done(ret_statement);
        *ret_statement = statement;
        return UKB_OK;
    }
    ukb_statement_done(&statement);
    return ukb_raise(reterr, UKB_E_RESET_UNAUTHORISED, 0, "the authorization does not say token, origin, nonce, soPin");
}

void
ukb_statement_done(struct ukb_statement *statement)
{
    ukb_secret_done(&statement->so_pin);
    OPENSSL_cleanse(statement, sizeof(*statement)); /* a PIN may have stood in a wrong place */
}
