/* SPDX-License-Identifier: MIT */
#include "core/json.h"

#include <assert.h>
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
ukb_json_parse(const char *text, size_t len, cJSON **ret_value, struct ukb_error *reterr)
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
    st = check_duplicates(root, reterr);
    if (st != UKB_OK) {
        cJSON_Delete(root);
        return st;
    }
    *ret_value = root;
    return UKB_OK;
}

enum ukb_status
ukb_json_print(const cJSON *value, struct ukb_buf *text, struct ukb_error *reterr)
{
    char *printed = cJSON_PrintUnformatted(value);
    enum ukb_status st;

    if (printed == NULL) {
        return ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory to print JSON");
    }
    st = ukb_buf_append_text(text, printed, reterr);
    cJSON_free(printed);
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
