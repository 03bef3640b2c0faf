/* SPDX-License-Identifier: MIT */
/* Unit tests for core/describe.c: the printed contract is whole, and closed in itself. */
#include "../test.h"

#include <stdlib.h>
#include <string.h>

#include "core/contract.h"
#include "core/limits.h"

#include "short_of_memory.h"

static int
setup(void **state)
{
    *state = ukb_contract_describe();
    return *state == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
    cJSON_Delete(*state);
    return 0;
}

/* The item of @p array whose member @p key is @p wanted. */
static const cJSON *
find(const cJSON *array, const char *key, const char *wanted)
{
    const cJSON *item = NULL;

    cJSON_ArrayForEach(item, array)
    {
        const char *text = ukb_json_string(item, key);

        if (text != NULL && strcmp(text, wanted) == 0) {
            return item;
        }
    }
    return NULL;
}

static void
it_is_strict_json_that_fits_a_reply(void **state)
{
    struct ukb_buf text = UKB_BUF_INIT(UKB_REPLY_MAX_LEN);
    struct ukb_error err = { 0 };
    cJSON *again = NULL;

    assert_int_equal(ukb_json_print(*state, &text, &err), UKB_OK);
    assert_int_equal(ukb_json_parse(ukb_buf_text(&text), text.len, &again, &err), UKB_OK);
    assert_true(cJSON_Compare(*state, again, true));
    cJSON_Delete(again);
    ukb_buf_done(&text);
}

static void
every_method_is_described(void **state)
{
    const cJSON *methods = ukb_json_get(*state, "methods");
    size_t i;

    assert_int_equal(cJSON_GetArraySize(methods), UKB_METHOD_COUNT);
    for (i = 0; i < UKB_METHOD_COUNT; i++) {
        const cJSON *method = find(methods, "name", ukb_contract[i].name);

        assert_non_null(method);
        assert_non_null(ukb_json_string(method, "grant"));
        assert_non_null(ukb_json_string(method, "runsIn"));
        assert_int_equal(ukb_json_bool(method, "dialog", false), ukb_contract[i].dialog);
        assert_int_equal(ukb_json_get(method, "timeLimitMs")->valuedouble, ukb_contract[i].time_limit_ms);
        assert_int_equal(cJSON_GetArraySize(ukb_json_get(method, "params")), ukb_contract[i].params->count);
        assert_int_equal(cJSON_GetArraySize(ukb_json_get(method, "result")), ukb_contract[i].result->count);
        assert_int_equal(ukb_json_get(method, "either") != NULL, ukb_contract[i].params->either[0] != NULL);
    }
}

static void
every_object_and_notification_is_described(void **state)
{
    const cJSON *objects = ukb_json_get(*state, "objects");
    size_t i;

    for (i = 0; ukb_contract_objects[i] != NULL; i++) {
        const cJSON *object = ukb_json_get(objects, ukb_contract_objects[i]->name);

        assert_true(cJSON_IsArray(object));
        assert_int_equal(cJSON_GetArraySize(object), ukb_contract_objects[i]->count);
    }
    assert_int_equal(cJSON_GetArraySize(objects), i);
    for (i = 0; i < ukb_contract_notification_count; i++) {
        assert_non_null(find(ukb_json_get(*state, "notifications"), "name", ukb_contract_notifications[i].name));
    }
}

/* Each "object" anywhere below @p value must be a member of @p objects. */
static void
check_references(const cJSON *value, const cJSON *objects)
{
    const char *reference = cJSON_IsObject(value) ? ukb_json_string(value, "object") : NULL;
    const cJSON *item = NULL;

    if (reference != NULL && ukb_json_get(objects, reference) == NULL) {
        fail_msg("object \"%s\" is not described", reference);
    }
    cJSON_ArrayForEach(item, value)
    {
        check_references(item, objects);
    }
}

static void
objects_that_are_referred_to_exist(void **state)
{
    check_references(*state, ukb_json_get(*state, "objects"));
}

