/* SPDX-License-Identifier: MIT */
#include "core/rpc.h"

#include <string.h>

bool
ukb_rpc_id_from_json(const cJSON *value, struct ukb_rpc_id *ret_id)
{
    struct ukb_rpc_id id = { .type = UKB_ID_NULL };
    const char *text = cJSON_GetStringValue(value);

    if (text != NULL && strlen(text) <= UKB_ID_MAX_LEN) {
        id.type = UKB_ID_STRING;
        memcpy(id.string, text, strlen(text) + 1U);
    } else if (ukb_json_is_integer(value)) {
        id.type = UKB_ID_INTEGER;
        id.integer = (long long)value->valuedouble;
    } else {
        return false;
    }
    *ret_id = id;
    return true;
}

bool
ukb_rpc_id_equal(const struct ukb_rpc_id *a, const struct ukb_rpc_id *b)
{
    return a->type == b->type && a->integer == b->integer && strcmp(a->string, b->string) == 0;
}

cJSON *
ukb_rpc_id_to_json(const struct ukb_rpc_id *id)
{
    switch (id->type) {
    case UKB_ID_INTEGER:
        return cJSON_CreateNumber((double)id->integer);
    case UKB_ID_STRING:
        return cJSON_CreateString(id->string);
    case UKB_ID_NONE:
    case UKB_ID_NULL:
        break;
    }
    return cJSON_CreateNull();
}

/* Copy an optional string member of the context. */
static enum ukb_status
context_string(const cJSON *context, const char *name, char *to, size_t max_len, enum ukb_status too_long,
               struct ukb_error *reterr)
{
    const cJSON *item = ukb_json_get(context, name);
    const char *text = cJSON_GetStringValue(item);

    if (item == NULL) {
        return UKB_OK;
    }
    if (text == NULL) {
        return ukb_raise(reterr, UKB_E_INVALID_REQUEST, 0, "context.%s must be a string", name);
    }
    if (strlen(text) > max_len) {
        return ukb_raise(reterr, too_long, 0, "context.%s is longer than %zu bytes", name, max_len);
    }
    memcpy(to, text, strlen(text) + 1U);
    return UKB_OK;
}

static enum ukb_status
context_bool(const cJSON *context, const char *name, bool *ret_value, struct ukb_error *reterr)
{
    const cJSON *item = ukb_json_get(context, name);

    if (item != NULL && !cJSON_IsBool(item)) {
        return ukb_raise(reterr, UKB_E_INVALID_REQUEST, 0, "context.%s must be true or false", name);
    }
    *ret_value = cJSON_IsTrue(item);
    return UKB_OK;
}

static enum ukb_status
context_parse(const cJSON *json, struct ukb_context *ret_context, struct ukb_error *reterr)
{
    struct ukb_context context = { .present = json != NULL };
    const struct {
        const char *name;
        char *to;
        size_t max_len;
        enum ukb_status too_long;
    } strings[] = {
        { "origin", context.origin, UKB_ORIGIN_MAX_LEN, UKB_E_BAD_ORIGIN },
        { "topOrigin", context.top_origin, UKB_ORIGIN_MAX_LEN, UKB_E_BAD_ORIGIN },
        { "documentId", context.document_id, UKB_DOCUMENT_ID_MAX_LEN, UKB_E_INVALID_REQUEST },
        { "lang", context.lang, UKB_LANG_MAX_LEN, UKB_E_INVALID_REQUEST },
    };
    enum ukb_status st = UKB_OK;
    size_t i;

    if (json != NULL && !cJSON_IsObject(json)) {
        return ukb_raise(reterr, UKB_E_INVALID_REQUEST, 0, "context must be an object");
    }
    for (i = 0; i < sizeof(strings) / sizeof(strings[0]) && st == UKB_OK; i++) {
        st = context_string(json, strings[i].name, strings[i].to, strings[i].max_len, strings[i].too_long, reterr);
    }
    if (st == UKB_OK) {
        st = context_bool(json, "ui", &context.ui, reterr);
    }
    if (st == UKB_OK) {
        st = context_bool(json, "userActivation", &context.user_activation, reterr);
    }
    if (st != UKB_OK) {
        return st;
    }
    if (context.ui && (context.origin[0] != '\0' || context.top_origin[0] != '\0')) {
        return ukb_raise(reterr, UKB_E_INVALID_REQUEST, 0, "context is either a page's or the extension's own");
    }
    *ret_context = context;
    return UKB_OK;
}

/* The id first: whatever else is wrong, the error reply should carry it. */
static enum ukb_status
id_parse(const cJSON *root, struct ukb_rpc_id *ret_id, struct ukb_error *reterr)
{
    const cJSON *id = ukb_json_get(root, "id");

    if (id == NULL) {
        ret_id->type = UKB_ID_NONE;
        return UKB_OK;
    }
    if (!ukb_rpc_id_from_json(id, ret_id)) {
        return ukb_raise(reterr, UKB_E_INVALID_REQUEST, 0,
                         "id must be an integer within 2^53 or a string of at most %u bytes", UKB_ID_MAX_LEN);
    }
    return UKB_OK;
}

