/* SPDX-License-Identifier: MIT */
/* Unit tests for broker/portals.c: what the extension's own pages hear of the list, and change. */
#include "../test.h"

#include <string.h>

#include "broker/portals.h"
#include "served.h"

/* Answer a request of the extension's own page; its reply, owned by the caller. */
static cJSON *
answer(enum ukb_method_id method, const char *params_text)
{
    struct ukb_request request = { .id = { .type = UKB_ID_INTEGER, .integer = 7 },
                                   .context = { .present = true, .ui = true } };
    cJSON *params = cJSON_Parse(params_text);
    cJSON *reply = NULL;

    request.params = params;
    ukb_portals_answer(&served.broker, &ukb_contract[method], &request);
    cJSON_Delete(params);
    reply = served_next();
    assert_non_null(reply);
    assert_int_equal(cJSON_GetNumberValue(ukb_json_get(reply, "id")), 7);
    return reply;
}

static void
use_policy(const char *text)
{
    struct ukb_error err = { 0 };

    ukb_policy_free(served.broker.policy);
    assert_int_equal(ukb_policy_parse(text, NULL, &served.broker.policy, &err), UKB_OK);
}

static void
expect_list(const char *wanted)
{
    cJSON *reply = answer(UKB_PORTALS_LIST, "{}");
    const cJSON *result = ukb_json_get(reply, "result");
    struct ukb_error err = { 0 };
    char *text = cJSON_PrintUnformatted(result);

    assert_int_equal(ukb_fields_check(ukb_contract[UKB_PORTALS_LIST].result, result, &err), UKB_OK);
    assert_string_equal(text, wanted);
    cJSON_free(text);
    cJSON_Delete(reply);
}

static void
expect_reason(enum ukb_method_id method, const char *params, const char *reason)
{
    cJSON *reply = answer(method, params);
    const cJSON *data = ukb_json_get(ukb_json_get(reply, "error"), "data");

    if (reason == NULL) {
        assert_non_null(ukb_json_get(reply, "result"));
        assert_null(data);
    } else {
        assert_string_equal(ukb_json_string(data, "reason"), reason);
    }
    cJSON_Delete(reply);
}

static void
a_site_is_allowed_once_and_taken_back(void **state)
{
    (void)state;
    use_policy(NULL);
    expect_list("{\"portals\":[],\"userPortals\":true}");
    expect_reason(UKB_PORTALS_ALLOW, "{\"origin\":\"https://a.example\",\"once\":true}", NULL);
    expect_list("{\"portals\":[{\"origin\":\"https://a.example\",\"from\":\"once\"}],\"userPortals\":true}");
    expect_reason(UKB_PORTALS_ALLOW, "{\"origin\":\"https://a.example/\",\"once\":true}", "BAD_ORIGIN");
}

static void
the_policys_list_says_that_it_is_fixed(void **state)
{
    (void)state;
    use_policy("{\"portals\":[\"https://*.example.cn\"]}");
    expect_list("{\"portals\":[{\"origin\":\"https://*.example.cn\",\"from\":\"policy\"}],\"userPortals\":false}");
    expect_reason(UKB_PORTALS_ALLOW, "{\"origin\":\"https://a.example\",\"once\":true}", "ORIGIN_NOT_ALLOWED");
    expect_reason(UKB_PORTALS_REVOKE, "{\"origin\":\"https://a.example.cn\"}", "ORIGIN_NOT_ALLOWED");
    use_policy("{\"portals\":[\"https://*.example.cn\"],\"userPortals\":true}");
    expect_reason(UKB_PORTALS_REVOKE, "{\"origin\":\"https://a.example.cn\"}", "NOT_YOURS");
}

static void
a_broken_policy_lists_nothing_and_takes_nothing(void **state)
{
    (void)state;
    use_policy("{");
    expect_list("{\"portals\":[],\"userPortals\":false}");
    expect_reason(UKB_PORTALS_ALLOW, "{\"origin\":\"https://a.example\"}", "POLICY_INVALID");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, served_setup, served_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_site_is_allowed_once_and_taken_back),
        TEST(the_policys_list_says_that_it_is_fixed),
        TEST(a_broken_policy_lists_nothing_and_takes_nothing),
    };

    return cmocka_run_group_tests_name("broker/portals", tests, NULL, NULL);
}