/* Whatever has a type is a field: it must be complete for a reader who has nothing else. */
static void
check_fields(const cJSON *value)
{
    static const char *const types[] = { "string", "hex",     "time",   "enum",    "boolean", "integer",
                                         "id",     "strings", "object", "objects", NULL };
    const char *type = cJSON_IsObject(value) ? ukb_json_string(value, "type") : NULL;
    const cJSON *item = NULL;
    size_t i = 0;

    if (type != NULL) {
        while (types[i] != NULL && strcmp(types[i], type) != 0) {
            i++;
        }
        assert_non_null(types[i]);
        assert_non_null(ukb_json_string(value, "name"));
        assert_true(cJSON_IsBool(ukb_json_get(value, "required")));
        assert_int_equal(strncmp(type, "object", 6) == 0,
                         ukb_json_get(value, "object") != NULL || ukb_json_get(value, "fields") != NULL);
        assert_true(strcmp(type, "enum") != 0 || cJSON_GetArraySize(ukb_json_get(value, "values")) > 0);
    }
    cJSON_ArrayForEach(item, value)
    {
        check_fields(item);
    }
}

static void
every_field_says_all_a_client_needs(void **state)
{
    const cJSON *pin = ukb_json_get(ukb_json_get(*state, "objects"), "pin");
    const cJSON *retries = find(pin, "name", "retriesLeft");

    check_fields(*state);
    assert_true(ukb_json_bool(retries, "nullable", false));
    assert_true(ukb_json_bool(retries, "required", false));
    assert_null(ukb_json_get(find(pin, "name", "state"), "nullable"));
}

static void
the_errors_are_all_reasons_each_with_its_code_once(void **state)
{
    const cJSON *errors = ukb_json_get(*state, "errors");
    size_t i;

    assert_int_equal(cJSON_GetArraySize(errors), UKB_STATUS_COUNT - UKB_END - 1);
    for (i = UKB_END + 1U; i < UKB_STATUS_COUNT; i++) {
        const char *reason = ukb_status_reason((enum ukb_status)i);
        const cJSON *error = cJSON_GetArrayItem(errors, (int)(i - UKB_END - 1U));

        assert_int_equal(ukb_json_get(error, "code")->valuedouble, ukb_status_code((enum ukb_status)i));
        if (reason == NULL) {
            assert_null(ukb_json_get(error, "reason"));
        } else {
            assert_ptr_equal(find(errors, "reason", reason), error);
        }
    }
}

static void
the_limits_and_the_protocol_are_told(void **state)
{
    const cJSON *limits = ukb_json_get(*state, "limits");
    size_t i;

    assert_int_equal(ukb_json_get(*state, "protocol")->valuedouble, UKB_PROTOCOL);
    assert_int_equal(cJSON_GetArraySize(limits), ukb_contract_limit_count);
    for (i = 0; i < ukb_contract_limit_count; i++) {
        assert_int_equal(ukb_json_get(limits, ukb_contract_limits[i].name)->valuedouble, ukb_contract_limits[i].value);
    }
}

static void
without_memory_there_is_no_half_contract(void **state)
{
    cJSON *whole = NULL;
    size_t n;

    (void)state;
    cJSON_InitHooks(&short_of_memory);
    for (n = 1; whole == NULL && n < 100000; n++) {
        until_failure = n;
        whole = ukb_contract_describe();
        if (whole == NULL && live != 0) {
            fail_msg("%zu blocks leaked when allocation %zu failed", live, n);
        }
        if (whole != NULL && until_failure == 0) {
            fail_msg("allocation %zu failed unnoticed", n);
        }
    }
    assert_non_null(whole);
    cJSON_Delete(whole);
    assert_int_equal(live, 0);
    cJSON_InitHooks(NULL);
}

#define DESCRIBED(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        DESCRIBED(it_is_strict_json_that_fits_a_reply),
        DESCRIBED(every_method_is_described),
        DESCRIBED(every_object_and_notification_is_described),
        DESCRIBED(objects_that_are_referred_to_exist),
        DESCRIBED(every_field_says_all_a_client_needs),
        DESCRIBED(the_errors_are_all_reasons_each_with_its_code_once),
        DESCRIBED(the_limits_and_the_protocol_are_told),
        cmocka_unit_test(without_memory_there_is_no_half_contract),
    };

    return cmocka_run_group_tests_name("core/describe", tests, NULL, NULL);
}
