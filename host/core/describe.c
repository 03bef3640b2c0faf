/* SPDX-License-Identifier: MIT */
/* The contract's tables as JSON, for `ukeybridge describe`. */
#include "core/contract.h"

#include "core/status.h"

static const char *const grant_names[] = {
    [UKB_GRANT_ANY] = "any", [UKB_GRANT_PORTAL] = "portal", [UKB_GRANT_UI] = "ui"
};

static const char *const runs_in_names[] = {
    [UKB_RUNS_IN_BROKER] = "broker",
    [UKB_RUNS_IN_PLAIN_WORKER] = "plain-worker",
    [UKB_RUNS_IN_NET_WORKER] = "net-worker",
    [UKB_RUNS_IN_LISTING_WORKER] = "listing-worker",
    [UKB_RUNS_IN_LOGIN_WORKER] = "login-worker",
};

static const char *const type_names[] = {
    [UKB_FIELD_STRING] = "string",   [UKB_FIELD_HEX] = "hex",         [UKB_FIELD_TIME] = "time",
    [UKB_FIELD_ENUM] = "enum",       [UKB_FIELD_BOOL] = "boolean",    [UKB_FIELD_INTEGER] = "integer",
    [UKB_FIELD_ID] = "id",           [UKB_FIELD_STRINGS] = "strings", [UKB_FIELD_OBJECT] = "object",
    [UKB_FIELD_OBJECTS] = "objects",
};

static cJSON *describe_shape(const struct ukb_shape *shape);

/* Put @p value (taken, NULL without memory) into @p parent, as @p name or, when that is NULL, as an array's next item.
 */
static bool
put(cJSON *parent, const char *name, cJSON *value)
{
    if (value != NULL &&
        (name == NULL ? cJSON_AddItemToArray(parent, value) : cJSON_AddItemToObject(parent, name, value))) {
        return true;
    }
    cJSON_Delete(value);
    return false;
}

static bool
put_string(cJSON *parent, const char *name, const char *value)
{
    return put(parent, name, cJSON_CreateString(value));
}

static bool
put_number(cJSON *parent, const char *name, double value)
{
    return put(parent, name, cJSON_CreateNumber(value));
}

/* @p json when it is @p whole; otherwise frees it, so that nobody sees half a contract. */
static cJSON *
finish(cJSON *json, bool whole)
{
    if (whole) {
        return json;
    }
    cJSON_Delete(json);
    return NULL;
}

static cJSON *
describe_values(const char *const *values)
{
    cJSON *json = cJSON_CreateArray();
    bool whole = json != NULL;

    for (; *values != NULL; values++) {
        whole = whole && put_string(json, NULL, *values);
    }
    return finish(json, whole);
}

/* A field that is a named object says the name; one of a nameless shape carries its fields. */
static bool
put_shape(cJSON *json, const struct ukb_shape *shape)
{
    if (shape->name != NULL) {
        return put_string(json, "object", shape->name);
    }
    return put(json, "fields", describe_shape(shape));
}

static cJSON *
describe_field(const struct ukb_field *field)
{
    cJSON *json = cJSON_CreateObject();
    bool whole = json != NULL && put_string(json, "name", field->name) &&
                 put_string(json, "type", type_names[field->type]) &&
                 put(json, "required", cJSON_CreateBool(field->need != UKB_OPTIONAL));

    if (field->need == UKB_NULLABLE) {
        whole = whole && put(json, "nullable", cJSON_CreateTrue());
    }
    if (field->max_len > 0) {
        whole = whole && put_number(json, "maxLength", (double)field->max_len);
    }
    if (field->max_items > 0) {
        whole = whole && put_number(json, "maxItems", (double)field->max_items);
    }
    if (field->values != NULL) {
        whole = whole && put(json, "values", describe_values(field->values));
    }
    if (field->shape != NULL) {
        whole = whole && put_shape(json, field->shape);
    }
    return finish(json, whole);
}

