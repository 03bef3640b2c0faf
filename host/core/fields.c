/* SPDX-License-Identifier: MIT */
#include "core/fields.h"

#include <stdio.h>
#include <string.h>

#include "core/hex.h"

static enum ukb_status
refuse(const char *name, const char *why, struct ukb_error *reterr)
{
    enum ukb_status st = ukb_raise(reterr, UKB_E_PARAMS, 0, "%.64s: %s", name, why);

    ukb_error_add_string(reterr, "field", name);
    return st;
}

/* Name what holds the refused member before it, as "modules[1].path: missing"; `field` stays that member's name. */
static enum ukb_status
refuse_within(const char *outer, struct ukb_error *reterr)
{
    const struct ukb_error inner = *reterr;

    (void)ukb_raise(reterr, inner.status, inner.native, "%s.%s", outer, inner.message);
    memcpy(reterr->attrs, inner.attrs, sizeof(inner.attrs));
    reterr->attr_count = inner.attr_count;
    return inner.status;
}

static enum ukb_status
refuse_item(const char *name, size_t index, const char *why, struct ukb_error *reterr)
{
    enum ukb_status st = ukb_raise(reterr, UKB_E_PARAMS, 0, "%.64s[%zu]: %s", name, index, why);

    ukb_error_add_string(reterr, "field", name);
    return st;
}

static bool
is_one_of(const char *const *values, const char *text)
{
    for (; *values != NULL; values++) {
        if (strcmp(*values, text) == 0) {
            return true;
        }
    }
    return false;
}

/* Two digits at @p text as a number within @p low and @p high. */
static bool
is_within(const char *text, int low, int high)
{
    int number = (text[0] - '0') * 10 + (text[1] - '0');

    return number >= low && number <= high;
}

