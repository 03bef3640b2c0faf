/* SPDX-License-Identifier: MIT */
/* Unit tests for core/rpc.c: what is a request, and what a reply looks like. */
#include "../test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/rpc.h"

#include "short_of_memory.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define ID64         "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ORIGIN64     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define ORIGIN255    ORIGIN64 ORIGIN64 ORIGIN64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define LANG35       "zh-CN-aaaaaaaa-bbbbbbbb-cccccccc-dd"

static struct ukb_request
accept(const char *text)
{
    struct ukb_request request;
    struct ukb_error err = { 0 };

    if (ukb_request_parse(text, strlen(text), &request, &err) != UKB_OK) {
        fail_msg("%s should pass: %s", text, err.message);
    }
    return request;
}

/* The id that an error reply to @p text carries must be @p id_type. */
static void
refuse(const char *text, enum ukb_status wanted, enum ukb_id_type id_type)
{
    struct ukb_request request;
    struct ukb_error err = { 0 };
    enum ukb_status st = ukb_request_parse(text, strlen(text), &request, &err);

    if (st != wanted || request.id.type != id_type) {
        fail_msg("%s: status %d, id type %d", text, (int)st, (int)request.id.type);
    }
    assert_int_equal(err.status, wanted);
    ukb_request_done(&request);
}

static void
a_full_request_is_read(void **state)
{
    struct ukb_request request =
        accept("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tokens.list\",\"params\":{\"a\":1},\"context\":{"
               "\"origin\":\"https://portal.example\",\"topOrigin\":\"https://top.example\",\"documentId\":\"d1\","
               "\"userActivation\":true,\"lang\":\"zh-CN\"}}");

    (void)state;
    assert_int_equal(request.id.type, UKB_ID_INTEGER);
    assert_int_equal(request.id.integer, 7);
    assert_string_equal(request.method, "tokens.list");
    assert_true(ukb_json_is_integer(ukb_json_get(request.params, "a")));
    assert_true(request.context.present);
    assert_false(request.context.ui);
    assert_true(request.context.user_activation);
    assert_string_equal(request.context.origin, "https://portal.example");
    assert_string_equal(request.context.top_origin, "https://top.example");
    assert_string_equal(request.context.document_id, "d1");
    assert_string_equal(request.context.lang, "zh-CN");
    ukb_request_done(&request);
    assert_null(request.root);
}

static void
params_and_context_may_be_absent(void **state)
{
    struct ukb_request request = accept("{\"method\":\"m\",\"id\":\"a\",\"jsonrpc\":\"2.0\"}");

    (void)state;
    assert_null(request.params);
    assert_false(request.context.present);
    assert_string_equal(request.context.origin, "");
    ukb_request_done(&request);
}

static void
a_request_without_id_is_a_notification(void **state)
{
    struct ukb_request request = accept("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"ID\":1}");

    (void)state;
    assert_int_equal(request.id.type, UKB_ID_NONE);
    ukb_request_done(&request);
    /* A good notification with bad parameters gets no reply … */
    refuse("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":[]}", UKB_E_PARAMS, UKB_ID_NONE);
    /* … but what is no request is answered with id null. */
    refuse("{\"jsonrpc\":\"2.0\",\"method\":1,\"params\":\"bar\"}", UKB_E_INVALID_REQUEST, UKB_ID_NULL);
    refuse("{\"foo\":\"boo\"}", UKB_E_INVALID_REQUEST, UKB_ID_NULL);
    refuse("{}", UKB_E_INVALID_REQUEST, UKB_ID_NULL);
}

