/* SPDX-License-Identifier: MIT */
#include "core/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/limits.h"

#define INTEGER_MAX 9007199254740991.0 /* 2^53 − 1: RFC 8259 §6, "good interoperability" */

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorting, not comparing pairs: a hostile object may have a hundred thousand members. */
static enum ukb_status
check_names(const cJSON *object, struct ukb_error *reterr)
{
    size_t count = (size_t)cJSON_GetArraySize(object);
    const char **names = NULL;
    const cJSON *item = NULL;
    enum ukb_status st = UKB_OK;
    size_t i = 0;

    if (count < 2) {
        return UKB_OK;
    }
    names = calloc(count, sizeof(*names));
    if (names == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for %zu names", count);
    }
    cJSON_ArrayForEach(item, object)
    {
        names[i++] = item->string;
    }
    qsort(names, count, sizeof(*names), by_name);
    for (i = 1; i < count && st == UKB_OK; i++) {
        if (strcmp(names[i - 1], names[i]) == 0) {
            st = ukb_raise(reterr, UKB_E_PARSE, 0, "member \"%.64s\" twice in one object", names[i]);
        }
    }
    free(names);
    return st;
}

static enum ukb_status
check_duplicates(const cJSON *value, struct ukb_error *reterr)
{
    enum ukb_status st = UKB_OK;
    const cJSON *item = NULL;

    if (cJSON_IsObject(value)) {
        st = check_names(value, reterr);
    }
    cJSON_ArrayForEach(item, value)
    {
        if (st == UKB_OK && item->child != NULL) {
            st = check_duplicates(item, reterr); /* depth was checked before */
        }
    }
    return st;
}

enum ukb_status
ukb_json_parse_twins(const char *text, size_t len, cJSON **ret_value, struct ukb_error *reterr)
{
    cJSON *root = NULL;
    enum ukb_status st;

    st = ukb_json_check(text, len, reterr);
    if (st != UKB_OK) {
        return st;
    }
    root = cJSON_ParseWithLength(text, len);
    if (root == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for a JSON text of %zu bytes", len);
    }
    *ret_value = root;
    return UKB_OK;
}

enum ukb_status
ukb_json_parse(const char *text, size_t len, cJSON **ret_value, struct ukb_error *reterr)
{
    cJSON *root = NULL;
    enum ukb_status st = ukb_json_parse_twins(text, len, &root, reterr);

    if (st != UKB_OK) {
        return st;
    }
    st = check_duplicates(root, reterr);
    if (st != UKB_OK) {
        cJSON_Delete(root);
        return st;
    }
    *ret_value = root;
    return UKB_OK;
}

/* Exactly, which cJSON does not: it takes what agrees in 15 digits for equal, so 2^53 - 1 would lose one. */
static enum ukb_status
print_number(const cJSON *value, struct ukb_buf *text, struct ukb_error *reterr)
{
    if (ukb_json_is_integer(value)) {
        return ukb_buf_append_integer(text, (long long)value->valuedouble, reterr);
    }
    if (!isfinite(value->valuedouble)) {
        return ukb_buf_append_text(text, "null", reterr); /* JSON has no word for it */
    }
    return ukb_buf_printf(text, reterr, "%.17g", value->valuedouble); /* "C" locale: nobody here sets another */
}

/* Bytes at the start of @p string that stand for themselves (RFC 8259 §7). */
static size_t
plain_len(const char *string)
{
    size_t len = 0;

    while ((unsigned char)string[len] >= 0x20 && string[len] != '"' && string[len] != '\\') {
        len++;
    }
    return len;
}

static enum ukb_status
print_escaped(char c, struct ukb_buf *text, struct ukb_error *reterr)
{
    static const char special[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";
    const char *found = strchr(special, c);

    if (found == NULL) {
        return ukb_buf_printf(text, reterr, "\\u%04x", (unsigned int)(unsigned char)c);
    }
    return ukb_buf_printf(text, reterr, "\\%c", letters[found - special]);
}

static enum ukb_status
print_string(const char *string, struct ukb_buf *text, struct ukb_error *reterr)
{
    enum ukb_status st = ukb_buf_append_text(text, "\"", reterr);

    while (st == UKB_OK && *string != '\0') {
        const size_t len = plain_len(string);

        st = ukb_buf_append(text, string, len, reterr);
        string += len;
        if (st == UKB_OK && *string != '\0') {
            st = print_escaped(*string++, text, reterr);
        }
    }
    return st == UKB_OK ? ukb_buf_append_text(text, "\"", reterr) : st;
}

static enum ukb_status
print_leaf(const cJSON *value, struct ukb_buf *text, struct ukb_error *reterr)
{
    if (cJSON_IsString(value)) {
        return print_string(value->valuestring, text, reterr);
    }
    if (cJSON_IsNumber(value)) {
        return print_number(value, text, reterr);
    }
    if (cJSON_IsBool(value)) {
        return ukb_buf_append_text(text, cJSON_IsTrue(value) ? "true" : "false", reterr);
    }
    return ukb_buf_append_text(text, "null", reterr);
}

static enum ukb_status
print_name(const char *name, struct ukb_buf *text, struct ukb_error *reterr)
{
    enum ukb_status st = print_string(name, text, reterr);

    return st == UKB_OK ? ukb_buf_append_text(text, ":", reterr) : st;
}

static enum ukb_status
print_value(const cJSON *value, struct ukb_buf *text, struct ukb_error *reterr)
{
    const bool object = cJSON_IsObject(value);
    const cJSON *item = NULL;
    enum ukb_status st;

    if (!object && !cJSON_IsArray(value)) {
        return print_leaf(value, text, reterr);
    }
    st = ukb_buf_append_text(text, object ? "{" : "[", reterr);
    for (item = value->child; item != NULL && st == UKB_OK; item = item->next) {
        st = item == value->child ? UKB_OK : ukb_buf_append_text(text, ",", reterr);
        if (st == UKB_OK && object) {
            st = print_name(item->string, text, reterr);
        }
        if (st == UKB_OK) {
            st = print_value(item, text, reterr);
        }
    }
    return st == UKB_OK ? ukb_buf_append_text(text, object ? "}" : "]", reterr) : st;
}

enum ukb_status
ukb_json_print(const cJSON *value, struct ukb_buf *text, struct ukb_error *reterr)
{
    const size_t before = text->len;
    enum ukb_status st = print_value(value, text, reterr);

    if (st != UKB_OK && text->data != NULL) {
        text->len = before; /* a failure leaves no half value */
        text->data[before] = '\0';
    }
    return st;
}

const cJSON *
ukb_json_get(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

const char *
ukb_json_string(const cJSON *object, const char *name)
{
    return cJSON_GetStringValue(ukb_json_get(object, name));
}

bool
ukb_json_bool(const cJSON *object, const char *name, bool nothing)
{
    const cJSON *item = ukb_json_get(object, name);

    return cJSON_IsBool(item) ? cJSON_IsTrue(item) : nothing;
}

bool
ukb_json_is_integer(const cJSON *value)
{
    if (!cJSON_IsNumber(value)) {
        return false;
    }
    if (!(value->valuedouble >= -INTEGER_MAX && value->valuedouble <= INTEGER_MAX)) { /* NaN fails too */
        return false;
    }
    return (double)(long long)value->valuedouble == value->valuedouble;
}