static enum ukb_status
envelope_parse(struct ukb_request *request, struct ukb_error *reterr)
{
    const cJSON *root = request->root;
    const char *version = ukb_json_string(root, "jsonrpc");
    enum ukb_status st;

    if (!cJSON_IsObject(root)) {
        return ukb_raise(reterr, UKB_E_INVALID_REQUEST, 0, "a request is an object; batches are not taken");
    }
    st = id_parse(root, &request->id, reterr);
    if (st != UKB_OK) {
        return st;
    }
    request->method = ukb_json_string(root, "method");
    request->params = ukb_json_get(root, "params");
    if (version == NULL || strcmp(version, "2.0") != 0) {
        return ukb_raise(reterr, UKB_E_INVALID_REQUEST, 0, "jsonrpc must be \"2.0\"");
    }
    if (request->method == NULL || request->method[0] == '\0') {
        return ukb_raise(reterr, UKB_E_INVALID_REQUEST, 0, "method must be a string");
    }
    if (cJSON_IsArray(request->params)) {
        st = ukb_raise(reterr, UKB_E_PARAMS, 0, "params must be an object");
        ukb_error_add_string(reterr, "field", "params");
        return st;
    }
    if (request->params != NULL && !cJSON_IsObject(request->params)) {
        return ukb_raise(reterr, UKB_E_INVALID_REQUEST, 0, "params must be an object");
    }
    return context_parse(ukb_json_get(root, "context"), &request->context, reterr);
}

enum ukb_status
ukb_request_parse(const char *text, size_t len, struct ukb_request *ret_request, struct ukb_error *reterr)
{
    enum ukb_status st;

    memset(ret_request, 0, sizeof(*ret_request));
    ret_request->id.type = UKB_ID_NULL;
    st = ukb_json_parse(text, len, &ret_request->root, reterr);
    if (st != UKB_OK) {
        return st;
    }
    st = envelope_parse(ret_request, reterr);
    if (st == UKB_E_INVALID_REQUEST && ret_request->id.type == UKB_ID_NONE) {
        ret_request->id.type = UKB_ID_NULL; /* what is no request is no notification either: it is answered (§5.1) */
    }
    return st;
}

void
ukb_request_done(struct ukb_request *request)
{
    cJSON_Delete(request->root);
    memset(request, 0, sizeof(*request));
}

/* Put @p value (taken) into @p object; false without memory. */
static bool
put(cJSON *object, const char *name, cJSON *value)
{
    if (value != NULL && cJSON_AddItemToObject(object, name, value)) {
        return true;
    }
    cJSON_Delete(value);
    return false;
}

/* Print and free an envelope; @p whole is false when building it ran out of memory. */
static enum ukb_status
finish(cJSON *envelope, bool whole, struct ukb_buf *body, struct ukb_error *reterr)
{
    enum ukb_status st;

    if (whole) {
        st = ukb_json_print(envelope, body, reterr);
    } else {
        st = ukb_raise(reterr, UKB_E_INTERNAL, 0, "no memory for an envelope");
    }
    cJSON_Delete(envelope);
    return st;
}

static cJSON *
envelope_new(bool *whole)
{
    cJSON *envelope = cJSON_CreateObject();

    *whole = envelope != NULL && put(envelope, "jsonrpc", cJSON_CreateString("2.0"));
    return envelope;
}

enum ukb_status
ukb_rpc_result(const struct ukb_rpc_id *id, cJSON *result, struct ukb_buf *body, struct ukb_error *reterr)
{
    bool whole = false;
    cJSON *envelope = envelope_new(&whole);

    whole = whole && put(envelope, "id", ukb_rpc_id_to_json(id));
    if (result == NULL) {
        result = cJSON_CreateObject();
    }
    whole = put(envelope, "result", result) && whole;
    return finish(envelope, whole, body, reterr);
}

static bool
put_attr(cJSON *data, const struct ukb_attr *attr)
{
    switch (attr->type) {
    case UKB_ATTR_STRING:
        return put(data, attr->name, cJSON_CreateString(attr->string));
    case UKB_ATTR_INTEGER:
        return put(data, attr->name, cJSON_CreateNumber((double)attr->integer));
    case UKB_ATTR_NULL:
        break;
    }
    return put(data, attr->name, cJSON_CreateNull());
}

static cJSON *
error_data(const struct ukb_error *error, bool *whole)
{
    const char *reason = ukb_status_reason(error->status);
    cJSON *data = cJSON_CreateObject();
    size_t i;

    if (reason != NULL) {
        *whole = put(data, "reason", cJSON_CreateString(reason)) && *whole;
    }
    for (i = 0; i < error->attr_count; i++) {
        *whole = put_attr(data, &error->attrs[i]) && *whole;
    }
    return data;
}

