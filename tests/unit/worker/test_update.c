/* SPDX-License-Identifier: MIT */
/* Unit tests for worker/update.c: what is asked for, and what may be told of it. The network is a struct that says what
 * the test wants; tests/unit/net has the real one. */
#include "../test.h"

#include <stdio.h>
#include <string.h>

#include "serving.h"

#define PLACE "https://update.example/ukeybridge.json"

static struct ukb_error err;
static const char *answer; /* NULL: the network is down */
static char asked[256];
static unsigned int asked_times;
static bool asked_with_loopback;

static enum ukb_status
get(const struct ukb_http_request *request, struct ukb_buf *ret_body, struct ukb_error *reterr)
{
    asked_times++;
    asked_with_loopback = request->allow_loopback;
    (void)snprintf(asked, sizeof(asked), "%s", request->url);
    assert_string_equal(request->accept, "application/json");
    return answer == NULL ? ukb_raise(reterr, UKB_E_NETWORK, 0, "down") : ukb_buf_append_text(ret_body, answer, reterr);
}

static const struct ukb_http http = { .get = get };

static int
setup(void **state)
{
    (void)state;
    serving_start(UKB_WORKER_NET);
    serving.service.http = &http;
    serving_policy("{\"update\":\"" PLACE "\"}");
    asked_times = 0;
    answer = "{\"version\":\"1.2.3\",\"url\":\"https://update.example/get\"}";
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    serving_stop();
    return 0;
}

static cJSON *
check(void)
{
    return serving_call(UKB_UPDATE_CHECK, ukb_update_check_handle, "{}", &err);
}

static void
the_newest_version_is_what_the_policys_address_tells(void **state)
{
    cJSON *result = check();

    (void)state;
    assert_non_null(result);
    assert_string_equal(asked, PLACE);
    assert_false(asked_with_loopback);
    assert_string_equal(ukb_json_string(result, "version"), "1.2.3");
    assert_string_equal(ukb_json_string(result, "url"), "https://update.example/get");
    cJSON_Delete(result);
}

static void
loopback_is_asked_where_the_policy_allows_it(void **state)
{
    (void)state;
    serving_policy("{\"update\":\"http://127.0.0.1/x\",\"allowLoopback\":true}");
    cJSON_Delete(check());
    assert_true(asked_with_loopback);
    assert_string_equal(asked, "http://127.0.0.1/x");
}

static void
without_an_address_nobody_is_asked_and_nothing_told(void **state)
{
    static const char *const policies[] = { "{}", "{\"update\":\"" PLACE "\",\"portals\":[7]}" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
        cJSON *result = NULL;

        serving_policy(policies[i]);
        result = check();
        assert_non_null(result);
        assert_int_equal(cJSON_GetArraySize(result), 0);
        cJSON_Delete(result);
    }
    assert_int_equal(asked_times, 0);
}

static void
what_is_no_version_is_a_bad_reply(void **state)
{
    static const char *const answers[] = {
        "",
        "[]",
        "{}",
        "{\"version\":\"1.2.3\"}",
        "{\"url\":\"https://u.example/\"}",
        "{\"version\":1,\"url\":\"https://u.example/\"}",
        "{\"version\":\"\",\"url\":\"https://u.example/\"}",
        "{\"version\":\"1.\",\"url\":\"https://u.example/\"}",
        "{\"version\":\".1\",\"url\":\"https://u.example/\"}",
        "{\"version\":\"1..2\",\"url\":\"https://u.example/\"}",
        "{\"version\":\"1.2-beta\",\"url\":\"https://u.example/\"}",
        "{\"version\":\"9999999999\",\"url\":\"https://u.example/\"}",
        "{\"version\":\"1.2\",\"url\":\"http://u.example/\"}",
        "{\"version\":\"1.2\",\"url\":\"https://\"}",
        "{\"version\":\"1.2\",\"url\":\"javascript:alert(1)\"}",
        "{\"version\":\"1.2\",\"url\":\"https://u.example/a b\"}",
        "{\"version\":\"1.2\",\"url\":\"https://u.example\\\\@evil.example\"}",
        "{\"version\":\"1.2\",\"url\":\"https://u.example/\",\"version\":\"1.3\"}",
        "{\"version\":\"1.2\",\"url\":\"https://u.example/\",\"run\":\"me\"}",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        answer = answers[i];
        assert_null(check());
        if (err.status != UKB_E_BAD_REPLY) {
            fail_msg("%s: %s", answers[i], err.message);
        }
    }
}

static void
a_network_in_trouble_is_told(void **state)
{
    (void)state;
    answer = NULL;
    assert_null(check());
    assert_int_equal(err.status, UKB_E_NETWORK);
    serving.service.http = NULL;
    assert_null(check());
    assert_int_equal(err.status, UKB_E_INTERNAL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_newest_version_is_what_the_policys_address_tells, setup, teardown),
        cmocka_unit_test_setup_teardown(loopback_is_asked_where_the_policy_allows_it, setup, teardown),
        cmocka_unit_test_setup_teardown(without_an_address_nobody_is_asked_and_nothing_told, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_no_version_is_a_bad_reply, setup, teardown),
        cmocka_unit_test_setup_teardown(a_network_in_trouble_is_told, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
