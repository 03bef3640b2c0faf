/* SPDX-License-Identifier: MIT */
#include "broker/broker.h"

enum ukb_status
ukb_admit(const struct ukb_policy *policy, const struct ukb_request *request, const struct ukb_method **ret_method,
          struct ukb_error *reterr)
{
    const struct ukb_method *method = ukb_contract_find(request->method);
    enum ukb_status st;

    if (method == NULL) {
        return ukb_raise(reterr, UKB_E_METHOD_UNKNOWN, 0, "no method \"%.64s\"", request->method);
    }
    st = ukb_policy_decide(policy, method->grant, &request->context, reterr);
    if (st != UKB_OK) {
        return st;
    }
    st = ukb_fields_check(method->params, request->params, reterr);
    if (st != UKB_OK) {
        return st;
    }
    *ret_method = method;
    return UKB_OK;
}