static void
ids_are_integers_or_short_strings(void **state)
{
    static const struct {
        const char *id;
        enum ukb_id_type type; /* UKB_ID_NULL: refused */
        long long integer;
    } cases[] = {
        { "0", UKB_ID_INTEGER, 0 },
        { "-1", UKB_ID_INTEGER, -1 },
        { "-0", UKB_ID_INTEGER, 0 },
        { "1.0", UKB_ID_INTEGER, 1 },
        { "9007199254740991", UKB_ID_INTEGER, 9007199254740991 },
        { "-9007199254740991", UKB_ID_INTEGER, -9007199254740991 },
        { "9007199254740992", UKB_ID_NULL, 0 },
        { "-9007199254740992", UKB_ID_NULL, 0 },
        { "1.5", UKB_ID_NULL, 0 },
        { "1e999", UKB_ID_NULL, 0 },
        { "\"\"", UKB_ID_STRING, 0 },
        { "\"1\"", UKB_ID_STRING, 0 },
        { "\"" ID64 "\"", UKB_ID_STRING, 0 },
        { "\"" ID64 "x\"", UKB_ID_NULL, 0 },
        { "null", UKB_ID_NULL, 0 },
        { "true", UKB_ID_NULL, 0 },
        { "false", UKB_ID_NULL, 0 },
        { "{}", UKB_ID_NULL, 0 },
        { "[]", UKB_ID_NULL, 0 },
        { "[1]", UKB_ID_NULL, 0 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        struct ukb_request request;
        char text[160];

        (void)snprintf(text, sizeof(text), "{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"id\":%s}", cases[i].id);
        if (cases[i].type == UKB_ID_NULL) {
            refuse(text, UKB_E_INVALID_REQUEST, UKB_ID_NULL);
            continue;
        }
        request = accept(text);
        assert_int_equal(request.id.type, cases[i].type);
        assert_int_equal(request.id.integer, cases[i].integer);
        ukb_request_done(&request);
    }
}

static void
whatever_else_is_wrong_the_id_is_known(void **state)
{
    static const char *const bad[] = {
        "{\"id\":5}",
        "{\"id\":5,\"method\":\"m\"}",
        "{\"id\":5,\"jsonrpc\":\"1.0\",\"method\":\"m\"}",
        "{\"id\":5,\"jsonrpc\":2.0,\"method\":\"m\"}",
        "{\"id\":5,\"jsonrpc\":\"2\",\"method\":\"m\"}",
        "{\"id\":5,\"jsonrpc\":null,\"method\":\"m\"}",
        "{\"id\":5,\"JSONRPC\":\"2.0\",\"method\":\"m\"}",
        "{\"id\":5,\"jsonrpc\":\"2.0\"}",
        "{\"id\":5,\"jsonrpc\":\"2.0\",\"Method\":\"m\"}",
        "{\"id\":5,\"jsonrpc\":\"2.0\",\"method\":\"\"}",
        "{\"id\":5,\"jsonrpc\":\"2.0\",\"method\":1}",
        "{\"id\":5,\"jsonrpc\":\"2.0\",\"method\":null}",
        "{\"id\":5,\"jsonrpc\":\"2.0\",\"method\":[\"m\"]}",
        "{\"id\":5,\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":\"x\"}",
        "{\"id\":5,\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":1}",
        "{\"id\":5,\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":null}",
        "{\"id\":5,\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":true}",
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(bad); i++) {
        refuse(bad[i], UKB_E_INVALID_REQUEST, UKB_ID_INTEGER);
    }
}

static void
a_reply_is_not_a_request(void **state)
{
    (void)state;
    refuse("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}", UKB_E_INVALID_REQUEST, UKB_ID_INTEGER);
    refuse("{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"error\":{\"code\":-32600,\"message\":\"\"}}", UKB_E_INVALID_REQUEST,
           UKB_ID_STRING);
}

static void
batches_and_bare_values_are_refused(void **state)
{
    static const char *const bad[] = { "[]",  "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\"}]", "1", "\"m\"", "null",
                                       "true" };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(bad); i++) {
        refuse(bad[i], UKB_E_INVALID_REQUEST, UKB_ID_NULL);
    }
}

static void
what_is_not_json_is_a_parse_error_with_a_null_id(void **state)
{
    static const char *const bad[] = {
        "",
        " ",
        "{",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\"",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\"}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"m\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":01,\"method\":\"m\"}",
        "\xef\xbb\xbf{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\\u0000\"}",
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(bad); i++) {
        refuse(bad[i], UKB_E_PARSE, UKB_ID_NULL);
    }
}

