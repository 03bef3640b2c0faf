/* SPDX-License-Identifier: MIT */
/*
 * core/json_check.c and core/json.c: whatever the recogniser accepts, cJSON reads (only duplicate names may stop it);
 * what was read prints as strict JSON, and that reads as an equal tree which prints the same.
 */
#include "fuzz.h"

#include <math.h>
#include <string.h>

#include "core/json.h"
#include "core/limits.h"

#define PRINTED_MAX_LEN (8U * UKB_REQUEST_MAX_LEN) /* a control character grows to six bytes */

/* True when a number below @p value is beyond a double: it prints as null, so trees need not be equal. */
static bool
has_infinity(const cJSON *value)
{
    const cJSON *item = NULL;

    if (cJSON_IsNumber(value) && !isfinite(value->valuedouble)) {
        return true;
    }
    cJSON_ArrayForEach(item, value)
    {
        if (has_infinity(item)) {
            return true;
        }
    }
    return false;
}

static void
check_round_trip(const cJSON *json)
{
    struct ukb_buf text = UKB_BUF_INIT(PRINTED_MAX_LEN);
    struct ukb_buf again_text = UKB_BUF_INIT(PRINTED_MAX_LEN);
    struct ukb_error err = { 0 };
    cJSON *again = NULL;

    require(ukb_json_print(json, &text, &err) == UKB_OK, "what was read prints");
    require(ukb_json_check(ukb_buf_text(&text), text.len, &err) == UKB_OK, "what is printed is strict JSON");
    require(ukb_json_parse(ukb_buf_text(&text), text.len, &again, &err) == UKB_OK, "what is printed can be read");
    require(has_infinity(json) || cJSON_Compare(json, again, true), "what is read back is equal");
    require(ukb_json_print(again, &again_text, &err) == UKB_OK, "what was read back prints");
    require(has_infinity(json) || strcmp(ukb_buf_text(&text), ukb_buf_text(&again_text)) == 0, "printing is stable");
    cJSON_Delete(again);
    ukb_buf_done(&text);
    ukb_buf_done(&again_text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ukb_error err = { 0 };
    cJSON *json = NULL;
    enum ukb_status checked = ukb_json_check((const char *)data, size, &err);
    enum ukb_status parsed = ukb_json_parse((const char *)data, size, &json, &err);

    require(checked == UKB_OK || checked == UKB_E_PARSE, "a text is strict JSON or not");
    require(checked == UKB_OK || parsed == UKB_E_PARSE, "what is not strict JSON is not read");
    if (parsed != UKB_OK) {
        require(checked != UKB_OK || strstr(err.message, "twice") != NULL, "only duplicates stop strict JSON");
        require(json == NULL, "a failure leaves no tree");
        return 0;
    }
    check_round_trip(json);
    cJSON_Delete(json);
    return 0;
}
