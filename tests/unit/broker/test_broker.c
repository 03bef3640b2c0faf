/* SPDX-License-Identifier: MIT */
/* Unit tests for broker/broker.c: from a frame to a reply, and the end. */
#include "script.h"

#include <stdlib.h>

#include "broker/call.h"
#include "broker/worker.h"

#define CONTEXT ",\"context\":{\"ui\":true}}"
#define PING    "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"host.ping\"" CONTEXT

static const struct ukb_rpc_id seven = { .type = UKB_ID_INTEGER, .integer = 7 };
static const struct ukb_rpc_id none = { .type = UKB_ID_NONE };

/* @p reply is a result under the id 7. */
static void
expect_result(cJSON *reply)
{
    assert_int_equal(cJSON_GetNumberValue(ukb_json_get(reply, "id")), 7);
    assert_non_null(ukb_json_get(reply, "result"));
    cJSON_Delete(reply);
}

/* Nothing of what was asked is answered: the next reply is that to a ping behind it. */
static void
expect_silence(void)
{
    served_ask(PING);
    expect_result(served_wait());
    assert_null(served_next());
}

static void
expect_code(cJSON *reply, enum ukb_status status, bool with_id)
{
    const cJSON *id = ukb_json_get(reply, "id");

    assert_int_equal(cJSON_GetNumberValue(ukb_json_get(ukb_json_get(reply, "error"), "code")), ukb_status_code(status));
    assert_true(with_id ? cJSON_GetNumberValue(id) == 7 : cJSON_IsNull(id));
    cJSON_Delete(reply);
}

static void
what_cannot_be_read_is_answered_to_nobody(void **state)
{
    (void)state;
    served_ask("nonsense");
    expect_code(served_wait(), UKB_E_PARSE, false);
    served_ask("");
    expect_code(served_wait(), UKB_E_PARSE, false);
    served_ask("[]");
    expect_code(served_wait(), UKB_E_INVALID_REQUEST, false);
    served_ask("{\"jsonrpc\":\"2.0\"" CONTEXT);
    expect_code(served_wait(), UKB_E_INVALID_REQUEST, false);
    served_ask("{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"host.ping\"" CONTEXT);
    expect_code(served_wait(), UKB_E_INVALID_REQUEST, false);
}

static void
what_is_wrong_with_a_request_is_answered_under_its_id(void **state)
{
    (void)state;
    served_ask("{\"jsonrpc\":\"1.0\",\"id\":7,\"method\":\"host.ping\"" CONTEXT);
    expect_code(served_wait(), UKB_E_INVALID_REQUEST, true);
    served_ask("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"no.such\"" CONTEXT);
    expect_code(served_wait(), UKB_E_METHOD_UNKNOWN, true);
    served_ask("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"host.hello\",\"params\":{}" CONTEXT);
    expect_code(served_wait(), UKB_E_PARAMS, true);
    served_ask("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tokens.list\",\"context\":"
               "{\"origin\":\"https://other.example\",\"topOrigin\":\"https://other.example\"}}");
    expect_code(served_wait(), UKB_E_ORIGIN_NOT_ALLOWED, true);
}

static void
a_notification_is_never_answered(void **state)
{
    static const char *const notifications[] = {
        "{\"jsonrpc\":\"2.0\",\"method\":\"host.ping\"" CONTEXT,
        "{\"jsonrpc\":\"2.0\",\"method\":\"no.such\"" CONTEXT,
        "{\"jsonrpc\":\"2.0\",\"method\":\"tokens.list\"" CONTEXT,
        "{\"jsonrpc\":\"2.0\",\"method\":\"renewal.list\",\"params\":{\"token\":1}" CONTEXT,
    };
    size_t i;

    (void)state;
    script_worker("take; exec sleep 30");
    for (i = 0; i < sizeof(notifications) / sizeof(notifications[0]); i++) {
        served_ask(notifications[i]);
    }
    expect_silence();
    assert_null(served.broker.calls);
    assert_null(served.broker.workers);
}

static void
an_id_that_is_in_use_is_answered_to_nobody(void **state)
{
    (void)state;
    script_worker("take; await go; say '{\"id\":1,\"result\":{\"renewals\":[]}}'; exec sleep 30");
    served_ask("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"renewal.list\"" CONTEXT);
    served_ask(PING);
    expect_code(served_wait(), UKB_E_INVALID_REQUEST, false);
    (void)scratch_file(scratch, "go", "");
    expect_result(served_wait()); /* the first one's: a result under its id */
    served_ask(PING);             /* which is free again */
    expect_result(served_wait());
}