static void
params_in_an_array_are_invalid_params(void **state)
{
    static const char text[] = "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":\"m\",\"params\":[1]}";
    struct ukb_request request;
    struct ukb_error err = { 0 };

    (void)state;
    assert_int_equal(ukb_request_parse(text, strlen(text), &request, &err), UKB_E_PARAMS);
    assert_string_equal(request.id.string, "x");
    assert_int_equal(err.attr_count, 1);
    assert_string_equal(err.attrs[0].name, "field");
    assert_string_equal(err.attrs[0].string, "params");
    ukb_request_done(&request);
}

static void
refuse_context(const char *context, enum ukb_status wanted)
{
    char text[1024];

    (void)snprintf(text, sizeof(text), "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"context\":%s}", context);
    refuse(text, wanted, UKB_ID_INTEGER);
}

static struct ukb_request
accept_context(const char *context)
{
    char text[1024];

    (void)snprintf(text, sizeof(text), "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"context\":%s}", context);
    return accept(text);
}

static void
a_context_is_an_object_with_members_of_their_types(void **state)
{
    static const char *const bad[] = {
        "null",
        "[]",
        "\"ui\"",
        "true",
        "1",
        "{\"origin\":1}",
        "{\"origin\":null}",
        "{\"topOrigin\":[]}",
        "{\"documentId\":{}}",
        "{\"lang\":false}",
        "{\"ui\":1}",
        "{\"ui\":\"true\"}",
        "{\"ui\":null}",
        "{\"userActivation\":1}",
        "{\"userActivation\":\"\"}",
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(bad); i++) {
        refuse_context(bad[i], UKB_E_INVALID_REQUEST);
    }
}

static void
a_context_is_either_a_pages_or_the_extensions_own(void **state)
{
    struct ukb_request request = accept_context("{\"ui\":true,\"lang\":\"en\"}");

    (void)state;
    assert_true(request.context.present);
    assert_true(request.context.ui);
    ukb_request_done(&request);
    refuse_context("{\"ui\":true,\"origin\":\"https://portal.example\"}", UKB_E_INVALID_REQUEST);
    refuse_context("{\"ui\":true,\"topOrigin\":\"https://portal.example\"}", UKB_E_INVALID_REQUEST);

    request = accept_context("{\"ui\":false,\"origin\":\"https://portal.example\"}");
    assert_false(request.context.ui);
    ukb_request_done(&request);
    request = accept_context("{}");
    assert_true(request.context.present); /* somebody, but nobody who is allowed anything */
    assert_false(request.context.ui);
    assert_string_equal(request.context.origin, "");
    ukb_request_done(&request);
    request = accept_context("{\"UI\":true}");
    assert_false(request.context.ui);
    ukb_request_done(&request);
}

static void
context_strings_have_their_limits(void **state)
{
    struct ukb_request request = accept_context("{\"origin\":\"" ORIGIN255 "\",\"topOrigin\":\"" ORIGIN255
                                                "\",\"documentId\":\"" ID64 "\",\"lang\":\"" LANG35 "\"}");

    (void)state;
    assert_int_equal(strlen(request.context.origin), 255);
    assert_string_equal(request.context.lang, LANG35);
    ukb_request_done(&request);
    refuse_context("{\"origin\":\"" ORIGIN255 "a\"}", UKB_E_BAD_ORIGIN);
    refuse_context("{\"topOrigin\":\"" ORIGIN255 "a\"}", UKB_E_BAD_ORIGIN);
    refuse_context("{\"documentId\":\"" ID64 "a\"}", UKB_E_INVALID_REQUEST);
    refuse_context("{\"lang\":\"" LANG35 "a\"}", UKB_E_INVALID_REQUEST);
}

