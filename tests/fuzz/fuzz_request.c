/* SPDX-License-Identifier: MIT */
/*
 * core/rpc.c, core/fields.c and core/contract.c: any bytes are a request or an error that can be replied; its
 * parameters fit each method's shape or the refusal names a member; and a worker reads the request as the broker did.
 */
#include "fuzz.h"

#include <string.h>

#include "core/contract.h"
#include "core/rpc.h"

#define BODY_MAX_LEN (8U * UKB_REQUEST_MAX_LEN)

/* Every failure must make a reply that is strict JSON and small. */
static void
check_reply(const struct ukb_rpc_id *id, const struct ukb_error *error)
{
    struct ukb_buf body = UKB_BUF_INIT(UKB_REPLY_MAX_LEN);
    struct ukb_error err = { 0 };
    struct ukb_error again = { 0 };
    cJSON *reply = NULL;

    require(ukb_rpc_error(id, error, &body, &err) == UKB_OK, "an error can be replied");
    require(body.len < 8192, "an error's reply is small");
    require(ukb_json_parse(ukb_buf_text(&body), body.len, &reply, &err) == UKB_OK, "a reply is strict JSON");
    ukb_rpc_error_read(ukb_json_get(reply, "error"), &again);
    require(again.status == error->status, "an error is read back");
    cJSON_Delete(reply);
    ukb_buf_done(&body);
}

static void
check_fields(const struct ukb_request *request)
{
    size_t i;

    for (i = 0; i < UKB_METHOD_COUNT; i++) {
        struct ukb_error err = { 0 };
        enum ukb_status st = ukb_fields_check(ukb_contract[i].params, request->params, &err);

        if (st != UKB_OK) {
            require(st == UKB_E_PARAMS, "parameters fit or are invalid");
            require(err.attr_count == 1 && strcmp(err.attrs[0].name, "field") == 0, "a refusal names the member");
            check_reply(&request->id, &err);
        }
        st = ukb_fields_check(ukb_contract[i].result, request->params, &err);
        require(st == UKB_OK || st == UKB_E_PARAMS, "results fit or do not");
    }
}

static void
check_worker_reads_the_same(const struct ukb_request *request)
{
    struct ukb_buf body = UKB_BUF_INIT(BODY_MAX_LEN);
    struct ukb_request again;
    struct ukb_error err = { 0 };
    const struct ukb_context *context = &request->context;

    require(ukb_rpc_request(&request->id, request->method, request->params, context, &body, &err) == UKB_OK,
            "a request can be written");
    require(ukb_request_parse(ukb_buf_text(&body), body.len, &again, &err) == UKB_OK, "a worker reads it");
    require(ukb_rpc_id_equal(&request->id, &again.id), "the id is the same");
    require(strcmp(request->method, again.method) == 0, "the method is the same");
    require(context->ui == again.context.ui && strcmp(context->origin, again.context.origin) == 0 &&
                strcmp(context->top_origin, again.context.top_origin) == 0,
            "who asks is the same");
    ukb_request_done(&again);
    ukb_buf_done(&body);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ukb_request request;
    struct ukb_error err = { 0 };
    enum ukb_status st = ukb_request_parse((const char *)data, size, &request, &err);

    if (st != UKB_OK) {
        require(st == err.status, "a failure is described");
        check_reply(&request.id, &err);
    } else {
        require(request.id.type != UKB_ID_NULL, "a request has an id or is a notification");
        (void)ukb_contract_find(request.method);
        check_fields(&request);
        if (request.id.type != UKB_ID_NONE) {
            check_worker_reads_the_same(&request);
        }
    }
    ukb_request_done(&request);
    return 0;
}
