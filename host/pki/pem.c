/* SPDX-License-Identifier: MIT */
#include "pki/pem.h"

#include <stdbool.h>
#include <string.h>

#include <openssl/evp.h>

#define LINE_LEN  64U /* base64 characters: RFC 7468 §2 */
#define LINE_DATA 48U /* bytes that they hold */
#define GROUP     4U  /* base64 characters that hold 3 bytes */

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool
is_base64(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/' ||
           c == '=';
}

static const char *
skip_space(const char *at)
{
    while (is_space(*at)) {
        at++;
    }
    return at;
}

/* Behind "-----<edge> <label>-----" when @p at begins with it, else NULL. */
static const char *
skip_boundary(const char *at, const char *edge, const char *label)
{
    const char *const parts[] = { "-----", edge, " ", label, "-----" };
    size_t i;

    for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (strncmp(at, parts[i], strlen(parts[i])) != 0) {
            return NULL;
        }
        at += strlen(parts[i]);
    }
    return at;
}

/* Append the bytes of four characters; padding only in the last two places, and with no bits set below it. */
static enum ukb_status
append_group(struct ukb_buf *der, const char group[GROUP], struct ukb_error *reterr)
{
    unsigned char bytes[GROUP] = { 0 };
    size_t padding = 0;

    if (group[3] == '=') {
        padding = group[2] == '=' ? 2 : 1;
    }
    if (group[0] == '=' || group[1] == '=' || (group[2] == '=' && padding != 2) ||
        EVP_DecodeBlock(bytes, (const unsigned char *)group, (int)GROUP) != 3) {
        return ukb_raise(reterr, UKB_E_BAD_CERTIFICATE, 0, "misplaced padding in a PEM block");
    }
    if ((padding > 0 && bytes[2] != 0) || (padding > 1 && bytes[1] != 0)) {
        return ukb_raise(reterr, UKB_E_BAD_CERTIFICATE, 0, "bits below the padding of a PEM block");
    }
    if (der->max_len - der->len < 3U - padding) {
        return ukb_raise(reterr, UKB_E_BAD_CERTIFICATE, 0, "a PEM block of more than %zu bytes", der->max_len);
    }
    return ukb_buf_append(der, bytes, 3U - padding, reterr);
}

/* Read base64 characters and white space up to anything else; *ret_end points there. */
static enum ukb_status
read_body(const char *at, struct ukb_buf *der, const char **ret_end, struct ukb_error *reterr)
{
    char group[GROUP];
    size_t held = 0;
    bool padded = false;
    enum ukb_status st;

    for (; is_base64(*at) || is_space(*at); at++) {
        if (is_space(*at)) {
            continue;
        }
        if (padded) {
            return ukb_raise(reterr, UKB_E_BAD_CERTIFICATE, 0, "base64 behind the padding of a PEM block");
        }
        group[held++] = *at;
        if (held == GROUP) {
            st = append_group(der, group, reterr);
            if (st != UKB_OK) {
                return st;
            }
            padded = group[GROUP - 1U] == '=';
            held = 0;
        }
    }
    if (held != 0 || der->len == 0) {
        return ukb_raise(reterr, UKB_E_BAD_CERTIFICATE, 0, "a PEM block whose base64 is cut off or empty");
    }
    *ret_end = at;
    return UKB_OK;
}

enum ukb_status
ukb_pem_decode(const char *label, const char *text, struct ukb_buf *ret_der, struct ukb_error *reterr)
{
    struct ukb_buf der = UKB_BUF_INIT(ret_der->max_len);
    const char *at = skip_boundary(skip_space(text), "BEGIN", label);
    enum ukb_status st;

    if (at == NULL) {
        st = ukb_raise(reterr, UKB_E_BAD_CERTIFICATE, 0, "does not begin with a PEM block %s", label);
        goto out;
    }
    st = read_body(at, &der, &at, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    at = skip_boundary(at, "END", label);
    if (at == NULL) {
        st = ukb_raise(reterr, UKB_E_BAD_CERTIFICATE, 0, "a PEM block %s with a stray character or no end", label);
        goto out;
    }
    if (*skip_space(at) != '\0') {
        st = ukb_raise(reterr, UKB_E_BAD_CERTIFICATE, 0, "something follows the PEM block %s", label);
        goto out;
    }
    ukb_buf_move(ret_der, &der);
out:
    ukb_buf_done(&der);
    return st;
}

enum ukb_status
ukb_base64_decode(const char *text, struct ukb_buf *ret_der, struct ukb_error *reterr)
{
    struct ukb_buf der = UKB_BUF_INIT(ret_der->max_len);
    enum ukb_status st = read_body(text, &der, &text, reterr);

    if (st == UKB_OK && *text != '\0') {
        st = ukb_raise(reterr, UKB_E_BAD_CERTIFICATE, 0, "a character that is not base64");
    }
    if (st == UKB_OK) {
        ukb_buf_move(ret_der, &der);
    }
    ukb_buf_done(&der);
    return st;
}

/* Append the base64 in lines of 64 characters, with "\n" or nothing behind each. */
static enum ukb_status
append_lines(struct ukb_buf *pem, const unsigned char *der, size_t der_len, bool newlines, struct ukb_error *reterr)
{
    unsigned char line[LINE_LEN + 2U]; /* EVP_EncodeBlock() adds a NUL; we put a newline in its place */
    size_t at;
    enum ukb_status st;

    for (at = 0; at < der_len; at += LINE_DATA) {
        size_t part = der_len - at < LINE_DATA ? der_len - at : LINE_DATA;
        int len = EVP_EncodeBlock(line, der + at, (int)part);

        line[len] = '\n';
        st = ukb_buf_append(pem, line, (size_t)len + (newlines ? 1U : 0U), reterr);
        if (st != UKB_OK) {
            return st;
        }
    }
    return UKB_OK;
}

enum ukb_status
ukb_pem_encode(const char *label, const unsigned char *der, size_t der_len, struct ukb_buf *ret_pem,
               struct ukb_error *reterr)
{
    struct ukb_buf pem = UKB_BUF_INIT(ret_pem->max_len);
    enum ukb_status st;

    st = ukb_buf_printf(&pem, reterr, "-----BEGIN %s-----\n", label);
    if (st != UKB_OK) {
        goto out;
    }
    st = append_lines(&pem, der, der_len, true, reterr);
    if (st != UKB_OK) {
        goto out;
    }
    st = ukb_buf_printf(&pem, reterr, "-----END %s-----\n", label);
    if (st != UKB_OK) {
        goto out;
    }
    ukb_buf_move(ret_pem, &pem);
out:
    ukb_buf_done(&pem);
    return st;
}

enum ukb_status
ukb_base64_encode(const unsigned char *data, size_t len, struct ukb_buf *ret_text, struct ukb_error *reterr)
{
    struct ukb_buf text = UKB_BUF_INIT(ret_text->max_len);
    enum ukb_status st = append_lines(&text, data, len, false, reterr);

    if (st == UKB_OK) {
        ukb_buf_move(ret_text, &text);
    }
    ukb_buf_done(&text);
    return st;
}