static void
ids_are_compared_with_their_type(void **state)
{
    const struct ukb_rpc_id one = { .type = UKB_ID_INTEGER, .integer = 1 };
    const struct ukb_rpc_id two = { .type = UKB_ID_INTEGER, .integer = 2 };
    const struct ukb_rpc_id text = { .type = UKB_ID_STRING, .string = "1" };
    const struct ukb_rpc_id other = { .type = UKB_ID_STRING, .string = "01" };

    (void)state;
    assert_true(ukb_rpc_id_equal(&one, &one));
    assert_true(ukb_rpc_id_equal(&text, &text));
    assert_false(ukb_rpc_id_equal(&one, &two));
    assert_false(ukb_rpc_id_equal(&one, &text));
    assert_false(ukb_rpc_id_equal(&text, &other));
}

/* Print one reply and compare it with what is wanted, byte for byte. */
static void
expect_body(struct ukb_buf *body, const char *wanted)
{
    struct ukb_error err = { 0 };

    assert_string_equal(ukb_buf_text(body), wanted);
    assert_int_equal(ukb_json_check(ukb_buf_text(body), body->len, &err), UKB_OK);
    ukb_buf_done(body);
}

static void
a_result_carries_the_id_it_was_asked_with(void **state)
{
    const struct ukb_rpc_id largest = { .type = UKB_ID_INTEGER, .integer = 9007199254740991 };
    const struct ukb_rpc_id text = { .type = UKB_ID_STRING, .string = "\"\xe9\x92\xa5\"" };
    struct ukb_buf body = UKB_BUF_INIT(1024);
    struct ukb_error err = { 0 };
    cJSON *result = cJSON_CreateObject();

    (void)state;
    assert_int_equal(ukb_rpc_result(&largest, NULL, &body, &err), UKB_OK);
    expect_body(&body, "{\"jsonrpc\":\"2.0\",\"id\":9007199254740991,\"result\":{}}");
    assert_non_null(cJSON_AddTrueToObject(result, "cancelled"));
    assert_int_equal(ukb_rpc_result(&text, result, &body, &err), UKB_OK);
    expect_body(&body, "{\"jsonrpc\":\"2.0\",\"id\":\"\\\"\xe9\x92\xa5\\\"\",\"result\":{\"cancelled\":true}}");
}

static void
an_error_carries_code_message_reason_and_attributes(void **state)
{
    const struct ukb_rpc_id id = { .type = UKB_ID_INTEGER, .integer = 3 };
    struct ukb_buf body = UKB_BUF_INIT(1024);
    struct ukb_error error = { 0 };
    struct ukb_error err = { 0 };

    (void)state;
    (void)!ukb_raise(&error, UKB_E_PIN_INCORRECT, 0xA0, "wrong PIN");
    ukb_error_add_null(&error, "retriesLeft");
    ukb_error_add_string(&error, "token", "t");
    ukb_error_add_integer(&error, "ckr", -9007199254740991);
    assert_int_equal(ukb_rpc_error(&id, &error, &body, &err), UKB_OK);
    expect_body(&body,
                "{\"jsonrpc\":\"2.0\",\"id\":3,\"error\":{\"code\":-32010,\"message\":\"wrong PIN\",\"data\":{"
                "\"reason\":\"PIN_INCORRECT\",\"retriesLeft\":null,\"token\":\"t\",\"ckr\":-9007199254740991}}}");
}

static void
json_rpcs_own_errors_have_no_reason(void **state)
{
    const struct ukb_rpc_id id = { .type = UKB_ID_NULL };
    struct ukb_buf body = UKB_BUF_INIT(1024);
    struct ukb_error error = { 0 };
    struct ukb_error err = { 0 };

    (void)state;
    (void)!ukb_raise(&error, UKB_E_PARSE, 0, "bad");
    assert_int_equal(ukb_rpc_error(&id, &error, &body, &err), UKB_OK);
    expect_body(&body, "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"bad\"}}");
    (void)!ukb_raise(&error, UKB_E_PARAMS, 0, "bad");
    ukb_error_add_string(&error, "field", "x");
    assert_int_equal(ukb_rpc_error(&id, &error, &body, &err), UKB_OK);
    expect_body(&body, "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32602,\"message\":\"bad\","
                       "\"data\":{\"field\":\"x\"}}}");
}

