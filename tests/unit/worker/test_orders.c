/* SPDX-License-Identifier: MIT */
/* Unit tests for worker/orders.c: which addresses are asked, and what a portal may answer. The network is a struct that
 * says what the test wants; tests/unit/net has the real one. */
#include "../test.h"

#include <stdio.h>
#include <string.h>

#include "serving.h"

#define ONE "{\"orders\":[{\"portal\":\"" SERVING_ORIGIN "\",\"order\":\"R-1\",\"url\":\"" SERVING_ORIGIN "/o/1\"}]}"
#define ISSUED                                                                                                         \
    "\"state\":\"issued\",\"certificate\":{\"notBefore\":\"2026-11-28T00:00:00Z\","                                    \
    "\"notAfter\":\"2027-11-28T00:00:00Z\"}"

static struct ukb_error err;
static const char *answer; /* NULL: the network is down */
static char asked[256];
static unsigned int asked_times;
static unsigned int asked_for_ms;

static enum ukb_status
get(const struct ukb_http_request *request, struct ukb_buf *ret_body, struct ukb_error *reterr)
{
    asked_times++;
    asked_for_ms = request->timeout_ms;
    (void)snprintf(asked, sizeof(asked), "%s", request->url);
    assert_string_equal(request->accept, "application/json");
    if (answer == NULL) {
        enum ukb_status st = ukb_raise(reterr, UKB_E_HTTP_STATUS, 503, "down");

        ukb_error_add_integer(reterr, "status", 503);
        return st;
    }
    return ukb_buf_append_text(ret_body, answer, reterr);
}

static const struct ukb_http http = { .get = get };

static int
setup(void **state)
{
    (void)state;
    serving_start(UKB_WORKER_NET);
    serving.service.http = &http;
    serving_policy("{\"portals\":[\"" SERVING_ORIGIN "\"]}");
    asked_times = 0;
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    serving_stop();
    return 0;
}

/* Look after one order; the first of the result, which is owned with *ret_result. */
static const cJSON *
check(const char *params, cJSON **ret_result)
{
    *ret_result = serving_call(UKB_ORDERS_CHECK, ukb_orders_check_handle, params, &err);
    assert_non_null(*ret_result);
    return cJSON_GetArrayItem(ukb_json_get(*ret_result, "orders"), 0);
}

static void
expect_reason(const char *params, const char *reason)
{
    cJSON *result = NULL;
    const cJSON *order = check(params, &result);

    assert_null(ukb_json_get(order, "state"));
    assert_non_null(ukb_json_string(ukb_json_get(order, "error"), "reason"));
    if (strcmp(ukb_json_string(ukb_json_get(order, "error"), "reason"), reason) != 0) {
        fail_msg("%s for %s: %s", ukb_json_string(ukb_json_get(order, "error"), "reason"), params, answer);
    }
    cJSON_Delete(result);
}

static void
an_orders_state_is_what_the_portal_says_and_no_more(void **state)
{
    cJSON *result = NULL;
    const cJSON *order = NULL;

    (void)state;
    answer = "{\"order\":\"R-1\"," ISSUED ",\"page\":\"" SERVING_ORIGIN "/done\",\"updated\":\"2026-11-28T00:00:00Z\","
             "\"message\":\"ready\",\"more\":{\"for\":\"others\"}}";
    order = check(ONE, &result);
    assert_string_equal(asked, SERVING_ORIGIN "/o/1");
    assert_string_equal(ukb_json_string(order, "portal"), SERVING_ORIGIN);
    assert_string_equal(ukb_json_string(order, "order"), "R-1");
    assert_string_equal(ukb_json_string(order, "state"), "issued");
    assert_string_equal(ukb_json_string(ukb_json_get(order, "certificate"), "notAfter"), "2027-11-28T00:00:00Z");
    assert_string_equal(ukb_json_string(order, "page"), SERVING_ORIGIN "/done");
    assert_null(ukb_json_get(order, "more"));
    assert_null(ukb_json_get(order, "error"));
    cJSON_Delete(result);
}

static void
what_is_no_order_resource_is_a_bad_reply(void **state)
{
    static const char *const answers[] = {
        "",
        "nonsense",
        "[]",
        "7",
        "{}",
        "{\"order\":\"R-1\"}",
        "{\"order\":\"R-1\",\"state\":\"dreaming\"}",
        "{\"order\":\"R-1\",\"state\":7}",
        "{\"order\":\"R-2\",\"state\":\"paid\"}",
        "{\"order\":\"R-1\",\"state\":\"issued\"}",
        "{\"order\":\"R-1\",\"state\":\"installed\"}",
        "{\"order\":\"R-1\",\"state\":\"issued\",\"certificate\":{}}",
        "{\"order\":\"R-1\",\"state\":\"issued\",\"certificate\":7}",
        "{\"order\":\"R-1\",\"state\":\"paid\",\"updated\":\"yesterday\"}",
        "{\"order\":\"R-1\",\"state\":\"paid\",\"page\":\"https://evil.example/\"}",
        "{\"order\":\"R-1\",\"state\":\"paid\",\"page\":\"javascript:alert(1)\"}",
        "{\"order\":\"R-1\",\"state\":\"paid\",\"page\":\"" SERVING_ORIGIN ".evil.example/\"}",
        "{\"order\":\"R-1\",\"state\":\"paid\",\"page\":\"" SERVING_ORIGIN "\"}",
        "{\"order\":\"R-1\",\"state\":\"paid\",\"state\":\"paid\"}",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        answer = answers[i];
        expect_reason(ONE, "BAD_REPLY");
    }
}