/* RFC 3339 §5.6 with "Z" and no fraction. A day that its month lacks is let by: nobody computes with it here. */
static bool
is_time(const char *text)
{
    static const char pattern[] = "dddd-dd-ddTdd:dd:ddZ";
    size_t i;

    if (strlen(text) != sizeof(pattern) - 1U) {
        return false;
    }
    for (i = 0; pattern[i] != '\0'; i++) {
        if (pattern[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != pattern[i]) {
            return false;
        }
    }
    return is_within(text + 5, 1, 12) && is_within(text + 8, 1, 31) && is_within(text + 11, 0, 23) &&
           is_within(text + 14, 0, 59) && is_within(text + 17, 0, 60);
}

/* Why @p text does not fit @p field; NULL when it does. */
static const char *
text_fault(const struct ukb_field *field, const char *text)
{
    if (text == NULL) {
        return "must be a string";
    }
    if (field->values != NULL) {
        return is_one_of(field->values, text) ? NULL : "not one of the known values";
    }
    if (field->type == UKB_FIELD_HEX) {
        return ukb_hex_is(text, field->max_len) ? NULL : "must be lower-case hexadecimal of its full length";
    }
    if (field->type == UKB_FIELD_TIME) {
        return is_time(text) ? NULL : "must be a time in UTC such as 2026-11-21T07:00:00Z";
    }
    if (field->type == UKB_FIELD_ID) {
        return strlen(text) <= field->max_len ? NULL : "too long";
    }
    if (text[0] == '\0') {
        return "must not be empty";
    }
    return strlen(text) <= field->max_len ? NULL : "too long";
}

static const char *
scalar_fault(const struct ukb_field *field, const cJSON *value)
{
    if (field->type == UKB_FIELD_BOOL) {
        return cJSON_IsBool(value) ? NULL : "must be true or false";
    }
    if (field->type == UKB_FIELD_INTEGER || (field->type == UKB_FIELD_ID && !cJSON_IsString(value))) {
        return ukb_json_is_integer(value) ? NULL : "must be an integer";
    }
    return text_fault(field, cJSON_GetStringValue(value));
}

static enum ukb_status
check_object(const struct ukb_field *field, const char *name, const cJSON *object, struct ukb_error *reterr)
{
    enum ukb_status st = ukb_fields_check(field->shape, object, reterr);

    return st == UKB_OK ? UKB_OK : refuse_within(name, reterr);
}

static enum ukb_status
check_item(const struct ukb_field *field, size_t index, const cJSON *item, struct ukb_error *reterr)
{
    char name[80]; /* a field's name is ours and short */
    const char *fault = NULL;

    if (field->type == UKB_FIELD_OBJECTS && cJSON_IsObject(item)) {
        (void)snprintf(name, sizeof(name), "%s[%zu]", field->name, index);
        return check_object(field, name, item, reterr);
    }
    fault = field->type == UKB_FIELD_OBJECTS ? "must be an object" : text_fault(field, cJSON_GetStringValue(item));
    return fault == NULL ? UKB_OK : refuse_item(field->name, index, fault, reterr);
}

static enum ukb_status
check_items(const struct ukb_field *field, const cJSON *array, struct ukb_error *reterr)
{
    const cJSON *item = NULL;
    enum ukb_status st = UKB_OK;
    size_t index = 0;

    if (!cJSON_IsArray(array)) {
        return refuse(field->name, "must be an array", reterr);
    }
    if ((size_t)cJSON_GetArraySize(array) > field->max_items) {
        return refuse(field->name, "too many items", reterr);
    }
    cJSON_ArrayForEach(item, array)
    {
        st = check_item(field, index++, item, reterr);
        if (st != UKB_OK) {
            return st;
        }
    }
    return UKB_OK;
}

static enum ukb_status
check_value(const struct ukb_field *field, const cJSON *value, struct ukb_error *reterr)
{
    const char *fault = NULL;

    if (field->need == UKB_NULLABLE && cJSON_IsNull(value)) {
        return UKB_OK;
    }
    switch (field->type) {
    case UKB_FIELD_OBJECT:
        return cJSON_IsObject(value) ? check_object(field, field->name, value, reterr)
                                     : refuse(field->name, "must be an object", reterr);
    case UKB_FIELD_OBJECTS:
    case UKB_FIELD_STRINGS:
        return check_items(field, value, reterr);
    case UKB_FIELD_STRING:
    case UKB_FIELD_HEX:
    case UKB_FIELD_TIME:
    case UKB_FIELD_ENUM:
    case UKB_FIELD_BOOL:
    case UKB_FIELD_INTEGER:
    case UKB_FIELD_ID:
        break;
    }
    fault = scalar_fault(field, value);
    return fault == NULL ? UKB_OK : refuse(field->name, fault, reterr);
}

static const struct ukb_field *
find(const struct ukb_shape *shape, const char *name)
{
    size_t i;

    for (i = 0; i < shape->count; i++) {
        if (strcmp(shape->fields[i].name, name) == 0) {
            return &shape->fields[i];
        }
    }
    return NULL;
}

/* What the members that are there cannot show: what is missing, and what excludes each other. */
static enum ukb_status
check_whole(const struct ukb_shape *shape, const cJSON *object, struct ukb_error *reterr)
{
    size_t i;

    for (i = 0; i < shape->count; i++) {
        if (shape->fields[i].need != UKB_OPTIONAL && ukb_json_get(object, shape->fields[i].name) == NULL) {
            return refuse(shape->fields[i].name, "missing", reterr);
        }
    }
    if (shape->either[0] != NULL) {
        bool first = ukb_json_get(object, shape->either[0]) != NULL;
        bool second = ukb_json_get(object, shape->either[1]) != NULL;

        if (first == second) {
            return refuse(shape->either[first ? 1 : 0], first ? "excludes the other" : "or the other is missing",
                          reterr);
        }
    }
    return UKB_OK;
}

enum ukb_status
ukb_fields_check(const struct ukb_shape *shape, const cJSON *object, struct ukb_error *reterr)
{
    const cJSON *item = NULL;

    cJSON_ArrayForEach(item, object)
    {
        const struct ukb_field *field = find(shape, item->string);
        enum ukb_status st;

        if (field == NULL) {
            return refuse(item->string, "unknown member", reterr);
        }
        st = check_value(field, item, reterr);
        if (st != UKB_OK) {
            return st;
        }
    }
    return check_whole(shape, object, reterr);
}