static void
the_worst_error_is_far_below_a_frame(void **state)
{
    struct ukb_rpc_id id = { .type = UKB_ID_STRING };
    struct ukb_buf body = UKB_BUF_INIT(UKB_REPLY_MAX_LEN);
    struct ukb_error error = { 0 };
    struct ukb_error err = { 0 };
    char text[400];
    size_t i;

    (void)state;
    memset(text, '\x01', sizeof(text) - 1U); /* prints as six bytes */
    text[sizeof(text) - 1U] = '\0';
    memset(id.string, '\x01', UKB_ID_MAX_LEN);
    (void)!ukb_raise(&error, UKB_E_BUSY, 0, "%s", text);
    for (i = 0; i < UKB_ERROR_ATTRS_MAX; i++) {
        ukb_error_add_string(&error, "attribute", text);
    }
    assert_int_equal(ukb_rpc_error(&id, &error, &body, &err), UKB_OK);
    assert_true(body.len < 8192);
    assert_int_equal(ukb_json_check(ukb_buf_text(&body), body.len, &err), UKB_OK);
    ukb_buf_done(&body);
}

static void
an_error_is_read_back_as_it_was_written(void **state)
{
    const struct ukb_rpc_id id = { .type = UKB_ID_INTEGER, .integer = 3 };
    size_t i;

    (void)state;
    for (i = UKB_END + 1U; i < UKB_STATUS_COUNT; i++) {
        struct ukb_buf body = UKB_BUF_INIT(4096);
        struct ukb_error error = { 0 };
        struct ukb_error again = { 0 };
        struct ukb_error err = { 0 };
        cJSON *reply = NULL;

        (void)!ukb_raise(&error, (enum ukb_status)i, 0, "message %zu", i);
        ukb_error_add_string(&error, "field", "x");
        ukb_error_add_integer(&error, "retryAfter", 9007199254740991);
        ukb_error_add_null(&error, "retriesLeft");
        assert_int_equal(ukb_rpc_error(&id, &error, &body, &err), UKB_OK);
        assert_int_equal(ukb_json_parse(ukb_buf_text(&body), body.len, &reply, &err), UKB_OK);
        ukb_rpc_error_read(ukb_json_get(reply, "error"), &again);
        assert_int_equal(again.status, i);
        assert_string_equal(again.message, error.message);
        assert_int_equal(again.attr_count, 3);
        assert_string_equal(again.attrs[0].name, "field");
        assert_string_equal(again.attrs[0].string, "x");
        assert_int_equal(again.attrs[1].integer, 9007199254740991);
        assert_int_equal(again.attrs[2].type, UKB_ATTR_NULL);
        cJSON_Delete(reply);
        ukb_buf_done(&body);
    }
}

static void
a_malformed_error_of_a_worker_reads_as_an_internal_one(void **state)
{
    static const char *const bad[] = {
        "null",
        "1",
        "[]",
        "{}",
        "{\"code\":-32010,\"message\":1}",
        "{\"code\":1e300,\"message\":\"m\"}",
        "{\"code\":\"-32602\"}",
        "{\"code\":-32602.5}",
        "{\"data\":[\"reason\",{\"field\":1}]}",
        "{\"data\":{\"reason\":\"NO_SUCH_REASON\"}}",
        "{\"data\":{\"reason\":7,\"unknown\":1}}",
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(bad); i++) {
        struct ukb_error err = { 0 };
        cJSON *json = NULL;

        assert_int_equal(ukb_json_parse(bad[i], strlen(bad[i]), &json, &err), UKB_OK);
        ukb_rpc_error_read(json, &err);
        assert_int_equal(err.status, UKB_E_INTERNAL);
        assert_int_equal(err.attr_count, 0);
        cJSON_Delete(json);
    }
}

static void
more_attributes_than_an_error_holds_are_dropped(void **state)
{
    static const char text[] = "{\"code\":-32602,\"message\":\"m\",\"data\":{\"field\":\"a\",\"state\":true,"
                               "\"cause\":{},\"status\":1.5,\"module\":\"b\",\"ckr\":1}}";
    struct ukb_error err = { 0 };
    cJSON *json = NULL;

    (void)state;
    assert_int_equal(ukb_json_parse(text, strlen(text), &json, &err), UKB_OK);
    ukb_rpc_error_read(json, &err);
    assert_int_equal(err.status, UKB_E_PARAMS);
    assert_int_equal(err.attr_count, UKB_ERROR_ATTRS_MAX);
    cJSON_Delete(json);
}