#define AT(portal, url) "{\"orders\":[{\"portal\":\"" portal "\",\"order\":\"R-1\",\"url\":\"" url "\"}]}"

static void
nothing_but_the_portals_own_origin_is_asked(void **state)
{
    static const char *const bad[] = {
        AT(SERVING_ORIGIN, "https://evil.example/o/1"),
        AT(SERVING_ORIGIN, SERVING_ORIGIN),
        AT(SERVING_ORIGIN, SERVING_ORIGIN ".evil.example/o/1"),
        AT(SERVING_ORIGIN, SERVING_ORIGIN "@evil.example/o/1"),
        AT(SERVING_ORIGIN, SERVING_ORIGIN ":8443/o/1"),
        AT(SERVING_ORIGIN, "http://portal.example/o/1"),
        AT(SERVING_ORIGIN, SERVING_ORIGIN "/o 1"),
        AT(SERVING_ORIGIN, SERVING_ORIGIN "/o\\r\\nHost: x"),
        AT(SERVING_ORIGIN, SERVING_ORIGIN "/o#1"),
        AT(SERVING_ORIGIN, SERVING_ORIGIN "/\\\\evil"),
        AT(SERVING_ORIGIN, SERVING_ORIGIN "/\xc3\xa9"),
        AT("https://portal.example/", "https://portal.example//o/1"),
        AT("http://localhost:8080", "http://localhost:8080/o/1"), /* the policy allows no loopback */
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        expect_reason(bad[i], "BAD_ORIGIN");
    }
    expect_reason(AT("https://other.example", "https://other.example/o/1"), "ORIGIN_NOT_ALLOWED");
    assert_int_equal(asked_times, 0);
}

static void
one_order_in_trouble_spoils_no_other(void **state)
{
    cJSON *result = NULL;
    const cJSON *list = NULL;

    (void)state;
    answer = "{\"order\":\"R-1\",\"state\":\"paid\"}";
    (void)check(
        "{\"orders\":[{\"portal\":\"https://other.example\",\"order\":\"R-1\",\"url\":\"https://other.example/\"},"
        "{\"portal\":\"" SERVING_ORIGIN "\",\"order\":\"R-1\",\"url\":\"" SERVING_ORIGIN "/o/1\"}]}",
        &result);
    list = ukb_json_get(result, "orders");
    assert_int_equal(cJSON_GetArraySize(list), 2);
    assert_non_null(ukb_json_get(cJSON_GetArrayItem(list, 0), "error"));
    assert_string_equal(ukb_json_string(cJSON_GetArrayItem(list, 1), "state"), "paid");
    assert_true(asked_for_ms > 50000U && asked_for_ms <= UKB_HTTP_TIMEOUT_MS);
    cJSON_Delete(result);
}

static void
each_of_several_has_its_share_of_the_time(void **state)
{
    cJSON *result = NULL;

    (void)state;
    answer = "{\"order\":\"R-1\",\"state\":\"paid\"}";
    (void)check("{\"orders\":[{\"portal\":\"" SERVING_ORIGIN "\",\"order\":\"R-1\",\"url\":\"" SERVING_ORIGIN "/1\"},"
                "{\"portal\":\"https://other.example\",\"order\":\"R-2\",\"url\":\"https://other.example/\"}]}",
                &result);
    assert_int_equal(asked_times, 1);
    assert_true(asked_for_ms > 25000U && asked_for_ms <= UKB_HTTP_TIMEOUT_MS / 2U);
    cJSON_Delete(result);
}

static void
the_servers_status_is_told(void **state)
{
    cJSON *result = NULL;
    const cJSON *order = NULL;

    (void)state;
    answer = NULL;
    order = check(ONE, &result);
    assert_string_equal(ukb_json_string(ukb_json_get(order, "error"), "reason"), "HTTP_STATUS");
    assert_int_equal(cJSON_GetNumberValue(ukb_json_get(ukb_json_get(order, "error"), "status")), 503);
    cJSON_Delete(result);
}

static void
a_worker_without_the_network_says_so(void **state)
{
    (void)state;
    serving.service.http = NULL;
    assert_null(serving_call(UKB_ORDERS_CHECK, ukb_orders_check_handle, ONE, &err));
    assert_int_equal(err.status, UKB_E_INTERNAL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_orders_state_is_what_the_portal_says_and_no_more, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_no_order_resource_is_a_bad_reply, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_but_the_portals_own_origin_is_asked, setup, teardown),
        cmocka_unit_test_setup_teardown(one_order_in_trouble_spoils_no_other, setup, teardown),
        cmocka_unit_test_setup_teardown(each_of_several_has_its_share_of_the_time, setup, teardown),
        cmocka_unit_test_setup_teardown(the_servers_status_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(a_worker_without_the_network_says_so, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
