/* SPDX-License-Identifier: MIT */
#include "worker/service.h"

#include "worker/view.h"

enum ukb_status
ukb_tokens_list_handle(struct ukb_service *service, const cJSON *params, cJSON **ret_result, struct ukb_error *reterr)
{
    struct ukb_token_list tokens = { .count = 0 };
    cJSON *list = NULL;
    enum ukb_status st;
    size_t i;

    (void)params;
    st = ukb_tokens_list(service->module, &tokens, reterr);
    if (st == UKB_OK && tokens.count == 0) {
        /* Some modules notice an insertion only when they start; with no token in, starting again costs little. */
        st = ukb_module_refresh(service->module, reterr);
        if (st == UKB_OK) {
            st = ukb_tokens_list(service->module, &tokens, reterr);
        }
    }
    if (st != UKB_OK) {
        return st;
    }
    *ret_result = cJSON_CreateObject();
    list = cJSON_AddArrayToObject(*ret_result, "tokens");
    for (i = 0; i < tokens.count; i++) {
        (void)cJSON_AddItemToArray(list, ukb_view_token(&tokens.items[i], service->module));
    }
    (void)cJSON_AddArrayToObject(*ret_result, "problems");
    return UKB_OK;
}