enum ukb_status
ukb_rpc_error(const struct ukb_rpc_id *id, const struct ukb_error *error, struct ukb_buf *body,
              struct ukb_error *reterr)
{
    bool whole = false;
    cJSON *envelope = envelope_new(&whole);
    cJSON *object = cJSON_CreateObject();

    whole = whole && put(envelope, "id", ukb_rpc_id_to_json(id));
    whole = put(object, "code", cJSON_CreateNumber(ukb_status_code(error->status))) && whole;
    whole = put(object, "message", cJSON_CreateString(error->message)) && whole;
    if (ukb_status_reason(error->status) != NULL || error->attr_count > 0) {
        whole = put(object, "data", error_data(error, &whole)) && whole;
    }
    whole = put(envelope, "error", object) && whole;
    return finish(envelope, whole, body, reterr);
}

static enum ukb_status
status_of(const cJSON *json)
{
    const char *reason = ukb_json_string(ukb_json_get(json, "data"), "reason");
    const cJSON *code = ukb_json_get(json, "code");
    int i;

    if (reason != NULL) {
        return ukb_status_from_reason(reason);
    }
    for (i = UKB_E_PARSE; ukb_json_is_integer(code) && i < UKB_E_INTERNAL; i++) {
        if (ukb_status_code((enum ukb_status)i) == (long long)code->valuedouble) {
            return (enum ukb_status)i;
        }
    }
    return UKB_E_INTERNAL;
}

/* Names of attributes live as long as the program; a worker's come from a tree that does not. */
static const char *
attr_name(const char *name)
{
    static const char *const names[] = { "field", "incident", "retryAfter", "ckr",    "module", "retriesLeft",
                                         "state", "renewal",  "cause",      "status", NULL };
    size_t i;

    for (i = 0; names[i] != NULL; i++) {
        if (strcmp(names[i], name) == 0) {
            return names[i];
        }
    }
    return NULL;
}

void
ukb_rpc_error_read(const cJSON *json, struct ukb_error *ret_error)
{
    const char *message = ukb_json_string(json, "message");
    const cJSON *data = ukb_json_get(json, "data");
    const cJSON *item = NULL;

    (void)ukb_raise(ret_error, status_of(json), 0, "%s", message == NULL ? "a reply without a message" : message);
    cJSON_ArrayForEach(item, data)
    {
        const char *name = cJSON_IsObject(data) ? attr_name(item->string) : NULL;

        if (name == NULL || ret_error->attr_count == UKB_ERROR_ATTRS_MAX) {
            continue;
        }
        if (cJSON_IsString(item)) {
            ukb_error_add_string(ret_error, name, item->valuestring);
        } else if (ukb_json_is_integer(item)) {
            ukb_error_add_integer(ret_error, name, (long long)item->valuedouble);
        } else {
            ukb_error_add_null(ret_error, name);
        }
    }
}

enum ukb_status
ukb_rpc_notification(const char *method, cJSON *params, struct ukb_buf *body, struct ukb_error *reterr)
{
    bool whole = false;
    cJSON *envelope = envelope_new(&whole);

    whole = whole && put(envelope, "method", cJSON_CreateString(method));
    whole = put(envelope, "params", params) && whole;
    return finish(envelope, whole, body, reterr);
}

static cJSON *
context_to_json(const struct ukb_context *context, bool *whole)
{
    cJSON *json = cJSON_CreateObject();

    if (context->ui) {
        *whole = put(json, "ui", cJSON_CreateTrue()) && *whole;
    } else {
        *whole = put(json, "origin", cJSON_CreateString(context->origin)) && *whole;
        *whole = put(json, "topOrigin", cJSON_CreateString(context->top_origin)) && *whole;
        *whole = put(json, "documentId", cJSON_CreateString(context->document_id)) && *whole;
        *whole = put(json, "userActivation", cJSON_CreateBool(context->user_activation)) && *whole;
    }
    *whole = put(json, "lang", cJSON_CreateString(context->lang)) && *whole;
    return json;
}

enum ukb_status
ukb_rpc_request(const struct ukb_rpc_id *id, const char *method, const cJSON *params, const struct ukb_context *context,
                struct ukb_buf *body, struct ukb_error *reterr)
{
    bool whole = false;
    cJSON *envelope = envelope_new(&whole);

    whole = whole && put(envelope, "id", ukb_rpc_id_to_json(id));
    whole = whole && put(envelope, "method", cJSON_CreateString(method));
    if (params != NULL) {
        whole = whole && put(envelope, "params", cJSON_Duplicate(params, true));
    }
    if (context != NULL && context->present) {
        whole = put(envelope, "context", context_to_json(context, &whole)) && whole;
    }
    return finish(envelope, whole, body, reterr);
}