static cJSON *
describe_shape(const struct ukb_shape *shape)
{
    cJSON *json = cJSON_CreateArray();
    bool whole = json != NULL;
    size_t i;

    for (i = 0; i < shape->count; i++) {
        whole = whole && put(json, NULL, describe_field(&shape->fields[i]));
    }
    return finish(json, whole);
}

static cJSON *
describe_method(const struct ukb_method *method)
{
    const char *const either[] = { method->params->either[0], method->params->either[1], NULL };
    cJSON *json = cJSON_CreateObject();
    bool whole = json != NULL && put_string(json, "name", method->name) &&
                 put_string(json, "grant", grant_names[method->grant]) &&
                 put_string(json, "runsIn", runs_in_names[method->runs_in]) &&
                 put(json, "dialog", cJSON_CreateBool(method->dialog)) &&
                 put_number(json, "timeLimitMs", method->time_limit_ms) &&
                 put(json, "params", describe_shape(method->params));

    if (either[0] != NULL) {
        whole = whole && put(json, "either", describe_values(either));
    }
    whole = whole && put(json, "result", describe_shape(method->result));
    return finish(json, whole);
}

static cJSON *
describe_methods(void)
{
    cJSON *json = cJSON_CreateArray();
    bool whole = json != NULL;
    size_t i;

    for (i = 0; i < UKB_METHOD_COUNT; i++) {
        whole = whole && put(json, NULL, describe_method(&ukb_contract[i]));
    }
    return finish(json, whole);
}

static cJSON *
describe_notification(const struct ukb_notification *notification)
{
    cJSON *json = cJSON_CreateObject();

    return finish(json, json != NULL && put_string(json, "name", notification->name) &&
                            put(json, "params", describe_shape(notification->params)));
}

static cJSON *
describe_notifications(void)
{
    cJSON *json = cJSON_CreateArray();
    bool whole = json != NULL;
    size_t i;

    for (i = 0; i < ukb_contract_notification_count; i++) {
        whole = whole && put(json, NULL, describe_notification(&ukb_contract_notifications[i]));
    }
    return finish(json, whole);
}

static cJSON *
describe_objects(void)
{
    cJSON *json = cJSON_CreateObject();
    bool whole = json != NULL;
    size_t i;

    for (i = 0; ukb_contract_objects[i] != NULL; i++) {
        whole = whole && put(json, ukb_contract_objects[i]->name, describe_shape(ukb_contract_objects[i]));
    }
    return finish(json, whole);
}

static cJSON *
describe_limits(void)
{
    cJSON *json = cJSON_CreateObject();
    bool whole = json != NULL;
    size_t i;

    for (i = 0; i < ukb_contract_limit_count; i++) {
        whole = whole && put_number(json, ukb_contract_limits[i].name, (double)ukb_contract_limits[i].value);
    }
    return finish(json, whole);
}

static cJSON *
describe_error(enum ukb_status status)
{
    const char *reason = ukb_status_reason(status);
    cJSON *json = cJSON_CreateObject();
    bool whole = json != NULL && put_number(json, "code", ukb_status_code(status));

    return finish(json, whole && (reason == NULL || put_string(json, "reason", reason)));
}

static cJSON *
describe_errors(void)
{
    cJSON *json = cJSON_CreateArray();
    bool whole = json != NULL;
    size_t i;

    for (i = UKB_END + 1U; i < UKB_STATUS_COUNT; i++) {
        whole = whole && put(json, NULL, describe_error((enum ukb_status)i));
    }
    return finish(json, whole);
}

cJSON *
ukb_contract_describe(void)
{
    cJSON *json = cJSON_CreateObject();

    return finish(
        json, json != NULL && put_number(json, "protocol", UKB_PROTOCOL) && put(json, "methods", describe_methods()) &&
                  put(json, "notifications", describe_notifications()) && put(json, "objects", describe_objects()) &&
                  put(json, "limits", describe_limits()) && put(json, "errors", describe_errors()));
}