static void
a_notification_has_no_id(void **state)
{
    struct ukb_buf body = UKB_BUF_INIT(1024);
    struct ukb_error err = { 0 };

    (void)state;
    assert_int_equal(ukb_rpc_notification("progress", cJSON_CreateObject(), &body, &err), UKB_OK);
    expect_body(&body, "{\"jsonrpc\":\"2.0\",\"method\":\"progress\",\"params\":{}}");
}

static void
an_envelope_beyond_the_limit_is_refused_and_frees_what_it_took(void **state)
{
    const struct ukb_rpc_id id = { .type = UKB_ID_INTEGER, .integer = 3 };
    struct ukb_buf body = UKB_BUF_INIT(20);
    struct ukb_error err = { 0 };

    (void)state;
    assert_int_equal(ukb_rpc_result(&id, cJSON_CreateObject(), &body, &err), UKB_E_TOO_LARGE);
    assert_int_equal(ukb_rpc_notification("m", cJSON_CreateObject(), &body, &err), UKB_E_TOO_LARGE);
    assert_int_equal(body.len, 0);
    ukb_buf_done(&body);
}

/* Read, write for a worker, read again: nothing may differ. */
static void
expect_round_trip(const char *text)
{
    struct ukb_buf body = UKB_BUF_INIT(4096);
    struct ukb_request request = accept(text);
    struct ukb_request again;
    struct ukb_error err = { 0 };

    assert_int_equal(ukb_rpc_request(&request.id, request.method, request.params, &request.context, &body, &err),
                     UKB_OK);
    again = accept(ukb_buf_text(&body));
    assert_true(ukb_rpc_id_equal(&again.id, &request.id));
    assert_string_equal(again.method, request.method);
    assert_true((again.params == NULL) == (request.params == NULL));
    assert_true(request.params == NULL || cJSON_Compare(again.params, request.params, true));
    assert_memory_equal(&again.context, &request.context, sizeof(again.context));
    ukb_request_done(&request);
    ukb_request_done(&again);
    ukb_buf_done(&body);
}

static void
a_request_reaches_a_worker_as_it_came(void **state)
{
    (void)state;
    expect_round_trip("{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":\"tokens.list\"}");
    expect_round_trip("{\"jsonrpc\":\"2.0\",\"id\":-9007199254740991,\"method\":\"m\",\"params\":{}}");
    expect_round_trip("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"params\":{\"a\":[1.5,{\"b\":null}],"
                      "\"\xe9\x92\xa5\":\"\\u0001\\\"\"},\"context\":{\"ui\":true,\"lang\":\"en\"}}");
    expect_round_trip("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"context\":{\"origin\":\"https://a.example\","
                      "\"topOrigin\":\"https://b.example\",\"documentId\":\"d\",\"userActivation\":true,"
                      "\"lang\":\"zh-CN\"}}");
    expect_round_trip("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"context\":{}}");
}

static const char torture_text[] = "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":\"m\",\"params\":{\"a\":[1.5,"
                                   "{\"b\":null}]},\"context\":{\"origin\":\"https://a.example\"}}";

static enum ukb_status
read_request(struct ukb_buf *body, struct ukb_error *reterr)
{
    struct ukb_request request;
    enum ukb_status st = ukb_request_parse(torture_text, strlen(torture_text), &request, reterr);

    (void)body;
    ukb_request_done(&request);
    return st;
}

static enum ukb_status
write_request(struct ukb_buf *body, struct ukb_error *reterr)
{
    struct ukb_request request;
    enum ukb_status st = ukb_request_parse(torture_text, strlen(torture_text), &request, reterr);

    if (st == UKB_OK) {
        st = ukb_rpc_request(&request.id, request.method, request.params, &request.context, body, reterr);
    }
    ukb_request_done(&request);
    return st;
}

