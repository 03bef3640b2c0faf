/* SPDX-License-Identifier: MIT */
#include "policy/source.h"

#include <stdio.h>
#include <string.h>

#include "core/limits.h"

static const char byte_order_mark[] = "\xEF\xBB\xBF";

enum ukb_status
ukb_source_fault(const struct ukb_source *source, const char *member, size_t index, const char *rest, const char *what,
                 struct ukb_error *reterr)
{
    return ukb_raise(reterr, UKB_E_POLICY_INVALID, 0, "%s: %s[%zu]%s: %s", source->name, member, index, rest, what);
}

static enum ukb_status
invalid(const struct ukb_source *source, const char *what, struct ukb_error *reterr)
{
    return ukb_raise(reterr, UKB_E_POLICY_INVALID, 0, "%s: %s", source->name, what);
}

enum ukb_status
ukb_source_read(enum ukb_path which, enum ukb_file_owner owner, struct ukb_source *ret_source, struct ukb_error *reterr)
{
    enum ukb_status st;

    ret_source->path = (struct ukb_buf)UKB_BUF_INIT(UKB_PATH_MAX_LEN);
    ret_source->content = (struct ukb_buf)UKB_BUF_INIT(UKB_POLICY_FILE_MAX_LEN);
    st = ukb_path_get(which, &ret_source->path, reterr);
    if (st != UKB_OK) {
        return st;
    }
    ret_source->name = ukb_buf_text(&ret_source->path);
    st = ukb_file_read(ret_source->name, owner, &ret_source->content, reterr);
    if (st == UKB_END) {
        return UKB_OK;
    }
    if (st == UKB_E_TOO_LARGE) {
        return ukb_raise(reterr, st, 0, "%s: larger than %u bytes", ret_source->name, UKB_POLICY_FILE_MAX_LEN);
    }
    if (st == UKB_OK && memchr(ukb_buf_text(&ret_source->content), '\0', ret_source->content.len) != NULL) {
        st = invalid(ret_source, "holds a NUL byte", reterr);
    }
    if (st == UKB_OK) {
        ret_source->text = ukb_buf_text(&ret_source->content);
    }
    return st;
}

void
ukb_source_done(struct ukb_source *source)
{
    ukb_buf_done(&source->path);
    ukb_buf_done(&source->content);
}

/* Line and column of an offset, both from 1; columns are characters, as editors count. */
static void
place(const char *text, size_t offset, size_t *ret_line, size_t *ret_column)
{
    size_t line = 1;
    size_t column = 1;
    size_t i;

    for (i = 0; i < offset; i++) {
        if (text[i] == '\n') {
            line++;
            column = 1;
        } else if (((unsigned char)text[i] & 0xC0U) != 0x80U) { /* not inside a character */
            column++;
        }
    }
    *ret_line = line;
    *ret_column = column;
}

/* What stands where no JSON can go on so. */
static void
found(const char *at, char *ret_text, size_t size)
{
    const unsigned char byte = (unsigned char)*at;

    if (byte == '\0') {
        (void)snprintf(ret_text, size, "the file ends too early");
    } else if (strncmp(at, byte_order_mark, strlen(byte_order_mark)) == 0) {
        (void)snprintf(ret_text, size, "a byte-order mark: save it as UTF-8 without one");
    } else if (byte >= 0x20U && byte < 0x7FU) {
        (void)snprintf(ret_text, size, "unexpected '%c'", byte);
    } else {
        (void)snprintf(ret_text, size, "unexpected byte 0x%02X", byte);
    }
}

/* @p why tells of a text that is no JSON, or of a name that is there twice. */
static enum ukb_status
syntax_fault(const struct ukb_source *source, const struct ukb_error *why, struct ukb_error *reterr)
{
    const size_t len = strlen(source->text);
    const size_t offset = ukb_json_fault_at(source->text, len);
    struct ukb_error ignored = { 0 };
    char what[64];
    size_t line = 0;
    size_t column = 0;

    if (ukb_json_check(source->text, len, &ignored) == UKB_OK) {
        return invalid(source, why->message, reterr);
    }
    place(source->text, offset, &line, &column);
    found(source->text + offset, what, sizeof(what));
    return ukb_raise(reterr, UKB_E_POLICY_INVALID, 0, "%s:%zu:%zu: %s: %s", source->name, line, column, why->message,
                     what);
}

enum ukb_status
ukb_source_parse(const struct ukb_source *source, const struct ukb_shape *shape, cJSON **ret_json,
                 struct ukb_error *reterr)
{
    struct ukb_error why = { 0 };
    enum ukb_status st;

    if (source->text == NULL) {
        return UKB_OK;
    }
    st = ukb_json_parse(source->text, strlen(source->text), ret_json, &why);
    if (st == UKB_E_PARSE) {
        return syntax_fault(source, &why, reterr);
    }
    if (st == UKB_OK && !cJSON_IsObject(*ret_json)) {
        return invalid(source, "must be a JSON object", reterr);
    }
    if (st == UKB_OK) {
        st = ukb_fields_check(shape, *ret_json, &why);
    }
    if (st == UKB_E_PARAMS) {
        return invalid(source, why.message, reterr);
    }
    if (st != UKB_OK) {
        *reterr = why;
    }
    return st;
}
