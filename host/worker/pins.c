/* SPDX-License-Identifier: MIT */
/* The methods that give a UKey another PIN. */
#include "worker/service.h"

#include "hold/hold.h"

static enum ukb_status
serve(struct ukb_service *service, const cJSON *params,
      enum ukb_status (*operation)(struct ukb_hold *hold, struct ukb_error *reterr), cJSON **ret_result,
      struct ukb_error *reterr)
{
    const struct ukb_hold_env env = {
        .module = service->module,
        .dialog = service->dialog,
        .origin = service->context->ui ? NULL : service->context->origin,
        .lock_dir = ukb_buf_text(&service->lock_dir),
        .uninterruptible = ukb_service_set_uninterruptible,
        .ctx = service,
    };
    struct ukb_hold hold = { .session = NULL };
    enum ukb_status st = ukb_hold_open(&env, ukb_json_string(params, "token"), true, &hold, reterr);

    if (st == UKB_OK) {
        st = operation(&hold, reterr);
    }
    ukb_hold_done(&hold);
    if (st == UKB_OK) {
        *ret_result = cJSON_CreateObject();
    }
    return st;
}

enum ukb_status
ukb_pin_change_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result, struct ukb_error *reterr)
{
    return serve(service, params, ukb_hold_change_pin, ret_result, reterr);
}

enum ukb_status
ukb_pin_unblock_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result, struct ukb_error *reterr)
{
    return serve(service, params, ukb_hold_unblock_pin, ret_result, reterr);
}