static void
a_frame_beyond_the_limit_is_drained_and_told(void **state)
{
    static const char piece[32768];
    uint32_t len = UKB_REQUEST_MAX_LEN + 1U;

    (void)state;
    assert_int_equal(write(served.requests, &len, sizeof(len)), sizeof(len));
    while (len > 0) {
        const uint32_t part = len < sizeof(piece) ? len : (uint32_t)sizeof(piece);

        assert_int_equal(write(served.requests, piece, part), part);
        len -= part;
        (void)uv_run(&served.broker.loop, UV_RUN_NOWAIT);
    }
    expect_code(served_wait(), UKB_E_TOO_LARGE, false);
    served_ask(PING);
    expect_result(served_wait());
}

static void
a_reply_that_is_too_large_is_an_error_instead(void **state)
{
    static char text[UKB_REPLY_MAX_LEN];
    cJSON *result = cJSON_CreateObject();

    (void)state;
    memset(text, 'x', sizeof(text) - 1U);
    (void)cJSON_AddStringToObject(result, "text", text);
    ukb_broker_reply(&served.broker, &seven, result);
    expect_code(served_wait(), UKB_E_REPLY_TOO_LARGE, true);
    result = cJSON_CreateObject();
    (void)cJSON_AddStringToObject(result, "text", text);
    ukb_broker_notify(&served.broker, "progress", result);
    assert_null(served_next());
}

static void
a_reply_without_a_result_is_an_empty_object(void **state)
{
    cJSON *reply = NULL;

    (void)state;
    ukb_broker_reply(&served.broker, &seven, NULL);
    reply = served_wait();
    assert_true(cJSON_IsObject(ukb_json_get(reply, "result")));
    assert_null(ukb_json_get(reply, "result")->child);
    cJSON_Delete(reply);
}

static void
an_internal_error_has_an_incident_and_one_to_nobody_is_not_sent(void **state)
{
    struct ukb_error err = { 0 };

    (void)state;
    (void)ukb_raise(&err, UKB_E_INTERNAL, 0, "a fault");
    ukb_broker_reply_error(&served.broker, &seven, &err);
    script_expect_reason(served_wait(), NULL);
    assert_int_equal(err.attr_count, 0); /* the caller's is left alone */
    ukb_broker_reply_error(&served.broker, &none, &err);
    ukb_broker_reply(&served.broker, &none, cJSON_CreateObject());
    assert_null(served_next());
}

static struct ukb_worker *released;

static void
with_the_browsers_end_the_loop_ends_and_workers_are_let_go(void **state)
{
    int null = open("/dev/null", O_RDONLY);

    (void)state;
    script_worker("take; cat > /dev/null; : > ended");
    served_ask("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"renewal.list\"" CONTEXT);
    while (served.broker.workers == NULL || served.broker.workers->current == NULL) {
        (void)uv_run(&served.broker.loop, UV_RUN_ONCE);
    }
    assert_int_equal(dup2(null, served.requests), served.requests); /* closes the browser's end */
    (void)close(null);
    (void)uv_run(&served.broker.loop, UV_RUN_DEFAULT); /* returns */
    assert_true(served.broker.is_ending);
    while (access(scratch_path(scratch, "ended"), F_OK) != 0) {
        pause_ms(1);
    }
    assert_null(served_next());
    released = served.broker.workers; /* a process that ends buries nobody */
    served.broker.workers = NULL;
}

static int
teardown_released(void **state)
{
    const int result = script_teardown(state);

    free(released->current);
    free(released);
    return result;
}

static void
the_last_reply_leaves_before_the_end(void **state)
{
    int null = open("/dev/null", O_RDONLY);

    (void)state;
    served_ask(PING);
    assert_int_equal(dup2(null, served.requests), served.requests);
    (void)close(null);
    (void)uv_run(&served.broker.loop, UV_RUN_DEFAULT);
    expect_result(served_next());
}

static void
a_file_is_no_browser(void **state)
{
    static struct ukb_broker other;
    struct ukb_error err = { 0 };
    const int file = open(scratch_file(scratch, "file", "x"), O_RDONLY);

    (void)state;
    assert_int_equal(ukb_broker_start(&other, file, 1, &err), UKB_E_INTERNAL);
    assert_non_null(strstr(err.message, "pipes"));
    ukb_policy_free(other.policy);
    (void)close(file);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, script_setup, script_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_cannot_be_read_is_answered_to_nobody),
        TEST(what_is_wrong_with_a_request_is_answered_under_its_id),
        TEST(a_notification_is_never_answered),
        TEST(an_id_that_is_in_use_is_answered_to_nobody),
        TEST(a_frame_beyond_the_limit_is_drained_and_told),
        TEST(a_reply_that_is_too_large_is_an_error_instead),
        TEST(a_reply_without_a_result_is_an_empty_object),
        TEST(an_internal_error_has_an_incident_and_one_to_nobody_is_not_sent),
        cmocka_unit_test_setup_teardown(with_the_browsers_end_the_loop_ends_and_workers_are_let_go, script_setup,
                                        teardown_released),
        TEST(the_last_reply_leaves_before_the_end),
        TEST(a_file_is_no_browser),
    };

    return cmocka_run_group_tests_name("broker/broker", tests, NULL, NULL);
}
