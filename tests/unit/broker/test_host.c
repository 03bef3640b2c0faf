/* SPDX-License-Identifier: MIT */
/* Unit tests for broker/host.c: the methods that the broker answers itself. */
#include "../test.h"

#include <string.h>

#include "served.h"

/* Answer one request of this context; its reply, owned by the caller, or NULL. */
static cJSON *
answer_to(const struct ukb_context *context, enum ukb_method_id method, const struct ukb_rpc_id *id,
          const char *params_text)
{
    struct ukb_request request = { .id = *id, .context = *context };
    cJSON *params = cJSON_Parse(params_text);

    request.params = params;
    ukb_host_answer(&served.broker, &ukb_contract[method], &request);
    cJSON_Delete(params);
    return served_next();
}

static cJSON *
answer(enum ukb_method_id method, const struct ukb_rpc_id *id, const char *params_text)
{
    const struct ukb_context nobody = { 0 };

    return answer_to(&nobody, method, id, params_text);
}

static const struct ukb_rpc_id seven = { .type = UKB_ID_INTEGER, .integer = 7 };

/* The reply of id 7 has a result of the contract's shape. */
static const cJSON *
result_of(const cJSON *reply, enum ukb_method_id method)
{
    struct ukb_error err = { 0 };
    const cJSON *result = ukb_json_get(reply, "result");

    assert_non_null(result);
    assert_null(ukb_json_get(reply, "error"));
    assert_int_equal(cJSON_GetNumberValue(ukb_json_get(reply, "id")), 7);
    if (ukb_fields_check(ukb_contract[method].result, result, &err) != UKB_OK) {
        fail_msg("%s: %s", ukb_contract[method].name, err.message);
    }
    return result;
}

static void
hello_has_the_shape_of_the_contract(void **state)
{
    cJSON *reply = answer(UKB_HOST_HELLO, &seven, "{}");
    const cJSON *result = result_of(reply, UKB_HOST_HELLO);

    (void)state;
    assert_string_equal(ukb_json_string(ukb_json_get(result, "host"), "name"), "ukeybridge");
    assert_int_equal(cJSON_GetNumberValue(ukb_json_get(result, "protocol")), UKB_PROTOCOL);
    cJSON_Delete(reply);
}

static void
hello_names_every_method_and_limit(void **state)
{
    cJSON *reply = answer(UKB_HOST_HELLO, &seven, "{}");
    const cJSON *result = result_of(reply, UKB_HOST_HELLO);
    const cJSON *methods = ukb_json_get(result, "methods");
    int i;

    (void)state;
    assert_int_equal(cJSON_GetArraySize(methods), UKB_METHOD_COUNT);
    for (i = 0; i < (int)UKB_METHOD_COUNT; i++) {
        assert_string_equal(cJSON_GetStringValue(cJSON_GetArrayItem(methods, i)), ukb_contract[i].name);
    }
    assert_int_equal(cJSON_GetArraySize(ukb_json_get(result, "limits")), ukb_contract_limit_count);
    cJSON_Delete(reply);
}

/* The portals that host.hello tells to this context, as JSON without white space; a computer under a policy. */
static void
expect_portals(const struct ukb_context *context, const char *policy_text, const char *portals_text)
{
    struct ukb_error err = { 0 };
    const cJSON *policy = NULL;
    cJSON *reply = NULL;
    char *text = NULL;

    ukb_policy_free(served.broker.policy);
    assert_int_equal(ukb_policy_parse(policy_text, NULL, &served.broker.policy, &err), UKB_OK);
    reply = answer_to(context, UKB_HOST_HELLO, &seven, "{}");
    policy = ukb_json_get(result_of(reply, UKB_HOST_HELLO), "policy");
    text = cJSON_PrintUnformatted(ukb_json_get(policy, "portals"));
    assert_string_equal(text, portals_text);
    assert_true(ukb_json_bool(policy, "managed", false));
    cJSON_free(text);
    cJSON_Delete(reply);
}

static void
hello_tells_the_extension_all_portals_and_a_page_itself(void **state)
{
    static const char all[] = "{\"portals\":[\"https://portal.example\",\"https://*.example.cn\"]}";
    const struct ukb_context ui = { .present = true, .ui = true };
    const struct ukb_context nobody = { 0 };
    const struct ukb_context portal = { .present = true, .origin = "https://portal.example" };
    const struct ukb_context wild = { .present = true, .origin = "https://a.example.cn" };
    const struct ukb_context stranger = { .present = true, .origin = "https://stranger.example" };

    (void)state;
    expect_portals(&ui, all, "[\"https://portal.example\",\"https://*.example.cn\"]");
    expect_portals(&portal, all, "[\"https://portal.example\"]");
    expect_portals(&wild, all, "[\"https://a.example.cn\"]");
    expect_portals(&stranger, all, "[]");
    expect_portals(&nobody, all, "[]");
    expect_portals(&portal, "{", "[]");
    expect_portals(&ui, "{", "[]");
}

static void
ping_has_the_shape_of_the_contract(void **state)
{
    cJSON *reply = answer(UKB_HOST_PING, &seven, "{}");

    (void)state;
    assert_null(result_of(reply, UKB_HOST_PING)->child);
    cJSON_Delete(reply);
}

static void
what_is_not_running_is_not_cancelled(void **state)
{
    static const char *const ids[] = { "{\"id\":1}", "{\"id\":\"x\"}", "{\"id\":null}", "{\"id\":1.5}", "{\"id\":[]}",
                                       "{}",         "null",           "{\"id\":7}" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        cJSON *reply = answer(UKB_HOST_CANCEL, &seven, ids[i]);

        assert_false(ukb_json_bool(result_of(reply, UKB_HOST_CANCEL), "cancelled", true));
        cJSON_Delete(reply);
    }
}

static void
a_notification_gets_no_reply(void **state)
{
    const struct ukb_rpc_id none = { .type = UKB_ID_NONE };

    (void)state;
    assert_null(answer(UKB_HOST_HELLO, &none, "{}"));
    assert_null(answer(UKB_HOST_PING, &none, "{}"));
    assert_null(answer(UKB_HOST_CANCEL, &none, "{\"id\":1}"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, served_setup, served_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(hello_has_the_shape_of_the_contract),
        TEST(hello_names_every_method_and_limit),
        TEST(hello_tells_the_extension_all_portals_and_a_page_itself),
        TEST(ping_has_the_shape_of_the_contract),
        TEST(what_is_not_running_is_not_cancelled),
        TEST(a_notification_gets_no_reply),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
