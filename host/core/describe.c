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

/* A field that is a named object says the name; one of a nameless shape carries its fields. */
static void
add_shape(cJSON *json, const struct ukb_shape *shape)
{
    if (shape->name != NULL) {
        (void)cJSON_AddStringToObject(json, "object", shape->name);
    } else {
        (void)cJSON_AddItemToObject(json, "fields", describe_shape(shape));
    }
}

static cJSON *
describe_field(const struct ukb_field *field)
{
    cJSON *json = cJSON_CreateObject();
    cJSON *values = NULL;
    size_t i;

    (void)cJSON_AddStringToObject(json, "name", field->name);
    (void)cJSON_AddStringToObject(json, "type", type_names[field->type]);
    (void)cJSON_AddBoolToObject(json, "required", field->need != UKB_OPTIONAL);
    if (field->need == UKB_NULLABLE) {
        (void)cJSON_AddTrueToObject(json, "nullable");
    }
    if (field->max_len > 0) {
        (void)cJSON_AddNumberToObject(json, "maxLength", (double)field->max_len);
    }
    if (field->max_items > 0) {
        (void)cJSON_AddNumberToObject(json, "maxItems", (double)field->max_items);
    }
    if (field->values != NULL) {
        values = cJSON_AddArrayToObject(json, "values");
        for (i = 0; field->values[i] != NULL; i++) {
            (void)cJSON_AddItemToArray(values, cJSON_CreateString(field->values[i]));
        }
    }
    if (field->shape != NULL) {
        add_shape(json, field->shape);
    }
    return json;
}

static cJSON *
describe_shape(const struct ukb_shape *shape)
{
    cJSON *json = cJSON_CreateArray();
    size_t i;

    for (i = 0; i < shape->count; i++) {
        (void)cJSON_AddItemToArray(json, describe_field(&shape->fields[i]));
    }
    return json;
}

static cJSON *
describe_method(const struct ukb_method *method)
{
    cJSON *json = cJSON_CreateObject();
    cJSON *either = NULL;

    (void)cJSON_AddStringToObject(json, "name", method->name);
    (void)cJSON_AddStringToObject(json, "grant", grant_names[method->grant]);
    (void)cJSON_AddStringToObject(json, "runsIn", runs_in_names[method->runs_in]);
    (void)cJSON_AddBoolToObject(json, "dialog", method->dialog);
    (void)cJSON_AddNumberToObject(json, "timeLimitMs", method->time_limit_ms);
    (void)cJSON_AddItemToObject(json, "params", describe_shape(method->params));
    if (method->params->either[0] != NULL) {
        either = cJSON_AddArrayToObject(json, "either");
        (void)cJSON_AddItemToArray(either, cJSON_CreateString(method->params->either[0]));
        (void)cJSON_AddItemToArray(either, cJSON_CreateString(method->params->either[1]));
    }
    (void)cJSON_AddItemToObject(json, "result", describe_shape(method->result));
    return json;
}

static cJSON *
describe_errors(void)
{
    cJSON *json = cJSON_CreateArray();
    size_t i;

    for (i = UKB_END + 1U; i < UKB_STATUS_COUNT; i++) {
        const char *reason = ukb_status_reason((enum ukb_status)i);
        cJSON *error = cJSON_CreateObject();

        (void)cJSON_AddNumberToObject(error, "code", ukb_status_code((enum ukb_status)i));
        if (reason != NULL) {
            (void)cJSON_AddStringToObject(error, "reason", reason);
        }
        (void)cJSON_AddItemToArray(json, error);
    }
    return json;
}

cJSON *
ukb_contract_describe(void)
{
    cJSON *json = cJSON_CreateObject();
    cJSON *part = NULL;
    size_t i;

    (void)cJSON_AddNumberToObject(json, "protocol", UKB_PROTOCOL);
    part = cJSON_AddArrayToObject(json, "methods");
    for (i = 0; i < UKB_METHOD_COUNT; i++) {
        (void)cJSON_AddItemToArray(part, describe_method(&ukb_contract[i]));
    }
    part = cJSON_AddArrayToObject(json, "notifications");
    for (i = 0; i < ukb_contract_notification_count; i++) {
        cJSON *notification = cJSON_CreateObject();

        (void)cJSON_AddStringToObject(notification, "name", ukb_contract_notifications[i].name);
        (void)cJSON_AddItemToObject(notification, "params", describe_shape(ukb_contract_notifications[i].params));
        (void)cJSON_AddItemToArray(part, notification);
    }
    part = cJSON_AddObjectToObject(json, "objects");
    for (i = 0; ukb_contract_objects[i] != NULL; i++) {
        (void)cJSON_AddItemToObject(part, ukb_contract_objects[i]->name, describe_shape(ukb_contract_objects[i]));
    }
    part = cJSON_AddObjectToObject(json, "limits");
    for (i = 0; i < ukb_contract_limit_count; i++) {
        (void)cJSON_AddNumberToObject(part, ukb_contract_limits[i].name, (double)ukb_contract_limits[i].value);
    }
    (void)cJSON_AddItemToObject(json, "errors", describe_errors());
    return json;
}