static enum ukb_status
write_result(struct ukb_buf *body, struct ukb_error *reterr)
{
    const struct ukb_rpc_id id = { .type = UKB_ID_STRING, .string = "x" };
    enum ukb_status st = ukb_rpc_result(&id, NULL, body, reterr);

    return st == UKB_OK ? ukb_rpc_notification("m", cJSON_CreateObject(), body, reterr) : st;
}

static enum ukb_status
write_error(struct ukb_buf *body, struct ukb_error *reterr)
{
    const struct ukb_rpc_id id = { .type = UKB_ID_INTEGER, .integer = 1 };
    struct ukb_error error = { 0 };

    (void)!ukb_raise(&error, UKB_E_PIN_INCORRECT, 0, "wrong PIN");
    ukb_error_add_null(&error, "retriesLeft");
    ukb_error_add_string(&error, "token", "t");
    return ukb_rpc_error(&id, &error, body, reterr);
}

static void
whichever_allocation_fails_it_is_reported_and_nothing_leaks(void **state)
{
    enum ukb_status (*const jobs[])(struct ukb_buf *, struct ukb_error *) = { read_request, write_request, write_result,
                                                                              write_error };
    size_t i;

    (void)state;
    cJSON_InitHooks(&short_of_memory);
    for (i = 0; i < COUNT(jobs); i++) {
        enum ukb_status st = UKB_E_INTERNAL;
        size_t n;

        for (n = 1; st != UKB_OK && n < 1000; n++) {
            struct ukb_buf body = UKB_BUF_INIT(4096);
            struct ukb_error err = { 0 };

            until_failure = n;
            st = jobs[i](&body, &err);
            if (live != 0 || (st == UKB_OK) != (until_failure > 0)) {
                fail_msg("job %zu, allocation %zu: status %d, %zu blocks leaked", i, n, (int)st, live);
            }
            assert_true(st == UKB_OK || st == UKB_E_INTERNAL);
            ukb_buf_done(&body);
        }
        assert_int_equal(st, UKB_OK);
    }
    cJSON_InitHooks(NULL);
    until_failure = 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_request_is_read),
        cmocka_unit_test(params_and_context_may_be_absent),
        cmocka_unit_test(a_request_without_id_is_a_notification),
        cmocka_unit_test(ids_are_integers_or_short_strings),
        cmocka_unit_test(whatever_else_is_wrong_the_id_is_known),
        cmocka_unit_test(a_reply_is_not_a_request),
        cmocka_unit_test(batches_and_bare_values_are_refused),
        cmocka_unit_test(what_is_not_json_is_a_parse_error_with_a_null_id),
        cmocka_unit_test(params_in_an_array_are_invalid_params),
        cmocka_unit_test(a_context_is_an_object_with_members_of_their_types),
        cmocka_unit_test(a_context_is_either_a_pages_or_the_extensions_own),
        cmocka_unit_test(context_strings_have_their_limits),
        cmocka_unit_test(ids_are_compared_with_their_type),
        cmocka_unit_test(a_result_carries_the_id_it_was_asked_with),
        cmocka_unit_test(an_error_carries_code_message_reason_and_attributes),
        cmocka_unit_test(json_rpcs_own_errors_have_no_reason),
        cmocka_unit_test(the_worst_error_is_far_below_a_frame),
        cmocka_unit_test(an_error_is_read_back_as_it_was_written),
        cmocka_unit_test(a_malformed_error_of_a_worker_reads_as_an_internal_one),
        cmocka_unit_test(more_attributes_than_an_error_holds_are_dropped),
        cmocka_unit_test(a_notification_has_no_id),
        cmocka_unit_test(an_envelope_beyond_the_limit_is_refused_and_frees_what_it_took),
        cmocka_unit_test(a_request_reaches_a_worker_as_it_came),
        cmocka_unit_test(whichever_allocation_fails_it_is_reported_and_nothing_leaks),
    };

    return cmocka_run_group_tests_name("core/rpc", tests, NULL, NULL);
}
